/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/hint.h"
#include "discover/sweep.h"

/**
 * Heeding change events
 * =====================
 *
 * What an event names is described again, and so is what shows it or is shown by it; what differs is recorded
 * as a sweep records it, with the event as its cause. What cannot be read by itself is listed again, all of its
 * type. Something is gone only where its read says so.
 *
 * Events may come twice, late and in any order: they say where to look, never what there is. The sweep stays
 * the truth, and finds what no event told.
 */
struct heed_sum {
	struct record_sum recorded;
	const char *account;      /* whose events they were; NULL: nobody was asked */
	int64_t targets, related; /* resources looked at: named by events, and because of those */
	int64_t calls;            /* requests sent */
	int64_t n_failed;         /* resources that could not be looked at */
	struct err why;           /* the first of them */
	struct arena arena;       /* of the texts */
};

void heed_sum_release(struct heed_sum *sum);

/**
 * Look at what @hints name and have not been looked at, as the source of @options. Each hint's fate is set.
 * Waits until the newest is two seconds old: services answer with what was before for a moment, and what
 * belongs together comes together.
 *
 * E_OK: gathered and written; hints with HINT_FAILED may be heeded again. Otherwise as sweep_run().
 */
enum code heed_run(struct db *db, const struct sweep_options *options, struct hints *hints,
	int64_t now_ms, struct heed_sum *sum, struct err *e);

/** How many have met which fate. */
struct heed_tally {
	int64_t n, heeded, ignored, elsewhere, unresolved, failed;
};
struct heed_tally heed_tally(const struct hints *hints);
