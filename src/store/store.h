/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "db/db.h"

/**
 * The store
 * =========
 *
 * One SQLite file with our application_id; user_version is the schema's number. A new file
 * is made from schema/, an older one is brought up to date by migrations/ in one
 * transaction each (a copy is kept beside it first), a newer one is refused. Views and
 * triggers hold no data: every upgrade makes them anew from schema/.
 */

/** "SILT" */
#define STORE_APPLICATION_ID 0x53494c54

/** The schema's number that this program writes. */
int store_schema(void);

/**
 * Open a store. With DB_CREATE a file that is missing or empty is made into one. @now_ms is noted
 * with migrations. E_NOTFOUND: no such file. E_INVALID: not a store of ours (nothing in it is
 * touched). E_CORRUPT: damaged. E_NEWER: written by a newer program. E_BUSY: locked.
 */
enum code store_open(
	struct db *db, const char *path, enum db_mode mode, int64_t now_ms, struct err *e);

/** From now on the public views of this connection answer for the moment @at_ms, to the
 * millisecond. Before any
 * statement that reads them was used. */
enum code store_as_of(struct db *db, int64_t at_ms, struct err *e);

/** The statements with which store_as_of() does that, added to @out: for other shells. */
enum code store_as_of_text(struct db *db, int64_t at_ms, struct buf *out, struct err *e);

/** SQLite's quick check: E_CORRUPT with the first finding. */
enum code store_check(struct db *db, struct err *e);
