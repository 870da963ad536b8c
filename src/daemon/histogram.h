/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include <stdatomic.h>
#include <stdint.h>

/**
 * How long something took, as Prometheus counts it: so many up to each of some bounds. Any thread adds.
 */
#define HISTOGRAM_BUCKETS 12

struct histogram {
	const char *name, *help;
	const int64_t *bounds_us; /* HISTOGRAM_BUCKETS of them, rising */
	atomic_llong counts[HISTOGRAM_BUCKETS + 1], sum_us;
};

void histogram_add(struct histogram *h, int64_t us);
/** In the text format 0.0.4; seconds. */
void histogram_write(struct histogram *h, struct buf *out);
