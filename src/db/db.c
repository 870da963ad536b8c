/* SPDX-License-Identifier: Apache-2.0 */
#include "db/db.h"

#include "base/must.h"
#include "base/str.h"
#include "base/time.h"
#include "db/leaf_fn.h"
#include "db/sql_text.h"
#include "db/sqlfn.h"
#include "db/sqlite_err.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUSY_MS 5000

/* Debian's SQLite has no lookaside: with statistics on, every allocation of every thread
 * would wait for one mutex, and parallel JSON queries would not scale at all. */
void db_own_process(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* SQLite's own waits up to 100 ms between two tries and would hardly ever hit the moment in which
 * a busy writer is between two transactions: so this one looks again every millisecond. */
static int wait_for_lock(void *ctx, int tries)
{
	const struct timespec nap = { .tv_nsec = 1000000 };
	struct db *d = ctx;

	if (!tries)
		d->busy_since_ms = time_ticks_ms();
	if (time_ticks_ms() - d->busy_since_ms >= BUSY_MS)
		return 0;
	(void)nanosleep(&nap, NULL);
	return 1;
}

enum code sqlite_err(struct err *e, struct sqlite3 *h, int rc, const char *what)
{
	enum code c;

	switch (rc & 0xff) {
	case SQLITE_NOMEM: c = E_NOMEM; break;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: c = E_BUSY; break;
	case SQLITE_FULL: c = E_FULL; break;
	case SQLITE_CONSTRAINT: c = E_CONFLICT; break;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB: c = E_CORRUPT; break;
	case SQLITE_TOOBIG: c = E_TOOBIG; break;
	case SQLITE_INTERRUPT: c = E_CANCELED; break;
	case SQLITE_ERROR:
	case SQLITE_AUTH:
	case SQLITE_MISUSE:
	case SQLITE_RANGE: c = E_INVALID; break;
	default: c = E_IO; break;
	}
	if (!e->code)
		e->sql = rc;
	return err_set(e, c, "%s: %s", what, h ? sqlite3_errmsg(h) : sqlite3_errstr(rc));
}

enum code db_script(struct db *d, const char *name, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(d->h, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? E_OK : sqlite_err(e, d->h, rc, name);
}

static enum code pragmas(struct db *d, struct err *e)
{
	const char *always = "PRAGMA foreign_keys=ON; PRAGMA temp_store=FILE;"
			     "PRAGMA cache_size=-32768; PRAGMA mmap_size=268435456;";
	enum code c = sqlfn_register(d->h, e);

	if (!c)
		c = leaf_fn_register(d->h, e);
	sqlite3_busy_handler(d->h, wait_for_lock, d);
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(d->h, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
	if (!c)
		c = db_script(d, "set up the connection", always, e);
	/* The first statement that reads the file: here a damaged one shows. */
	if (!c)
		c = db_script(d, "read the schema", "SELECT count(*) FROM sqlite_schema;", e);
	return c;
}

static enum code open_file(struct db *d, const char *path, enum db_mode mode, struct err *e)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
		    (mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
		    (mode == DB_CREATE ? SQLITE_OPEN_CREATE : 0);
	int rc = sqlite3_open_v2(path, &d->h, flags, NULL);

	if (rc == SQLITE_OK) {
		if (pragmas(d, e) && (e->sql & 0xff) == SQLITE_READONLY)
			return err_hint(e, "may this user write the file, and files beside it?");
		return e->code;
	}
	sqlite_err(e, d->h, rc, "open");
	return err_hint(e, "is the folder there, and may files be written in it?");
}

enum code db_spare_memory(struct db *d, struct err *e)
{
	return db_script(d, "keep little in memory",
		"PRAGMA cache_size=-2048; PRAGMA mmap_size=0; PRAGMA shrink_memory;", e);
}

enum code db_take_memory(struct db *d, int mib, struct err *e)
{
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA mmap_size=0; PRAGMA cache_size=-%d;", mib * 1024);
	return db_script(d, "keep much in memory", sql, e);
}

const char *db_file(const struct db *d)
{
	const char *file = sqlite3_db_filename(d->h, "main");

	return file ? file : "";
}

void db_rest(struct db *d)
{
	(void)sqlite3_db_release_memory(d->h);
}

static bool wal_beside(const char *path)
{
	struct stat sb;
	char *name = sqlite3_mprintf("%s-wal", path);
	bool there = !name || (stat(name, &sb) == 0 && sb.st_size > 0);

	sqlite3_free(name);
	return there;
}

/* A WAL database in a directory nobody may write to cannot make its -shm file. Without a
 * WAL beside it the file is complete, and may be read as immutable. */
static enum code open_immutable(struct db *d, const char *path, struct err *e)
{
	struct err ignored = { 0 };
	char *uri;
	int rc;

	if (wal_beside(path))
		return e->code;
	uri = sqlite3_mprintf("file:%s?immutable=1", path);
	if (!uri)
		return err_nomem(e);
	rc = sqlite3_open_v2(uri, &d->h,
		SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_READONLY |
			SQLITE_OPEN_URI,
		NULL);
	sqlite3_free(uri);
	if (rc != SQLITE_OK || pragmas(d, &ignored) != E_OK)
		return e->code;
	*e = (struct err){ 0 };
	return E_OK;
}

enum code db_open(struct db *d, const char *path, enum db_mode mode, struct err *e)
{
	struct stat sb;
	enum code c;

	*d = (struct db){ 0 };
	if (mode != DB_CREATE && stat(path, &sb) != 0)
		return err_sys(e, errno == ENOENT ? E_NOTFOUND : E_IO, errno,
			"could not open store \"%s\"", path);
	c = open_file(d, path, mode, e);
	if (c && mode == DB_READ && access(path, R_OK) == 0 &&
		((e->sql & 0xff) == SQLITE_CANTOPEN || (e->sql & 0xff) == SQLITE_READONLY)) {
		sqlite3_close(d->h);
		*d = (struct db){ 0 };
		c = open_immutable(d, path, e);
	}
	if (!c)
		return E_OK;
	db_close(d);
	return err_add(e, "could not open store \"%s\"", path);
}

void db_close(struct db *d)
{
	must(!d->tx);
	for (int i = 0; i < SQL_COUNT; i++)
		sqlite3_finalize(d->slot[i]);
	sqlite3_close(d->h);
	*d = (struct db){ 0 };
}

/* SQLite would go on writing into a file that has no name any more, and say that all is well. */
static enum code check_place(struct db *d, struct err *e)
{
	int moved = 0;

	(void)sqlite3_file_control(d->h, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	if (!moved)
		return E_OK;
	err_set(e, E_IO, "begin a transaction: the store was moved or deleted while it was in use");
	return err_hint(e, "put it back, or start again: nothing more is written to it");
}

enum code db_begin_at(struct db *d, const char *where, struct err *e)
{
	enum code c;

	must(!d->tx);
	if (check_place(d, e))
		return e->code;
	/* What ended the last one, or a query, may have failed: it takes memory, too. */
	db_rollback(d);
	if (d->guarded && db_script(d, "begin a transaction", "PRAGMA query_only=OFF", e))
		return e->code;
	d->guarded = false;
	c = db_script(d, "begin a transaction", "BEGIN IMMEDIATE", e);
	if (c)
		return c == E_BUSY ? err_hint(e, "another program is writing to this store; try "
						 "again when it is done")
				   : c;
	d->tx = where;
	return E_OK;
}

enum code db_commit(struct db *d, struct err *e)
{
	enum code c = db_script(d, "commit", "COMMIT", e);

	if (c)
		db_rollback(d);
	d->tx = NULL;
	return c;
}

void db_rollback(struct db *d)
{
	if (d->h && !sqlite3_get_autocommit(d->h))
		sqlite3_exec(d->h, "ROLLBACK", NULL, NULL, NULL);
	d->tx = NULL;
}

void db_interrupt(struct db *d)
{
	sqlite3_interrupt(d->h);
}
