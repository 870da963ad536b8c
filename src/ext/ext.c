/* SPDX-License-Identifier: Apache-2.0 */
#include "ext/ext.h"

#include "json/canon.h"
#include "json/diff.h"
#include "json/read.h"

SQLITE_EXTENSION_INIT1

/* Before 3.31 a function could not say whether a view may use it. */
#define OLDEST 3031000

struct str ext_text(sqlite3_value *v)
{
	const char *p = (const char *)sqlite3_value_text(v);

	return (struct str){ p, p ? (size_t)sqlite3_value_bytes(v) : 0 };
}

void ext_fail(sqlite3_context *ctx, const struct err *e)
{
	if (e->code == E_NOMEM)
		sqlite3_result_error_nomem(ctx);
	else
		sqlite3_result_error(ctx, e->msg, -1);
}

enum code ext_read(
	struct arena *a, sqlite3_value *v, const char *what, struct json **out, struct err *e)
{
	struct str text = ext_text(v);

	*out = NULL;
	if (sqlite3_value_type(v) == SQLITE_NULL)
		return E_OK;
	if (!text.p)
		return err_nomem(e);
	if (json_read(a, text, out, e))
		return err_add(e, "%s", what);
	json_canon(*out);
	return E_OK;
}

enum code ext_diff(struct arena *a, sqlite3_value *const *v, struct json **out, struct err *e)
{
	struct json *before, *after;

	if (ext_read(a, v[0], "the first document", &before, e) ||
		ext_read(a, v[1], "the second document", &after, e))
		return e->code;
	*out = json_diff(a, before, after);
	return *out ? E_OK : err_nomem(e);
}

/* The name that SQLite looks for in a file called siltstone.so. */
__attribute__((visibility("default"))) int sqlite3_siltstone_init(
	sqlite3 *db, char **message, const sqlite3_api_routines *api);

int sqlite3_siltstone_init(sqlite3 *db, char **message, const sqlite3_api_routines *api)
{
	int rc;

	SQLITE_EXTENSION_INIT2(api);
	if (sqlite3_libversion_number() < OLDEST) {
		*message = sqlite3_mprintf("siltstone wants SQLite 3.31 or newer");
		return SQLITE_ERROR;
	}
	rc = ext_add_functions(db);
	if (rc == SQLITE_OK)
		rc = ext_add_lookups(db);
	return rc == SQLITE_OK ? ext_add_changes(db) : rc;
}
