/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/scribe.h"
#include <signal.h>

/**
 * Putting a resource in order
 * ===========================
 *
 * Versions, the moments until which they hold, diffs, links, tags, and what the resource is now
 * follow from its items and their documents alone. This works them out again, and writes what
 * is not so: on a healthy store, nothing.
 *
 * Items are in the order of their capture times; of two with the same, state ids tell, and then
 * which was written first. Where retention has taken the oldest, versions begin behind them,
 * and what the rows say of the time before stays.
 */

/** Within a transaction. @wrong is increased by the rows that were not right. */
enum code rebuild_resource(struct scribe *s, int64_t rid, int64_t *wrong, struct err *e);

struct rebuild_sum {
	int64_t resources, wrong;
};
typedef void rebuild_progress_fn(void *ctx, const struct rebuild_sum *sum);
struct rebuild_options {
	int64_t now_ms;
	rebuild_progress_fn *progress; /* or NULL */
	void *ctx;
	const volatile sig_atomic_t *stop; /* or NULL */
};
/** Every resource, and the counts of the days. In several transactions, each complete.
 * E_CANCELED: stopped; what was done stays. */
enum code rebuild_all(
	struct db *db, const struct rebuild_options *o, struct rebuild_sum *sum, struct err *e);
