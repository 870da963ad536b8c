/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/listing.h"

#include "discover/call.h"
#include "discover/exec.h"
#include "discover/knowing.h"
#include "discover/unseen.h"
#include "json/path.h"

enum {
	JOB_MAX_BYTES = 256 << 20, /* one resource with all its parts */
};

/* A job of a listing. It lives in its own arena. */
struct work {
	struct arena arena;
	struct listing *listing;
	struct json *item; /* NULL: the listing itself */
	struct known_mark mark;
	bool marked;
};

/* The arena stands first in every job, and the job in its arena. */
void listing_drop_job(void *ctx)
{
	struct arena a = *(struct arena *)ctx;

	arena_release(&a);
}

static struct work *make_work(struct listing *l)
{
	struct arena a = ARENA_INIT(JOB_MAX_BYTES);
	struct work *w = arena_alloc(&a, sizeof(*w));

	if (!w)
		return NULL;
	w->arena = a;
	w->listing = l;
	return w;
}

struct describer listing_describer(struct listing *l, struct arena *a, struct expr *x)
{
	bool global_list = l->entry->scope == SCOPE_GLOBAL_LIST;

	return (struct describer){ .caller = &l->sweep->caller,
		.expr = x,
		.a = a,
		.at = { l->sweep->account, l->plan->call_region,
			aws_partition(l->plan->call_region) },
		.regions = global_list ? l->plan->looks : NULL,
		.n_regions = global_list ? l->plan->n_looks : 0 };
}

void listing_note_failure(struct listing *l, const struct err *e, const struct aws_fault *fault)
{
	l->n_failed++;
	if (l->why.code)
		return;
	l->why = *e;
	if (fault)
		l->fault = *fault;
}

static bool is_stores_fault(enum code c)
{
	return c != E_OK && c != E_INVALID && c != E_TOOBIG;
}

/* Which look a resource counts for. */
static size_t look_of(const struct listing *l, struct str region)
{
	for (size_t i = 0; i < l->plan->n_looks; i++)
		if (str_is(region, l->plan->looks[i]))
			return i;
	return 0;
}

static void stage(struct listing *l, struct observation *o, struct err *e)
{
	struct sweep *s = l->sweep;
	enum code c;

	o->captured_ms = sweep_now_ms(s);
	pthread_mutex_lock(&s->lock);
	l->any = true;
	l->seen[look_of(l, o->region)]++;
	c = record_stage(&s->record, o, e);
	if (!c)
		s->seen++;
	pthread_mutex_unlock(&s->lock);
	if (is_stores_fault(c))
		sweep_fatal(s, e);
}

/* Describe an item and stage what it is. @mark: what its listing said of it, or NULL. */
static enum knowing_outcome take_item(
	struct listing *l, struct arena *a, struct json *item, struct known_mark *mark)
{
	struct sweep *s = l->sweep;
	const bool version = knowing_has_version(l, item);
	struct expr *x = NULL;
	struct err e = { 0 };
	struct describer d;
	struct described found = { .there = false };
	enum code c = sweep_take_expr(s, &x, &e);

	d = listing_describer(l, a, x);
	if (!c)
		c = describe_listed(&d, l->entry, item, true, &found, &e);
	if (!c && found.there && mark && knowing_vouches(l, mark, version, d.calls))
		found.o.mark = mark;
	if (!c && found.there)
		stage(l, &found.o, &e);
	sweep_give_expr(s, x);
	pthread_mutex_lock(&s->lock);
	l->calls += d.calls;
	if (e.code) {
		l->any = true;
		listing_note_failure(l, &e, &d.fault);
	}
	pthread_mutex_unlock(&s->lock);
	return e.code || d.calls ? KNOWING_DOUBT : found.there ? KNOWING_RESOURCE : KNOWING_NOTHING;
}

