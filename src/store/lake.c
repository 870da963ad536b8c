/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lake.h"

#include "base/arena.h"
#include "base/asset.h"
#include "db/stmt.h"
#include <stdio.h>

#define NAMES_BYTES (64 << 10)
#define DAY_BYTES   16

static enum code run(struct db *db, enum sql_id id, struct err *e)
{
	struct stmt st = stmt_begin(db, id);

	return stmt_run(&st, e);
}

static enum code make_tables(struct db *db, struct err *e)
{
	const struct asset *a = asset_next(NULL, "schema/temp/lake.sql");
	struct stmt st = stmt_begin(db, SQL_LAKE_IS_OPEN);
	enum code c = stmt_step(&st, e);

	stmt_end(&st);
	if (c == E_NOTFOUND)
		return db_script(db, "list partitions", a ? a->text : "", e);
	if (c || run(db, SQL_LAKE_CLEAR_PARTS, e) || run(db, SQL_LAKE_CLEAR_ITEMS, e))
		return e->code;
	return run(db, SQL_LAKE_CLEAR_FILES, e);
}

enum code lake_open(struct db *db, int64_t *newest, char chain[SHA256_HEX_BYTES], struct err *e)
{
	struct stmt st;
	enum code c;

	/* Rows of these tables are written one by one; nothing has to be undone. */
	if (make_tables(db, e) ||
		db_script(db, "list partitions",
			"PRAGMA temp.journal_mode=OFF; PRAGMA temp.cache_size=-2000;", e))
		return e->code;
	st = stmt_begin(db, SQL_LAKE_NEWEST);
	c = stmt_step(&st, e);
	if (!c) {
		*newest = stmt_col_int(&st, lake_newest_item_id);
		snprintf(chain, SHA256_HEX_BYTES, "%.*s",
			STR_ARG(stmt_col_str(&st, lake_newest_chain)));
	}
	stmt_end(&st);
	return c;
}

enum code lake_plan(struct db *db, int64_t last, int64_t newest, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LAKE_PLAN);

	stmt_int(&st, lake_plan__last, last);
	stmt_int(&st, lake_plan__newest, newest);
	return stmt_run(&st, e);
}

/* E_NOTFOUND: there is no other day. */
static enum code next_day(struct db *db, char day[DAY_BYTES], struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LAKE_DAY);
	char next[DAY_BYTES] = "";
	enum code c;

	/* Not into @day at once: it is bound. */
	stmt_text(&st, lake_day__after, day);
	c = stmt_step(&st, e);
	if (!c)
		snprintf(next, DAY_BYTES, "%.*s", STR_ARG(stmt_col_str(&st, lake_day_day)));
	stmt_end(&st);
	memcpy(day, next, DAY_BYTES);
	return c;
}

static enum code gather(struct db *db, const char *day, int64_t newest, struct err *e)
{
	struct stmt st;

	if (run(db, SQL_LAKE_CLEAR_ITEMS, e))
		return e->code;
	st = stmt_begin(db, SQL_LAKE_GATHER);
	stmt_text(&st, lake_gather__day, day);
	stmt_int(&st, lake_gather__newest, newest);
	return stmt_run(&st, e);
}

/* The next item of the day behind *@place. Texts live in @a. E_NOTFOUND. */
static enum code next_item(
	struct db *db, int64_t *place, struct arena *a, struct lake_item *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LAKE_NEXT);
	enum code c;

	stmt_int(&st, lake_next__after, *place);
	c = stmt_step(&st, e);
	if (!c) {
		*place = stmt_col_int(&st, lake_next_place);
		out->item_id = stmt_col_int(&st, lake_next_item_id);
		out->account = arena_str(a, stmt_col_str(&st, lake_next_account));
		out->region = arena_str(a, stmt_col_str(&st, lake_next_region));
		out->type = arena_str(a, stmt_col_str(&st, lake_next_type));
		if (!arena_ok(a))
			c = err_nomem(e);
	}
	stmt_end(&st);
	return c;
}

