/* SPDX-License-Identifier: Apache-2.0 */
#include "store/event.h"

#include "db/stmt.h"

enum code event_add(struct db *db, struct event *event, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVENT_ADD);
	enum code c;

	stmt_int(&st, event_add__at, event->at_ms);
	stmt_str(&st, event_add__kind, event->kind);
	if (event->item_id)
		stmt_int(&st, event_add__item, event->item_id);
	stmt_str(&st, event_add__account, event->account);
	stmt_str(&st, event_add__region, event->region);
	stmt_str(&st, event_add__payload, event->payload);
	c = stmt_run(&st, e);
	if (!c)
		event->event_id = db_last_rowid(db);
	return c;
}

enum code event_newest(struct db *db, int64_t *event_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVENT_NEWEST);
	enum code c = stmt_step(&st, e);

	if (!c)
		*event_id = stmt_col_int(&st, event_newest_event_id);
	stmt_end(&st);
	return c;
}

enum code event_walk(
	struct db *db, int64_t after, int limit, event_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVENT_WALK);
	bool any = false;
	enum code c;

	stmt_int(&st, event_walk__after, after);
	stmt_int(&st, event_walk__limit, limit);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct event event = { .event_id = stmt_col_int(&st, event_walk_event_id),
			.at_ms = stmt_col_int(&st, event_walk_at_ms),
			.kind = stmt_col_str(&st, event_walk_kind),
			.item_id = stmt_col_int(&st, event_walk_item_id),
			.account = stmt_col_str(&st, event_walk_account),
			.region = stmt_col_str(&st, event_walk_region),
			.payload = stmt_col_str(&st, event_walk_payload) };

		any = true;
		c = fn(ctx, &event, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code && any ? E_OK : c;
}
