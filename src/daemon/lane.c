/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lane.h"

#include "base/mem.h"
#include "base/must.h"
#include "base/time.h"
#include "store/store.h"
#include <uv.h>

#define WORKERS_MAX 32
/* A connection that nobody needed for so long is closed: each keeps the whole schema in memory. Whoever asks
 * waits for an answer, and opening takes some milliseconds, so readers and the writer keep theirs longer. */
#define IDLE_NET_NS (UINT64_C(2) * 1000 * 1000 * 1000)
#define IDLE_NS     (UINT64_C(5) * 1000 * 1000 * 1000)

struct queue {
	struct job *first, *last;
};

struct worker {
	struct lanes *lanes;
	enum lane lane;
	uv_thread_t thread;
	uv_cond_t more;
	bool idle; /* waits, and nobody has woken it */
	struct db db;
	bool open; /* read by others under the lock */
};

struct lanes {
	struct lanes_options o;
	uv_mutex_t lock;
	struct queue waiting[LANE_COUNT], finished;
	int pending; /* the submitting thread's own */
	bool dropped, ending;
	struct worker workers[WORKERS_MAX];
	int n_workers;
};

static void push(struct queue *q, struct job *job)
{
	job->next = NULL;
	if (q->last)
		q->last->next = job;
	else
		q->first = job;
	q->last = job;
}

static struct job *pop(struct queue *q)
{
	struct job *job = q->first;

	if (job)
		q->first = job->next;
	if (!q->first)
		q->last = NULL;
	return job;
}

/* Closing is told before it is done, so that nobody interrupts what is gone. */
static void shut(struct worker *w)
{
	uv_mutex_lock(&w->lanes->lock);
	w->open = false;
	uv_mutex_unlock(&w->lanes->lock);
	db_close(&w->db);
}

static enum code ready(struct worker *w, struct err *e)
{
	struct lanes *l = w->lanes;

	if (w->open)
		return E_OK;
	if (store_open(&w->db, l->o.store, DB_WRITE, time_now_ms(), e))
		return e->code;
	if (db_spare_memory(&w->db, e)) {
		db_close(&w->db);
		return e->code;
	}
	w->db.seal_key = l->o.seal_key;
	uv_mutex_lock(&l->lock);
	w->open = true;
	uv_mutex_unlock(&l->lock);
	return E_OK;
}

static void perform(struct worker *w, struct job *job)
{
	job->err = (struct err){ 0 };
	if (ready(w, &job->err))
		return;
	job->err.code = job->run(job, &w->db, &job->err);
	must(!w->db.tx);
	/* Who reads keeps its pages (2 MiB) for the next question, until it is closed: to read them anew takes longer than
	 * most answers. A connection that met damage or a lost disk may be no good any more; the next job finds out. */
	if (w->db.spent || job->err.code == E_CORRUPT || job->err.code == E_IO)
		shut(w);
	else if (w->lane != LANE_READ)
		db_rest(&w->db);
	if (w->lane == LANE_NET && job->err.code != E_NOTFOUND)
		mem_give_back();
}

/* For so long a job of the net lane waits for a worker that has the store open; then another one opens it.
 * Ticks come several at a time and most find nothing: one connection does for them. */
#define GRACE_NS (UINT64_C(20) * 1000 * 1000)

static bool mate_is_open(const struct worker *w)
{
	const struct lanes *l = w->lanes;

	for (int i = 0; i < l->n_workers; i++)
		if (l->workers[i].lane == w->lane && l->workers[i].open)
			return true;
	return false;
}

/* How long the lane's first job should still be left to others. */
static uint64_t leave(const struct worker *w)
{
	const struct job *first = w->lanes->waiting[w->lane].first;
	uint64_t waited = uv_hrtime() - first->submitted_ns;

	if (w->lane != LANE_NET || w->open || w->lanes->ending || waited >= GRACE_NS ||
		!mate_is_open(w))
		return 0;
	return GRACE_NS - waited;
}

/* Under the lock, until it is woken; @most_ns 0: however long that takes. */
static void doze(struct worker *w, uint64_t most_ns)
{
	w->idle = true;
	if (most_ns)
		(void)uv_cond_timedwait(&w->more, &w->lanes->lock, most_ns);
	else
		uv_cond_wait(&w->more, &w->lanes->lock);
	w->idle = false;
}

static void rouse(struct worker *w)
{
	w->idle = false;
	uv_cond_signal(&w->more);
}

/* Under the lock: there is a job. Whom to wake, or NULL: who has the store open is the first to get it; where nobody is
 * idle, whoever is done with another one takes it. In the net lane all are woken and settle it among themselves: leave(). */
static struct worker *call_worker(struct lanes *l, enum lane lane)
{
	struct worker *called = NULL;

	for (int i = 0; i < l->n_workers; i++) {
		struct worker *w = &l->workers[i];

		if (w->lane != lane || !w->idle)
			continue;
		if (lane == LANE_NET)
			rouse(w);
		else if (!called || (w->open && !called->open))
			called = w;
	}
	if (called)
		called->idle = false;
	return called;
}

/* Under the lock, until there is something to do or the end. It may be woken for nothing, so the patience is
 * counted from the beginning. */
