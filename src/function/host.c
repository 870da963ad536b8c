/* SPDX-License-Identifier: Apache-2.0 */
#include "function/host.h"

#include "base/mem.h"
#include "base/time.h"
#include "function/nest.h"
#include "function/sandbox.h"
#include <errno.h>
#include <time.h>

#define CHILDREN_MAX 16

enum state { BUSY, IDLE, ENDING, ENDED };

/* Where a sandbox stands; in the host's list until it is closed. */
struct slot {
	struct slot *next;
	struct sandbox *sandbox;
	enum state state;
	int64_t since_ms;
};

struct function_host {
	struct function_host_options o;
	pthread_mutex_t lock;
	pthread_cond_t came; /* a result, or the end of a sandbox */
	struct slot *slots;
	struct work *first, **last; /* results */
	int pending;
	int expected; /* of those, elsewhere */
	bool stopped;
};

static struct slot *slot_of(struct function_host *h, const struct sandbox *s)
{
	struct slot *i = h->slots;

	while (i && i->sandbox != s)
		i = i->next;
	return i;
}

/* On a sandbox's thread; it may be sooner done than it was put into the list, so the lock is held meanwhile. */
static void on_done(void *owner, struct sandbox *s, struct work *w)
{
	struct function_host *h = owner;
	struct slot *slot;

	pthread_mutex_lock(&h->lock);
	slot = slot_of(h, s);
	if (slot) {
		slot->since_ms = time_ticks_ms();
		if (!w)
			slot->state = ENDED;
		else if (slot->state == BUSY)
			slot->state = s->over ? ENDING : IDLE;
	}
	if (w) {
		*h->last = w;
		h->last = &w->next;
	}
	pthread_cond_broadcast(&h->came);
	pthread_mutex_unlock(&h->lock);
}

enum code function_host_open(
	struct function_host **out, const struct function_host_options *options, struct err *e)
{
	struct function_host *h = mem_alloc(sizeof(*h));
	pthread_condattr_t clock;

	if (!h)
		return err_nomem(e);
	h->o = *options;
	if (!h->o.children_max)
		h->o.children_max = CHILDREN_MAX;
	h->last = &h->first;
	nest_sweep(h->o.scratch);
	pthread_mutex_init(&h->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&h->came, &clock);
	pthread_condattr_destroy(&clock);
	*out = h;
	return E_OK;
}

/* Takes those that have ended out of the list; the lock is held. */
static struct slot *take_ended(struct function_host *h)
{
	struct slot *ended = NULL;

	for (struct slot **p = &h->slots; *p;) {
		struct slot *s = *p;

		if (s->state != ENDED) {
			p = &s->next;
			continue;
		}
		*p = s->next;
		s->next = ended;
		ended = s;
	}
	return ended;
}

static void close_all(struct slot *ended)
{
	while (ended) {
		struct slot *s = ended;

		ended = s->next;
		sandbox_close(s->sandbox);
		mem_free(s);
	}
}

static void let_go(struct slot *s)
{
	if (s->state == ENDING || s->state == ENDED)
		return;
	s->state = ENDING;
	sandbox_stop(s->sandbox);
}

void function_host_stop(struct function_host *h)
{
	pthread_mutex_lock(&h->lock);
	h->stopped = true;
	for (struct slot *s = h->slots; s; s = s->next)
		let_go(s);
	pthread_mutex_unlock(&h->lock);
}

void function_host_close(struct function_host *h)
{
	if (!h)
		return;
	function_host_stop(h);
	pthread_mutex_lock(&h->lock);
	while (h->slots) {
		struct slot *ended = take_ended(h);

		if (!ended) {
			pthread_cond_wait(&h->came, &h->lock);
			continue;
		}
		pthread_mutex_unlock(&h->lock);
		close_all(ended);
		pthread_mutex_lock(&h->lock);
	}
	pthread_mutex_unlock(&h->lock);
	while (h->first) {
		struct work *w = h->first;

		h->first = w->next;
		work_free(w);
	}
	pthread_cond_destroy(&h->came);
	pthread_mutex_destroy(&h->lock);
	mem_free(h);
}

/* What is there of a function; the lock is held, as for the two below. */
struct census {
	struct slot *idle;   /* of this very function */
	struct slot *eldest; /* idle, of any other */
	int busy;            /* of the function */
	int all;
};

static struct census count(struct function_host *h, const struct function_call *call)
{
	struct census n = { 0 };

	for (struct slot *s = h->slots; s; s = s->next) {
		const bool same = strcmp(sandbox_function(s->sandbox), call->hosted->name) == 0;

		if (s->state == ENDED)
			continue;
		n.all++;
		if (s->state == IDLE &&
			sandbox_is_of(s->sandbox, call->hosted, call->account, call->region))
			n.idle = s;
		else if (s->state == IDLE && (!n.eldest || s->since_ms < n.eldest->since_ms))
			n.eldest = s;
		if (s->state == BUSY && same)
			n.busy++;
		/* Of a version that was changed since there is nothing more to be had. */
		if (s->state == IDLE && same && sandbox_is_older(s->sandbox, call->hosted))
			let_go(s);
	}
	return n;
}