static void run_item(void *ctx)
{
	struct work *w = ctx;
	struct listing *l = w->listing;

	if (!atomic_load(&l->sweep->stopped))
		(void)take_item(l, &w->arena, w->item, w->marked ? &w->mark : NULL);
	listing_drop_job(w);
	listing_end_job(l);
}

struct json *listing_item(struct listing *l, struct arena *a, const struct json *listed,
	struct json *page, const struct json *parent)
{
	const struct entry *t = l->entry;
	struct describer d = listing_describer(l, a, NULL);
	struct json *item = json_copy(a, listed), *whole = item;

	if (item && t->list_as && item->kind != JSON_OBJECT) {
		whole = json_new(a, JSON_OBJECT);
		if (whole)
			json_set(whole, str_of(t->list_as), item);
	}
	if (whole)
		describe_carry(a, t->list.carry, page, whole);
	if (whole && whole->kind == JSON_OBJECT)
		describe_set(&d, t->list_set, parent, whole);
	return arena_ok(a) ? whole : NULL;
}

/* @w is the crew's from here on, whatever happens. */
static enum code add_job(struct work *w, crew_job_fn *run, struct err *e)
{
	struct listing *l = w->listing;
	enum code c;

	if (!w->item || !arena_ok(&w->arena)) {
		listing_drop_job(w);
		return err_nomem(e);
	}
	pthread_mutex_lock(&l->sweep->lock);
	l->pending++;
	pthread_mutex_unlock(&l->sweep->lock);
	c = crew_add(l->sweep->crew, l->lane, l->entry->conc, run, w, e);
	if (c) {
		listing_drop_job(w);
		listing_end_job(l);
	}
	return c;
}

/* The pages of one call of the list operation. */
struct paging {
	struct listing *l;
	const struct json *parent;
	struct json *page;
	struct knowing knowing;
	struct err *e;
};

static enum code add_item_job(const struct paging *p, const struct json *listed,
	const struct known_mark *mark, struct err *e)
{
	struct work *w = make_work(p->l);

	if (!w)
		return err_nomem(e);
	w->marked = mark != NULL;
	if (mark)
		w->mark = *mark;
	w->item = listing_item(p->l, &w->arena, listed, p->page, p->parent);
	return add_job(w, run_item, e);
}

static bool take_place(void *ctx, const struct json_place *place)
{
	struct paging *p = ctx;
	struct arena a = ARENA_INIT(JOB_MAX_BYTES);
	struct known_mark mark;
	bool marked, same;
	struct json *item;

	if (atomic_load(&p->l->sweep->stopped)) {
		(void)err_set(p->e, E_CANCELED, "stopped");
		return false;
	}
	if (knowing_item(&p->knowing, place->value, &mark, &marked, &same, p->e) || same)
		return !p->e->code;
	if (entry_needs_calls(p->l->entry))
		return add_item_job(p, place->value, marked ? &mark : NULL, p->e) == E_OK;
	item = listing_item(p->l, &a, place->value, p->page, p->parent);
	if (item)
		knowing_tell(&p->knowing, take_item(p->l, &a, item, marked ? &mark : NULL));
	else
		(void)err_nomem(p->e);
	arena_release(&a);
	return !p->e->code;
}

static enum code take_page(void *ctx, struct json *page, struct err *e)
{
	struct paging *p = ctx;
	struct listing *l = p->l;
	bool cloud = l->entry->engine == ENGINE_CLOUDCONTROL, same;
	const char *items = cloud ? "ResourceDescriptions[]" : l->entry->list.items;

	pthread_mutex_lock(&l->sweep->lock);
	l->calls++;
	l->n_pages++;
	pthread_mutex_unlock(&l->sweep->lock);
	p->page = page;
	p->e = e;
	if (knowing_page(&p->knowing, page, items, &same, e))
		return e->code;
	if (!same)
		json_visit_response(page, items, take_place, p);
	return e->code ? e->code : knowing_end_page(&p->knowing, e);
}

