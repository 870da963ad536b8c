/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdbool.h>

/**
 * A range of Internet addresses, as an address ("10.0.0.1", "2001:db8::1") or a block ("10.0.0.0/8",
 * "2001:db8::/32") names it. Bits of a block behind its length count as 0. The families are worlds of their own: no
 * range of one meets one of the other.
 */
struct ip_range {
	int bytes; /* 4 or 16 */
	unsigned char first[16], last[16];
};

/** False: it is neither; then @out is left alone. */
bool ip_range_parse(struct str text, struct ip_range *out);
/** Byte order of two addresses of one family. */
int ip_range_cmp(const struct ip_range *family, const unsigned char *a, const unsigned char *b);
/** Whether some address lies in both. */
bool ip_range_meets(const struct ip_range *a, const struct ip_range *b);
