/* SPDX-License-Identifier: Apache-2.0 */
#include "db/stmt.h"

#include "base/must.h"
#include "db/sql_text.h"
#include "db/sqlite_err.h"
#include <sqlite3.h>

struct stmt stmt_begin(struct db *d, enum sql_id id)
{
	struct stmt st = { .d = d, .id = id };

	if (!d->slot[id])
		st.rc = sqlite3_prepare_v3(
			d->h, sql_text[id].text, -1, SQLITE_PREPARE_PERSISTENT, &d->slot[id], NULL);
	st.s = d->slot[id];
	must(!st.s || !sqlite3_stmt_busy(st.s));
	must(st.rc || sql_text[id].readonly || sql_text[id].alone || d->tx);
	return st;
}

int stmt_param(const struct stmt *st, const char *name)
{
	return st->s ? sqlite3_bind_parameter_index(st->s, name) : 0;
}

void stmt_int(struct stmt *st, int param, int64_t v)
{
	if (!st->rc)
		st->rc = sqlite3_bind_int64(st->s, param, v);
}

void stmt_null(struct stmt *st, int param)
{
	if (!st->rc)
		st->rc = sqlite3_bind_null(st->s, param);
}

void stmt_str(struct stmt *st, int param, struct str v)
{
	if (!v.p)
		stmt_null(st, param);
	else if (!st->rc)
		st->rc = sqlite3_bind_text64(st->s, param, v.p, v.n, SQLITE_STATIC, SQLITE_UTF8);
}

void stmt_text(struct stmt *st, int param, const char *v)
{
	stmt_str(st, param, str_of(v));
}

void stmt_blob(struct stmt *st, int param, const void *p, size_t n)
{
	if (!st->rc)
		st->rc = sqlite3_bind_blob64(st->s, param, p, n, SQLITE_STATIC);
}

enum code stmt_step(struct stmt *st, struct err *e)
{
	if (!st->rc)
		st->rc = sqlite3_step(st->s);
	if (st->rc == SQLITE_ROW) {
		st->rc = 0;
		return E_OK;
	}
	if (st->rc == SQLITE_DONE)
		return E_NOTFOUND;
	return sqlite_err(e, st->d->h, st->rc, sql_text[st->id].name);
}

enum code stmt_run(struct stmt *st, struct err *e)
{
	enum code c = stmt_step(st, e);

	stmt_end(st);
	return c == E_NOTFOUND ? E_OK : c;
}

void stmt_end(struct stmt *st)
{
	if (st->s) {
		sqlite3_reset(st->s);
		sqlite3_clear_bindings(st->s);
	}
	st->s = NULL;
}

bool stmt_is_null(const struct stmt *st, int col)
{
	return sqlite3_column_type(st->s, col) == SQLITE_NULL;
}

int64_t stmt_col_int(const struct stmt *st, int col)
{
	return sqlite3_column_int64(st->s, col);
}

struct str stmt_col_str(const struct stmt *st, int col)
{
	const char *p = (const char *)sqlite3_column_text(st->s, col);

	return (struct str){ p, p ? (size_t)sqlite3_column_bytes(st->s, col) : 0 };
}

struct str stmt_col_blob(const struct stmt *st, int col)
{
	const char *p = sqlite3_column_blob(st->s, col);

	return (struct str){ p, p ? (size_t)sqlite3_column_bytes(st->s, col) : 0 };
}

int64_t db_changes(struct db *d)
{
	return sqlite3_changes64(d->h);
}

int64_t db_last_rowid(struct db *d)
{
	return sqlite3_last_insert_rowid(d->h);
}