/* What @step lists for @parent goes behind @out. */
static enum code add_parents(struct describer *d, const struct entry_step *step,
	const struct json *parent, struct json *out, struct err *e)
{
	struct known known[] = { CALL_KNOWN(d), { NULL, STR_NONE } };
	struct bindings b = { parent, known };
	struct json *before = out->last;
	struct err why = { 0 };
	enum code c = call_gather(d, &step->call, &b, out, &why);

	if (c && !call_failed_with(d, step->call.gone)) {
		*e = why;
		return c;
	}
	for (struct json *v = before ? before->next : out->first; v; v = v->next)
		if (v->kind == JSON_OBJECT)
			describe_set(d, step->set, parent, v);
	return arena_ok(d->a) ? E_OK : err_nomem(e);
}

enum code listing_parents(struct listing *l, struct arena *a, struct json **out, struct err *e)
{
	const struct entry *t = l->entry;
	struct describer d = listing_describer(l, a, NULL);
	struct json *level = json_new(a, JSON_ARRAY), *next = NULL;
	enum code c = E_OK;

	json_push(level, json_new(a, JSON_NULL));
	for (size_t i = 0; i < t->n_parents && !c && level; i++, level = next) {
		next = json_new(a, JSON_ARRAY);
		for (struct json *v = level->first; v && next && !c; v = v->next)
			c = atomic_load(&l->sweep->stopped)
				    ? err_set(e, E_CANCELED, "stopped")
				    : add_parents(&d, &t->parents[i], i ? v : NULL, next, e);
	}
	pthread_mutex_lock(&l->sweep->lock);
	l->calls += d.calls;
	if (c)
		l->fault = d.fault;
	pthread_mutex_unlock(&l->sweep->lock);
	*out = level;
	return c || arena_ok(a) ? c : err_nomem(e);
}

/* A parent that went while its children were listed has none; and what there is one of at most (a registry's
 * policy) is asked for, not listed. */
static bool says_none(const struct entry *t, bool child, enum code c, const struct aws_fault *fault)
{
	const struct json *gone = t->list.gone;

	if (t->engine == ENGINE_NATIVE && c == E_NOTFOUND && fault->code[0] &&
		(child || !strstr(t->list.items, "[]")))
		return true;
	if (t->engine == ENGINE_CLOUDCONTROL && child &&
		strcmp(fault->code, "ResourceNotFoundException") == 0)
		return true;
	for (const struct json *v = gone ? gone->first : NULL; v; v = v->next)
		if (fault->code[0] && str_is(v->text, fault->code))
			return true;
	return false;
}

enum code listing_pages(struct listing *l, const struct json *parent, aws_page_fn *fn, void *ctx,
	struct aws_fault *fault, struct err *e)
{
	const struct entry *t = l->entry;
	bool cloud = t->engine == ENGINE_CLOUDCONTROL;
	struct arena a = ARENA_INIT(1 << 20);
	struct describer d = listing_describer(l, &a, NULL);
	struct known known[] = { { "region", str_of(d.at.region) },
		{ "account", str_of(d.at.account) }, { "partition", str_of(d.at.partition) },
		{ NULL, STR_NONE } };
	struct bindings b = { parent, known };
	struct json *params = NULL;
	struct aws_call call = { cloud ? "cloudcontrol" : t->list.service,
		cloud ? "ListResources" : t->list.op, d.at.region, NULL };
	enum code c = t->list.params ? template_json(&a, t->list.params, &b, &params, e) : E_OK;

	if (!c && cloud && !params)
		params = json_new(&a, JSON_OBJECT);
	if (!c && cloud && params)
		json_set(params, STR("TypeName"), json_string(&a, str_of(t->type)));
	call.params = params;
	if (!c && !arena_ok(&a))
		c = err_nomem(e);
	if (!c)
		c = l->sweep->caller.pages(
			l->sweep->caller.ctx, &call, t->list.page_size, fn, ctx, fault, e);
	if (c && says_none(t, parent != NULL, c, fault)) {
		*e = (struct err){ 0 };
		c = E_OK;
	}
	arena_release(&a);
	return c;
}

