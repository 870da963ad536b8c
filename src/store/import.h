/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * What was imported, and what is to be. The list of files to go through is a temporary table of
 * the connection, as there may be millions; how far each was read is in the store (_import).
 */
struct import_entry {
	const char *sort; /* the order in which they come; "" before all */
	const char *name, *key, *stamp;
	int64_t source;
	int64_t bytes;
	/* Of an earlier import of the same state of the file. */
	int64_t items, new_items;
};
struct import_total {
	int64_t files, bytes;
	int64_t known, known_bytes; /* of them, read to their ends, and still the same */
};

/** Begin an empty list. */
enum code import_open(struct db *db, struct err *e);
enum code import_list(struct db *db, const struct import_entry *f, struct err *e);
enum code import_total(struct db *db, struct import_total *out, struct err *e);
/** The file behind @after (NULL: the first) that is not known, in @a. E_NOTFOUND: there is none. */
enum code import_next(struct db *db, const struct import_entry *after, struct arena *a,
	struct import_entry *out, struct err *e);

struct import_mark {
	const char *name, *stamp;
	int64_t items, new_items;
	int64_t done_ms;   /* 0: not to its end */
	const char *error; /* or NULL */
};
/** Within a transaction. */
enum code import_put(struct db *db, const struct import_mark *m, struct err *e);
