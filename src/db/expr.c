/* SPDX-License-Identifier: Apache-2.0 */
#include "db/expr.h"

#include "base/buf.h"
#include "base/mem.h"
#include "db/sqlite_err.h"
#include <sqlite3.h>

enum { SQL_MAX = 64 << 10 };

struct expr {
	struct sqlite3 *h;
};

/* An expression may call functions and read what json_each() gives, nothing else. */
static int allow(void *ctx, int action, const char *a, const char *b, const char *c, const char *d)
{
	(void)ctx;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return action == SQLITE_SELECT || action == SQLITE_READ || action == SQLITE_FUNCTION
		       ? SQLITE_OK
		       : SQLITE_DENY;
}

/* The table-valued functions must have been made before nothing may be made any more. */
static enum code prepare_json_each(struct sqlite3 *h, struct err *e)
{
	int rc = sqlite3_exec(
		h, "SELECT count(*) FROM json_each('[]'), json_tree('[]')", NULL, NULL, NULL);

	if (rc != SQLITE_OK)
		return sqlite_err(e, h, rc, "open an expression");
	(void)sqlite3_set_authorizer(h, allow, NULL);
	return E_OK;
}

enum code expr_open(struct expr **out, struct err *e)
{
	struct expr *x = mem_alloc(sizeof(*x));
	enum code c;
	int rc;

	if (!x)
		return err_nomem(e);
	rc = sqlite3_open_v2(":memory:", &x->h,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
	c = rc == SQLITE_OK ? prepare_json_each(x->h, e)
			    : sqlite_err(e, x->h, rc, "open an expression");
	if (c) {
		expr_close(x);
		return c;
	}
	*out = x;
	return E_OK;
}

void expr_close(struct expr *x)
{
	if (!x)
		return;
	(void)sqlite3_close(x->h);
	mem_free(x);
}

static enum code step(
	struct expr *x, struct sqlite3_stmt *s, struct arena *a, struct str *out, struct err *e)
{
	int rc = sqlite3_step(s);
	const char *text;

	if (rc != SQLITE_ROW)
		return sqlite_err(e, x->h, rc, "evaluate an expression");
	text = (const char *)sqlite3_column_text(s, 0);
	*out = STR_NONE;
	if (text)
		*out = arena_str(a, (struct str){ text, (size_t)sqlite3_column_bytes(s, 0) });
	else if (sqlite3_column_type(s, 0) != SQLITE_NULL)
		return err_nomem(e);
	return arena_ok(a) ? E_OK : err_nomem(e);
}

static enum code run(struct expr *x, struct sqlite3_stmt *s, struct str document, struct arena *a,
	struct str *out, struct err *e)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(s); i++) {
		int rc = sqlite3_bind_text64(
			s, i, document.p ? document.p : "", document.n, SQLITE_STATIC, SQLITE_UTF8);

		if (rc != SQLITE_OK)
			return sqlite_err(e, x->h, rc, "bind an expression");
	}
	return step(x, s, a, out, e);
}

enum code expr_eval(struct expr *x, const char *sql, struct str document, struct arena *a,
	struct str *out, struct err *e)
{
	struct buf text = BUF_INIT(SQL_MAX);
	struct sqlite3_stmt *s = NULL;
	const char *tail = "";
	enum code c;
	int rc;

	buf_printf(&text, "SELECT %s", sql);
	if (!buf_ok(&text)) {
		buf_release(&text);
		return err_set(e, E_TOOBIG, "an expression is over %d bytes", SQL_MAX);
	}
	rc = sqlite3_prepare_v2(x->h, text.p, (int)text.n + 1, &s, &tail);
	if (rc != SQLITE_OK)
		c = err_set(e, E_INVALID, "expression \"%.60s\": %s", sql, sqlite3_errmsg(x->h));
	else if (!s || *tail || !sqlite3_stmt_readonly(s))
		c = err_set(e, E_INVALID, "\"%.60s\" is not one expression", sql);
	else
		c = run(x, s, document, a, out, e);
	(void)sqlite3_finalize(s);
	buf_release(&text);
	return c;
}
