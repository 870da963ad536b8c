/* SPDX-License-Identifier: Apache-2.0 */
#include "store/scope.h"

#include "db/stmt.h"
#include <stdlib.h>

/* More types than any catalogue has. */
#define TYPES_MAX ((size_t)1 << 16)

static enum code has_row(struct db *db, enum sql_id id, bool *yes, struct err *e)
{
	struct stmt st = stmt_begin(db, id);
	enum code c = stmt_step(&st, e);

	stmt_end(&st);
	*yes = c == E_OK;
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code load_types(struct db *db, struct arena *a, struct in_scope *s, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SCOPE_TYPES);
	size_t room = 0;
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		if (s->n == room) {
			struct scope_type *more;

			room = room ? room * 2 : 1024;
			more = room > TYPES_MAX ? NULL : arena_alloc(a, room * sizeof(*more));
			if (!more) {
				c = err_nomem(e);
				break;
			}
			if (s->n)
				memcpy(more, s->types, s->n * sizeof(*more));
			s->types = more;
		}
		s->types[s->n++] = (struct scope_type){
			.type = arena_text(a, stmt_col_str(&st, scope_types_type)),
			.own_ms = stmt_col_int(&st, scope_types_own_ms),
			.daily = stmt_col_int(&st, scope_types_daily) != 0
		};
	}
	stmt_end(&st);
	if (c == E_NOTFOUND && !e->code)
		c = arena_ok(a) ? E_OK : err_nomem(e);
	return c;
}

enum code scope_load(struct db *db, struct arena *a, struct in_scope *out, struct err *e)
{
	struct in_scope s = { 0 };
	bool is = false;
	enum code c = has_row(db, SQL_SCOPE_IS, &is, e);

	s.everything = !is;
	if (!c && is)
		c = load_types(db, a, &s, e);
	if (!c)
		*out = s;
	return c;
}

static int compare(const void *key, const void *type)
{
	return strcmp(key, ((const struct scope_type *)type)->type);
}

const struct scope_type *scope_find(const struct in_scope *s, const char *type)
{
	static const struct scope_type every_sweep = { .type = "" };

	if (s->everything)
		return &every_sweep;
	return s->n ? bsearch(type, s->types, s->n, sizeof(*s->types), compare) : NULL;
}

enum code scope_last_look(struct db *db, const char *account, const char *region, const char *type,
	int64_t *started_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_SCOPE_LAST_LOOK);
	enum code c;

	stmt_text(&st, scope_last_look__type, type);
	stmt_text(&st, scope_last_look__account, account);
	stmt_text(&st, scope_last_look__region, region);
	c = stmt_step(&st, e);
	*started_ms = c ? 0 : stmt_col_int(&st, scope_last_look_started_ms);
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

enum code scope_stage_types(struct db *db, struct str account, int64_t now_ms, struct err *e)
{
	struct stmt st;
	bool is;

	if (has_row(db, SQL_SCOPE_IS, &is, e) || !is)
		return e->code;
	st = stmt_begin(db, SQL_SCOPE_STAGE_TYPES);
	stmt_str(&st, scope_stage_types__account, account);
	stmt_int(&st, scope_stage_types__captured, now_ms);
	return stmt_run(&st, e);
}

enum code scope_stage_tags(struct db *db, int64_t now_ms, struct err *e)
{
	struct stmt st;
	bool matter;

	if (has_row(db, SQL_SCOPE_TAGS_MATTER, &matter, e) || !matter)
		return e->code;
	st = stmt_begin(db, SQL_SCOPE_STAGE_TAGS);
	if (stmt_run(&st, e))
		return e->code;
	st = stmt_begin(db, SQL_SCOPE_STAGE_SAME);
	stmt_int(&st, scope_stage_same__captured, now_ms);
	return stmt_run(&st, e);
}
