/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "gen/sql.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sqlite3;
struct sqlite3_stmt;

/**
 * One connection to a store, used by one thread; it stays where it was opened in memory. Statements are prepared the first time
 * they are asked for and kept until db_close(). The pragmas are the same everywhere: foreign
 * keys on, busy timeout 5 s (longer than the slowest checkpoint seen, shorter than a person
 * waits). store_open() adds WAL and synchronous=FULL (a commit that was reported is on
 * disk) once it knows that the file is ours.
 */
struct db {
	struct sqlite3 *h;
	struct sqlite3_stmt *slot[SQL_COUNT + 1];
	const char *tx;        /* file:line that began the open transaction, or NULL */
	int64_t busy_since_ms; /* ticks: since then it has waited for a lock */
	const char *seal_key;  /* file of the key that seals are signed with; NULL: they are not */
	bool guarded;          /* PRAGMA query_only is on, or may be */
	bool spent; /* its user left much in it, as temporary tables: better closed than kept */
};

enum db_mode {
	DB_READ,   /* the file must be there; nothing in it changes */
	DB_WRITE,  /* the file must be there */
	DB_CREATE, /* made when it is not there */
};

/** For a program that is all ours, before it opens anything: what can only be set for SQLite in the whole
 * process. A library must not. */
void db_own_process(void);

/**
 * Open @path. This layer does not look at what is inside: see store/store.h.
 * E_NOTFOUND: no such file. E_CORRUPT: not a database, or damaged. E_BUSY: locked.
 * A read-only file in a directory that cannot be written to is opened as immutable when no
 * WAL lies beside it.
 */
enum code db_open(struct db *d, const char *path, enum db_mode mode, struct err *e);
/** Safe on a zeroed struct and after a failed open. */
void db_close(struct db *d);

/** From now on this connection keeps little in memory (2 MiB of pages, nothing mapped): for walking
 * through everything once. */
enum code db_spare_memory(struct db *d, struct err *e);
/** From now on @mib MiB of pages are kept, and nothing is mapped, as what is mapped counts as ours; until
 * db_spare_memory(). For work that comes back to the same pages. */
enum code db_take_memory(struct db *d, int mib, struct err *e);

/** The file it is a connection to; "" for one in memory. Borrowed. */
const char *db_file(const struct db *d);

/** Let go of every page that is kept, until they are read again: for a connection that will not be used for a while. */
void db_rest(struct db *d);

/** Run statements that are trusted text of our own (schema, migrations, pragmas). */
enum code db_script(struct db *d, const char *name, const char *sql, struct err *e);

/* Transactions do not nest. db_begin() takes the write lock at once, so that BUSY can only
 * be met here and never half way through. E_IO: the file is no longer where it was opened. A failed db_commit() has rolled back as far as
 * this process can tell; after a crash it may turn out to have been committed, so whatever is
 * retried must be idempotent. */
#define DB_STRING_(x)  #x
#define DB_STRING(x)   DB_STRING_(x)
#define db_begin(d, e) db_begin_at(d, __FILE__ ":" DB_STRING(__LINE__), e)
enum code db_begin_at(struct db *d, const char *where, struct err *e);
enum code db_commit(struct db *d, struct err *e);
void db_rollback(struct db *d);

/** Interrupt what the connection is doing, from any thread; it fails with E_CANCELED. */
void db_interrupt(struct db *d);
