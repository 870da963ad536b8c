/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/heed.h"

#include "base/time.h"
#include "core/relate.h"
#include "discover/cut.h"
#include "discover/errand.h"
#include "store/catalogue.h"
#include "store/stage_event.h"
#include "json/path.h"
#include <time.h>

enum {
	ARENA_MAX = 256 << 20,
	THREADS = 32,
	/* So long services may answer with what was before. */
	SETTLE_MS = 2000,
	PAUSE_MS = 50,
	/* An instance, its interface, the group of that, the network of that. */
	ROUNDS_MAX = 4,
};

/* An event being resolved. */
struct resolving {
	struct heed *h;
	struct hint *hint;
	const struct catalogue_event *rule;
	bool any, elsewhere;
	struct err *e;
};

/* arn:aws:kms:eu-west-1:123456789012:key/K, arn:aws:lambda:...:function:NAME[:QUALIFIER] */
static struct str last_of_arn(struct str s)
{
	struct str part = s;

	if (!str_starts(s, STR("arn:")))
		return s;
	for (int i = 0; i < 5; i++)
		part = str_from(part, str_find(part, ':') + 1);
	if (str_starts(part, STR("function:")))
		part = str_from(part, 9);
	while (str_find(part, '/') < part.n)
		part = str_from(part, str_find(part, '/') + 1);
	part.n = str_find(part, ':');
	return part;
}

static bool take_value(void *ctx, const struct json_place *place)
{
	struct resolving *r = ctx;
	struct str key = place->value->text;
	const struct listing_plan *plan;

	if (place->value->kind != JSON_STRING || !key.n ||
		(r->rule->match.p && !relate_like(key, r->rule->match)))
		return true;
	if (r->rule->strip.n)
		key = last_of_arn(key);
	r->any = true;
	plan = errand_plan(r->h, r->rule->type, r->hint->cause.region, false);
	if (!plan) {
		r->elsewhere = true;
		return true;
	}
	return errand_add_target(r->h, plan, r->rule->by, key, r->hint, r->e) == E_OK;
}

/* What an event brings about without naming it. */
static enum code take_type(struct resolving *r)
{
	const struct listing_plan *plan =
		errand_plan(r->h, r->rule->type, r->hint->cause.region, false);

	return plan ? errand_add_target(r->h, plan, r->rule->by, STR_NONE, r->hint, r->e) : E_OK;
}

static enum code apply_rule(void *ctx, const struct catalogue_event *rule, struct err *e)
{
	struct resolving *r = ctx;
	const char *path = arena_text(&r->h->arena, rule->path);
	bool before = r->any;

	r->rule = rule;
	r->e = e;
	if (str_is(rule->by, "list"))
		return take_type(r);
	json_visit(r->hint->record, path, take_value, r);
	if (r->any == before && r->hint->envelope && !e->code)
		json_visit(r->hint->envelope, path, take_value, r);
	return e->code;
}

static enum code resolve_hint(struct heed *h, struct db *db, struct hint *hint, struct err *e)
{
	const struct cause *cause = &hint->cause;
	struct resolving r = { .h = h, .hint = hint };
	size_t before = h->n_links;

	if (cause->account.n && !str_is(cause->account, h->sweep.account)) {
		hint->fate = HINT_ELSEWHERE;
		return E_OK;
	}
	if (catalogue_events(db, cause->event_source, cause->event_name, apply_rule, &r, e))
		return e->code;
	hint->fate = h->n_links > before ? HINT_HEEDED
		     : r.elsewhere       ? HINT_ELSEWHERE
					 : HINT_UNRESOLVED;
	if (hint->fate == HINT_HEEDED)
		return record_add_cause(&h->sweep.record, cause, &hint->number, e);
	return E_OK;
}

static bool is_open(const struct hint *hint)
{
	return hint->fate == HINT_UNRESOLVED || hint->fate == HINT_ELSEWHERE;
}

static enum code resolve(struct heed *h, struct db *db, struct hints *hints, struct err *e)
{
	enum code c = E_OK;

	for (struct hint *hint = hints->first; hint && !c; hint = hint->next)
		if (is_open(hint))
			c = resolve_hint(h, db, hint, e);
	return c ? c : arena_ok(&h->arena) ? E_OK : err_nomem(e);
}

/* What is known under the key of a target is read by all that is known of it. */
struct knowing {
	struct heed *h;
	struct target_of_events *t;
	size_t n;
};

