/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"
#include "function/wire.h"
#include <string.h>

/* Whatever a function says: a request that is complete is made of what was given and within its limits, no part of it was complete
 * before, and what follows it changes nothing. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

#define BODY_MAX 4096

static bool within(struct str s, const struct buf *b)
{
	return !s.n || (s.p >= b->p && s.p + s.n <= b->p + b->n);
}

static int read_first(struct buf *b, const unsigned char *bytes, size_t n, struct wire_request *out)
{
	buf_clear(b);
	buf_add(b, bytes, n);
	return wire_read(b, BODY_MAX, out);
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
	struct buf b = BUF_INIT(1 << 20), part = BUF_INIT(1 << 20);
	struct wire_request q, again;

	if (n < (1 << 16) && read_first(&b, bytes, n, &q) == 0) {
		must(q.bytes <= n && q.body.n <= BODY_MAX && q.path.n && q.path.p[0] == '/');
		must(within(q.method, &b) && within(q.path, &b) && within(q.body, &b));
		must(within(q.target, &b) && within(q.error_type, &b) && within(q.region, &b));
		must(read_first(&part, bytes, q.bytes, &again) == 0);
		must(again.bytes == q.bytes && str_eq(again.body, q.body) &&
			again.close == q.close);
		for (size_t i = 0; i < q.bytes; i += 1 + q.bytes / 64)
			must(read_first(&part, bytes, i, &again) < 0);
	}
	buf_release(&b);
	buf_release(&part);
	return 0;
}