/* Cloud Control is not there, or does not do this type. */
static bool wants_fallback(const struct listing *l, enum code c, const struct aws_fault *fault)
{
	return l->entry->fallback && !l->n_pages &&
	       (c == E_UNSUPPORTED || strcmp(fault->code, "UnsupportedActionException") == 0 ||
		       strcmp(fault->code, "TypeNotFoundException") == 0);
}

static enum code list_for(
	struct listing *l, const struct json *parent, struct aws_fault *fault, struct err *e)
{
	struct paging p = { .l = l, .parent = parent, .e = e };
	enum code c;

	knowing_begin(&p.knowing, l, parent);
	c = listing_pages(l, parent, take_page, &p, fault, e);
	knowing_end(&p.knowing);
	return c;
}

/* The children of one parent. */
static void run_parent(void *ctx)
{
	struct work *w = ctx;
	struct listing *l = w->listing;
	struct aws_fault fault = { "", 0 };
	struct err e = { 0 };

	if (!atomic_load(&l->sweep->stopped) && list_for(l, w->item, &fault, &e)) {
		pthread_mutex_lock(&l->sweep->lock);
		if (!l->why.code)
			l->list_failed = true;
		listing_note_failure(l, &e, &fault);
		pthread_mutex_unlock(&l->sweep->lock);
	}
	listing_drop_job(w);
	listing_end_job(l);
}

/* The first parent's children are listed at once: what they answer says whether Cloud Control does
 * this type. Those of the others are jobs. */
static enum code list_entry(struct listing *l, struct aws_fault *fault, struct err *e)
{
	struct arena a = ARENA_INIT(JOB_MAX_BYTES);
	struct json *parents = NULL, *first = NULL;
	enum code c = listing_parents(l, &a, &parents, e);

	if (c)
		*fault = l->fault;
	else
		first = parents->first;
	if (first)
		c = list_for(l, l->entry->n_parents ? first : NULL, fault, e);
	for (const struct json *v = first ? first->next : NULL; v && !c; v = v->next) {
		struct work *w = make_work(l);

		if (!w) {
			c = err_nomem(e);
			break;
		}
		w->item = json_copy(&w->arena, v);
		c = add_job(w, run_parent, e);
	}
	arena_release(&a);
	return c;
}

static enum code list_aws(struct listing *l, struct aws_fault *fault, struct err *e)
{
	struct err first = { 0 };
	enum code c = list_entry(l, fault, &first);

	if (c && wants_fallback(l, c, fault)) {
		l->entry = l->entry->fallback;
		l->fault = (struct aws_fault){ "", 0 };
		*fault = (struct aws_fault){ "", 0 };
		c = list_entry(l, fault, e);
	} else if (c) {
		*e = first;
	}
	if (!c)
		l->complete = true;
	return c;
}

static enum code take_line(void *ctx, struct observation *o, struct err *e)
{
	struct listing *l = ctx;
	struct err item = { 0 };

	if (atomic_load(&l->sweep->stopped))
		return err_set(e, E_CANCELED, "stopped");
	stage(l, o, &item);
	if (item.code) {
		pthread_mutex_lock(&l->sweep->lock);
		listing_note_failure(l, &item, NULL);
		pthread_mutex_unlock(&l->sweep->lock);
	}
	return E_OK;
}

static enum code list_exec(struct listing *l, struct err *e)
{
	struct place at = { l->sweep->account, l->plan->call_region, "aws" };
	enum code c = exec_list(l->entry, &at, take_line, l, &l->complete, e);

	if (!c && !l->complete)
		c = err_set(e, E_CORRUPT, "it did not say that its listing is complete");
	return c;
}

