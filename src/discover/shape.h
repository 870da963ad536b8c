/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/expr.h"
#include "discover/entry.h"

/**
 * From an item as the API gives it to a configuration as AWS Config shows it: names,
 * oddities, secrets. Each works on the tree in place.
 */

/** Everything, in the order documented for the catalogue: names and moments, renames, reshape, sql,
 * keep, set, remove, coerce, redact. @expr may be NULL where the entry has no sql. */
enum code shape_configuration(struct arena *a, const struct entry *t, struct expr *expr,
	struct json **configuration, struct err *e);

/** Replace @v's members by what @sql, an expression over the JSON text of @v, gives; NULL when
 * that is SQL NULL. */
enum code shape_sql(
	struct arena *a, const char *sql, struct expr *expr, struct json **v, struct err *e);

/** {from: to} at any depth. */
void shape_rename(struct json *v, const struct json *names);

/** True when each path of @condition leads to what it says: {path: value} or {path: [values]}. */
bool shape_matches(struct json *configuration, const struct json *condition);

/** What follows the last ':' or '/'. */
struct str shape_arn_last(struct str arn);
