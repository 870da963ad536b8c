/* SPDX-License-Identifier: Apache-2.0 */
#include "store/coverage.h"

#include "db/stmt.h"

enum code coverage_add_failure(struct db *db, const struct coverage_failure *f, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_COVERAGE_ADD_FAILURE);

	stmt_int(&st, coverage_add_failure__source, f->source_id);
	stmt_int(&st, coverage_add_failure__sweep, f->sweep_ms);
	stmt_int(&st, coverage_add_failure__ended, f->ended_ms);
	stmt_text(&st, coverage_add_failure__account, f->account);
	stmt_text(&st, coverage_add_failure__reason, f->reason);
	return stmt_run(&st, e);
}