static void run_list(void *ctx)
{
	struct work *w = ctx;
	struct listing *l = w->listing;
	struct aws_fault fault = { "", 0 };
	struct err e = { 0 };
	enum code c = E_OK;

	l->started_ms = sweep_now_ms(l->sweep);
	if (!atomic_load(&l->sweep->stopped))
		c = l->entry->engine == ENGINE_EXEC ? list_exec(l, &e) : list_aws(l, &fault, &e);
	pthread_mutex_lock(&l->sweep->lock);
	if (c) {
		l->list_failed = true;
		l->why = e;
		l->fault = fault;
	}
	pthread_mutex_unlock(&l->sweep->lock);
	listing_drop_job(w);
	listing_end_job(l);
}

enum code listing_begin(struct listing *l, struct err *e)
{
	struct work *w;
	enum code c;

	l->pending = 1;
	if (l->refused) {
		listing_end_job(l);
		return E_OK;
	}
	w = make_work(l);
	if (!w)
		return err_nomem(e);
	c = crew_add(l->sweep->crew, l->lane, l->entry->conc, run_list, w, e);
	if (c)
		listing_drop_job(w);
	return c;
}

/* Under the lock: the looks go into the record. */
static void conclude(struct listing *l)
{
	struct sweep *s = l->sweep;
	struct err e = { 0 };
	const char *reason = NULL;
	enum look_outcome outcome = listing_outcome(l, &s->arena, &reason);
	enum code c = E_OK;

	l->ended_ms = sweep_now_ms(s);
	for (size_t i = 0; i < l->plan->n_looks && !c; i++) {
		struct look look = { .account = str_of(s->account),
			.region = str_of(l->plan->looks[i]),
			.type = str_of(l->entry->type),
			.started_ms = l->started_ms,
			.ended_ms = l->ended_ms,
			.outcome = outcome,
			.reason = reason,
			.code = l->fault.code[0] && outcome != LOOK_COMPLETE ? l->fault.code : NULL,
			.seen = l->seen[i],
			.calls = i ? 0 : l->calls };

		c = record_look(&s->record, &look, &e);
	}
	if (c && !s->fatal.code)
		s->fatal = e;
	l->phase = PHASE_DONE;
	s->n_open--;
	s->looks_done += (int64_t)l->plan->n_looks;
	pthread_cond_signal(&s->changed);
}

/* The last job of a phase leads to the next one. Twice at most: for the listing, then for what it did not come across. */
// NOLINTNEXTLINE(misc-no-recursion)
void listing_end_job(struct listing *l)
{
	struct sweep *s = l->sweep;
	bool confirm;

	pthread_mutex_lock(&s->lock);
	if (--l->pending) {
		pthread_mutex_unlock(&s->lock);
		return;
	}
	confirm = l->phase == PHASE_LISTING && l->complete && !l->why.code &&
		  !atomic_load(&s->stopped);
	if (confirm) {
		l->phase = PHASE_CONFIRMING;
		l->pending = 1; /* ours, until all of its jobs are there */
	} else {
		conclude(l);
	}
	pthread_mutex_unlock(&s->lock);
	if (confirm) {
		unseen_confirm(l);
		listing_end_job(l);
	}
}

enum look_outcome listing_outcome(const struct listing *l, struct arena *a, const char **reason)
{
	*reason = NULL;
	if (!l->why.code && l->complete)
		return LOOK_COMPLETE;
	if (l->list_failed || !l->why.code)
		*reason = arena_text(a, str_of(l->why.code ? l->why.msg : "stopped"));
	else
		*reason = arena_printf(a, "%lld resource%s could not be read; the first: %s",
			(long long)l->n_failed, l->n_failed == 1 ? "" : "s", l->why.msg)
				  .p;
	if (!l->list_failed || l->any)
		return LOOK_PARTIAL;
	return l->why.code == E_UNSUPPORTED && !l->once ? LOOK_UNSUPPORTED : LOOK_FAILED;
}
