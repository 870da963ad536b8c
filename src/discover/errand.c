/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/errand.h"

#include "store/coverage.h"

enum {
	JOB_MAX_BYTES = 256 << 20, /* one resource with all its parts */
};

struct errand {
	struct arena arena; /* of the job, and first in it; unused in the queue */
	struct errand *next;
	struct heed *heed;
	struct errand_of as;
};

bool errand_is_looked_at(const struct listing_plan *plan, struct str region)
{
	for (size_t i = 0; i < plan->n_looks; i++)
		if (str_is(region, plan->looks[i]))
			return true;
	return false;
}

const struct listing_plan *errand_plan(
	const struct heed *h, struct str type, struct str region, bool exact)
{
	const struct plan *plan = &h->sweep.plan;

	for (size_t i = 0; i < plan->n; i++) {
		const struct listing_plan *p = &plan->listings[i];
		bool anywhere = !exact && p->entry->scope != SCOPE_REGIONAL;

		if (str_is(type, p->entry->type) && (anywhere || errand_is_looked_at(p, region)))
			return p;
	}
	return NULL;
}

static size_t place_of(const struct heed *h, const struct listing_plan *plan)
{
	return (size_t)(plan - h->sweep.plan.listings);
}

bool errand_was_listed(const struct heed *h, const struct listing_plan *plan)
{
	return h->listed && h->listed[place_of(h, plan)];
}

static struct str kept(struct arena *a, struct str s)
{
	return s.n ? arena_str(a, s) : STR_NONE;
}

static struct key kept_key(struct arena *a, const struct key *k)
{
	return (struct key){ kept(a, k->id), kept(a, k->name), kept(a, k->arn) };
}

static bool same_text(struct str a, struct str b)
{
	return a.n == b.n && (!a.n || str_eq(a, b));
}

static bool same_key(const struct key *a, const struct key *b)
{
	return same_text(a->id, b->id) && same_text(a->name, b->name) && same_text(a->arn, b->arn);
}

static enum code link_hint(
	struct heed *h, struct target_of_events *t, struct hint *hint, struct err *e)
{
	struct hint_link *l = arena_alloc(&h->arena, sizeof(*l));

	if (!l)
		return err_nomem(e);
	l->hint = hint;
	h->n_links++;
	if (!t->links || hint->cause.at_ms >= t->links->hint->cause.at_ms) {
		l->next = t->links;
		t->links = l;
	} else {
		l->next = t->links->next;
		t->links->next = l;
	}
	return E_OK;
}

enum code errand_add_target(struct heed *h, const struct listing_plan *plan, struct str by,
	struct str key, struct hint *hint, struct err *e)
{
	const struct key as = { str_is(by, "id") ? key : STR_NONE,
		str_is(by, "name") ? key : STR_NONE, str_is(by, "arn") ? key : STR_NONE };
	struct target_of_events *t = h->targets;

	while (t && (t->plan != plan || !same_key(&t->key, &as)))
		t = t->next;
	if (t)
		return link_hint(h, t, hint, e);
	t = arena_alloc(&h->arena, sizeof(*t));
	if (!t)
		return err_nomem(e);
	*t = (struct target_of_events){ h->targets, plan, kept_key(&h->arena, &as), as.id.n > 0,
		str_is(by, "list"), NULL };
	if (!arena_ok(&h->arena) || link_hint(h, t, hint, e))
		return err_nomem(e);
	h->targets = t;
	return E_OK;
}

enum code errand_queue(struct heed *h, const struct errand_of *as, struct err *e)
{
	struct errand *w = arena_alloc(&h->arena, sizeof(*w));

	if (!w)
		return err_nomem(e);
	*w = (struct errand){ .next = h->queue, .heed = h, .as = *as };
	w->as.key = kept_key(&h->arena, &as->key);
	w->as.again = kept_key(&h->arena, &as->again);
	h->queue = w;
	h->n_queued++;
	return arena_ok(&h->arena) ? E_OK : err_nomem(e);
}

static void fail_hint(struct hint *hint)
{
	if (hint)
		hint->fate = HINT_FAILED;
}

/* Under the lock. */
static void note_failure(struct heed *h, const struct errand_of *as, const struct err *e)
{
	if (!h->sum->n_failed++)
		h->sum->why = *e;
	fail_hint(as->hint);
	for (struct hint_link *l = as->target ? as->target->links : NULL; l; l = l->next)
		fail_hint(l->hint);
}

