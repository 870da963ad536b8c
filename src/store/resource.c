/* SPDX-License-Identifier: Apache-2.0 */
#include "store/resource.h"

#include "base/buf.h"
#include "base/nearest.h"
#include "db/stmt.h"

static const char *text_or_null(struct arena *a, struct str s)
{
	return s.p ? arena_text(a, s) : NULL;
}

static struct resource read_one(struct arena *a, const struct stmt *st)
{
	return (struct resource){
		.rid = stmt_col_int(st, resource_find_rid),
		.type = arena_text(a, stmt_col_str(st, resource_find_type)),
		.id = arena_text(a, stmt_col_str(st, resource_find_id)),
		.account = arena_text(a, stmt_col_str(st, resource_find_account)),
		.region = arena_text(a, stmt_col_str(st, resource_find_region)),
		.name = text_or_null(a, stmt_col_str(st, resource_find_name)),
		.arn = text_or_null(a, stmt_col_str(st, resource_find_arn)),
		.deleted = stmt_col_int(st, resource_find_deleted) != 0,
		.fit = (int)stmt_col_int(st, resource_find_fit),
	};
}

enum code resource_find(struct db *db, const struct resource_search *s, struct arena *a,
	struct resource *out, size_t *n, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_RESOURCE_FIND);
	enum code c;

	*n = 0;
	stmt_text(&st, resource_find__what, s->what);
	stmt_text(&st, resource_find__type, s->type);
	stmt_text(&st, resource_find__account, s->account);
	stmt_text(&st, resource_find__region, s->region);
	while ((c = stmt_step(&st, e)) == E_OK && *n < RESOURCE_SEARCH_MAX)
		out[(*n)++] = read_one(a, &st);
	stmt_end(&st);
	if (c == E_OK || c == E_NOTFOUND)
		return arena_ok(a) ? E_OK : err_nomem(e);
	return c;
}

static struct str last_part(struct str type)
{
	for (size_t at = str_find(type, ':'); at < type.n; at = str_find(type, ':'))
		type = str_from(type, at + 1);
	return type;
}

static enum code unknown_type(struct db *db, const char *word, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_RESOURCE_TYPES);
	struct nearest near;
	enum code c;

	nearest_init(&near, str_of(word));
	stmt_text(&st, resource_types__word, "*");
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct str type = stmt_col_str(&st, resource_types_type);

		nearest_offer(&near, type);
		nearest_offer(&near, last_part(type));
	}
	stmt_end(&st);
	if (c != E_NOTFOUND)
		return c;
	err_set(e, E_NOTFOUND, "the store has no resource type \"%s\"", word);
	if (nearest_name(&near))
		return err_hint(e, "did you mean \"%s\"?", nearest_name(&near));
	return err_hint(e, "siltstone ls lists what there is");
}

enum code resource_types(
	struct db *db, const char *word, struct arena *a, const char **out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_RESOURCE_TYPES);
	struct buf list = BUF_INIT(1 << 20);
	enum code c;

	stmt_text(&st, resource_types__word, word);
	while ((c = stmt_step(&st, e)) == E_OK) {
		if (list.n)
			buf_char(&list, ',');
		buf_str(&list, stmt_col_str(&st, resource_types_type));
	}
	stmt_end(&st);
	if (c == E_NOTFOUND)
		c = !buf_ok(&list) ? err_nomem(e) : list.n ? E_OK : unknown_type(db, word, e);
	if (!c) {
		*out = arena_text(a, buf_slice(&list));
		c = arena_ok(a) ? E_OK : err_nomem(e);
	}
	buf_release(&list);
	return c;
}
