/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Types of one's own, with their schemas. A type's versions are counted up from "00000001" and none is ever
 * changed or taken away singly.
 */
#define CUSTOM_TYPE_VERSION_BYTES 24

/** The schema of a version (STR_NONE: the newest) is appended to @schema; @found, if not NULL, says which it is.
 * E_NOTFOUND: there is none, @e is left alone. */
enum code custom_type_get(struct db *db, struct str type, struct str version,
	char found[CUSTOM_TYPE_VERSION_BYTES], struct buf *schema, struct err *e);
/** Add a version behind the newest; within the caller's transaction. */
enum code custom_type_add(struct db *db, struct str type, struct str schema, int64_t now_ms,
	char version[CUSTOM_TYPE_VERSION_BYTES], struct err *e);
/** All versions, within the caller's transaction. E_NOTFOUND: there is none. */
enum code custom_type_remove(struct db *db, struct str type, struct err *e);

/** A resource by all that makes it one. */
struct custom_resource {
	struct str account, region, type, id;
};
/** How many other resources of registered types an account has. */
enum code custom_type_live(
	struct db *db, const struct custom_resource *but, int64_t *n, struct err *e);
/** Its key when it is there; 0: it is not. */
enum code custom_type_resource(
	struct db *db, const struct custom_resource *which, int64_t *rid, struct err *e);
