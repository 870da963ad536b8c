/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include <stdint.h>

/** What the type of a look is that never came to a type: the source itself could not be reached. */
#define COVERAGE_ALL_TYPES "*"

/**
 * A sweep that could look at nothing at all, or not in a region: one row, so that the gap shows. A
 * transaction of its own.
 */
struct coverage_failure {
	int64_t source_id, sweep_ms, ended_ms;
	const char *account; /* as far as it is known; NULL: not */
	const char *region;  /* where alone it was so; NULL: everywhere */
	const char *reason;
	const char *code; /* the service's own; or NULL */
};
enum code coverage_add_failure(struct db *db, const struct coverage_failure *f, struct err *e);
/** The same within the caller's transaction. */
enum code coverage_add_failure_within(
	struct db *db, const struct coverage_failure *f, struct err *e);

/**
 * Whether the newest look at a type in a place was after @since_ms and found that it is not offered
 * there, in a sweep that found other things: an endpoint that offers nothing is the wrong one.
 */
enum code coverage_is_unsupported(struct db *db, const char *account, const char *region,
	const char *type, int64_t since_ms, bool *out, struct err *e);

/** Whether there ever was a complete look at a type in a place. */
enum code coverage_was_complete(struct db *db, const char *account, const char *region,
	const char *type, bool *out, struct err *e);