/* Under the lock. */
static void note_fatal(struct heed *h, const struct err *e)
{
	if (!h->sweep.fatal.code)
		h->sweep.fatal = *e;
}

static struct describer describer_at(
	struct heed *h, const struct listing_plan *p, struct arena *a, struct expr *x)
{
	bool global_list = p->entry->scope == SCOPE_GLOBAL_LIST;

	return (struct describer){ .caller = &h->sweep.caller,
		.expr = x,
		.a = a,
		.at = { h->sweep.account, p->call_region, aws_partition(p->call_region) },
		.regions = global_list ? p->looks : NULL,
		.n_regions = global_list ? p->n_looks : 0 };
}

static bool cloud_lacks_it(const struct entry *t, enum code c, const struct aws_fault *fault)
{
	return t->fallback &&
	       (c == E_UNSUPPORTED || strcmp(fault->code, "UnsupportedActionException") == 0 ||
		       strcmp(fault->code, "TypeNotFoundException") == 0);
}

/* E_INVALID: it takes a listing. */
static enum code read_as(struct describer *d, const struct entry *t, const struct key *key,
	struct described *out, struct err *e)
{
	enum code c;

	do {
		*e = (struct err){ 0 };
		if (!describe_can_get(t))
			return err_set(e, E_INVALID, "%s has no way to read one resource", t->type);
		d->fault = (struct aws_fault){ "", 0 };
		c = describe_one(d, t, key, true, out, e);
		t = c && cloud_lacks_it(t, c, &d->fault) ? t->fallback : NULL;
	} while (t);
	return c;
}

/* What came of one errand. */
struct sight {
	struct described found;
	bool gone; /* what was known is gone; another may be there under its name */
	bool list;
	struct err why;
};

static void see(struct describer *d, const struct errand_of *as, struct sight *s)
{
	const struct entry *t = as->plan->entry;
	enum code c = read_as(d, t, &as->key, &s->found, &s->why);

	s->gone = !c && !s->found.there;
	if (s->gone && (as->again.name.n || as->again.arn.n))
		c = read_as(d, t, &as->again, &s->found, &s->why);
	if (!c && s->found.there && !s->found.o.id.n)
		c = err_set(&s->why, E_INVALID, "it gave no id");
	/* What the service itself finds invalid is no better in a listing. */
	s->list = c == E_INVALID && !d->fault.code[0];
	if (c)
		s->found.there = false;
}

/* Under the lock. */
static void stage(struct heed *h, const struct errand_of *as, struct sight *s)
{
	struct sweep *sweep = &h->sweep;
	int64_t cause = as->hint ? as->hint->number : 0;
	const struct record_named named = { str_of(as->plan->entry->type), str_of(sweep->account),
		as->key.id, STR_NONE, STR_NONE };
	struct err e = { 0 };

	if (s->gone && as->rid) {
		if (record_stage_gone(&sweep->record, as->rid, sweep_now_ms(sweep), &e) ||
			record_blame(&sweep->record, cause, &named, &e)) {
			note_fatal(h, &e);
			return;
		}
	}
	if (!s->found.there)
		return;
	s->found.o.captured_ms = sweep_now_ms(sweep);
	s->found.o.cause = cause;
	switch ((int)record_stage(&sweep->record, &s->found.o, &e)) {
	case E_OK: break;
	case E_INVALID:
	case E_TOOBIG: note_failure(h, as, &e); break;
	default: note_fatal(h, &e);
	}
}

static void settle(struct heed *h, const struct errand_of *as, struct sight *s)
{
	pthread_mutex_lock(&h->sweep.lock);
	if (s->list && as->never_list)
		s->why = (struct err){ 0 };
	else if (s->list)
		h->again[place_of(h, as->plan)] = true;
	else if (s->why.code)
		note_failure(h, as, &s->why);
	stage(h, as, s);
	pthread_mutex_unlock(&h->sweep.lock);
}

static void end(struct heed *h)
{
	pthread_mutex_lock(&h->sweep.lock);
	h->sweep.n_open--;
	pthread_cond_signal(&h->sweep.changed);
	pthread_mutex_unlock(&h->sweep.lock);
}

