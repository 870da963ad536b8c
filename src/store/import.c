/* SPDX-License-Identifier: Apache-2.0 */
#include "store/import.h"

#include "base/asset.h"
#include "db/stmt.h"

static bool is_open(struct db *db)
{
	struct err ignored = { 0 };
	struct stmt st = stmt_begin(db, SQL_IMPORT_IS_OPEN);
	bool open = stmt_step(&st, &ignored) == E_OK;

	stmt_end(&st);
	return open;
}

enum code import_open(struct db *db, struct err *e)
{
	const struct asset *a = asset_next(NULL, "schema/temp/import.sql");
	struct stmt st;

	if (is_open(db)) {
		st = stmt_begin(db, SQL_IMPORT_CLEAR);
		return stmt_run(&st, e);
	}
	return a ? db_script(db, a->name, a->text, e)
		 : err_set(e, E_CORRUPT, "no list of files is built in");
}

enum code import_list(struct db *db, const struct import_entry *f, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_IMPORT_LIST);

	stmt_text(&st, import_list__sort, f->sort);
	stmt_text(&st, import_list__name, f->name);
	stmt_int(&st, import_list__source, f->source);
	stmt_text(&st, import_list__key, f->key);
	stmt_text(&st, import_list__stamp, f->stamp);
	stmt_int(&st, import_list__bytes, f->bytes);
	return stmt_run(&st, e);
}

enum code import_total(struct db *db, struct import_total *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_IMPORT_SUM);
	enum code c = stmt_step(&st, e);

	if (!c)
		*out = (struct import_total){ stmt_col_int(&st, import_sum_files),
			stmt_col_int(&st, import_sum_bytes), stmt_col_int(&st, import_sum_known),
			stmt_col_int(&st, import_sum_known_bytes) };
	stmt_end(&st);
	return c;
}

enum code import_next(struct db *db, const struct import_entry *after, struct arena *a,
	struct import_entry *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_IMPORT_NEXT);
	enum code c;

	stmt_text(&st, import_next__sort, after ? after->sort : "");
	stmt_text(&st, import_next__name, after ? after->name : "");
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct import_entry){ .sort = arena_text(
						      a, stmt_col_str(&st, import_next_sort)),
			.name = arena_text(a, stmt_col_str(&st, import_next_name)),
			.key = arena_text(a, stmt_col_str(&st, import_next_key)),
			.stamp = arena_text(a, stmt_col_str(&st, import_next_stamp)),
			.source = stmt_col_int(&st, import_next_source),
			.bytes = stmt_col_int(&st, import_next_bytes),
			.items = stmt_col_int(&st, import_next_items),
			.new_items = stmt_col_int(&st, import_next_new_items) };
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code import_put(struct db *db, const struct import_mark *m, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_IMPORT_PUT);

	stmt_text(&st, import_put__name, m->name);
	stmt_text(&st, import_put__stamp, m->stamp);
	stmt_int(&st, import_put__items, m->items);
	stmt_int(&st, import_put__new_items, m->new_items);
	if (m->done_ms)
		stmt_int(&st, import_put__done, m->done_ms);
	stmt_text(&st, import_put__error, m->error);
	return stmt_run(&st, e);
}
