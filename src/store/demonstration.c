/* SPDX-License-Identifier: Apache-2.0 */
#include "store/demonstration.h"

#include "db/stmt.h"

enum code demonstration_rid(
	struct db *db, const struct demonstration_resource *r, int64_t *rid, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DEMONSTRATION_RID);
	enum code c;

	stmt_str(&st, demonstration_rid__account, r->account);
	stmt_str(&st, demonstration_rid__region, r->region);
	stmt_str(&st, demonstration_rid__type, r->type);
	stmt_str(&st, demonstration_rid__id, r->id);
	c = stmt_step(&st, e);
	if (!c)
		*rid = stmt_col_int(&st, demonstration_rid_rid);
	stmt_end(&st);
	return c;
}

static enum code judge(struct db *db, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DEMONSTRATION_JUDGED);

	if (stmt_run(&st, e))
		return e->code;
	st = stmt_begin(db, SQL_DEMONSTRATION_RULES_DONE);
	stmt_int(&st, demonstration_rules_done__now, now_ms);
	return stmt_run(&st, e);
}

enum code demonstration_judged(struct db *db, int64_t now_ms, struct err *e)
{
	if (db_begin(db, e))
		return e->code;
	if (!judge(db, now_ms, e))
		return db_commit(db, e);
	db_rollback(db);
	return e->code;
}

enum code demonstration_sum(struct db *db, int64_t *items, int64_t *resources, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DEMONSTRATION_SUM);
	enum code c = stmt_step(&st, e);

	if (!c) {
		*items = stmt_col_int(&st, demonstration_sum_items);
		*resources = stmt_col_int(&st, demonstration_sum_resources);
	}
	stmt_end(&st);
	return c;
}
