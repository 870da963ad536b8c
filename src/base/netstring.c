/* SPDX-License-Identifier: Apache-2.0 */
#include "base/netstring.h"

#include <inttypes.h>
#include <stdio.h>

void netstring_add(struct buf *b, struct str s)
{
	if (!s.p) {
		buf_text(b, "-,");
		return;
	}
	buf_printf(b, "%zu:", s.n);
	buf_str(b, s);
	buf_char(b, ',');
}

void netstring_int(struct buf *b, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, v);
	netstring_add(b, str_of(text));
}

void netstring_hex(struct buf *b, const void *p, size_t n)
{
	const unsigned char *byte = p;

	if (!p) {
		buf_text(b, "-,");
		return;
	}
	buf_printf(b, "%zu:", 2 * n);
	for (size_t i = 0; i < n; i++)
		buf_printf(b, "%02x", byte[i]);
	buf_char(b, ',');
}