static enum code know(void *ctx, const struct stage_live *l, struct err *e)
{
	struct knowing *k = ctx;
	const struct errand_of as = { .plan = k->t->plan,
		.rid = l->rid,
		.key = { l->id, l->name, l->arn },
		.again = k->t->by_id ? (struct key){ STR_NONE, STR_NONE, STR_NONE } : k->t->key,
		.target = k->t,
		.hint = k->t->links->hint };

	if (!errand_is_looked_at(k->t->plan, l->region))
		return E_OK;
	k->n++;
	return errand_queue(k->h, &as, e);
}

static enum code queue_target(
	struct heed *h, struct db *db, struct target_of_events *t, struct err *e)
{
	struct knowing k = { h, t, 0 };
	const struct stage_named named = { str_of(t->plan->entry->type), str_of(h->sweep.account),
		t->key.id, t->key.name, t->key.arn };
	const struct errand_of unknown = {
		.plan = t->plan, .key = t->key, .target = t, .hint = t->links->hint
	};
	enum code c;

	if (t->all)
		return errand_list(h, t->plan, e);
	c = stage_live(db, &named, know, &k, e);
	return c || k.n ? c : errand_queue(h, &unknown, e);
}

static struct hint *hint_of(const struct hints *hints, int64_t number)
{
	for (struct hint *hint = hints->first; hint; hint = hint->next)
		if (number && hint->number == number)
			return hint;
	return NULL;
}

struct following {
	struct heed *h;
	struct hints *hints;
};

static enum code follow_known(void *ctx, const struct stage_live *l, struct err *e)
{
	struct following *f = ctx;
	const struct errand_of as = { .plan = errand_plan(f->h, l->type, l->region, true),
		.rid = l->rid,
		.key = { l->id, l->name, l->arn },
		.hint = hint_of(f->hints, l->cause) };

	return as.plan ? errand_queue(f->h, &as, e) : E_OK;
}

static enum code follow_unmet(void *ctx, const struct stage_unmet *u, struct err *e)
{
	struct following *f = ctx;
	const struct errand_of as = { .plan = errand_plan(f->h, u->type, u->region, false),
		.key = { str_is(u->by, "id") ? u->link : STR_NONE,
			str_is(u->by, "name") ? u->link : STR_NONE,
			str_is(u->by, "arn") ? u->link : STR_NONE },
		.never_list = true,
		.hint = hint_of(f->hints, u->cause) };

	return as.plan ? errand_queue(f->h, &as, e) : E_OK;
}

/* Who is related to what was staged behind @*after. */
static enum code follow(
	struct heed *h, struct db *db, struct hints *hints, int64_t *after, bool all, struct err *e)
{
	struct following f = { h, hints };
	enum code c = stage_unrelate(db, e);

	if (!c)
		c = relate_staged(db, e);
	if (!c)
		c = stage_blame_born(db, e);
	if (!c)
		c = stage_related(db, *after, all, follow_known, &f, e);
	if (!c)
		c = stage_unmet(db, *after, follow_unmet, &f, e);
	return c ? c : stage_last(db, after, e);
}

/* What was listed is due to the event that names it. */
static enum code blame(struct heed *h, struct err *e)
{
	enum code c = E_OK;

	for (const struct target_of_events *t = h->targets; t && !c; t = t->next) {
		const struct record_named named = { str_of(t->plan->entry->type),
			str_of(h->sweep.account), t->key.id, t->key.name, t->key.arn };

		if (!t->all && errand_was_listed(h, t->plan))
			c = record_blame(&h->sweep.record, t->links->hint->number, &named, e);
	}
	return c;
}

static enum code look(
	struct heed *h, struct db *db, struct login *login, struct hints *hints, struct err *e)
{
	int64_t after = 0;
	enum code c = E_OK;

	for (struct target_of_events *t = h->targets; t && !c; t = t->next)
		c = queue_target(h, db, t, e);
	h->sum->targets = h->n_queued;
	if (!c)
		c = errands_run(h, login, e);
	if (!c)
		c = blame(h, e);
	for (int i = 0; i < ROUNDS_MAX && !c; i++) {
		c = follow(h, db, hints, &after, i == 0, e);
		if (!c && !h->queue)
			break;
		if (!c)
			c = errands_run(h, login, e);
	}
	h->sum->related = h->n_queued - h->sum->targets;
	return c;
}

static enum code record(struct heed *h, struct db *db, struct err *e)
{
	/* Seeing one resource is no look at a type: what was seen says nothing about the others. */
	enum code c = stage_unrelate(db, e);

	if (!c)
		c = stage_forget_looks(db, e);
	return c ? c
		 : record_settle(&h->sweep.record, sweep_now_ms(&h->sweep), &h->sum->recorded, e);
}

