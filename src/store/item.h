/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"

/** Reading configuration items: which one is meant, and what is in it. */
struct item {
	int64_t item_id, version, captured_ms;
	bool deleted; /* it says that the resource is gone, and has no document */
};

/** The item of a resource in force at @at_ms (INT64_MAX: the newest). E_NOTFOUND: none was
 * recorded by then. */
enum code item_in_force(struct db *db, int64_t rid, int64_t at_ms, struct item *out, struct err *e);
/** E_NOTFOUND. */
enum code item_version(
	struct db *db, int64_t rid, int64_t version, struct item *out, struct err *e);

/** Append the item in AWS's file spelling: one JSON object. E_NOTFOUND. */
enum code item_file(struct db *db, int64_t item_id, struct buf *out, struct err *e);
/** Whose item it is. E_NOTFOUND. */
enum code item_resource(struct db *db, int64_t item_id, int64_t *rid, struct err *e);
struct item_walk {
	int64_t since_ms, until_ms; /* both inclusive */
	const char *types;          /* comma-separated globs, or NULL */
	int64_t rid;                /* 0: every one */
};
/** @body is one JSON object, borrowed. Anything but E_OK ends the walk with that code. */
typedef enum code item_fn(void *ctx, struct str body, struct err *e);
/** Items in AWS's file spelling, oldest first. @fn must not use the connection. */
enum code item_files(
	struct db *db, const struct item_walk *w, item_fn *fn, void *ctx, struct err *e);

/** One step in the life of a resource. Texts live in the arena; STR_NONE where there is nothing. */
struct item_change {
	struct str account, region, type, id, name, arn, status, az;
	int64_t captured_ms;
	int64_t created_ms;          /* INT64_MIN: not known */
	struct str document, before; /* of this item, of the version before it */
};
/** E_NOTFOUND. E_TOOBIG: over the arena's limit. */
enum code item_change(
	struct db *db, struct arena *a, int64_t item_id, struct item_change *out, struct err *e);
