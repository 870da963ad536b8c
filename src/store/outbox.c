/* SPDX-License-Identifier: Apache-2.0 */
#include "store/outbox.h"

#include "db/stmt.h"

enum code outbox_add(struct db *db, const struct outbox_row *row, int64_t now_ms,
	int64_t *outbox_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_OUTBOX_ADD);
	enum code c;

	stmt_text(&st, outbox_add__kind, row->kind);
	stmt_str(&st, outbox_add__payload, row->payload);
	stmt_int(&st, outbox_add__now, now_ms);
	stmt_int(&st, outbox_add__lease, row->lease_ms);
	c = stmt_run(&st, e);
	if (!c)
		*outbox_id = db_last_rowid(db);
	return c;
}

enum code outbox_done(
	struct db *db, int64_t outbox_id, const char *result, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_OUTBOX_DONE);

	stmt_int(&st, outbox_done__id, outbox_id);
	stmt_int(&st, outbox_done__now, now_ms);
	stmt_text(&st, outbox_done__result, result);
	return stmt_run(&st, e);
}

enum code outbox_failed(
	struct db *db, int64_t outbox_id, const char *why, int64_t next_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_OUTBOX_FAILED);

	stmt_int(&st, outbox_failed__id, outbox_id);
	stmt_text(&st, outbox_failed__error, why);
	stmt_int(&st, outbox_failed__next, next_ms);
	return stmt_run(&st, e);
}
