/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/schedule.h"

#include "base/must.h"
#include <string.h>

/* With --once: what fails every time must come to an end too. */
#define FAILURES_MAX 20

static void begin(struct schedule_state *t)
{
	struct schedule *s = t->schedule;

	if (s->stopped)
		return;
	if (t->running) {
		t->again = true;
		return;
	}
	t->running = true;
	t->again = false;
	lanes_submit(s->lanes, t->tick->lane, &t->job);
}

static void on_timer(void *arg)
{
	begin(arg);
}

static enum code run(struct job *job, struct db *db, struct err *e)
{
	struct schedule_state *t = (struct schedule_state *)job;

	return t->tick->run(t->schedule->ctx, db, e);
}

static void next_once(struct schedule *s, struct schedule_state *t, const struct err *e)
{
	size_t i = (size_t)(t - s->states);

	if (e->code && e->code != E_NOTFOUND) {
		t->failures++;
		if (!s->first.code)
			s->first = *e;
	}
	if (e->code == E_OK ||
		(e->code != E_NOTFOUND && e->code != E_CANCELED && t->failures < FAILURES_MAX))
		begin(t);
	else if (i + 1 < s->n && e->code != E_CANCELED)
		begin(&s->states[i + 1]);
	else
		s->idle(s->idle_ctx, &s->first);
}

static void done(struct job *job, const struct err *e)
{
	struct schedule_state *t = (struct schedule_state *)job;
	struct schedule *s = t->schedule;

	t->running = false;
	if (s->once) {
		next_once(s, t, e);
		return;
	}
	if (s->stopped)
		return;
	if (e->code == E_OK || t->again)
		begin(t);
	else
		loop_timer_once(&t->timer, t->tick->every_ms);
	/* What one has done may be what another waits for. */
	for (size_t i = 0; e->code == E_OK && i < s->n; i++)
		if (&s->states[i] != t && !s->states[i].running)
			begin(&s->states[i]);
}

void schedule_start(struct schedule *s, const struct tick *ticks, size_t n)
{
	must(n > 0 && n <= TICKS_MAX);
	s->n = n;
	for (size_t i = 0; i < n; i++) {
		struct schedule_state *t = &s->states[i];

		t->schedule = s;
		t->tick = &ticks[i];
		t->job.run = run;
		t->job.done = done;
		loop_timer_init(s->loop, &t->timer, on_timer, t);
	}
	for (size_t i = 0; i < (s->once ? 1 : n); i++)
		begin(&s->states[i]);
}

void schedule_kick(struct schedule *s)
{
	for (size_t i = 0; i < s->n && !s->once; i++)
		begin(&s->states[i]);
}

void schedule_kick_one(struct schedule *s, const char *name)
{
	for (size_t i = 0; i < s->n && !s->once; i++)
		if (strcmp(s->states[i].tick->name, name) == 0)
			begin(&s->states[i]);
}

void schedule_stop(struct schedule *s)
{
	s->stopped = true;
	for (size_t i = 0; i < s->n; i++)
		loop_timer_stop(&s->states[i].timer);
}
