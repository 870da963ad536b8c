/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"

/**
 * The publication: where the daemon keeps a flat copy (core/publish.h), how often, and how that went. A row of
 * the outbox that is never done but due again.
 */
struct publication {
	const char *path;
	int64_t every_ms, next_ms;
	int64_t done_ms;   /* when it was last up to date; 0: never */
	const char *error; /* why the last try failed, or NULL */
};

/** What the configuration says; other settings make it due at once. @path NULL: nothing is published. */
enum code publication_put(
	struct db *db, const char *path, int64_t every_ms, int64_t now_ms, struct err *e);
/** Texts live in @a. E_NOTFOUND: there is none (@e is left alone). */
enum code publication_get(struct db *db, struct arena *a, struct publication *out, struct err *e);
/** It is due again after its time; @error NULL: it went well; else it is tried again in a minute. */
enum code publication_tried(struct db *db, const char *error, int64_t now_ms, struct err *e);
