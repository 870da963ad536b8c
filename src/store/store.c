/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "base/asset.h"
#include "base/buf.h"
#include "base/time.h"
#include "db/stmt.h"
#include "store/migrate.h"
#include "store/typed.h"
#include <time.h>

/* The public views, and those of some hundred types with up to a hundred columns. */
#define AS_OF_BYTES ((size_t)64 << 20)
#define PATIENCE_MS 5000

struct identity {
	int64_t application_id, schema, objects;
};

int store_schema(void)
{
	return migrate_newest();
}

static enum code identify(struct db *db, struct identity *id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STORE_IDENTITY);
	enum code c = stmt_step(&st, e);

	if (!c)
		*id = (struct identity){ stmt_col_int(&st, store_identity_application_id),
			stmt_col_int(&st, store_identity_user_version),
			stmt_col_int(&st, store_identity_objects) };
	stmt_end(&st);
	return c;
}

static enum code refuse_newer(struct db *db, int64_t schema, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STORE_LAST_MIGRATION);
	struct err ignored = { 0 };
	char program[32] = "a newer program";

	if (stmt_step(&st, &ignored) == E_OK) {
		struct str p = stmt_col_str(&st, store_last_migration_program);

		if (p.n && p.n < sizeof(program) - 11) {
			memcpy(program, "siltstone ", 10);
			memcpy(program + 10, p.p, p.n);
			program[10 + p.n] = '\0';
		}
	}
	stmt_end(&st);
	err_set(e, E_NEWER,
		"the store has schema %lld, written by %s; this is siltstone %s with schema %d",
		(long long)schema, program, SILTSTONE_VERSION, store_schema());
	return err_hint(e, "open it with the newer program");
}

static enum code check_identity(struct db *db, const struct identity *id, struct err *e)
{
	if (id->application_id != STORE_APPLICATION_ID) {
		err_set(e, E_INVALID, "this SQLite file is not a Siltstone store");
		return err_hint(
			e, "name another file with --store; nothing in this one was touched");
	}
	if (id->schema > store_schema())
		return refuse_newer(db, id->schema, e);
	return E_OK;
}

/* Named after the moment: a copy that an earlier upgrade left is never written over. */
static enum code keep_copy(
	struct db *db, const char *path, int64_t schema, int64_t now_ms, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	char stamp[TIME_ISO_BYTES];
	enum code c;

	buf_text(&sql, "VACUUM INTO '");
	for (const char *p = path; *p; p++) {
		buf_char(&sql, *p);
		if (*p == '\'')
			buf_char(&sql, *p);
	}
	buf_printf(
		&sql, ".before-schema-%lld-%s';", (long long)schema + 1, time_stamp(now_ms, stamp));
	c = buf_ok(&sql) ? db_script(db, "keep a copy before the upgrade", sql.p, e) : err_nomem(e);
	buf_release(&sql);
	return c;
}

/* Two programs that find no store both set out to make one. */
static enum code make(struct db *db, int64_t now_ms, struct err *e)
{
	struct identity id;
	enum code c = migrate_create(db, now_ms, e);

	if (c != E_CONFLICT)
		return c;
	*e = (struct err){ 0 };
	c = identify(db, &id, e);
	return c ? c : check_identity(db, &id, e);
}

/* Who makes a store at the same moment has it to itself while its journal changes, and SQLite does not wait for that. */
static enum code write_ahead(struct db *db, struct err *e)
{
	const struct timespec nap = { .tv_nsec = 10000000 };
	int64_t until = time_ticks_ms() + PATIENCE_MS;
	enum code c;

	for (;;) {
		c = db_script(db, "open for writing",
			"PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;", e);
		if (c != E_BUSY || time_ticks_ms() >= until)
			return c;
		*e = (struct err){ 0 };
		(void)nanosleep(&nap, NULL);
	}
}

static enum code prepare(
	struct db *db, const char *path, enum db_mode mode, int64_t now_ms, struct err *e)
{
	struct identity id;
	enum code c = identify(db, &id, e);
	bool empty;

	if (c)
		return c;
	empty = mode == DB_CREATE && !id.application_id && !id.schema && !id.objects;
	if (!empty)
		c = check_identity(db, &id, e);
	if (c)
		return c;
	if (mode == DB_READ && id.schema < store_schema()) {
		err_set(e, E_INVALID, "the store has schema %lld, older than this program's %d",
			(long long)id.schema, store_schema());
		return err_hint(
			e, "let a writing command upgrade it, for instance: siltstone record");
	}
	if (mode == DB_READ)
		return E_OK;
	c = write_ahead(db, e);
	if (c)
		return c;
	if (empty)
		return make(db, now_ms, e);
	if (id.schema == store_schema())
		return E_OK;
	c = keep_copy(db, path, id.schema, now_ms, e);
	return c ? c : migrate_from(db, (int)id.schema, now_ms, e);
}

enum code store_open(
	struct db *db, const char *path, enum db_mode mode, int64_t now_ms, struct err *e)
{
	enum code c = db_open(db, path, mode, e);

	if (c) {
		if (c == E_NOTFOUND)
			err_hint(e,
				"record something first (siltstone record), or name the store with --store");
		else if (c == E_CORRUPT)
			err_hint(e,
				"this is not a SQLite file, or a damaged one; try: sqlite3 FILE .recover");
		return c;
	}
	c = prepare(db, path, mode, now_ms, e);
	if (!c)
		return E_OK;
	db_close(db);
	return err_add(e, "could not open store \"%s\"", path);
}

enum code store_as_of_text(struct db *db, int64_t at_ms, struct buf *out, struct err *e)
{
	const struct asset *a = asset_next(NULL, "schema/shadow/as_of.sql");

	for (const char *p = a ? a->text : ""; *p; p++) {
		if (strncmp(p, "{MS}", 4) == 0) {
			buf_printf(out, "%lld", (long long)at_ms);
			p += 3;
		} else {
			buf_char(out, *p);
		}
	}
	return typed_past(db, out, e);
}

enum code store_as_of(struct db *db, int64_t at_ms, struct err *e)
{
	struct buf sql = BUF_INIT(AS_OF_BYTES);
	enum code c = store_as_of_text(db, at_ms, &sql, e);

	if (!c)
		c = db_script(db, "set the moment", sql.p, e);
	buf_release(&sql);
	return c;
}

enum code store_check(struct db *db, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STORE_QUICK_CHECK);
	enum code c = stmt_step(&st, e);
	struct str finding = c ? STR_NONE : stmt_col_str(&st, store_quick_check_finding);

	if (!c && !str_is(finding, "ok"))
		c = err_set(e, E_CORRUPT, "the store is damaged: %.*s", STR_ARG(finding));
	stmt_end(&st);
	return c;
}
