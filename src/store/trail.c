/* SPDX-License-Identifier: Apache-2.0 */
#include "store/trail.h"

#include "db/stmt.h"

#define RETRY_MS INT64_C(300000)
#define MOST_MS  INT64_C(86400000)

/* The end of a transaction of one's own. */
static enum code end(struct db *db, enum code c, struct err *e)
{
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

enum code trail_get(
	struct db *db, struct arena *a, int64_t source_id, struct trail *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TRAIL_GET);
	enum code c;

	stmt_int(&st, trail_get__source, source_id);
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct trail){ source_id, arena_text(a, stmt_col_str(&st, trail_get_place)),
			stmt_col_int(&st, trail_get_since_ms),
			stmt_col_int(&st, trail_get_next_ms) };
	stmt_end(&st);
	return c || arena_ok(a) ? c : err_nomem(e);
}

static enum code forget(struct db *db, int64_t source_id, struct err *e)
{
	struct stmt folders = stmt_begin(db, SQL_TRAIL_FORGET_FOLDERS), files;
	enum code c;

	stmt_int(&folders, trail_forget_folders__source, source_id);
	c = stmt_run(&folders, e);
	if (c)
		return c;
	files = stmt_begin(db, SQL_TRAIL_FORGET_FILES);
	stmt_int(&files, trail_forget_files__source, source_id);
	return stmt_run(&files, e);
}

static enum code put(struct db *db, const struct trail *t, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TRAIL_PUT);

	stmt_int(&st, trail_put__source, t->source_id);
	stmt_text(&st, trail_put__place, t->place);
	stmt_int(&st, trail_put__since, t->since_ms);
	return stmt_run(&st, e);
}

enum code trail_begin(struct db *db, const struct trail *t, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = forget(db, t->source_id, e);
	if (!c)
		c = put(db, t, e);
	return end(db, c, e);
}

enum code trail_end(struct db *db, int64_t source_id, int64_t now_ms, int64_t next_ms,
	const char *error, struct err *e)
{
	struct stmt st;
	enum code c = db_begin(db, e);

	if (c)
		return c;
	st = stmt_begin(db, SQL_TRAIL_END);
	stmt_int(&st, trail_end__source, source_id);
	stmt_int(&st, trail_end__now, now_ms);
	stmt_int(&st, trail_end__next, next_ms);
	stmt_text(&st, trail_end__error, error);
	return end(db, stmt_run(&st, e), e);
}

enum code trail_folder_get(struct db *db, struct arena *a, struct trail_folder *f, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TRAIL_FOLDER_GET);
	enum code c;

	stmt_int(&st, trail_folder_get__source, f->source_id);
	stmt_text(&st, trail_folder_get__folder, f->folder);
	c = stmt_step(&st, e);
	if (!c) {
		f->day = arena_text(a, stmt_col_str(&st, trail_folder_get_day));
		f->last_key = arena_text(a, stmt_col_str(&st, trail_folder_get_last_key));
	}
	stmt_end(&st);
	return c || arena_ok(a) ? c : err_nomem(e);
}

static enum code put_folder(struct db *db, const struct trail_folder *f, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TRAIL_FOLDER_PUT);

	stmt_int(&st, trail_folder_put__source, f->source_id);
	stmt_text(&st, trail_folder_put__folder, f->folder);
	stmt_text(&st, trail_folder_put__day, f->day);
	stmt_text(&st, trail_folder_put__key, f->last_key);
	return stmt_run(&st, e);
}

enum code trail_folder_put(struct db *db, const struct trail_folder *f, struct err *e)
{
	struct stmt st;
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = put_folder(db, f, e);
	if (!c) {
		st = stmt_begin(db, SQL_TRAIL_FOLDER_TIDY);
		stmt_int(&st, trail_folder_tidy__source, f->source_id);
		stmt_text(&st, trail_folder_tidy__folder, f->folder);
		stmt_text(&st, trail_folder_tidy__day, f->day);
		c = stmt_run(&st, e);
	}
	return end(db, c, e);
}

enum code trail_file_is_known(
	struct db *db, int64_t source_id, const char *key, bool *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TRAIL_FILE_GET);
	enum code c;

	stmt_int(&st, trail_file_get__source, source_id);
	stmt_text(&st, trail_file_get__key, key);
	c = stmt_step(&st, e);
	*out = !c;
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code put_file(struct db *db, const struct trail_file *f, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TRAIL_FILE_PUT);

	stmt_int(&st, trail_file_put__source, f->source_id);
	stmt_text(&st, trail_file_put__key, f->key);
	stmt_text(&st, trail_file_put__folder, f->folder);
	stmt_text(&st, trail_file_put__day, f->day);
	stmt_text(&st, trail_file_put__state, f->state);
	stmt_int(&st, trail_file_put__now, now_ms);
	stmt_int(&st, trail_file_put__wait, RETRY_MS);
	stmt_int(&st, trail_file_put__most, MOST_MS);
	stmt_int(&st, trail_file_put__events, f->events);
	stmt_int(&st, trail_file_put__heeded, f->heeded);
	stmt_text(&st, trail_file_put__error, f->error);
	return stmt_run(&st, e);
}

enum code trail_file_put(struct db *db, const struct trail_file *f, int64_t now_ms, struct err *e)
{
	const struct trail_folder folder = { f->source_id, f->folder, f->day, f->key };
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = put_file(db, f, now_ms, e);
	/* The day is the least there is: whoever lists moves it on. */
	if (!c)
		c = put_folder(db, &folder, e);
	return end(db, c, e);
}

enum code trail_file_due(
	struct db *db, struct arena *a, int64_t now_ms, struct trail_file *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TRAIL_FILE_DUE);
	enum code c;

	stmt_int(&st, trail_file_due__source, out->source_id);
	stmt_int(&st, trail_file_due__now, now_ms);
	stmt_text(&st, trail_file_due__after, out->key);
	c = stmt_step(&st, e);
	if (!c) {
		out->key = arena_text(a, stmt_col_str(&st, trail_file_due_key));
		out->folder = arena_text(a, stmt_col_str(&st, trail_file_due_folder));
		out->day = arena_text(a, stmt_col_str(&st, trail_file_due_day));
	}
	stmt_end(&st);
	return c || arena_ok(a) ? c : err_nomem(e);
}
