/* SPDX-License-Identifier: Apache-2.0 */
#include "db/copy.h"

#include "base/buf.h"
#include "db/sql_text.h"
#include "db/sqlite_err.h"
#include <sqlite3.h>

#define SQL_MAX             (1 << 16)
#define ROWS_BETWEEN_TELLS  4096
#define STEPS_BETWEEN_LOOKS 20000

static int look(void *stop)
{
	return *(const volatile sig_atomic_t *)stop != 0;
}

/* SQLite wants its own pointer to what it may only read. */
static void watch(struct sqlite3 *h, const volatile sig_atomic_t *stop)
{
	union {
		const volatile sig_atomic_t *in;
		void *out;
	} flag = { .in = stop };

	sqlite3_progress_handler(h, stop ? STEPS_BETWEEN_LOOKS : 0, look, flag.out);
}

enum code copy_open(struct copy *c, const char *path, struct err *e)
{
	const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READWRITE |
			  SQLITE_OPEN_CREATE;
	int rc = sqlite3_open_v2(path, &c->h, flags, NULL);

	c->rows = 0;
	if (rc != SQLITE_OK) {
		sqlite_err(e, c->h, rc, "make the copy");
		copy_close(c);
		return e->code;
	}
	watch(c->h, c->stop);
	/* Without a journal a page is written once; a copy that is not finished is thrown away. */
	return copy_script(c, "make the copy",
		"PRAGMA page_size=4096; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
		"PRAGMA cache_size=-4096; PRAGMA temp_store=FILE; BEGIN;",
		e);
}

enum code copy_script(struct copy *c, const char *name, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(c->h, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? E_OK : sqlite_err(e, c->h, rc, name);
}

static enum code prepare_insert(
	struct copy *c, const char *table, int columns, sqlite3_stmt **out, struct err *e)
{
	struct buf sql = BUF_INIT(SQL_MAX);
	int rc = SQLITE_NOMEM;

	buf_printf(&sql, "INSERT INTO %s VALUES (?", table); /* SQL: one for each table */
	for (int i = 1; i < columns; i++)
		buf_text(&sql, ",?");
	buf_char(&sql, ')');
	if (buf_ok(&sql))
		rc = sqlite3_prepare_v2(c->h, sql.p, -1, out, NULL);
	buf_release(&sql);
	return rc == SQLITE_OK ? E_OK : sqlite_err(e, c->h, rc, table);
}

/* Texts are bound where they lie: the row stays until the next step. */
static int bind_column(sqlite3_stmt *to, int at, sqlite3_stmt *from)
{
	switch (sqlite3_column_type(from, at)) {
	case SQLITE_TEXT: {
		const char *p = (const char *)sqlite3_column_text(from, at);

		return sqlite3_bind_text(
			to, at + 1, p, sqlite3_column_bytes(from, at), SQLITE_STATIC);
	}
	case SQLITE_BLOB: {
		const void *p = sqlite3_column_blob(from, at);

		return sqlite3_bind_blob(
			to, at + 1, p ? p : "", sqlite3_column_bytes(from, at), SQLITE_STATIC);
	}
	default: return sqlite3_bind_value(to, at + 1, sqlite3_column_value(from, at));
	}
}

static enum code put_row(
	struct copy *c, const char *table, sqlite3_stmt *to, sqlite3_stmt *from, struct err *e)
{
	int rc = SQLITE_OK;

	for (int i = 0; i < sqlite3_column_count(from) && rc == SQLITE_OK; i++)
		rc = bind_column(to, i, from);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(to);
	if (rc != SQLITE_DONE)
		sqlite_err(e, c->h, rc, table);
	sqlite3_reset(to);
	c->rows++;
	return e->code;
}

enum code copy_rows(struct copy *c, const char *table, struct stmt *from, struct err *e)
{
	sqlite3_stmt *to = NULL;
	int64_t n = 0;
	enum code code = E_OK;

	/* A statement that could not be prepared says why at its first step. */
	if (!from->s)
		return stmt_step(from, e);
	if (prepare_insert(c, table, sqlite3_column_count(from->s), &to, e))
		return e->code;
	while (!code && !(code = stmt_step(from, e))) {
		code = put_row(c, table, to, from->s, e);
		if (!code && c->tell && ++n % ROWS_BETWEEN_TELLS == 0)
			code = c->tell(c->ctx, table, n, e);
	}
	sqlite3_finalize(to);
	return code == E_NOTFOUND && !e->code ? E_OK : code;
}

enum code copy_finish(struct copy *c, struct err *e)
{
	enum code code =
		copy_script(c, "finish the copy", "COMMIT; PRAGMA journal_mode=DELETE;", e);

	copy_close(c);
	return code;
}

void copy_close(struct copy *c)
{
	sqlite3_close(c->h);
	c->h = NULL;
}

enum code copy_exact(
	struct db *d, const char *path, const volatile sig_atomic_t *stop, struct err *e)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(d->h, "VACUUM INTO ?", -1, &st, NULL);

	watch(d->h, stop);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(st, 1, path, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc != SQLITE_DONE)
		sqlite_err(e, d->h, rc, "copy the store");
	sqlite3_finalize(st);
	watch(d->h, NULL);
	return e->code;
}
