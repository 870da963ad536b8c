/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"

/**
 * A named statement ready to bind. Binding is sticky: a failed bind is reported by the
 * first stmt_step(). Always end with stmt_end(), which is safe after failure. Parameters
 * and columns are the enums that tools/sqlgen made: `item_as_of__t`, `item_as_of_version`.
 *
 * Bound text is borrowed until stmt_end().
 */
struct stmt {
	struct db *d;
	struct sqlite3_stmt *s;
	enum sql_id id;
	int rc;
};

/** A statement that writes needs an open transaction, unless its file says "-- alone".
 * The statement must not be in use already. */
struct stmt stmt_begin(struct db *d, enum sql_id id);
/** The number of the parameter called @name (":account"); 0: the statement has none of that name. For who
 * binds alike what many statements take; who knows the statement names it by its enum. */
int stmt_param(const struct stmt *st, const char *name);
void stmt_int(struct stmt *st, int param, int64_t v);
void stmt_null(struct stmt *st, int param);
/** STR_NONE binds NULL. */
void stmt_str(struct stmt *st, int param, struct str v);
/** NULL binds NULL. */
void stmt_text(struct stmt *st, int param, const char *v);
void stmt_blob(struct stmt *st, int param, const void *p, size_t n);

/** E_OK: a row. E_NOTFOUND: no more rows (@e is left alone). Else an error. */
enum code stmt_step(struct stmt *st, struct err *e);
/** Step once and end. E_OK also when there was no row. */
enum code stmt_run(struct stmt *st, struct err *e);
void stmt_end(struct stmt *st);

bool stmt_is_null(const struct stmt *st, int col);
int64_t stmt_col_int(const struct stmt *st, int col);
/** STR_NONE for NULL. Valid until the next step or end. */
struct str stmt_col_str(const struct stmt *st, int col);
struct str stmt_col_blob(const struct stmt *st, int col);

/** Rows changed by the last writing statement of the connection. */
int64_t db_changes(struct db *d);
/** The rowid of the last insert. */
int64_t db_last_rowid(struct db *d);
