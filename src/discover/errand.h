/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/heed.h"
#include "discover/listing.h"

/**
 * Errands: one resource to be looked at, each a job of the crew. They are queued while nothing runs, then all are
 * run; types whose resources cannot be read by themselves are listed once behind them. What is seen is staged.
 */

/* A hint among those that name one resource. */
struct hint_link {
	struct hint_link *next;
	struct hint *hint;
};

/** What events name, once each. */
struct target_of_events {
	struct target_of_events *next;
	const struct listing_plan *plan;
	struct key key; /* one of the three */
	bool by_id;
	bool all;                /* no key: what came of it is only found by listing the type */
	struct hint_link *links; /* the newest event first: it is the cause */
};

struct errand_of {
	const struct listing_plan *plan;
	int64_t rid;                     /* 0: nobody has recorded it */
	struct key key;                  /* all that is known */
	struct key again;                /* when it is gone: who may have its name now; or none */
	struct target_of_events *target; /* or NULL */
	struct hint *hint;               /* its cause; or NULL */
	bool never_list;
};

/** A heeding under way. What belongs to it is under sweep.lock while errands run. */
struct heed {
	struct sweep sweep;
	struct heed_sum *sum;
	struct target_of_events *targets;
	size_t n_links;
	struct errand *queue;
	int64_t n_queued; /* ever */
	bool *again;      /* for each of the plan: to be listed */
	bool *listed;     /* it was */
	struct arena arena;
};

/** heed_run() for a single account. */
enum code heed_one(struct db *db, const struct sweep_options *options, struct hints *hints,
	int64_t now_ms, struct heed_sum *sum, struct err *e);

/** The plan's listing for a resource of @type in @region; NULL: it is not looked at. @exact: resources of global
 * types have a region too, and it must be among those looked at. */
const struct listing_plan *errand_plan(
	const struct heed *h, struct str type, struct str region, bool exact);
bool errand_is_looked_at(const struct listing_plan *plan, struct str region);

/** One target more, or one event more for it. @by: "id", "name" or "arn"; "list": all of the type, no key. */
enum code errand_add_target(struct heed *h, const struct listing_plan *plan, struct str by,
	struct str key, struct hint *hint, struct err *e);

/** Texts are copied. */
enum code errand_queue(struct heed *h, const struct errand_of *as, struct err *e);
/** Run what is queued, and the listings that turn out to be needed; waits for all. */
enum code errands_run(struct heed *h, struct login *login, struct err *e);
/** Its type is to be listed when errands run next. */
enum code errand_list(struct heed *h, const struct listing_plan *plan, struct err *e);
/** True when all of its type was listed. */
bool errand_was_listed(const struct heed *h, const struct listing_plan *plan);
