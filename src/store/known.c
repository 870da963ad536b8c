/* SPDX-License-Identifier: Apache-2.0 */
#include "store/known.h"

#include "db/stmt.h"
#include <stdio.h>

static void bind_page(struct stmt *st, int param, int64_t page)
{
	if (page)
		stmt_int(st, param, page);
	else
		stmt_null(st, param);
}

enum code known_find(struct db *db, const unsigned char hash[KNOWN_HASH_BYTES],
	struct known_item *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_FIND);
	enum code c;

	*out = (struct known_item){ .full_ms = INT64_MIN };
	stmt_blob(&st, known_find__hash, hash, KNOWN_HASH_BYTES);
	c = stmt_step(&st, e);
	if (!c) {
		out->rid = stmt_col_int(&st, known_find_rid);
		out->page = stmt_col_int(&st, known_find_at);
		if (!stmt_is_null(&st, known_find_full_ms))
			out->full_ms = stmt_col_int(&st, known_find_full_ms);
		snprintf(out->region, sizeof(out->region), "%.*s",
			STR_ARG(stmt_col_str(&st, known_find_region)));
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code known_find_page(struct db *db, int64_t page, const unsigned char hash[KNOWN_HASH_BYTES],
	int64_t *n, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_FIND_PAGE);
	enum code c;

	*n = -1;
	stmt_int(&st, known_find_page__page, page);
	stmt_blob(&st, known_find_page__hash, hash, KNOWN_HASH_BYTES);
	c = stmt_step(&st, e);
	if (!c)
		*n = stmt_col_int(&st, known_find_page_n);
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code known_same(struct db *db, int64_t rid, int64_t page, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_UNSTAGE);

	stmt_int(&st, known_unstage__rid, rid);
	if (stmt_run(&st, e))
		return e->code;
	st = stmt_begin(db, SQL_KNOWN_SAME);
	stmt_int(&st, known_same__rid, rid);
	bind_page(&st, known_same__page, page);
	return stmt_run(&st, e);
}

enum code known_same_page(struct db *db, int64_t page, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_UNSTAGE_PAGE);

	stmt_int(&st, known_unstage_page__page, page);
	if (stmt_run(&st, e))
		return e->code;
	st = stmt_begin(db, SQL_KNOWN_SAME_PAGE);
	stmt_int(&st, known_same_page__page, page);
	return stmt_run(&st, e);
}

enum code known_not_same(struct db *db, int64_t rid, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_NOT_SAME);

	stmt_int(&st, known_not_same__rid, rid);
	return stmt_run(&st, e);
}

enum code known_count_same(struct db *db, int64_t *n, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_COUNT_SAME);
	enum code c = stmt_step(&st, e);

	*n = c ? 0 : stmt_col_int(&st, known_count_same_n);
	stmt_end(&st);
	return c;
}

enum code known_any_same(struct db *db, bool *any, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_ANY_SAME);
	enum code c = stmt_step(&st, e);

	*any = !c;
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code known_note_page(struct db *db, const struct known_page *page, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_NOTE_PAGE);

	stmt_int(&st, known_note_page__page, page->page);
	stmt_blob(&st, known_note_page__hash, page->hash, KNOWN_HASH_BYTES);
	if (page->n >= 0)
		stmt_int(&st, known_note_page__n, page->n);
	stmt_str(&st, known_note_page__account, page->account);
	stmt_str(&st, known_note_page__region, page->region);
	stmt_str(&st, known_note_page__type, page->type);
	return stmt_run(&st, e);
}

static enum code is_settled(struct db *db, int64_t source_id, bool *settled, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_SETTLED);
	enum code c;

	stmt_int(&st, known_settled__source, source_id);
	c = stmt_step(&st, e);
	*settled = !c;
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code known_touched(
	struct db *db, int64_t source_id, known_rid_fn *fn, void *ctx, struct err *e)
{
	bool settled = false;
	enum code c = is_settled(db, source_id, &settled, e);
	struct stmt st;

	if (c)
		return c;
	st = stmt_begin(db, settled ? SQL_KNOWN_TOUCHED : SQL_KNOWN_ALL_SAME);
	while ((c = stmt_step(&st, e)) == E_OK) {
		c = fn(ctx,
			stmt_col_int(
				&st, settled ? (int)known_touched_rid : (int)known_all_same_rid),
			e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static struct str kept(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NONE;
}

enum code known_resource(
	struct db *db, struct arena *a, int64_t rid, struct known_resource *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_RESOURCE);
	enum code c;

	stmt_int(&st, known_resource__rid, rid);
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct known_resource){ .account = kept(a,
							stmt_col_str(&st, known_resource_account)),
			.region = kept(a, stmt_col_str(&st, known_resource_region)),
			.type = kept(a, stmt_col_str(&st, known_resource_type)),
			.id = kept(a, stmt_col_str(&st, known_resource_id)),
			.name = kept(a, stmt_col_str(&st, known_resource_name)),
			.arn = kept(a, stmt_col_str(&st, known_resource_arn)),
			.az = kept(a, stmt_col_str(&st, known_resource_az)),
			.has_created = !stmt_is_null(&st, known_resource_created_ms),
			.created_ms = stmt_col_int(&st, known_resource_created_ms),
			.item_id = stmt_col_int(&st, known_resource_item_id) };
	stmt_end(&st);
	return c || arena_ok(a) ? c : err_nomem(e);
}

enum code known_keep(struct db *db, int64_t stage_id, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_KEEP);

	stmt_int(&st, known_keep__stage, stage_id);
	stmt_int(&st, known_keep__now, now_ms);
	return stmt_run(&st, e);
}

enum code known_forget(struct db *db, int64_t rid, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_FORGET);

	stmt_int(&st, known_forget__rid, rid);
	return stmt_run(&st, e);
}

enum code known_keep_pages(struct db *db, int64_t source_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_MOVE);
	enum code c = stmt_run(&st, e);

	if (!c) {
		st = stmt_begin(db, SQL_KNOWN_KEEP_PAGES);
		stmt_int(&st, known_keep_pages__source, source_id);
		c = stmt_run(&st, e);
	}
	if (!c) {
		st = stmt_begin(db, SQL_KNOWN_DROP_PAGES);
		stmt_int(&st, known_drop_pages__source, source_id);
		c = stmt_run(&st, e);
	}
	return c;
}

enum code known_mark(
	struct db *db, int64_t source_id, int64_t before, int64_t written, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_KNOWN_MARK);

	stmt_int(&st, known_mark__source, source_id);
	stmt_int(&st, known_mark__before, before);
	stmt_int(&st, known_mark__written, written);
	return stmt_run(&st, e);
}
