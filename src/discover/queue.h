/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/heed.h"

/**
 * Change events out of a queue of SQS, where a rule of EventBridge or a topic puts them.
 *
 * A message is deleted when what it names was looked at and recorded, or when there is nothing to look at. One
 * that is no event, or could not be heeded, stays: it comes again, and then goes where the queue's redrive policy
 * sends it.
 */
struct queue_options {
	const char *url;
	int wait_s; /* how long to wait for a first message; at most 20 */
	/* What came of a round, before its messages are deleted; or NULL. */
	void (*told)(void *ctx, const struct hints *hints, const struct heed_sum *sum);
	void *ctx;
};

struct queue_sum {
	int64_t messages, strange; /* received; of which were no events */
	int64_t deleted;
};

/** One round: what comes within two seconds of the first message is heeded together. E_NOTFOUND without a
 * message in @e: nothing came. Otherwise what heed_run() and the calls say. */
enum code queue_heed(struct db *db, const struct sweep_options *options,
	const struct queue_options *queue, struct queue_sum *sum, struct err *e);
