/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <pthread.h>
#include <stdint.h>

/**
 * A token bucket that learns: every request takes a token. A refusal for going too fast lowers the rate at
 * which they come, once for all the requests that were under way together: to 0.7 of it; where more was refused of
 * late than granted, to what was granted, but no further than to a quarter. A success raises it by
 * half a token a second, up to twice what it began with; near the rate that was last refused by a tenth of
 * that, so that the same wall is not run into every second.
 * Safe for any number of threads.
 */
struct limit {
	pthread_mutex_t lock;
	double tokens, rate, burst, rate_max;
	double refused; /* the rate that was last refused; 0: none yet */
	int64_t at_ms, lowered_ms;
	/* Answers in this half second and the one before. */
	int64_t slot_ms;
	int n_granted[2], n_refused[2];
};

/** @rate tokens a second, @burst at once. @now_ms: of a clock that never jumps. */
void limit_init(struct limit *l, double rate, double burst, int64_t now_ms);
void limit_release(struct limit *l);
/** Takes a token and says in how many milliseconds it may be used (0: at once). */
int64_t limit_take(struct limit *l, int64_t now_ms);
void limit_throttled(struct limit *l, int64_t now_ms);
/** It was answered, in whichever way. */
void limit_granted(struct limit *l, int64_t now_ms);
