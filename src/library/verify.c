/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verify.h"

#include "library/handle.h"

/* What did not fit first; the sum says how many there were. */
static void keep_first(void *ctx, const struct verify_finding *f)
{
	struct err *first = ctx;

	if (f->id.p)
		err_set(first, E_CORRUPT, "%.*s \"%.*s\", version %lld: %s", STR_ARG(f->type),
			(int)(f->id.n < 200 ? f->id.n : 200), f->id.p, (long long)f->version,
			f->text);
	else
		err_set(first, E_CORRUPT, "%s", f->text);
}

enum siltstone_code siltstone_verify(struct siltstone *s, int64_t *findings)
{
	enum siltstone_code c = handle_begin(s);
	struct err first = { 0 };
	struct verify_options o = { .found = keep_first, .ctx = &first };
	struct verify_sum sum = { 0 };
	struct db own = { 0 }, *db = NULL;

	if (c)
		return c;
	rows_pass_on_cancel(s);
	o.stop = &s->canceled;
	if (!handle_take(s, &own, &db, &s->err) && !verify_run(db, &o, &sum, &s->err)) {
		if (findings)
			*findings = sum.findings;
		if (sum.findings)
			err_set(&s->err, E_CORRUPT, "%lld findings; the first: %s",
				(long long)sum.findings, first.msg);
	}
	handle_give(s, db);
	return handle_end(s);
}
