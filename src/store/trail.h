/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * How far the log files of a source's trail are read (schema/33-trail.sql). Each change is a transaction of its own: a file
 * is noted as done behind what came of it, so a crash repeats one and loses none.
 */
struct trail {
	int64_t source_id;
	const char *place;
	int64_t since_ms, next_ms;
};

/** Texts in @a. E_NOTFOUND, without a message: nothing was read of it yet. */
enum code trail_get(
	struct db *db, struct arena *a, int64_t source_id, struct trail *out, struct err *e);
/** Begin anew: what was noted of another place, or for another beginning, is forgotten. */
enum code trail_begin(struct db *db, const struct trail *t, struct err *e);
/** A round is over. @error NULL: it was whole. */
enum code trail_end(struct db *db, int64_t source_id, int64_t now_ms, int64_t next_ms,
	const char *error, struct err *e);

/** Where the files of one account and region lie. */
struct trail_folder {
	int64_t source_id;
	const char *folder;   /* of keys, with the slash behind the region */
	const char *day;      /* "2026/11/23" */
	const char *last_key; /* "": none yet */
};
/** Fills day and last_key, in @a. E_NOTFOUND as above. */
enum code trail_folder_get(struct db *db, struct arena *a, struct trail_folder *f, struct err *e);
/** All days before f->day are read. Files of them that are done are forgotten. */
enum code trail_folder_put(struct db *db, const struct trail_folder *f, struct err *e);

struct trail_file {
	int64_t source_id;
	const char *key, *folder, *day;
	const char *state; /* "done" | "failed" | "gone" */
	int64_t events, heeded;
	const char *error;
};
/** Whether it is noted, whatever came of it. */
enum code trail_file_is_known(
	struct db *db, int64_t source_id, const char *key, bool *out, struct err *e);
/** Note how reading it went, now. What failed is tried again after five minutes, ten and so on, at most a day apart. */
enum code trail_file_put(struct db *db, const struct trail_file *f, int64_t now_ms, struct err *e);
/** The next one behind out->key that failed and is due; texts in @a. E_NOTFOUND as above. */
enum code trail_file_due(
	struct db *db, struct arena *a, int64_t now_ms, struct trail_file *out, struct err *e);