static void read_item(struct stmt *st, struct lake_item *i)
{
	i->id = stmt_col_str(st, lake_item_resource_id);
	i->name = stmt_col_str(st, lake_item_name);
	i->arn = stmt_col_str(st, lake_item_arn);
	i->status = stmt_col_str(st, lake_item_status);
	i->event = stmt_col_str(st, lake_item_event);
	i->az = stmt_col_str(st, lake_item_az);
	i->actor = stmt_col_str(st, lake_item_actor);
	i->version = stmt_col_int(st, lake_item_version);
	i->captured_ms = stmt_col_int(st, lake_item_captured_ms);
	i->recorded_ms = stmt_col_int(st, lake_item_recorded_ms);
	i->n_changes = stmt_col_int(st, lake_item_n_changes);
	i->created_ms = stmt_is_null(st, lake_item_created_ms)
				? INT64_MIN
				: stmt_col_int(st, lake_item_created_ms);
	i->document = stmt_col_str(st, lake_item_document);
}

/* One that retention removed since it was listed is passed over. */
static enum code tell_item(
	struct db *db, struct lake_item *item, const struct lake_reader *reader, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LAKE_ITEM);
	enum code c;

	stmt_int(&st, lake_item__item, item->item_id);
	c = stmt_step(&st, e);
	if (!c) {
		read_item(&st, item);
		c = reader->take(reader->ctx, item, e);
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static enum code walk_day(
	struct db *db, const char *day, const struct lake_reader *reader, struct err *e)
{
	int64_t place = 0;
	enum code c = E_OK;

	while (!c) {
		struct arena a = ARENA_INIT(NAMES_BYTES);
		struct lake_item item = { .day = day };

		c = next_item(db, &place, &a, &item, e);
		if (!c)
			c = reader->enter(reader->ctx, &item, e);
		if (!c)
			c = tell_item(db, &item, reader, e);
		arena_release(&a);
	}
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code lake_walk(struct db *db, int64_t newest, const struct lake_reader *reader, struct err *e)
{
	char day[DAY_BYTES] = "";
	enum code c;

	while (!(c = next_day(db, day, e)))
		if (gather(db, day, newest, e) || walk_day(db, day, reader, e))
			return e->code;
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code lake_changes(struct db *db, int64_t item_id, lake_change_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LAKE_CHANGE);
	enum code c;

	stmt_int(&st, lake_change__item, item_id);
	while (!(c = stmt_step(&st, e))) {
		struct lake_change change = { stmt_col_str(&st, lake_change_op),
			stmt_col_str(&st, lake_change_property),
			stmt_col_str(&st, lake_change_before),
			stmt_col_str(&st, lake_change_after) };

		c = fn(ctx, &change, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code lake_file_put(struct db *db, const struct lake_file *f, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LAKE_FILE_PUT);

	stmt_str(&st, lake_file_put__key, f->key);
	stmt_int(&st, lake_file_put__rows, f->rows);
	stmt_int(&st, lake_file_put__bytes, f->bytes);
	stmt_str(&st, lake_file_put__sha256, f->sha256);
	return stmt_run(&st, e);
}

enum code lake_file_same(struct db *db, const struct lake_file *f, bool *same, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LAKE_FILE_GET);
	enum code c;

	stmt_str(&st, lake_file_get__key, f->key);
	c = stmt_step(&st, e);
	*same = !c && stmt_col_int(&st, lake_file_get_bytes) == f->bytes &&
		str_eq(stmt_col_str(&st, lake_file_get_sha256), f->sha256);
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code lake_files(struct db *db, lake_file_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LAKE_FILES);
	enum code c;

	while (!(c = stmt_step(&st, e))) {
		struct lake_file f = { stmt_col_str(&st, lake_files_key),
			stmt_col_int(&st, lake_files_rows), stmt_col_int(&st, lake_files_bytes),
			stmt_col_str(&st, lake_files_sha256) };

		c = fn(ctx, &f, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}
