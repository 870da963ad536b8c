/* SPDX-License-Identifier: Apache-2.0 */
#include "store/denial.h"

#include "db/stmt.h"

#define FIRST_MS INT64_C(3600000)
#define MOST_MS  (24 * FIRST_MS)

enum code denial_get(struct db *db, struct arena *a, struct denial *r, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DENIAL_GET);
	enum code c;

	stmt_text(&st, denial_get__account, r->account);
	stmt_text(&st, denial_get__region, r->region);
	stmt_text(&st, denial_get__type, r->type);
	c = stmt_step(&st, e);
	if (!c) {
		struct str code = stmt_col_str(&st, denial_get_code);

		r->times = stmt_col_int(&st, denial_get_times);
		r->again_ms = stmt_col_int(&st, denial_get_again_ms);
		r->reason = arena_text(a, stmt_col_str(&st, denial_get_reason));
		r->code = code.n ? arena_text(a, code) : NULL;
	}
	stmt_end(&st);
	return c || arena_ok(a) ? c : err_nomem(e);
}

enum code denial_note(struct db *db, const struct denial *r, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DENIAL_NOTE);

	stmt_text(&st, denial_note__account, r->account);
	stmt_text(&st, denial_note__region, r->region);
	stmt_text(&st, denial_note__type, r->type);
	stmt_int(&st, denial_note__now, now_ms);
	stmt_int(&st, denial_note__wait, FIRST_MS);
	stmt_int(&st, denial_note__most, MOST_MS);
	stmt_text(&st, denial_note__reason, r->reason);
	stmt_text(&st, denial_note__code, r->code);
	return stmt_run(&st, e);
}

enum code denial_clear(struct db *db, const struct denial *r, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DENIAL_CLEAR);

	stmt_text(&st, denial_clear__account, r->account);
	stmt_text(&st, denial_clear__region, r->region);
	stmt_text(&st, denial_clear__type, r->type);
	return stmt_run(&st, e);
}

enum code denial_retry(struct db *db, struct err *e)
{
	struct stmt st;
	enum code c = db_begin(db, e);

	if (c)
		return c;
	st = stmt_begin(db, SQL_DENIAL_RETRY);
	c = stmt_run(&st, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

enum code denial_count(struct db *db, int64_t *n, int64_t *again_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DENIAL_COUNT);
	enum code c = stmt_step(&st, e);

	*n = c ? 0 : stmt_col_int(&st, denial_count_n);
	*again_ms = c ? 0 : stmt_col_int(&st, denial_count_again_ms);
	stmt_end(&st);
	return c;
}