static enum code begin(
	struct function_host *h, const struct function_call *call, struct work *w, struct err *e)
{
	const struct sandbox_options o = { .host = &h->o,
		.spec = call->hosted,
		.account = call->account,
		.region = call->region,
		.done = on_done,
		.owner = h };
	struct slot *s = mem_alloc(sizeof(*s));

	if (!s)
		return err_nomem(e);
	if (sandbox_open(&s->sandbox, &o, w, e)) {
		mem_free(s);
		return e->code;
	}
	s->state = BUSY;
	s->next = h->slots;
	h->slots = s;
	return E_OK;
}

static enum code place(
	struct function_host *h, const struct function_call *call, struct work *w, struct err *e)
{
	const struct census n = count(h, call);

	if (h->stopped)
		return err_set(e, E_CANCELED, "stopped");
	if (n.busy >= call->hosted->concurrency)
		return err_set(
			e, E_BUSY, "function \"%s\" runs as often as it may", call->hosted->name);
	if (n.idle && sandbox_give(n.idle->sandbox, w)) {
		n.idle->state = BUSY;
		return E_OK;
	}
	if (n.idle)
		n.idle->state = ENDING;
	if (n.all < h->o.children_max)
		return begin(h, call, w, e);
	if (n.eldest)
		let_go(n.eldest);
	return err_set(e, E_BUSY, "%d functions are running", n.all);
}

enum code function_host_start(
	struct function_host *h, const struct function_call *call, struct err *e)
{
	struct work *w = work_make(call);
	struct slot *ended;
	enum code c;

	if (!w)
		return call->event.n > FUNCTION_ANSWER_MAX
			       ? err_set(e, E_TOOBIG, "an event for a function is larger than 6 MB")
			       : err_nomem(e);
	pthread_mutex_lock(&h->lock);
	ended = take_ended(h);
	c = place(h, call, w, e);
	if (!c)
		h->pending++;
	pthread_mutex_unlock(&h->lock);
	close_all(ended);
	if (c)
		work_free(w);
	return c;
}

static struct work *take_result(struct function_host *h, int64_t wait_ms)
{
	const int64_t due = time_ticks_ms() + wait_ms;
	const struct timespec until = { due / 1000, (due % 1000) * 1000000 };
	struct work *w;

	while (!h->first && h->pending && time_ticks_ms() < due)
		if (pthread_cond_timedwait(&h->came, &h->lock, &until) == ETIMEDOUT)
			break;
	w = h->first;
	if (!w)
		return NULL;
	h->first = w->next;
	if (!h->first)
		h->last = &h->first;
	h->pending--;
	return w;
}

enum code function_host_reap(
	struct function_host *h, int64_t wait_ms, struct function_result *out, struct err *e)
{
	static const struct function_result none = FUNCTION_RESULT_INIT;
	struct slot *ended;
	struct work *w;

	(void)e;
	pthread_mutex_lock(&h->lock);
	w = take_result(h, wait_ms);
	ended = take_ended(h);
	pthread_mutex_unlock(&h->lock);
	close_all(ended);
	if (!w)
		return E_NOTFOUND;
	function_result_release(out);
	*out = w->result;
	w->result = none;
	work_free(w);
	return E_OK;
}

enum code function_host_expect(struct function_host *h, int most, struct err *e)
{
	bool room;

	pthread_mutex_lock(&h->lock);
	room = h->expected < most && !h->stopped;
	if (room) {
		h->expected++;
		h->pending++;
	}
	pthread_mutex_unlock(&h->lock);
	return room ? E_OK : err_set(e, E_BUSY, "%d calls are under way", most);
}

void function_host_unexpect(struct function_host *h)
{
	pthread_mutex_lock(&h->lock);
	h->expected--;
	h->pending--;
	pthread_mutex_unlock(&h->lock);
}

void function_host_put(struct function_host *h, struct function_result *r)
{
	static const struct function_result none = FUNCTION_RESULT_INIT;
	struct work *w = mem_alloc(sizeof(*w));

	pthread_mutex_lock(&h->lock);
	h->expected--;
	if (w) {
		w->event = w->arn = (struct buf)BUF_INIT(0);
		w->result = *r;
		*r = none;
		*h->last = w;
		h->last = &w->next;
	} else {
		h->pending--;
	}
	pthread_cond_broadcast(&h->came);
	pthread_mutex_unlock(&h->lock);
	function_result_release(r);
}

int function_host_pending(struct function_host *h)
{
	int n;

	pthread_mutex_lock(&h->lock);
	n = h->pending;
	pthread_mutex_unlock(&h->lock);
	return n;
}

int function_host_children(struct function_host *h)
{
	int n = 0;

	pthread_mutex_lock(&h->lock);
	for (const struct slot *s = h->slots; s; s = s->next)
		n += s->state != ENDED;
	pthread_mutex_unlock(&h->lock);
	return n;
}
