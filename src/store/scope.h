/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * What is recorded
 * ================
 *
 * The union of what all recorders record, type by type (view _scope), and of their tags. A store without a recorder that
 * people set records everything. AWS::Config::ConfigurationRecorder is recorded whatever is said: it is no type
 * of the catalogue, so that nobody asks for it here.
 */
struct scope_type {
	const char *type;
	int64_t own_ms; /* its own interval; 0: every sweep */
	bool daily;     /* once a day by its frequency: change events leave it alone */
};
struct in_scope {
	bool everything;
	struct scope_type *types; /* by name */
	size_t n;
};

/** Read it; texts live in @a. */
enum code scope_load(struct db *db, struct arena *a, struct in_scope *out, struct err *e);
/** NULL: it is not recorded. */
const struct scope_type *scope_find(const struct in_scope *s, const char *type);

/** When a type was last looked at in a place with success; 0: never. */
enum code scope_last_look(struct db *db, const char *account, const char *region, const char *type,
	int64_t *started_ms, struct err *e);

/** Stage what the store has of an account and nobody records any more, see schema/temp/stage.sql. */
enum code scope_stage_types(struct db *db, struct str account, int64_t now_ms, struct err *e);
/** Of what is staged as there, or listed as it is known, what no recorder wants for its tags becomes what is not
 * recorded. */
enum code scope_stage_tags(struct db *db, int64_t now_ms, struct err *e);
