/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/histogram.h"

void histogram_add(struct histogram *h, int64_t us)
{
	int i = 0;

	while (i < HISTOGRAM_BUCKETS && us > h->bounds_us[i])
		i++;
	atomic_fetch_add(&h->counts[i], 1);
	atomic_fetch_add(&h->sum_us, us > 0 ? us : 0);
}

void histogram_write(struct histogram *h, struct buf *out)
{
	long long sum_us = atomic_load(&h->sum_us), n = 0;

	buf_printf(out, "# HELP %s %s\n# TYPE %s histogram\n", h->name, h->help, h->name);
	for (int i = 0; i < HISTOGRAM_BUCKETS; i++) {
		n += atomic_load(&h->counts[i]);
		buf_printf(out, "%s_bucket{le=\"%g\"} %lld\n", h->name,
			(double)h->bounds_us[i] / 1e6, n);
	}
	n += atomic_load(&h->counts[HISTOGRAM_BUCKETS]);
	buf_printf(out, "%s_bucket{le=\"+Inf\"} %lld\n%s_sum %lld.%06lld\n%s_count %lld\n", h->name,
		n, h->name, sum_us / 1000000, sum_us % 1000000, h->name, n);
}
