/* SPDX-License-Identifier: Apache-2.0 */
#include "store/custom_type.h"

#include "db/stmt.h"
#include <stdio.h>
#include <stdlib.h>

static enum code newest(struct db *db, struct str type, char found[CUSTOM_TYPE_VERSION_BYTES],
	struct buf *schema, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CUSTOM_TYPE_NEWEST);
	enum code c;

	stmt_str(&st, custom_type_newest__type, type);
	c = stmt_step(&st, e);
	if (!c) {
		snprintf(found, CUSTOM_TYPE_VERSION_BYTES, "%.*s",
			STR_ARG(stmt_col_str(&st, custom_type_newest_version)));
		if (schema)
			buf_str(schema, stmt_col_str(&st, custom_type_newest_schema));
	}
	stmt_end(&st);
	return c;
}

static enum code exactly(
	struct db *db, struct str type, struct str version, struct buf *schema, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CUSTOM_TYPE_GET);
	enum code c;

	stmt_str(&st, custom_type_get__type, type);
	stmt_str(&st, custom_type_get__version, version);
	c = stmt_step(&st, e);
	if (!c)
		buf_str(schema, stmt_col_str(&st, custom_type_get_schema));
	stmt_end(&st);
	return c;
}

enum code custom_type_get(struct db *db, struct str type, struct str version,
	char found[CUSTOM_TYPE_VERSION_BYTES], struct buf *schema, struct err *e)
{
	char which[CUSTOM_TYPE_VERSION_BYTES] = "";
	enum code c = version.p ? exactly(db, type, version, schema, e)
				: newest(db, type, which, schema, e);

	if (c)
		return c;
	if (!buf_ok(schema))
		return err_nomem(e);
	if (found)
		snprintf(found, CUSTOM_TYPE_VERSION_BYTES, "%.*s",
			version.p ? (int)version.n : (int)strlen(which),
			version.p ? version.p : which);
	return E_OK;
}

enum code custom_type_add(struct db *db, struct str type, struct str schema, int64_t now_ms,
	char version[CUSTOM_TYPE_VERSION_BYTES], struct err *e)
{
	char last[CUSTOM_TYPE_VERSION_BYTES] = "0";
	struct stmt st;

	if (newest(db, type, last, NULL, e) && e->code)
		return e->code;
	snprintf(version, CUSTOM_TYPE_VERSION_BYTES, "%08ld", strtol(last, NULL, 10) + 1);
	st = stmt_begin(db, SQL_CUSTOM_TYPE_ADD);
	stmt_str(&st, custom_type_add__type, type);
	stmt_text(&st, custom_type_add__version, version);
	stmt_str(&st, custom_type_add__schema, schema);
	stmt_int(&st, custom_type_add__now, now_ms);
	return stmt_run(&st, e);
}

enum code custom_type_remove(struct db *db, struct str type, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CUSTOM_TYPE_REMOVE);

	stmt_str(&st, custom_type_remove__type, type);
	if (stmt_run(&st, e))
		return e->code;
	if (db_changes(db))
		return E_OK;
	return err_set(e, E_NOTFOUND, "no type \"%.*s\" is registered", STR_ARG(type));
}

enum code custom_type_live(
	struct db *db, const struct custom_resource *but, int64_t *n, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CUSTOM_TYPE_LIVE);
	enum code c;

	stmt_str(&st, custom_type_live__account, but->account);
	stmt_str(&st, custom_type_live__region, but->region);
	stmt_str(&st, custom_type_live__type, but->type);
	stmt_str(&st, custom_type_live__id, but->id);
	c = stmt_step(&st, e);
	if (!c)
		*n = stmt_col_int(&st, custom_type_live_n);
	stmt_end(&st);
	return c;
}

enum code custom_type_resource(
	struct db *db, const struct custom_resource *which, int64_t *rid, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CUSTOM_TYPE_RESOURCE);
	enum code c;

	*rid = 0;
	stmt_str(&st, custom_type_resource__account, which->account);
	stmt_str(&st, custom_type_resource__region, which->region);
	stmt_str(&st, custom_type_resource__type, which->type);
	stmt_str(&st, custom_type_resource__id, which->id);
	c = stmt_step(&st, e);
	if (!c && !stmt_col_int(&st, custom_type_resource_deleted))
		*rid = stmt_col_int(&st, custom_type_resource_rid);
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}
