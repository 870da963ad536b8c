/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"
#include <sqlite3ext.h>

/**
 * The extension siltstone.so, for anybody's SQLite
 * ================================================
 *
 *     .load ./siltstone
 *     SELECT * FROM silt_changes(silt_document(7, 1), silt_document(7));
 *
 * What SQL alone is bad at: canonical form, and differences that know which element of a list is which.
 * Nothing in a store needs it. Where it reads the database it is a store that is asked, with the
 * rights of the connection.
 *
 *   silt_canon(json)            canonical form: names sorted, members that are null left out
 *   silt_diff(a, b)             how b differs from a: [{"path","op","before","after"}, ...]
 *   silt_config_diff(a, b)      the same of two documents, in AWS Config's words
 *   silt_document(rid [, v])    the whole document of a version (the newest), as silt_diff() wants it
 *   silt_at(rid, t)             the configuration in force at a moment
 *   silt_ago('3d')              that moment, as epoch seconds
 *   silt_changes(a, b)          a table: property, op, before, after
 *
 * NULL instead of a document means that nothing was, or is, there.
 */

/** A text that a value holds; STR_NONE for NULL. */
struct str ext_text(sqlite3_value *v);
/** Read @v as JSON into canonical form; *@out is NULL for NULL. @what is said with an error. */
enum code ext_read(
	struct arena *a, sqlite3_value *v, const char *what, struct json **out, struct err *e);
/** The differences of two values, either of which may be NULL. */
enum code ext_diff(struct arena *a, sqlite3_value *const *v, struct json **out, struct err *e);

/** Register what the files of this layer bring. Returns an SQLite code. */
int ext_add_functions(sqlite3 *db);
int ext_add_lookups(sqlite3 *db);
int ext_add_changes(sqlite3 *db);

/** What an error is to SQLite; its message goes with @ctx. */
void ext_fail(sqlite3_context *ctx, const struct err *e);

/* Two trees of documents, and what differs. */
#define EXT_ARENA_BYTES ((size_t)512 << 20)
#define EXT_TEXT_BYTES  ((size_t)1 << 30)
