/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/copy.h"
#include <stdint.h>

/**
 * The flat copy
 * =============
 *
 * What dashboards read: the public views as plain tables with declared types, in a file that any SQLite from
 * 3.9 on opens, read-only or over HTTP by ranges: no WAL, no STRICT, no generated columns, no views
 * (schema/exports/flat.sql). It is one state of the store, whoever writes meanwhile.
 */
struct flat_options {
	int64_t at_ms;                     /* as of this moment; INT64_MAX: as it is */
	const volatile sig_atomic_t *stop; /* or NULL */
	/* What is being written and how many rows of it, now and then; or NULL. */
	void (*tell)(void *ctx, const char *table, int64_t rows);
	void *ctx;
};

#define FLAT_STATE_BYTES 256

/** Write the copy to @path, which is an empty file. @state (or NULL) is what flat_state() says of what was copied. */
enum code flat_write(struct db *db, const char *path, const struct flat_options *o,
	char state[FLAT_STATE_BYTES], struct err *e);
/** One line that is the same as long as the copy would be. */
enum code flat_state(struct db *db, char state[FLAT_STATE_BYTES], struct err *e);
