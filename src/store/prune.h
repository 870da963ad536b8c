/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * Retention: what is no longer in force goes, its digests stay
 * ============================================================
 *
 * Removed are versions that were superseded by a moment, resources that were gone by then (as a whole: one that
 * comes back begins at version 1), documents that nothing else uses, links, tags, verdicts, activity,
 * looks, told events and done deliveries of before. The version in force always stays, and so does what a sink or
 * a channel is still to be told of. `_pruned` keeps the digest of every item, so that the seals can be checked
 * for ever; `_resource.pruned` keeps versions numbered as they were.
 *
 * Transactions are short, and others get in between. What was interrupted goes on with the next call.
 */
struct prune_sum {
	int64_t resources; /* that lost versions */
	int64_t whole;     /* of which nothing is left */
	int64_t items, documents;
	int64_t bytes; /* of documents and changes, as stored */
	int64_t rows;  /* other rows: events, looks, deliveries ... */
};

struct prune_options {
	int64_t limit_ms;                  /* what ended by then goes */
	bool dry_run;                      /* count, and change nothing */
	const volatile sig_atomic_t *stop; /* or NULL */
	/* Of each resource that loses something, or NULL; @sum is that of all so far. */
	void (*tell)(void *ctx, struct str type, int64_t items, int64_t bytes,
		const struct prune_sum *sum);
	void *ctx;
};

/** E_CANCELED: it was stopped; what is done is done. */
enum code prune_run(struct db *db, const struct prune_options *options, int64_t now_ms,
	struct prune_sum *sum, struct err *e);
/** Give the space back to the disk. E_BUSY: somebody else has the store open and reads. */
enum code prune_vacuum(struct db *db, struct err *e);

/** How many days items are kept that are no longer in force; 0: for ever. */
enum code prune_days(struct db *db, int64_t *days, struct err *e);
/** 30 to 2557, as AWS Config has it; 0: for ever. E_INVALID. */
enum code prune_set_days(struct db *db, int64_t days, struct err *e);
#define PRUNE_DAY_MS INT64_C(86400000)
