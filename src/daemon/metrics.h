/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "daemon/histogram.h"
#include "db/db.h"
#include "store/figure.h"
#include <pthread.h>
#include <stdbool.h>

/**
 * What Prometheus reads ("Exposition formats", text format 0.0.4): what rows say, how long things took, and the
 * sizes of the store's files.
 *
 * Counting a million resources takes longer than who asks will wait for, so what was counted is kept
 * as text until the store has more, and counted anew beforehand (metrics_count()), not when somebody asks.
 */
struct metrics {
	struct histogram ingest, query;
	pthread_mutex_t lock; /* over the following */
	struct buf counted;
	struct figure_edition edition; /* of the store that was counted */
	int64_t at_us, took_us;        /* when it was counted (ticks), and how long that took */
	bool known;
};

void metrics_init(struct metrics *m);
void metrics_release(struct metrics *m);

/** Count what has to be counted, if the store is not as it was. */
enum code metrics_count(struct metrics *m, struct db *db, struct err *e);
/** Everything. Counts as last counted, anew when counting is a matter of milliseconds; none before the first
 * time. */
enum code metrics_write(struct metrics *m, struct db *db, const char *store, int64_t now_ms,
	struct buf *out, struct err *e);
