/* SPDX-License-Identifier: Apache-2.0 */
#include "host/line.h"

bool line_next(struct str *rest, struct str *line)
{
	if (!rest->n)
		return false;
	*line = part_next(rest, '\n');
	return true;
}

struct str part_next(struct str *rest, char c)
{
	size_t n = str_find(*rest, c);
	struct str part = { rest->p, n };

	*rest = str_from(*rest, n + 1);
	return part;
}

struct str word_next(struct str *rest)
{
	struct str word;

	while (rest->n && str_blank(*rest->p))
		*rest = str_from(*rest, 1);
	word = (struct str){ rest->p, 0 };
	while (word.n < rest->n && !str_blank(word.p[word.n]))
		word.n++;
	*rest = str_from(*rest, word.n);
	return word;
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_from(s, s.n - suffix.n), suffix);
}

struct str str_basename(struct str s)
{
	for (size_t i = s.n; i > 0; i--)
		if (s.p[i - 1] == '/')
			return str_from(s, i);
	return s;
}

bool word_number(struct str s, unsigned base, uint64_t *value)
{
	uint64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned d = (unsigned)str_hex(s.p[i]);

		if (d >= base || v > (UINT64_MAX - d) / base)
			return false;
		v = v * base + d;
	}
	if (!s.n)
		return false;
	*value = v;
	return true;
}

bool word_bytes(struct str s, unsigned char *bytes, size_t n)
{
	if (s.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = str_hex(s.p[2 * i]), low = str_hex(s.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}
