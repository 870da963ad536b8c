/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/limit.h"

#include <math.h>
#include <string.h>

static const double rate_min = 0.2;
enum { TOGETHER_MS = 500 };

void limit_init(struct limit *l, double rate, double burst, int64_t now_ms)
{
	pthread_mutex_init(&l->lock, NULL);
	l->tokens = burst;
	l->rate = rate;
	l->burst = burst;
	l->rate_max = rate * 2;
	l->at_ms = now_ms;
	l->lowered_ms = now_ms - TOGETHER_MS;
	l->refused = 0;
	l->slot_ms = now_ms;
	memset(l->n_granted, 0, sizeof(l->n_granted));
	memset(l->n_refused, 0, sizeof(l->n_refused));
}

void limit_release(struct limit *l)
{
	pthread_mutex_destroy(&l->lock);
}

int64_t limit_take(struct limit *l, int64_t now_ms)
{
	double wait_s;

	pthread_mutex_lock(&l->lock);
	l->tokens = fmin(l->burst, l->tokens + (double)(now_ms - l->at_ms) / 1000 * l->rate);
	l->at_ms = now_ms;
	l->tokens -= 1;
	wait_s = l->tokens < 0 ? -l->tokens / l->rate : 0;
	pthread_mutex_unlock(&l->lock);
	return (int64_t)ceil(wait_s * 1000);
}

/* Under the lock: the half second at hand is that of @now_ms. */
static void turn(struct limit *l, int64_t now_ms)
{
	int64_t slots = (now_ms - l->slot_ms) / TOGETHER_MS;

	if (slots <= 0)
		return;
	l->n_granted[1] = slots == 1 ? l->n_granted[0] : 0;
	l->n_refused[1] = slots == 1 ? l->n_refused[0] : 0;
	l->n_granted[0] = l->n_refused[0] = 0;
	l->slot_ms += slots * TOGETHER_MS;
}

/* Under the lock: what the rate falls to. */
static double lowered(const struct limit *l, int64_t now_ms)
{
	int granted = l->n_granted[0] + l->n_granted[1];
	int refused = l->n_refused[0] + l->n_refused[1];
	double lower = l->rate * 0.7;

	if (refused > granted)
		lower = fmin(lower, granted * 1000.0 / (double)(now_ms - l->slot_ms + TOGETHER_MS));
	return fmax(rate_min, fmax(l->rate / 4, lower));
}

void limit_throttled(struct limit *l, int64_t now_ms)
{
	pthread_mutex_lock(&l->lock);
	turn(l, now_ms);
	l->n_refused[0]++;
	if (now_ms - l->lowered_ms >= TOGETHER_MS) {
		l->refused = l->rate;
		l->rate = lowered(l, now_ms);
		l->tokens = fmin(l->tokens, 0);
		l->lowered_ms = now_ms;
	}
	pthread_mutex_unlock(&l->lock);
}

void limit_granted(struct limit *l, int64_t now_ms)
{
	double step = 0.5;

	pthread_mutex_lock(&l->lock);
	turn(l, now_ms);
	l->n_granted[0]++;
	if (l->refused > 0 && l->rate > l->refused * 0.9 && l->rate < l->refused * 1.1)
		step = 0.05;
	l->rate = fmin(l->rate_max, l->rate + step);
	pthread_mutex_unlock(&l->lock);
}
