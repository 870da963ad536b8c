/* SPDX-License-Identifier: Apache-2.0 */
#include "store/merge.h"

#include "base/asset.h"

struct stmt merge_items(struct db *db)
{
	return stmt_begin(db, SQL_MERGE_ITEMS);
}

enum code merge_item_next(struct stmt *st, struct merge_item *out, struct err *e)
{
	enum code c = stmt_step(st, e);

	if (c)
		return c;
	*out = (struct merge_item){ stmt_col_str(st, merge_items_account),
		stmt_col_str(st, merge_items_region), stmt_col_str(st, merge_items_type),
		stmt_col_str(st, merge_items_id), stmt_col_str(st, merge_items_now_name),
		stmt_col_str(st, merge_items_now_arn), stmt_col_int(st, merge_items_is_last) != 0,
		stmt_col_int(st, merge_items_captured_ms), stmt_col_int(st, merge_items_state_id),
		stmt_col_int(st, merge_items_recorded_ms), stmt_col_str(st, merge_items_status),
		stmt_col_str(st, merge_items_az), stmt_col_str(st, merge_items_actor),
		stmt_col_str(st, merge_items_name), stmt_col_str(st, merge_items_arn),
		stmt_col_str(st, merge_items_extra), stmt_col_str(st, merge_items_document),
		!stmt_is_null(st, merge_items_created_ms), stmt_col_int(st, merge_items_created_ms),
		stmt_col_int(st, merge_items_source_id) };
	return E_OK;
}

void merge_items_end(struct stmt *st)
{
	stmt_end(st);
}

static enum code ended(struct stmt *st, enum code c, const struct err *e)
{
	stmt_end(st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code merge_sources(struct db *db, merge_source_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_MERGE_SOURCES);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		struct merge_source s = { stmt_col_int(&st, merge_sources_source_id),
			stmt_col_str(&st, merge_sources_name).p,
			stmt_col_str(&st, merge_sources_kind).p,
			stmt_col_str(&st, merge_sources_settings).p };

		c = fn(ctx, &s, e);
		if (c)
			break;
	}
	return ended(&st, c, e);
}

enum code merge_add_source(
	struct db *db, const struct merge_source *s, int64_t *source_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_MERGE_ADD_SOURCE);
	enum code c;

	stmt_text(&st, merge_add_source__name, s->name);
	stmt_text(&st, merge_add_source__kind, s->kind);
	stmt_text(&st, merge_add_source__settings, s->settings);
	c = stmt_run(&st, e);
	if (!c)
		*source_id = db_last_rowid(db);
	return c;
}

enum code merge_catalogues(struct db *db, merge_catalogue_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_MERGE_CATALOGUES);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		c = fn(ctx, stmt_col_str(&st, merge_catalogues_name),
			stmt_col_str(&st, merge_catalogues_doc), e);
		if (c)
			break;
	}
	return ended(&st, c, e);
}

enum code merge_add_catalogue(struct db *db, struct str name, struct str doc, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_MERGE_ADD_CATALOGUE);

	stmt_str(&st, merge_add_catalogue__name, name);
	stmt_str(&st, merge_add_catalogue__doc, doc);
	return stmt_run(&st, e);
}

enum code merge_open_looks(struct db *to, struct err *e)
{
	const struct asset *a = asset_next(NULL, "schema/temp/merge.sql");

	return a ? db_script(to, a->name, a->text, e)
		 : err_set(e, E_CORRUPT, "no place for looks is built in");
}

static enum code put_look(struct db *to, const struct stmt *l, int64_t source_id, struct err *e)
{
	struct stmt st = stmt_begin(to, SQL_MERGE_LOOK_PUT);

	stmt_int(&st, merge_look_put__sweep, stmt_col_int(l, merge_looks_sweep_ms));
	stmt_int(&st, merge_look_put__source, source_id);
	stmt_str(&st, merge_look_put__account, stmt_col_str(l, merge_looks_account));
	stmt_str(&st, merge_look_put__region, stmt_col_str(l, merge_looks_region));
	stmt_str(&st, merge_look_put__type, stmt_col_str(l, merge_looks_type));
	stmt_int(&st, merge_look_put__started, stmt_col_int(l, merge_looks_started_ms));
	stmt_int(&st, merge_look_put__ended, stmt_col_int(l, merge_looks_ended_ms));
	stmt_str(&st, merge_look_put__outcome, stmt_col_str(l, merge_looks_outcome));
	stmt_str(&st, merge_look_put__reason, stmt_col_str(l, merge_looks_reason));
	stmt_str(&st, merge_look_put__code, stmt_col_str(l, merge_looks_code));
	stmt_int(&st, merge_look_put__seen, stmt_col_int(l, merge_looks_seen));
	stmt_int(&st, merge_look_put__written, stmt_col_int(l, merge_looks_written));
	stmt_int(&st, merge_look_put__calls, stmt_col_int(l, merge_looks_calls));
	return stmt_run(&st, e);
}

enum code merge_put_looks(
	struct db *to, struct db *from, merge_map_fn *map, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(from, SQL_MERGE_LOOKS);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		c = put_look(to, &st, map(ctx, stmt_col_int(&st, merge_looks_source_id)), e);
		if (c)
			break;
	}
	return ended(&st, c, e);
}

enum code merge_write_looks(struct db *to, struct err *e)
{
	struct stmt st = stmt_begin(to, SQL_MERGE_WRITE_LOOKS);

	return stmt_run(&st, e);
}
