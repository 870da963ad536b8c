/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include <signal.h>
#include <stdint.h>

/**
 * The demonstration
 * =================
 *
 * Ninety days of an estate that nobody has: two accounts in two regions, with the people and programs that change it.
 * What happens is made up, how it comes into the store is not: every item goes through core/record.h with the moment it
 * would have been captured at, every verdict through store/verdict.h, every rule through the API. So the store is like any
 * other, with links, tags, changes, causes and gaps. The same end gives the same history.
 *
 * In it (src/demo/story.c): a security group that somebody opens on a Friday evening, and what that leads to until
 * it is mended four days later; thirty hours in which one account was not to be seen; a release at 14:00 after which an
 * instance had to be replaced; and what nobody has mended yet.
 */
struct demo_options {
	int64_t end_ms;                    /* what was last recorded is a little before that */
	int64_t items;                     /* about so many; 0: DEMO_ITEMS */
	const volatile sig_atomic_t *stop; /* or NULL */
};
#define DEMO_ITEMS     15000
#define DEMO_ITEMS_MAX 1000000
#define DEMO_DAYS      90
/* What the recorder, so to say, was told of itself. */
#define DEMO_SOURCE    "organization"

struct demo_sum {
	int64_t items, resources; /* versions, and what lives at the end */
};

/** @db is a new store, open to be written. E_CONFLICT: it has something in it. E_CANCELED. */
enum code demo_make(
	struct db *db, const struct demo_options *o, struct demo_sum *sum, struct err *e);
