/* SPDX-License-Identifier: Apache-2.0 */
#include "store/flat.h"

#include "base/asset.h"
#include "base/time.h"
#include <stdio.h>

struct table {
	const char *name;
	enum sql_id rows;
	int at; /* the parameter for the moment */
};

static const struct table tables[] = {
	{ "resources", SQL_FLAT_RESOURCES, flat_resources__at },
	{ "history", SQL_FLAT_HISTORY, flat_history__at },
	{ "changes", SQL_FLAT_CHANGES, flat_changes__at },
	{ "relationships", SQL_FLAT_RELATIONSHIPS, flat_relationships__at },
	{ "tags", SQL_FLAT_TAGS, flat_tags__at },
	{ "compliance", SQL_FLAT_COMPLIANCE, flat_compliance__at },
	{ "activity", SQL_FLAT_ACTIVITY, flat_activity__at },
};

static enum code tell(void *ctx, const char *table, int64_t rows, struct err *e)
{
	const struct flat_options *o = ctx;

	if (o->stop && *o->stop)
		return err_set(e, E_CANCELED, "stopped");
	if (o->tell)
		o->tell(o->ctx, table, rows);
	return E_OK;
}

enum code flat_state(struct db *db, char state[FLAT_STATE_BYTES], struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FLAT_STATE);
	enum code c = stmt_step(&st, e);

	if (!c)
		snprintf(state, FLAT_STATE_BYTES, "%.*s",
			STR_ARG(stmt_col_str(&st, flat_state_state)));
	stmt_end(&st);
	return c;
}

static enum code write_about(
	struct db *db, struct copy *copy, int64_t at_ms, const char *state, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FLAT_ABOUT);

	stmt_int(&st, flat_about__at, at_ms);
	stmt_text(&st, flat_about__program, "siltstone " SILTSTONE_VERSION);
	stmt_text(&st, flat_about__state, state);
	copy_rows(copy, "about", &st, e);
	stmt_end(&st);
	return e->code;
}

static enum code write_table(
	struct db *db, struct copy *copy, const struct table *t, int64_t at_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, t->rows);

	stmt_int(&st, t->at, at_ms);
	copy_rows(copy, t->name, &st, e);
	stmt_end(&st);
	return e->code ? e->code : tell(copy->ctx, t->name, 0, e);
}

static enum code make(struct copy *copy, const char *asset, struct err *e)
{
	const struct asset *a = asset_next(NULL, asset);

	return copy_script(copy, "make the tables of the copy", a ? a->text : "", e);
}

static enum code write_all(struct db *db, struct copy *copy, const struct flat_options *o,
	char state[FLAT_STATE_BYTES], struct err *e)
{
	if (make(copy, "schema/exports/flat.sql", e) || flat_state(db, state, e) ||
		write_about(db, copy, o->at_ms, state, e))
		return e->code;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		if (write_table(db, copy, &tables[i], o->at_ms, e))
			return e->code;
	if (make(copy, "schema/exports/flat_index.sql", e))
		return e->code;
	return copy_finish(copy, e);
}

enum code flat_write(struct db *db, const char *path, const struct flat_options *o,
	char state[FLAT_STATE_BYTES], struct err *e)
{
	struct flat_options passed = *o;
	struct copy copy = { .tell = tell, .ctx = &passed, .stop = o->stop };
	char unused[FLAT_STATE_BYTES];

	/* One read transaction: the tables of the copy agree with each other. */
	if (db_spare_memory(db, e) || db_script(db, "read one state", "BEGIN", e))
		return e->code;
	if (!copy_open(&copy, path, e))
		write_all(db, &copy, &passed, state ? state : unused, e);
	copy_close(&copy);
	db_rollback(db);
	return e->code;
}
