/* SPDX-License-Identifier: Apache-2.0 */
#include "store/catalogue.h"

#include "base/asset.h"
#include "db/stmt.h"
#include "store/typed.h"

#define CATALOGUE "schema/catalogue/"

/* "schema/catalogue/ec2.json" -> "ec2" */
static struct str name_of(const struct asset *a)
{
	struct str s = str_of(a->name + strlen(CATALOGUE));

	return (struct str){ s.p, str_find(s, '.') };
}

static const struct asset *built_in(struct str name)
{
	for (const struct asset *a = NULL; (a = asset_next(a, CATALOGUE)) != NULL;)
		if (str_eq(name_of(a), name))
			return a;
	return NULL;
}

static enum code is_stored(struct db *db, const struct asset *a, bool *same, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_GET);
	enum code c;

	stmt_str(&st, catalogue_get__name, name_of(a));
	c = stmt_step(&st, e);
	*same = c == E_OK &&
		str_eq(stmt_col_str(&st, catalogue_get_doc), (struct str){ a->text, a->n });
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

/* Documents that came with an older program and are no longer there. */
static enum code has_leftovers(struct db *db, bool *any, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_PROGRAM_NAMES);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK)
		if (!built_in(stmt_col_str(&st, catalogue_program_names_name)))
			*any = true;
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code is_current(struct db *db, bool *current, struct err *e)
{
	bool leftovers = false;
	enum code c = E_OK;

	*current = true;
	for (const struct asset *a = NULL;
		!c && *current && (a = asset_next(a, CATALOGUE)) != NULL;)
		c = is_stored(db, a, current, e);
	if (!c && *current)
		c = has_leftovers(db, &leftovers, e);
	*current = *current && !leftovers;
	return c;
}

static enum code put(struct db *db, const struct asset *a, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_PUT);

	stmt_str(&st, catalogue_put__name, name_of(a));
	stmt_text(&st, catalogue_put__origin, "program");
	stmt_str(&st, catalogue_put__doc, (struct str){ a->text, a->n });
	if (stmt_run(&st, e))
		return err_add(e, "load the catalogue's %s", a->name);
	return E_OK;
}

static enum code replace(struct db *db, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_REMOVE_PROGRAM);
	enum code c = stmt_run(&st, e);

	for (const struct asset *a = NULL; !c && (a = asset_next(a, CATALOGUE)) != NULL;)
		c = put(db, a, e);
	if (c)
		return c;
	st = stmt_begin(db, SQL_CATALOGUE_RESHRED_USER);
	return stmt_run(&st, e);
}

enum code catalogue_sync(struct db *db, struct err *e)
{
	bool current, views = true;
	enum code c = is_current(db, &current, e);

	/* People add their own types with plain SQL, which cannot make views. */
	if (!c && current)
		c = typed_is_current(db, &views, e);
	if (c || (current && views))
		return c;
	c = db_begin(db, e);
	if (c)
		return c;
	if (!current)
		c = replace(db, e);
	if (!c)
		c = typed_remake(db, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

static enum code set(struct db *db, const char *name, struct str doc, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_REMOVE_USER);
	enum code c;

	stmt_text(&st, catalogue_remove_user__name, name);
	c = stmt_run(&st, e);
	if (!c && !doc.p && !db_changes(db))
		c = err_set(e, E_NOTFOUND, "there is no catalogue of your own called \"%s\"", name);
	if (!c && doc.p) {
		st = stmt_begin(db, SQL_CATALOGUE_PUT);
		stmt_text(&st, catalogue_put__name, name);
		stmt_text(&st, catalogue_put__origin, "user");
		stmt_str(&st, catalogue_put__doc, doc);
		c = stmt_run(&st, e);
	}
	return c;
}

enum code catalogue_set(struct db *db, const char *name, struct str doc, struct err *e)
{
	return set(db, name, doc, e) ? e->code : typed_remake(db, e);
}

/* The program's are shredded anew, too: what the user's hid of them is not in the tables. */
static enum code exchange(struct db *db, const char *name, struct str doc, struct err *e)
{
	enum code c = set(db, name, doc, e);

	c = c ? c : replace(db, e);
	return c ? c : typed_remake(db, e);
}

static enum code exchange_at_once(struct db *db, const char *name, struct str doc, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = exchange(db, name, doc, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

enum code catalogue_add(struct db *db, const char *name, struct str doc, struct err *e)
{
	if (built_in(str_of(name)))
		return err_set(e, E_INVALID, "the program has a catalogue \"%s\" itself", name);
	return exchange_at_once(db, name, doc, e);
}

enum code catalogue_remove(struct db *db, const char *name, struct err *e)
{
	return exchange_at_once(db, name, STR_NONE, e);
}

enum code catalogue_walk(
	struct db *db, const char *globs, catalogue_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_TYPES);
	enum code c;

	stmt_text(&st, catalogue_types__globs, globs);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct catalogue_type t = {
			.type = stmt_col_str(&st, catalogue_types_type),
			.engine = stmt_col_str(&st, catalogue_types_engine),
			.service = stmt_col_str(&st, catalogue_types_service),
			.scope = stmt_col_str(&st, catalogue_types_scope),
			.doc = stmt_col_str(&st, catalogue_types_doc),
		};

		c = fn(ctx, &t, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code catalogue_events(struct db *db, struct str source, struct str event,
	catalogue_event_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_EVENTS);
	enum code c;

	stmt_str(&st, catalogue_events__source, source);
	stmt_str(&st, catalogue_events__event, event);
	while ((c = stmt_step(&st, e)) == E_OK) {
		const struct catalogue_event rule = { stmt_col_str(&st, catalogue_events_type),
			stmt_col_str(&st, catalogue_events_path),
			stmt_col_str(&st, catalogue_events_by),
			stmt_col_str(&st, catalogue_events_match),
			stmt_col_str(&st, catalogue_events_strip) };

		c = fn(ctx, &rule, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code catalogue_inverses(
	struct db *db, struct str type, catalogue_inverse_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_INVERSES);
	enum code c;

	stmt_str(&st, catalogue_inverses__type, type);
	while ((c = stmt_step(&st, e)) == E_OK) {
		c = fn(ctx, stmt_col_str(&st, catalogue_inverses_name),
			stmt_col_str(&st, catalogue_inverses_from_type), e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code catalogue_knows(struct db *db, const char *glob, bool *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_KNOWS);
	enum code c;

	stmt_text(&st, catalogue_knows__glob, glob);
	c = stmt_step(&st, e);
	stmt_end(&st);
	if (c && c != E_NOTFOUND)
		return c;
	*out = c == E_OK;
	return E_OK;
}
