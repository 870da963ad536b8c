/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/unseen.h"

#include "discover/exec.h"
#include "json/path.h"
#include <stdlib.h>

enum {
	KEYS_MAX_BYTES = 1 << 30,
	JOB_MAX_BYTES = 256 << 20,
};

/* One resource to be looked at; a job of its own, or one of a list. */
struct missing {
	struct arena arena; /* of the job, and first in it; unused in a list */
	struct listing *listing;
	struct missing *next;
	int64_t rid;
	struct key key;
	const char *region;
};

struct gathering {
	struct listing *l;
	struct arena *a;
	struct missing *first, **last;
	size_t n;
};

static struct str kept(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NONE;
}

static enum code gather(void *ctx, const struct unseen *u, struct err *e)
{
	struct gathering *g = ctx;
	struct missing *m = arena_alloc(g->a, sizeof(*m));

	if (!m)
		return err_nomem(e);
	m->listing = g->l;
	m->rid = u->rid;
	m->key = (struct key){ kept(g->a, u->id), kept(g->a, u->name), kept(g->a, u->arn) };
	m->region = arena_text(g->a, u->region);
	*g->last = m;
	g->last = &m->next;
	g->n++;
	return arena_ok(g->a) ? E_OK : err_nomem(e);
}

static enum code find_missing(struct gathering *g, struct err *e)
{
	struct listing *l = g->l;
	struct sweep *s = l->sweep;
	enum code c = E_OK;

	pthread_mutex_lock(&s->lock);
	for (size_t i = 0; i < l->plan->n_looks && !c; i++)
		c = record_unseen(&s->record, str_of(s->account), str_of(l->plan->looks[i]),
			str_of(l->entry->type), gather, g, e);
	pthread_mutex_unlock(&s->lock);
	return c;
}

/* Under the lock. */
static void stage_gone(struct listing *l, int64_t rid)
{
	struct sweep *s = l->sweep;
	struct err e = { 0 };

	if (record_stage_gone(&s->record, rid, sweep_now_ms(s), &e) && !s->fatal.code)
		s->fatal = e;
}

/* Under the lock. */
static void note_answering(struct listing *l, const struct missing *m)
{
	if (!l->n_answering++)
		l->answering = arena_text(&l->sweep->arena, m->key.id);
}

static void settle(struct missing *m, bool there, const struct err *e, const struct describer *d)
{
	struct listing *l = m->listing;

	pthread_mutex_lock(&l->sweep->lock);
	l->calls += d->calls;
	if (e->code)
		listing_note_failure(l, e, &d->fault);
	else if (there)
		note_answering(l, m);
	else
		stage_gone(l, m->rid);
	pthread_mutex_unlock(&l->sweep->lock);
}

static void look_at(struct missing *m, struct arena *a)
{
	struct listing *l = m->listing;
	struct sweep *s = l->sweep;
	struct describer d = listing_describer(l, a, NULL);
	struct described found = { .there = true };
	struct err e = { 0 };
	enum code c;

	if (l->entry->engine == ENGINE_EXEC) {
		c = exec_is_there(l->entry, &d.at, m->key.id, &found.there, &e);
	} else {
		c = sweep_take_expr(s, &d.expr, &e);
		if (!c)
			c = describe_one(&d, l->entry, &m->key, false, &found, &e);
		sweep_give_expr(s, d.expr);
	}
	if (c)
		(void)err_add(&e, "confirm that \"%.*s\" is gone",
			(int)(m->key.id.n < 200 ? m->key.id.n : 200), m->key.id.p);
	settle(m, found.there, &e, &d);
}

static void run_missing(void *ctx)
{
	struct missing *m = ctx;
	struct listing *l = m->listing;
	struct arena own = m->arena;

	if (!atomic_load(&l->sweep->stopped)) {
		struct arena a = ARENA_INIT(JOB_MAX_BYTES);

		look_at(m, &a);
		arena_release(&a);
	}
	arena_release(&own);
	listing_end_job(l);
}

/* A copy of @m that outlives the list; its arena stands first in it, as in all jobs of a
 * listing, so that one function can drop any of them. */
static enum code add_job(const struct missing *m, struct err *e)
{
	struct listing *l = m->listing;
	struct arena a = ARENA_INIT(1 << 20);
	struct missing *job = arena_alloc(&a, sizeof(*job));
	enum code c;

	if (!job)
		return err_nomem(e);
	*job = (struct missing){ .listing = l,
		.rid = m->rid,
		.key = { kept(&a, m->key.id), kept(&a, m->key.name), kept(&a, m->key.arn) },
		.region = arena_text(&a, str_of(m->region)) };
	if (!arena_ok(&a)) {
		arena_release(&a);
		return err_nomem(e);
	}
	job->arena = a;
	pthread_mutex_lock(&l->sweep->lock);
	l->pending++;
	pthread_mutex_unlock(&l->sweep->lock);
	c = crew_add(l->sweep->crew, l->lane, l->entry->conc, run_missing, job, e);
	if (c) {
		arena_release(&a);
		listing_end_job(l);
	}
	return c;
}

