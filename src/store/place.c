/* SPDX-License-Identifier: Apache-2.0 */
#include "store/place.h"

#include "db/stmt.h"
#include "store/item_text.h"

_Static_assert((int)place_items_item_id == ITEM_TEXT_ITEM_ID &&
		       (int)place_items_arn == ITEM_TEXT_ARN &&
		       (int)place_items_document == ITEM_TEXT_DOCUMENT,
	"the columns of item_text() come first");

enum code place_walk(
	struct db *db, const char *account, int64_t at_ms, place_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PLACE_LIST);
	enum code c;

	stmt_text(&st, place_list__account, account);
	stmt_int(&st, place_list__at, at_ms);
	while (!(c = stmt_step(&st, e))) {
		struct place p = { stmt_col_str(&st, place_list_account),
			stmt_col_str(&st, place_list_region),
			stmt_col_int(&st, place_list_resources) };

		c = fn(ctx, &p, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code place_home(
	struct db *db, struct arena *a, struct str account, struct str *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PLACE_HOME);
	enum code c;

	stmt_str(&st, place_home__account, account);
	c = stmt_step(&st, e);
	if (!c)
		*out = arena_str(a, stmt_col_str(&st, place_home_region));
	stmt_end(&st);
	return c || arena_ok(a) ? c : err_nomem(e);
}

enum code place_items(struct db *db, const struct place_items_query *q, place_item_fn *fn,
	void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PLACE_ITEMS);
	struct buf body = BUF_INIT(ITEM_TEXT_MAX_BYTES);
	enum code c;

	stmt_str(&st, place_items__account, q->account);
	stmt_str(&st, place_items__region, q->region);
	stmt_int(&st, place_items__global, q->with_global);
	stmt_int(&st, place_items__at, q->at_ms);
	while (!(c = stmt_step(&st, e))) {
		c = item_text(&st, &body, e);
		if (!c)
			c = fn(ctx, buf_slice(&body), e);
		if (c)
			break;
	}
	stmt_end(&st);
	buf_release(&body);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}