static void run_errand(void *ctx)
{
	struct errand *w = ctx;
	struct heed *h = w->heed;
	struct arena own = w->arena, a = ARENA_INIT(JOB_MAX_BYTES);
	struct sight s = { .found = { .there = false } };
	struct expr *x = NULL;
	struct describer d;

	if (!atomic_load(&h->sweep.stopped)) {
		if (sweep_take_expr(&h->sweep, &x, &s.why) == E_OK) {
			d = describer_at(h, w->as.plan, &a, x);
			see(&d, &w->as, &s);
		}
		sweep_give_expr(&h->sweep, x);
		settle(h, &w->as, &s);
	}
	arena_release(&a);
	arena_release(&own);
	end(h);
}

static enum code send(struct heed *h, const struct errand *queued, struct err *e)
{
	const struct listing_plan *p = queued->as.plan;
	struct arena a = ARENA_INIT(1 << 20);
	struct errand *w = arena_alloc(&a, sizeof(*w));
	struct str lane = arena_printf(&a, "%s %s",
		p->entry->service ? p->entry->service : p->entry->type, p->call_region);
	enum code c;

	if (!w || !arena_ok(&a)) {
		arena_release(&a);
		return err_nomem(e);
	}
	/* Keys stay where they are: the queue's arena outlives the crew. */
	*w = *queued;
	w->arena = a;
	pthread_mutex_lock(&h->sweep.lock);
	h->sweep.n_open++;
	pthread_mutex_unlock(&h->sweep.lock);
	c = crew_add(h->sweep.crew, lane.p, p->entry->conc, run_errand, w, e);
	if (c) {
		a = w->arena;
		arena_release(&a);
		end(h);
	}
	return c;
}

static enum code list_again(struct heed *h, size_t i, struct listing *l, struct err *e)
{
	struct sweep *s = &h->sweep;
	const struct listing_plan *p = &s->plan.listings[i];
	enum code c;

	*l = (struct listing){ .sweep = s, .plan = p, .entry = p->entry, .started_ms = s->now_ms };
	l->seen = arena_alloc(&s->arena, p->n_looks * sizeof(*l->seen));
	l->lane = arena_printf(&s->arena, "%s %s",
		p->entry->service ? p->entry->service : p->entry->type, p->call_region)
			  .p;
	if (!l->seen || !arena_ok(&s->arena))
		return err_nomem(e);
	h->listed[i] = true;
	pthread_mutex_lock(&s->lock);
	s->n_open++;
	pthread_mutex_unlock(&s->lock);
	c = listing_begin(l, e);
	if (c)
		end(h);
	return c;
}

static void judge_listing(struct heed *h, const struct listing *l)
{
	if (!l->why.code)
		return;
	if (!h->sum->n_failed++)
		h->sum->why = l->why;
	for (struct target_of_events *t = h->targets; t; t = t->next)
		for (struct hint_link *k = t->plan == l->plan ? t->links : NULL; k; k = k->next)
			fail_hint(k->hint);
}

static enum code run_listings(struct heed *h, struct login *login, struct err *e)
{
	size_t n = h->sweep.plan.n, used = 0;
	struct listing *listings;
	enum code c = E_OK;

	for (size_t i = 0; i < n; i++)
		used += h->again[i] && !h->listed[i];
	if (!used)
		return E_OK;
	listings = arena_alloc(&h->arena, used * sizeof(*listings));
	if (!listings)
		return err_nomem(e);
	used = 0;
	for (size_t i = 0; i < n && !c; i++)
		if (h->again[i] && !h->listed[i])
			c = list_again(h, i, &listings[used++], e);
	if (!c)
		c = sweep_wait(&h->sweep, login, e);
	for (size_t i = 0; i < used && !c; i++)
		judge_listing(h, &listings[i]);
	return c;
}

static enum code make_marks(struct heed *h, struct err *e)
{
	size_t n = h->sweep.plan.n + 1;

	if (h->again)
		return E_OK;
	h->again = arena_alloc(&h->arena, n * sizeof(*h->again));
	h->listed = arena_alloc(&h->arena, n * sizeof(*h->listed));
	return h->again && h->listed ? E_OK : err_nomem(e);
}

enum code errand_list(struct heed *h, const struct listing_plan *plan, struct err *e)
{
	if (make_marks(h, e))
		return e->code;
	h->again[place_of(h, plan)] = true;
	return E_OK;
}

enum code errands_run(struct heed *h, struct login *login, struct err *e)
{
	struct errand *queue = h->queue;
	enum code c = make_marks(h, e);

	h->queue = NULL;
	for (const struct errand *w = queue; w && !c; w = w->next)
		c = send(h, w, e);
	if (!c)
		c = sweep_wait(&h->sweep, login, e);
	return c ? c : run_listings(h, login, e);
}
