/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/listing.h"

/**
 * Several accounts at a time
 * ==========================
 *
 * Most of a sweep is waiting for answers, and each account has rates of its own: so a few accounts are swept beside each
 * other, each by a thread with a connection to the store of its own. What they gathered is written one after
 * the other, as the store has one writer.
 */
enum { TEAM_SIZE = 4 };

struct team_account {
	const struct sweep_options *options;
	bool done;      /* false: the end came before it was begun */
	struct err why; /* of its sweep */
	struct sweep_sum sum;
};

/** What ends the whole: somebody stopped it, or it is not the account's fault. */
bool team_is_the_end(enum code c);

/**
 * Sweep each; progress is told on this thread, of all of them together. Error: the first of what ends the whole; accounts
 * that are done stay done. Release each sum in every case. With a store in memory one is swept after the other, over @db.
 */
enum code team_sweep(struct db *db, struct team_account *accounts, size_t n,
	const struct sweep_begun *begun, struct err *e);