static void wait_for_job(struct worker *w)
{
	struct lanes *l = w->lanes;
	uint64_t began = uv_hrtime();
	uint64_t patience = w->lane == LANE_NET ? IDLE_NET_NS : IDLE_NS;
	uint64_t left;

	for (;;) {
		if (l->waiting[w->lane].first) {
			left = leave(w);
			if (left == 0)
				return;
			doze(w, left);
		} else if (l->ending) {
			return;
		} else if (!w->open) {
			doze(w, 0);
		} else if (uv_hrtime() - began < patience) {
			doze(w, patience);
		} else {
			uv_mutex_unlock(&l->lock);
			shut(w);
			mem_give_back();
			uv_mutex_lock(&l->lock);
		}
	}
}

static void work(void *arg)
{
	struct worker *w = arg;
	struct lanes *l = w->lanes;
	struct job *job;

	uv_mutex_lock(&l->lock);
	for (;;) {
		wait_for_job(w);
		job = pop(&l->waiting[w->lane]);
		if (!job)
			break;
		uv_mutex_unlock(&l->lock);
		perform(w, job);
		uv_mutex_lock(&l->lock);
		/* Who reaps takes all there is. Under the lock: after it the receiver may be gone. */
		if (!l->finished.first)
			l->o.wake(l->o.ctx);
		push(&l->finished, job);
	}
	uv_mutex_unlock(&l->lock);
	shut(w);
}

static enum code hire(struct lanes *l, enum lane lane, struct err *e)
{
	struct worker *w = &l->workers[l->n_workers];

	must(l->n_workers < WORKERS_MAX);
	w->lanes = l;
	w->lane = lane;
	if (uv_cond_init(&w->more) != 0)
		return err_nomem(e);
	if (uv_thread_create(&w->thread, work, w) != 0) {
		uv_cond_destroy(&w->more);
		return err_set(e, E_NOMEM, "could not start a thread");
	}
	l->n_workers++;
	return E_OK;
}

enum code lanes_open(struct lanes **out, const struct lanes_options *options, struct err *e)
{
	struct lanes *l = mem_alloc(sizeof(*l));

	if (!l)
		return err_nomem(e);
	l->o = *options;
	if (uv_mutex_init(&l->lock) != 0) {
		mem_free(l);
		return err_nomem(e);
	}
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		int n = options->workers[lane] ? options->workers[lane] : 1;

		while (n-- > 0)
			if (hire(l, (enum lane)lane, e)) {
				lanes_close(l);
				return e->code;
			}
	}
	*out = l;
	return E_OK;
}

void lanes_submit(struct lanes *l, enum lane lane, struct job *job)
{
	struct worker *called = NULL;

	l->pending++;
	uv_mutex_lock(&l->lock);
	if (l->dropped) {
		job->err = (struct err){ 0 };
		err_set(&job->err, E_CANCELED, "the daemon is ending");
		push(&l->finished, job);
		l->o.wake(l->o.ctx);
	} else {
		job->submitted_ns = uv_hrtime();
		push(&l->waiting[lane], job);
		called = call_worker(l, lane);
	}
	uv_mutex_unlock(&l->lock);
	/* Afterwards: it would only wait for the lock. */
	if (called)
		uv_cond_signal(&called->more);
}

void lanes_reap(struct lanes *l)
{
	for (;;) {
		struct queue finished;
		struct job *job;

		uv_mutex_lock(&l->lock);
		finished = l->finished;
		l->finished = (struct queue){ NULL, NULL };
		uv_mutex_unlock(&l->lock);
		if (!finished.first)
			return;
		while ((job = pop(&finished)) != NULL) {
			struct err err = job->err;

			l->pending--;
			job->done(job, &err);
		}
	}
}

int lanes_pending(struct lanes *l)
{
	return l->pending;
}

void lanes_drop(struct lanes *l)
{
	uv_mutex_lock(&l->lock);
	l->dropped = true;
	for (int lane = 0; lane < LANE_COUNT; lane++) {
		struct job *job;

		while ((job = pop(&l->waiting[lane])) != NULL) {
			job->err = (struct err){ 0 };
			err_set(&job->err, E_CANCELED, "the daemon is ending");
			push(&l->finished, job);
		}
	}
	l->o.wake(l->o.ctx);
	uv_mutex_unlock(&l->lock);
}

void lanes_interrupt(struct lanes *l)
{
	uv_mutex_lock(&l->lock);
	for (int i = 0; i < l->n_workers; i++)
		if (l->workers[i].open)
			db_interrupt(&l->workers[i].db);
	uv_mutex_unlock(&l->lock);
}

void lanes_close(struct lanes *l)
{
	if (!l)
		return;
	lanes_drop(l);
	uv_mutex_lock(&l->lock);
	l->ending = true;
	for (int i = 0; i < l->n_workers; i++)
		rouse(&l->workers[i]);
	uv_mutex_unlock(&l->lock);
	for (int i = 0; i < l->n_workers; i++) {
		uv_thread_join(&l->workers[i].thread);
		uv_cond_destroy(&l->workers[i].more);
	}
	lanes_reap(l);
	uv_mutex_destroy(&l->lock);
	mem_free(l);
}