/* The ids of a second listing. */
struct ids {
	struct listing *l;
	struct arena *a;
	struct str *at;
	size_t n, cap;
	int64_t calls;
	struct aws_fault fault;
	struct err *e;
	struct json *page;
	const struct json *parent;
};

static void add_id(struct ids *ids, struct str id)
{
	if (ids->n == ids->cap) {
		size_t cap = ids->cap ? ids->cap * 2 : 256;
		struct str *more = arena_alloc(ids->a, cap * sizeof(*more));

		if (!more)
			return;
		if (ids->n)
			memcpy(more, ids->at, ids->n * sizeof(*more));
		ids->at = more;
		ids->cap = cap;
	}
	ids->at[ids->n++] = kept(ids->a, id);
}

static bool take_id(void *ctx, const struct json_place *place)
{
	struct ids *ids = ctx;
	struct sweep *s = ids->l->sweep;
	struct arena a = ARENA_INIT(JOB_MAX_BYTES);
	struct describer d = listing_describer(ids->l, &a, NULL);
	struct described found = { .there = false };
	struct json *item = listing_item(ids->l, &a, place->value, ids->page, ids->parent);
	enum code c = item ? sweep_take_expr(s, &d.expr, ids->e) : err_nomem(ids->e);

	if (!c)
		c = describe_listed(&d, ids->l->entry, item, false, &found, ids->e);
	sweep_give_expr(s, d.expr);
	ids->calls += d.calls;
	ids->fault = d.fault;
	if (!c && found.there && !found.o.id.p)
		c = err_set(ids->e, E_CORRUPT, "a %s without an id", ids->l->entry->type);
	if (!c && found.there)
		add_id(ids, found.o.id);
	arena_release(&a);
	return !c && !atomic_load(&s->stopped);
}

static enum code take_page(void *ctx, struct json *page, struct err *e)
{
	struct ids *ids = ctx;

	ids->calls++;
	ids->page = page;
	ids->e = e;
	json_visit_response(page, ids->l->entry->list.items, take_id, ids);
	if (!e->code && !arena_ok(ids->a))
		return err_nomem(e);
	if (!e->code && atomic_load(&ids->l->sweep->stopped))
		return err_set(e, E_CANCELED, "stopped");
	return e->code;
}

static int by_bytes(const void *left, const void *right)
{
	const struct str *a = left, *b = right;

	return str_cmp(*a, *b);
}

static enum code list_again(struct gathering *g, struct err *e)
{
	struct listing *l = g->l;
	struct ids ids = { .l = l, .a = g->a };
	struct json *parents = NULL;
	enum code c = listing_parents(l, g->a, &parents, e);

	for (const struct json *v = c ? NULL : parents->first; v && !c; v = v->next) {
		ids.parent = l->entry->n_parents ? v : NULL;
		c = listing_pages(l, ids.parent, take_page, &ids, &ids.fault, e);
	}
	pthread_mutex_lock(&l->sweep->lock);
	l->calls += ids.calls;
	if (c)
		l->fault = ids.fault;
	pthread_mutex_unlock(&l->sweep->lock);
	if (c)
		return err_add(e, "list a second time");
	if (ids.n)
		qsort(ids.at, ids.n, sizeof(*ids.at), by_bytes);
	pthread_mutex_lock(&l->sweep->lock);
	for (const struct missing *m = g->first; m; m = m->next) {
		if (ids.n && bsearch(&m->key.id, ids.at, ids.n, sizeof(*ids.at), by_bytes))
			note_answering(l, m);
		else
			stage_gone(l, m->rid);
	}
	pthread_mutex_unlock(&l->sweep->lock);
	return E_OK;
}

static enum code confirm(struct gathering *g, struct err *e)
{
	enum code c = find_missing(g, e);

	if (c) {
		sweep_fatal(g->l->sweep, e);
		return E_OK;
	}
	if (!g->n)
		return E_OK;
	if (g->l->entry->engine == ENGINE_NATIVE && !describe_can_get(g->l->entry))
		return list_again(g, e);
	for (const struct missing *m = g->first; m && !c; m = m->next)
		c = add_job(m, e);
	return c;
}

void unseen_confirm(struct listing *l)
{
	struct arena a = ARENA_INIT(KEYS_MAX_BYTES);
	struct gathering g = { l, &a, NULL, &g.first, 0 };
	struct err e = { 0 };

	if (confirm(&g, &e)) {
		pthread_mutex_lock(&l->sweep->lock);
		listing_note_failure(l, &e, NULL);
		pthread_mutex_unlock(&l->sweep->lock);
	}
	arena_release(&a);
}
