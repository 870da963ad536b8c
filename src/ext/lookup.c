/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "ext/ext.h"

SQLITE_EXTENSION_INIT3

/* They read tables, so no view or trigger of a file from elsewhere may call them. */
#define READS (SQLITE_UTF8 | SQLITE_DIRECTONLY)

/* A function that is a query: its arguments are the parameters, its value the one column of the one row. */
struct lookup {
	const char *name;
	int args;
	int moment; /* this argument, from 1, may be a moment in words; 0: none */
	const char *sql;
};

/* Not const, for SQLite hands it round as void *. */
/* clang-format off */
static struct lookup lookups[] = {
	{ "silt_document", 1, 0,
	  "SELECT d.document FROM _resource r JOIN _item_document d ON d.item_id = r.last_item WHERE r.rid = ?1" }, /* SQL: sqlgen is for connections of our own */
	{ "silt_document", 2, 0,
	  "SELECT d.document FROM _item i JOIN _item_document d ON d.item_id = i.item_id WHERE i.rid = ?1 AND i.version = ?2" }, /* SQL: as above */
	{ "silt_at", 2, 2,
	  "SELECT c.configuration FROM resources_at a JOIN configs c ON c.rid = a.rid AND c.version = a.version WHERE a.t = ?2 AND a.rid = ?1" }, /* SQL: as above */
};
/* clang-format on */

/* What SQLite says of the statement, which it could not even begin with in a file of another kind. */
static void fail(sqlite3_context *ctx, const struct lookup *l, const char *doubt)
{
	sqlite3 *db = sqlite3_context_db_handle(ctx);
	int rc = sqlite3_errcode(db);
	struct err e = { 0 };

	err_set(&e, E_INVALID, "%s: %s%s", l->name, doubt, sqlite3_errmsg(db));
	ext_fail(ctx, &e);
	/* Interrupted, busy, out of memory: for the caller to tell. */
	if (rc != SQLITE_ERROR && rc != SQLITE_OK)
		sqlite3_result_error_code(ctx, rc);
}

static void finalize(void *statement)
{
	sqlite3_finalize(statement);
}

/* A moment as the view wants it: a number. Whole seconds as seconds, which mean their end, as there. */
static int bind_moment(sqlite3_stmt *st, int at, sqlite3_value *v, struct err *e)
{
	struct str text = ext_text(v);
	int64_t ms;

	if (sqlite3_value_type(v) != SQLITE_TEXT)
		return sqlite3_bind_value(st, at, v);
	if (!text.p)
		return SQLITE_NOMEM;
	if (!time_parse_iso(str_trim(text), &ms)) {
		err_set(e, E_INVALID, "silt_at: \"%.*s\" is no moment like 2026-11-20 14:00 (UTC)",
			(int)(text.n < 60 ? text.n : 60), text.p);
		return SQLITE_ERROR;
	}
	return sqlite3_bind_int64(st, at, ms % 1000 ? ms : ms / 1000);
}

static void run(sqlite3_context *ctx, sqlite3_stmt *st, const struct lookup *l, sqlite3_value **v)
{
	struct err e = { 0 };
	int rc = SQLITE_OK;

	for (int i = 1; i <= l->args && rc == SQLITE_OK; i++)
		rc = i == l->moment ? bind_moment(st, i, v[i - 1], &e)
				    : sqlite3_bind_value(st, i, v[i - 1]);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (e.code)
		ext_fail(ctx, &e);
	else if (rc == SQLITE_ROW)
		sqlite3_result_value(ctx, sqlite3_column_value(st, 0));
	else if (rc != SQLITE_DONE)
		fail(ctx, l, "");
	sqlite3_reset(st);
}

/* The statement stays with the query that calls, as long as that has the last argument as a constant. */
static void look_up(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	const struct lookup *l = sqlite3_user_data(ctx);
	sqlite3_stmt *kept = sqlite3_get_auxdata(ctx, n - 1), *st = kept;

	for (int i = 0; i < n; i++)
		if (sqlite3_value_type(v[i]) == SQLITE_NULL)
			return;
	if (!st && sqlite3_prepare_v2(sqlite3_context_db_handle(ctx), l->sql, -1, &st, NULL) !=
			   SQLITE_OK) {
		fail(ctx, l, "is this a Siltstone store? ");
		return;
	}
	run(ctx, st, l, v);
	if (!kept)
		sqlite3_set_auxdata(ctx, n - 1, st, finalize);
}

int ext_add_lookups(sqlite3 *db)
{
	int rc = SQLITE_OK;

	for (size_t i = 0; i < sizeof(lookups) / sizeof(*lookups) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function_v2(db, lookups[i].name, lookups[i].args, READS,
			&lookups[i], look_up, NULL, NULL, NULL);
	return rc;
}
