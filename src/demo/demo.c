/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/demo.h"

#include "base/mem.h"
#include "demo/estate.h"
#include "demo/rules.h"
#include "store/demonstration.h"
#include "store/recorder.h"
#include "store/version.h"
#include <stdlib.h>

#define DAY INT64_C(86400000)

static int by_time(const void *a, const void *b)
{
	const struct happening *x = a, *y = b;

	return x->at_ms < y->at_ms ? -1 : x->at_ms > y->at_ms;
}

/* What happens on one day, and what of the story falls on it, in order. */
static void live_through(
	struct estate *e, struct plan *p, const struct plan *story, int day, int64_t midnight_ms)
{
	const struct tape *t = &e->tape;

	p->n = 0;
	days_plan(e, p, day, midnight_ms);
	for (int i = 0; i < story->n; i++)
		if (story->list[i].at_ms >= midnight_ms && story->list[i].at_ms < midnight_ms + DAY)
			plan_add(p, story->list[i].at_ms, story->list[i].fn, story->list[i].s);
	qsort(p->list, (size_t)p->n, sizeof(*p->list), by_time);
	for (int i = 0; i < RULES; i++)
		if (day && rules[i].day == day)
			tape_rule(&e->tape, i, midnight_ms + 1000);
	for (int i = 0; i < p->n && !t->e->code; i++) {
		const struct happening *h = &p->list[i];

		/* Room for what one act brings. */
		if (h->at_ms > e->begin_ms + 3600000 && h->at_ms < e->end_ms - 120000 &&
			(h->at_ms < t->dark_since_ms || h->at_ms >= t->dark_until_ms))
			h->fn(e, h->s, h->at_ms);
	}
}

static void live(struct estate *e, int64_t items)
{
	struct tape *t = &e->tape;
	struct happening few[64];
	struct plan story = { few, 0 },
		    plan = { arena_alloc(&t->texts, HAPPENINGS_MAX * sizeof(*few)), 0 };
	int64_t first_ms = e->begin_ms / DAY * DAY;

	if (!plan.list) {
		err_nomem(t->e);
		return;
	}
	story_set(e);
	estate_make(e, items);
	story_plan(e, &story);
	for (int day = 0; day <= DEMO_DAYS && !t->e->code; day++)
		live_through(e, &plan, &story, day, first_ms + day * DAY);
	tape_until(t, e->end_ms);
}

static enum code set_recorder(struct db *db, int64_t at_ms, struct err *e)
{
	const struct recorder r = { .name = "default",
		.role_arn = "arn:aws:iam::111122223333:role/siltstone-recorder",
		.every_ms = TAPE_EVERY_MS };

	return recorder_put(db, &r, e) ? e->code : recorder_switch(db, true, at_ms, e);
}

static enum code finish(struct db *db, int64_t end_ms, struct demo_sum *sum, struct err *e)
{
	if (recorder_swept(db, end_ms, end_ms, NULL, NULL, e) ||
		demonstration_judged(db, end_ms, e))
		return e->code;
	return demonstration_sum(db, &sum->items, &sum->resources, e);
}

enum code demo_make(
	struct db *db, const struct demo_options *o, struct demo_sum *sum, struct err *e)
{
	struct estate *estate;
	int64_t last = 0;

	if (version_last_item(db, &last, e))
		return e->code;
	if (last)
		return err_set(e, E_CONFLICT, "there is something in this store already");
	/* If the machine goes down meanwhile, it is made anew. */
	if (db_script(db, "the demonstration", "PRAGMA synchronous=OFF",
		    e)) /* SQL: of the connection */
		return e->code;
	estate = mem_alloc(sizeof(*estate));
	if (!estate)
		return err_nomem(e);
	*estate = (struct estate){ .begin_ms = o->end_ms / 60000 * 60000 - DEMO_DAYS * DAY,
		.end_ms = o->end_ms };
	if (!set_recorder(db, estate->begin_ms, e))
		tape_begin(&estate->tape, db, o, estate->begin_ms, e);
	if (!e->code)
		live(estate, o->items ? o->items : DEMO_ITEMS);
	if (estate->tape.e)
		tape_end(&estate->tape);
	mem_free(estate);
	return e->code ? e->code : finish(db, o->end_ms, sum, e);
}
