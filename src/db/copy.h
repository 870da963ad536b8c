/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/stmt.h"
#include <signal.h>

/**
 * A copy for others
 * =================
 *
 * A plain SQLite file in the making: pages of 4096 bytes, a rollback journal and no WAL, so that any
 * reader opens it, also one that may not write beside it. It is written on a connection of its own,
 * row by row out of statements of a store; memory does not grow with the rows. Nobody else may know
 * its name before copy_finish(): there is no journal while it is written.
 */
struct copy {
	struct sqlite3 *h;
	int64_t rows; /* so far */
	const volatile sig_atomic_t
		*stop; /* or NULL; when it becomes true, what is under way fails with E_CANCELED */
	/* Told every few thousand rows, or NULL; anything but E_OK ends the copying with that code. */
	enum code (*tell)(void *ctx, const char *table, int64_t rows, struct err *e);
	void *ctx;
};

/** @path is an empty file, or none yet. Callbacks may be set before. */
enum code copy_open(struct copy *c, const char *path, struct err *e);
/** Run trusted text of our own: tables, indices. */
enum code copy_script(struct copy *c, const char *name, const char *sql, struct err *e);
/** All rows of @from, which has its parameters and is not ended here, into @table, column by column. */
enum code copy_rows(struct copy *c, const char *table, struct stmt *from, struct err *e);
/** Everything is written and the file whole; not yet synced. */
enum code copy_finish(struct copy *c, struct err *e);
/** Safe on a zeroed struct and when called twice. */
void copy_close(struct copy *c);

/** Write the store as it is, table by table, to @path (none yet, or empty): VACUUM INTO. Same
 * schema, no WAL, nothing that was deleted. Ends with E_CANCELED when *@stop becomes true. */
enum code copy_exact(
	struct db *d, const char *path, const volatile sig_atomic_t *stop, struct err *e);
