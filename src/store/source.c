/* SPDX-License-Identifier: Apache-2.0 */
#include "store/source.h"

#include "db/stmt.h"

static enum code read_id(struct db *db, struct source *s, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SOURCE_GET);
	enum code c;

	stmt_text(&st, source_get__name, s->name);
	c = stmt_step(&st, e);
	if (!c)
		s->source_id = stmt_col_int(&st, source_get_source_id);
	stmt_end(&st);
	return c;
}

static enum code put(struct db *db, struct source *s, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SOURCE_PUT);
	enum code c;

	stmt_text(&st, source_put__name, s->name);
	stmt_text(&st, source_put__kind, s->kind);
	stmt_text(&st, source_put__settings, s->settings ? s->settings : "{}");
	stmt_int(&st, source_put__kept, s->kept);
	c = stmt_run(&st, e);
	return c ? c : read_id(db, s, e);
}

enum code source_put(struct db *db, struct source *source, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = put(db, source, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return err_add(e, "note source \"%s\"", source->name);
}

enum code source_get(
	struct db *db, struct arena *a, const char *name, struct source *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SOURCE_GET);
	enum code c;

	stmt_text(&st, source_get__name, name);
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct source){ stmt_col_int(&st, source_get_source_id),
			arena_text(a, stmt_col_str(&st, source_get_name)),
			arena_text(a, stmt_col_str(&st, source_get_kind)),
			arena_text(a, stmt_col_str(&st, source_get_settings)),
			(int)stmt_col_int(&st, source_get_kept) };
	stmt_end(&st);
	if (c == E_NOTFOUND) {
		err_set(e, E_NOTFOUND, "there is no source \"%s\"", name);
		return err_hint(
			e, "siltstone source list shows them, siltstone source add makes one");
	}
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

static enum code unkeep(struct db *db, const char *name, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SOURCE_UNKEEP);
	enum code c;

	stmt_text(&st, source_unkeep__name, name);
	c = stmt_run(&st, e);
	if (!c && !db_changes(db))
		c = err_set(e, E_NOTFOUND, "there is no source \"%s\"", name);
	return c;
}

enum code source_remove(struct db *db, const char *name, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = unkeep(db, name, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

enum code source_walk(struct db *db, bool all, source_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SOURCE_LIST);
	enum code c;

	stmt_int(&st, source_list__all, all);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct source s = { stmt_col_int(&st, source_list_source_id),
			stmt_col_str(&st, source_list_name).p,
			stmt_col_str(&st, source_list_kind).p,
			stmt_col_str(&st, source_list_settings).p,
			(int)stmt_col_int(&st, source_list_kept) };

		c = fn(ctx, &s, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}
