/* SPDX-License-Identifier: Apache-2.0 */
#include "json/read.h"

/* Bytes of ASCII at the front of @s, eight at a time. */
static size_t ascii_span(struct str s)
{
	const uint64_t high = UINT64_C(0x8080808080808080);
	uint64_t eight;
	size_t n = 0;

	for (; s.n - n >= sizeof(eight); n += sizeof(eight)) {
		memcpy(&eight, s.p + n, sizeof(eight));
		if (eight & high)
			break;
	}
	while (n < s.n && (unsigned char)s.p[n] < 0x80)
		n++;
	return n;
}

static bool between(unsigned char c, unsigned char low, unsigned char high)
{
	return c >= low && c <= high;
}

/* The length of the character of more than one byte that @s begins with, or 0: the table
 * of RFC 3629 section 4, where only the second byte has bounds of its own. */
static size_t wide_span(struct str s)
{
	unsigned char first = (unsigned char)s.p[0], low = 0x80, high = 0xbf;
	size_t n = between(first, 0xc2, 0xdf)   ? 2
		   : between(first, 0xe0, 0xef) ? 3
		   : between(first, 0xf0, 0xf4) ? 4
						: 0;

	if (!n || s.n < n)
		return 0;
	if (first == 0xe0)
		low = 0xa0;
	else if (first == 0xed)
		high = 0x9f;
	else if (first == 0xf0)
		low = 0x90;
	else if (first == 0xf4)
		high = 0x8f;
	if (!between((unsigned char)s.p[1], low, high))
		return 0;
	for (size_t i = 2; i < n; i++)
		if (!between((unsigned char)s.p[i], 0x80, 0xbf))
			return 0;
	return n;
}

size_t utf8_span(struct str s)
{
	size_t n = ascii_span(s);

	while (n < s.n) {
		size_t wide = wide_span(str_from(s, n));

		if (!wide)
			return n;
		n += wide;
		if (n < s.n && (unsigned char)s.p[n] < 0x80)
			n += ascii_span(str_from(s, n));
	}
	return n;
}

bool utf8_ok(struct str s)
{
	return utf8_span(s) == s.n;
}
