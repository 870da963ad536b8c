/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <pthread.h>
#include <stdint.h>

/**
 * A token bucket that learns: every request takes a token; a refusal for going too fast
 * lowers the rate at which they come (to 0.7 of it, once for all the requests that were under
 * way together), a success raises it by half a token a second, up to twice what it began with.
 * Safe for any number of threads.
 */
struct limit {
	pthread_mutex_t lock;
	double tokens, rate, burst, rate_max;
	int64_t at_ms, lowered_ms;
};

/** @rate tokens a second, @burst at once. @now_ms: of a clock that never jumps. */
void limit_init(struct limit *l, double rate, double burst, int64_t now_ms);
void limit_release(struct limit *l);
/** Takes a token and says in how many milliseconds it may be used (0: at once). */
int64_t limit_take(struct limit *l, int64_t now_ms);
void limit_throttled(struct limit *l, int64_t now_ms);
void limit_succeeded(struct limit *l);
