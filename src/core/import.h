/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include "port/object_source.h"
#include <signal.h>
#include <stdbool.h>

/**
 * Importing
 * =========
 *
 * Files of configuration items (core/splitter.h says of what form, core/foreign.h in what words)
 * go into the store as if they had been recorded when they say, but that nobody is told of them.
 * Some threads read, inflate and parse, each one file at a time; the caller's writes. Memory does
 * not grow with the size or the number of the files.
 *
 * Items come in batches, each one transaction that also notes how far each file was read: an
 * import that was interrupted goes on there, and a file that was read to its end is passed over
 * for as long as it is the same. What is there already is left alone, so any file may be read
 * again.
 */
struct import_fault {
	const char *file;
	int64_t offset, line; /* in the inflated file; -1: of the whole file */
	int64_t index;        /* in configurationItems; -1: it stands alone */
	const struct err *why;
};

struct import_sum {
	int64_t files, bytes; /* to go through, as stored; bytes -1: not known */
	int64_t files_done, bytes_done;
	int64_t files_known; /* of them, passed over: read before */
	int64_t items;       /* read */
	int64_t added;       /* were not there */
	int64_t faults;
};

struct import_options {
	const char *account, *region; /* of items that do not say; or NULL */
	bool keep_going;              /* over what cannot be read */
	bool dry_run;                 /* each batch is rolled back */
	int64_t now_ms;
	const volatile sig_atomic_t *stop; /* or NULL */
	void (*progress)(void *ctx, const struct import_sum *sum);
	void (*fault)(void *ctx, const struct import_fault *f);
	void *ctx;
};

/**
 * Import all that @sources have. What cannot be read ends it, and nothing of the batch at hand
 * is kept; with keep_going it is told of and passed over. E_CANCELED: stopped; what was
 * committed stays, and the next import goes on.
 */
enum code import_run(struct db *db, struct object_source *const *sources, size_t n,
	const struct import_options *o, struct import_sum *sum, struct err *e);
