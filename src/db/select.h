/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "db/db.h"
#include <signal.h>

/**
 * One SELECT, whoever wrote it
 * ============================
 *
 * Runs the text of a query and hands its rows on. The text may come from anybody: while it runs
 * the connection can only read. Writing, attaching, loading code and every pragma but those that
 * describe tables are refused by an authorizer, whatever the query is wrapped in. Text functions
 * and the views work as always, so also the temporary views of store_as_of(). The table of access keys is nobody's to read.
 */

enum cell_kind { CELL_NULL, CELL_INT, CELL_REAL, CELL_TEXT, CELL_BLOB };

/** One value. Texts and blobs are borrowed. */
struct cell {
	enum cell_kind kind;
	int64_t i;
	double r;
	struct str
		text; /* text: valid UTF-8 as far as who wrote it kept to that; blob: its bytes */
};

/** Who is told of the rows. Anything but E_OK ends the query with that code. */
struct rows {
	/** Once, before the first row, also when there are none. Names are valid until the end. */
	enum code (*begin)(void *ctx, const char *const *names, size_t n, struct err *e);
	/** Cells are valid during the call. */
	enum code (*row)(void *ctx, const struct cell *cells, size_t n, struct err *e);
	void *ctx;
};

/** A value for `:name`, `@name` or `$name`; @name is without that sign. */
struct select_value {
	const char *name;
	struct cell value;
};

struct select_query {
	const char *sql;
	const struct select_value *values;
	size_t n_values;
	bool open_values; /* parameters of the text that got no value are NULL, values that the text does
	                     * not name are passed over: for our own statements */
	int64_t limit;                     /* rows at most; 0: all */
	int64_t timeout_ms;                /* 0: none */
	const volatile sig_atomic_t *stop; /* when it becomes true the query ends; or NULL */
};

/**
 * E_INVALID: SQLite does not understand the text, with its own message and, as a hint, the nearest
 * name of a view or column; more than one statement; one that is not a query; a parameter without a
 * value or a value without a parameter. E_CANCELED: stopped. E_TOOBIG: longer than timeout_ms.
 * E_BUSY, E_CORRUPT, E_IO as everywhere. What @rows returns; it must not use the connection.
 * @truncated (or NULL) tells that the limit cut rows off.
 */
enum code select_run(struct db *db, const struct select_query *q, const struct rows *rows,
	bool *truncated, struct err *e);

/**
 * The same row by row, for who wants to be asked rather than told. From a begin that succeeded to the
 * end the connection does nothing else, and a read snapshot is held: not for a slow reader.
 * Not to be copied or moved while it is open; @q and its text live as long.
 */
struct select {
	const char **names; /* of the columns, until the end */
	struct cell *cells; /* of the row, until the next */
	size_t n;           /* columns */
	bool truncated;     /* the limit cut rows off */
	struct db *db;
	const struct select_query *q;
	struct sqlite3_stmt *st;
	struct arena memory;
	const struct select_look *look; /* or NULL */
	struct select_watch {
		int64_t deadline; /* ticks, or 0 */
		const volatile sig_atomic_t *stop;
		bool late;
	} watch;
	bool refused;
	int64_t count;
};

/** Errors as select_run(); then there is nothing to end. */
enum code select_begin(
	struct select *s, struct db *db, const struct select_query *q, struct err *e);
/** E_OK: a row. E_NOTFOUND, @e left alone: no more. */
enum code select_next(struct select *s, struct err *e);
/** Always; safe when called twice. */
enum code select_end(struct select *s, struct err *e);

/** Who is told what a query looks at, and what it gives. */
struct select_look {
	/** A table or view, at each column of it (again and again). @within: NULL where the text itself names it there; else the
	 * view or the common table expression that names it. */
	void (*table)(void *ctx, const char *name, const char *within);
	void (*column)(void *ctx, const char *name);
	void *ctx;
};
/** Understand the text without running it; its parameters need no values. Errors as select_begin(). */
enum code select_describe(
	struct db *db, const char *sql, const struct select_look *look, struct err *e);

/** Makers of cells. */
struct cell cell_null(void);
struct cell cell_int(int64_t v);
/** STR_NONE is NULL. */
struct cell cell_str(struct str v);
/** NULL is NULL. */
struct cell cell_text(const char *v);
