/* SPDX-License-Identifier: Apache-2.0 */
#include "store/coverage.h"

#include "db/stmt.h"

enum code coverage_add_failure_within(
	struct db *db, const struct coverage_failure *f, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_COVERAGE_ADD_FAILURE);

	stmt_int(&st, coverage_add_failure__source, f->source_id);
	stmt_int(&st, coverage_add_failure__sweep, f->sweep_ms);
	stmt_int(&st, coverage_add_failure__ended, f->ended_ms);
	stmt_text(&st, coverage_add_failure__account, f->account);
	stmt_text(&st, coverage_add_failure__region, f->region);
	stmt_text(&st, coverage_add_failure__reason, f->reason);
	stmt_text(&st, coverage_add_failure__code, f->code);
	return stmt_run(&st, e);
}

enum code coverage_add_failure(struct db *db, const struct coverage_failure *f, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = coverage_add_failure_within(db, f, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

enum code coverage_is_unsupported(struct db *db, const char *account, const char *region,
	const char *type, int64_t since_ms, bool *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_COVERAGE_NEWEST);
	enum code c;

	stmt_text(&st, coverage_newest__type, type);
	stmt_text(&st, coverage_newest__account, account);
	stmt_text(&st, coverage_newest__region, region);
	c = stmt_step(&st, e);
	*out = !c && stmt_col_int(&st, coverage_newest_started_ms) > since_ms &&
	       stmt_col_int(&st, coverage_newest_others) &&
	       str_is(stmt_col_str(&st, coverage_newest_outcome), "unsupported");
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

enum code coverage_was_complete(struct db *db, const char *account, const char *region,
	const char *type, bool *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_COVERAGE_COMPLETE);
	enum code c;

	stmt_text(&st, coverage_complete__type, type);
	stmt_text(&st, coverage_complete__account, account);
	stmt_text(&st, coverage_complete__region, region);
	c = stmt_step(&st, e);
	*out = !c;
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}
