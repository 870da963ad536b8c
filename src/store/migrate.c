/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrate.h"

#include "base/asset.h"
#include "base/buf.h"
#include "base/sha256.h"
#include "db/stmt.h"
#include "store/store.h"
#include "store/typed.h"
#include <stdio.h>
#include <stdlib.h>

#define MIGRATIONS "migrations/"
#define SCHEMA     "schema/"

/* "migrations/0001-first.sql" -> 1; 0 for anything else */
static int number_of(const struct asset *a)
{
	return (int)strtol(a->name + strlen(MIGRATIONS), NULL, 10);
}

int migrate_newest(void)
{
	int newest = 0;

	for (const struct asset *a = NULL; (a = asset_next(a, MIGRATIONS)) != NULL;)
		if (number_of(a) > newest)
			newest = number_of(a);
	return newest;
}

static bool is_schema_file(const struct asset *a)
{
	return !strchr(a->name + strlen(SCHEMA), '/');
}

/* Files numbered 80 and up hold views and triggers only. */
static bool is_derived_file(const struct asset *a)
{
	return a->name[strlen(SCHEMA)] >= '8';
}

static enum code note(struct db *db, const struct asset *a, int64_t now_ms, struct err *e)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];
	struct stmt st;

	if (!sha256_of((struct str){ a->text, a->n }, digest))
		return err_nomem(e);
	st = stmt_begin(db, SQL_STORE_ADD_MIGRATION);
	stmt_int(&st, store_add_migration__number, number_of(a));
	stmt_text(&st, store_add_migration__name, a->name + strlen(MIGRATIONS));
	stmt_text(&st, store_add_migration__sha256, sha256_hex(digest, hex));
	stmt_int(&st, store_add_migration__now, now_ms);
	stmt_text(&st, store_add_migration__program, SILTSTONE_VERSION);
	return stmt_run(&st, e);
}

static enum code set_number(struct db *db, int number, struct err *e)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "PRAGMA user_version=%d; PRAGMA application_id=%d;", number,
		STORE_APPLICATION_ID);
	return db_script(db, "write the schema's number", sql, e);
}

static enum code run_schema(struct db *db, bool derived_only, struct err *e)
{
	enum code c = E_OK;

	for (const struct asset *a = NULL; !c && (a = asset_next(a, SCHEMA)) != NULL;)
		if (is_schema_file(a) && (!derived_only || is_derived_file(a)))
			c = db_script(db, a->name, a->text, e);
	return c;
}

static enum code create(struct db *db, int64_t now_ms, struct err *e)
{
	enum code c = run_schema(db, false, e);

	for (const struct asset *a = NULL; !c && (a = asset_next(a, MIGRATIONS)) != NULL;)
		c = note(db, a, now_ms, e);
	return c ? c : set_number(db, migrate_newest(), e);
}

static enum code read_number(struct db *db, int64_t *number, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STORE_IDENTITY);
	enum code c = stmt_step(&st, e);

	if (!c)
		*number = stmt_col_int(&st, store_identity_user_version);
	stmt_end(&st);
	return c;
}

enum code migrate_create(struct db *db, int64_t now_ms, struct err *e)
{
	int64_t number = 0;
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = read_number(db, &number, e);
	if (!c && number)
		c = err_set(e, E_CONFLICT, "another program has just made it");
	if (!c)
		c = create(db, now_ms, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return err_add(e, "make a new store");
}

static enum code drop_derived(struct db *db, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 20);
	struct stmt st = stmt_begin(db, SQL_STORE_DERIVED_OBJECTS);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		struct str type = stmt_col_str(&st, store_derived_objects_type);
		struct str name = stmt_col_str(&st, store_derived_objects_name);

		buf_printf(&sql, "DROP %.*s \"%.*s\";", STR_ARG(type), STR_ARG(name));
	}
	stmt_end(&st);
	if (c == E_NOTFOUND)
		c = buf_ok(&sql) ? db_script(db, "drop views", sql.p, e) : err_nomem(e);
	buf_release(&sql);
	return c;
}

static enum code apply(struct db *db, const struct asset *a, int64_t now_ms, struct err *e)
{
	const bool newest = number_of(a) == migrate_newest();
	/* Before it: a column that a view names cannot be dropped. */
	enum code c = newest ? drop_derived(db, e) : E_OK;

	if (!c)
		c = db_script(db, a->name, a->text, e);
	if (!c)
		c = note(db, a, now_ms, e);
	if (!c && newest)
		c = run_schema(db, true, e);
	if (!c && newest)
		c = typed_remake(db, e);
	return c ? c : set_number(db, number_of(a), e);
}

enum code migrate_from(struct db *db, int from, int64_t now_ms, struct err *e)
{
	for (const struct asset *a = NULL; (a = asset_next(a, MIGRATIONS)) != NULL;) {
		int64_t number = 0;
		enum code c;

		if (number_of(a) <= from)
			continue;
		c = db_begin(db, e);
		if (c)
			return c;
		c = read_number(db, &number, e);
		if (!c && number < number_of(a))
			c = apply(db, a, now_ms, e);
		if (c) {
			db_rollback(db);
			return err_add(e, "upgrade the store with %s", a->name);
		}
		c = db_commit(db, e);
		if (c)
			return c;
	}
	return E_OK;
}
