/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include <signal.h>

/**
 * Uniting stores
 * ==============
 *
 * Everything that several stores know, of several accounts or machines, in a new one: items (the
 * same item once), looks, the types that users added, and the names of the sources, which are
 * only noted, as their credentials are elsewhere. All that follows from the items is worked out
 * anew, and the new store has a chain of evidence of its own. What it holds does not depend on
 * the order in which the stores are given. Channels, sinks and what is to be sent stay where they
 * are. Memory does not grow with the stores.
 */
struct merge_sum {
	int64_t read, items; /* items of all stores; of the new one */
};

struct merge_options {
	int64_t now_ms;
	const volatile sig_atomic_t *stop; /* or NULL */
	void (*progress)(void *ctx, const struct merge_sum *sum);
	void *ctx;
};

#define MERGE_STORES_MAX 64

/** @to is new and empty; @from are open for reading. E_CANCELED: stopped. */
enum code merge_run(struct db *to, struct db *from, size_t n, const struct merge_options *o,
	struct merge_sum *sum, struct err *e);
