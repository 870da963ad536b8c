/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ip_range.h"

#include <arpa/inet.h>

/* The longest address, with the NUL that inet_pton() wants behind it. */
#define ADDRESS_BYTES INET6_ADDRSTRLEN

/* The length behind the slash, or -1. */
static int prefix_bits(struct str s, int bits)
{
	int n = 0;

	if (!s.n || s.n > 3)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		n = n * 10 + (s.p[i] - '0');
	}
	return n <= bits ? n : -1;
}

static void spread(struct ip_range *r, int bits)
{
	for (int i = 0; i < r->bytes; i++) {
		const int own = bits - i * 8;
		const unsigned mask = own >= 8 ? 0 : own <= 0 ? 0xff : 0xffU >> own;

		r->last[i] = (unsigned char)(r->first[i] | mask);
		r->first[i] = (unsigned char)(r->first[i] & ~mask);
	}
}

bool ip_range_parse(struct str text, struct ip_range *out)
{
	const size_t slash = str_find(text, '/');
	struct ip_range r = { 0 };
	char address[ADDRESS_BYTES];
	int bits;

	if (!slash || slash >= sizeof(address))
		return false;
	memcpy(address, text.p, slash);
	address[slash] = '\0';
	if (inet_pton(AF_INET, address, r.first) == 1)
		r.bytes = 4;
	else if (inet_pton(AF_INET6, address, r.first) == 1)
		r.bytes = 16;
	else
		return false;
	bits = slash < text.n ? prefix_bits(str_from(text, slash + 1), r.bytes * 8) : r.bytes * 8;
	if (bits < 0)
		return false;
	spread(&r, bits);
	*out = r;
	return true;
}

int ip_range_cmp(const struct ip_range *family, const unsigned char *a, const unsigned char *b)
{
	return memcmp(a, b, (size_t)family->bytes);
}

bool ip_range_meets(const struct ip_range *a, const struct ip_range *b)
{
	return a->bytes == b->bytes && ip_range_cmp(a, a->first, b->last) <= 0 &&
	       ip_range_cmp(a, b->first, a->last) <= 0;
}
