/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include "store/custom_type.h"
#include "json/schema.h"
#include <stdbool.h>

/**
 * Types that are pushed
 * =====================
 *
 * A type's name is Organization::Service::Resource, of letters and digits. Some organizations are AWS's own
 * (spec section 8.15). A type that is registered has a schema that each of its configurations must fit, and columns
 * of its own in its view.
 */

/** E_INVALID: it is no such name, or one that is reserved, in AWS Config's words. */
enum code push_type_check(struct str type, struct err *e);

/**
 * Register the type that a schema describes, in the form of CloudFormation's registry: the next version of it, or the
 * newest one again when the schema is that already (@known). A transaction of its own.
 * E_INVALID: no type's name, or what is wrong with the schema and where (json/schema.h).
 */
enum code push_register(struct db *db, struct str schema, int64_t now_ms,
	char version[CUSTOM_TYPE_VERSION_BYTES], bool *known, struct err *e);
/** Forget all versions of it; what was recorded stays. E_NOTFOUND. A transaction of its own. */
enum code push_unregister(struct db *db, struct str type, struct err *e);

/** Schemas that were asked for, compiled once. */
struct push_book {
	struct db *db;
	struct arena arena;
	struct push_page *first;
};
void push_book_init(struct push_book *b, struct db *db);
void push_book_release(struct push_book *b);
/** The schema of a version of a type (STR_NONE: the newest); *@out NULL: there is none. Valid until the book is released. */
enum code push_book_schema(struct push_book *b, struct str type, struct str version,
	const struct schema **out, struct err *e);