static enum code run(
	struct heed *h, struct db *db, struct login *login, struct hints *hints, struct err *e)
{
	struct sweep *s = &h->sweep;
	struct source source;
	enum code c = sweep_note_source(db, s->options, &source, e);

	if (!c)
		c = record_begin(&s->record, db, source.source_id, s->now_ms, e);
	if (!c)
		c = record_scope(&s->record, STR_NONE, s->now_ms, e);
	if (!c)
		c = resolve(h, db, hints, e);
	if (c || !h->targets)
		return c;
	c = crew_open(&s->crew, s->options->threads > 0 ? s->options->threads : THREADS, e);
	if (c)
		return c;
	c = look(h, db, login, hints, e);
	sweep_end_crew(s, login, c != E_OK);
	return c ? c : record(h, db, e);
}

/* Newest moment told; those of the future are a clock's fault. */
static int64_t newest(const struct hints *hints, int64_t now_ms)
{
	int64_t at_ms = INT64_MIN;

	for (const struct hint *hint = hints->first; hint; hint = hint->next)
		if (is_open(hint) && hint->cause.at_ms > at_ms && hint->cause.at_ms <= now_ms)
			at_ms = hint->cause.at_ms;
	return at_ms;
}

static void wait_until_settled(const struct hints *hints, const volatile sig_atomic_t *stop)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	int64_t now_ms = time_now_ms(), at_ms = newest(hints, now_ms), until;

	if (at_ms == INT64_MIN || now_ms - at_ms >= SETTLE_MS)
		return;
	until = time_ticks_ms() + SETTLE_MS - (now_ms - at_ms);
	while (time_ticks_ms() < until && !(stop && *stop))
		(void)nanosleep(&pause, NULL);
}

static bool any_open(struct hints *hints)
{
	bool any = false;

	for (struct hint *hint = hints->first; hint; hint = hint->next) {
		if (is_open(hint) && !hint->is_change)
			hint->fate = HINT_IGNORED;
		any = any || is_open(hint);
	}
	return any;
}

static void fail_heeded(struct hints *hints)
{
	for (struct hint *hint = hints->first; hint; hint = hint->next)
		if (hint->number)
			hint->fate = HINT_FAILED;
}

/* Numbers mean something until the stage is made anew. */
static void forget_numbers(struct hints *hints)
{
	for (struct hint *hint = hints->first; hint; hint = hint->next)
		hint->number = 0;
}

enum code heed_one(struct db *db, const struct sweep_options *options, struct hints *hints,
	int64_t now_ms, struct heed_sum *sum, struct err *e)
{
	struct heed h = { .sweep = { .options = options,
				  .now_ms = now_ms,
				  .started_ticks_ms = time_ticks_ms(),
				  .arena = ARENA_INIT(ARENA_MAX) },
		.arena = ARENA_INIT(ARENA_MAX),
		.sum = sum };
	struct login login = LOGIN_INIT;
	enum code c;

	*sum = (struct heed_sum){ .arena = ARENA_INIT(1 << 20) };
	if (!any_open(hints))
		return E_OK;
	atomic_init(&h.sweep.stopped, false);
	c = sweep_open_locks(&h.sweep, e);
	if (c)
		return c;
	wait_until_settled(hints, options->stop);
	c = sweep_plan(&h.sweep, db, &login, e);
	if (!c)
		c = cut_heed(&h.sweep, db, e);
	if (!c) {
		sum->account = arena_text(&sum->arena, str_of(h.sweep.account));
		c = run(&h, db, &login, hints, e);
		sum->calls = login.aws ? aws_requests(login.aws) : 0;
	}
	if (c)
		fail_heeded(hints);
	forget_numbers(hints);
	login_close(&login);
	sweep_close(&h.sweep);
	arena_release(&h.arena);
	return c ? err_add(e, "look at what events name") : E_OK;
}

void heed_sum_release(struct heed_sum *sum)
{
	arena_release(&sum->arena);
	*sum = (struct heed_sum){ .arena = ARENA_INIT(1 << 20) };
}

struct heed_tally heed_tally(const struct hints *hints)
{
	struct heed_tally t = { 0 };

	for (const struct hint *hint = hints->first; hint; hint = hint->next) {
		t.n++;
		t.heeded += hint->fate == HINT_HEEDED;
		t.ignored += hint->fate == HINT_IGNORED;
		t.elsewhere += hint->fate == HINT_ELSEWHERE;
		t.unresolved += hint->fate == HINT_UNRESOLVED;
		t.failed += hint->fate == HINT_FAILED;
	}
	return t;
}
