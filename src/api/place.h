/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/operation.h"
#include <pthread.h>

/**
 * Whose AWS Config is asked, where the request does not say: the account with most resources in the store,
 * and that of its regions with most of them. Counting them takes a while, so what was found is kept for some seconds.
 */
#define PLACES_MAX 16

struct place {
	pthread_mutex_t lock; /* over the following */
	struct found {
		const struct db *db; /* each connection finds out for itself */
		int64_t at_ms;       /* of the request it was found for */
		char account[32], region[64];
	} found[PLACES_MAX];
	size_t next; /* to be written over */
};

void place_init(struct place *p);
void place_release(struct place *p);
/** Sets op->account and op->region. */
enum code place_find(struct place *p, struct operation *op);
