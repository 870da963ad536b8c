/* SPDX-License-Identifier: Apache-2.0 */
#include "store/roll_up.h"

#include "db/stmt.h"

enum code roll_up_recorded(struct db *db, bool *yes, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ROLL_UP_RECORDED);
	enum code c = stmt_step(&st, e);

	stmt_end(&st);
	if (!c || c == E_NOTFOUND)
		*yes = !c;
	return c == E_NOTFOUND ? E_OK : c;
}

enum code roll_up_forget(struct db *db, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ROLL_UP_FORGET);

	return stmt_run(&st, e);
}

enum code roll_up_walk(struct db *db, int limit, roll_up_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ROLL_UP_DUE);
	bool any = false;
	enum code c;

	stmt_int(&st, roll_up_due__limit, limit);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct roll_up r = { .account = stmt_col_str(&st, roll_up_due_account),
			.region = stmt_col_str(&st, roll_up_due_region),
			.rid = stmt_col_int(&st, roll_up_due_rid),
			.times = stmt_col_int(&st, roll_up_due_times),
			.type = stmt_col_str(&st, roll_up_due_type),
			.id = stmt_col_str(&st, roll_up_due_id),
			.configuration = stmt_col_str(&st, roll_up_due_configuration),
			.item = stmt_col_int(&st, roll_up_due_item) };

		any = true;
		c = fn(ctx, &r, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code && any ? E_OK : c;
}

enum code roll_up_done(struct db *db, const struct roll_up *r, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ROLL_UP_DONE);

	stmt_str(&st, roll_up_done__account, r->account);
	stmt_str(&st, roll_up_done__region, r->region);
	stmt_int(&st, roll_up_done__rid, r->rid);
	stmt_int(&st, roll_up_done__times, r->times);
	return stmt_run(&st, e);
}
