/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/str.h"
#include "db/db.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>

/**
 * Hearing of changes
 * ==================
 *
 * A daemon hears of changes from the queue that a source names, by long polling, and from whoever posts events to
 * it. What it hears is heeded (discover/heed.h) as long as the recorder records. Posted events wait in memory, for
 * two seconds, and are lost with it: the next sweep finds what they would have told.
 */
enum { HEAR_SOURCES_MAX = 1000 };

struct posted;
struct hear {
	const volatile sig_atomic_t *stop;
	bool once; /* what is there now, then an end */
	atomic_llong heeded, ignored, elsewhere, unresolved, failed, strange;

	pthread_mutex_t lock; /* over the following */
	struct posted *first;
	struct posted **last;
	size_t bytes;
	int64_t since_ms; /* ticks: when the first of them came */

	/* Of the one tick that polls. A queue that failed is left alone for a while (ticks). */
	int64_t not_before_ms[HEAR_SOURCES_MAX];
};

void hear_init(struct hear *h);
void hear_release(struct hear *h);

/** Take the body of a request. E_BUSY: too much is waiting already. From any thread. */
enum code hear_post(struct hear *h, struct str body, struct err *e);

/** Two of the ticks: one round of every source's queue; what was posted. E_NOTFOUND: there was nothing. */
enum code hear_queues(struct hear *h, struct db *db, struct err *e);
enum code hear_posted(struct hear *h, struct db *db, struct err *e);
/** A third: the log files of each source's trail, where that is due. E_NOTFOUND: none was. */
enum code hear_trails(struct hear *h, struct db *db, struct err *e);

/** Lines for /metrics. */
void hear_figures(struct hear *h, struct buf *out);
