/* SPDX-License-Identifier: Apache-2.0 */
#include "store/remediation.h"

#include "db/stmt.h"

enum code remediation_any(struct db *db, int64_t now_ms, bool *due, bool *automatic, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_REMEDIATION_ANY);
	enum code c;

	stmt_int(&st, remediation_any__now, now_ms);
	c = stmt_step(&st, e);
	if (!c) {
		*due = stmt_col_int(&st, remediation_any_due);
		*automatic = stmt_col_int(&st, remediation_any_automatic);
	}
	stmt_end(&st);
	return c;
}

enum code remediation_plan(struct db *db, int64_t now_ms, int64_t *planned, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_REMEDIATION_PLAN);

	stmt_int(&st, remediation_plan__now, now_ms);
	if (stmt_run(&st, e))
		return e->code;
	*planned = db_changes(db);
	st = stmt_begin(db, SQL_REMEDIATION_GIVE_UP);
	stmt_int(&st, remediation_give_up__now, now_ms);
	return stmt_run(&st, e);
}

static struct str keep(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NONE;
}

enum code remediation_claim(struct db *db, int64_t now_ms, int64_t lease_ms, struct arena *a,
	struct remediation_claim *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_REMEDIATION_CLAIM);
	enum code c;

	stmt_int(&st, remediation_claim__now, now_ms);
	stmt_int(&st, remediation_claim__lease, lease_ms);
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct remediation_claim){
			.execution_id = stmt_col_int(&st, remediation_claim_execution_id),
			.begun = str_is(stmt_col_str(&st, remediation_claim_state), "IN_PROGRESS"),
			.remote = keep(a, stmt_col_str(&st, remediation_claim_remote)),
		};
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code remediation_task_get(struct db *db, int64_t execution_id, struct arena *a,
	struct remediation_task *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_REMEDIATION_ORDER);
	enum code c;

	stmt_int(&st, remediation_order__execution, execution_id);
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct remediation_task){
			.invoked_ms = stmt_col_int(&st, remediation_order_invoked_ms),
			.account = keep(a, stmt_col_str(&st, remediation_order_account)),
			.region = keep(a, stmt_col_str(&st, remediation_order_region)),
			.rule = keep(a, stmt_col_str(&st, remediation_order_rule)),
			.type = keep(a, stmt_col_str(&st, remediation_order_type)),
			.id = keep(a, stmt_col_str(&st, remediation_order_id)),
			.annotation = keep(a, stmt_col_str(&st, remediation_order_annotation)),
			.target = keep(a, stmt_col_str(&st, remediation_order_target)),
			.version = keep(a, stmt_col_str(&st, remediation_order_version)),
			.parameters = keep(a, stmt_col_str(&st, remediation_order_parameters)),
		};
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code remediation_settle(
	struct db *db, int64_t execution_id, const struct remediation_state *how, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_REMEDIATION_SETTLE);

	stmt_int(&st, remediation_settle__execution, execution_id);
	stmt_text(&st, remediation_settle__state, how->state);
	stmt_str(&st, remediation_settle__steps, how->steps);
	stmt_str(&st, remediation_settle__remote, how->remote);
	stmt_int(&st, remediation_settle__now, how->now_ms);
	stmt_int(&st, remediation_settle__due, how->due_ms);
	return stmt_run(&st, e);
}

enum code remediation_later(struct db *db, int64_t execution_id, int64_t due_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_REMEDIATION_LATER);

	stmt_int(&st, remediation_later__execution, execution_id);
	stmt_int(&st, remediation_later__due, due_ms);
	return stmt_run(&st, e);
}
