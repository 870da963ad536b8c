/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/team.h"

#include "base/must.h"
#include "base/thread.h"
#include "base/time.h"
#include "store/store.h"
#include <time.h>

/* Threads of all crews together, as one account has them alone; but no crew is smaller than this. */
enum { THREADS = 32, CREW_MIN = 8, PROGRESS_MS = 100 };

struct team {
	pthread_mutex_t lock; /* over everything below, but for what a member owns */
	pthread_cond_t changed;
	const struct sweep_begun *begun;
	struct team_account *accounts;
	size_t n, next;
	size_t working;             /* members that have not ended */
	struct sweep_progress past; /* of accounts that are done */
	struct err end;
};

struct member {
	struct team *team;
	pthread_t thread;
	struct db db;
	const char *file, *seal_key;
	struct sweep_progress now;
};

bool team_is_the_end(enum code c)
{
	switch ((int)c) {
	case E_CANCELED:
	case E_NOMEM:
	case E_FULL:
	case E_IO:
	case E_BUSY: return true;
	default: return false;
	}
}

static void add_progress(struct sweep_progress *to, const struct sweep_progress *p)
{
	to->looks += p->looks;
	to->looks_done += p->looks_done;
	to->seen += p->seen;
	to->calls += p->calls;
}

static void note_progress(void *ctx, const struct sweep_progress *p)
{
	struct member *m = ctx;

	pthread_mutex_lock(&m->team->lock);
	m->now = *p;
	pthread_mutex_unlock(&m->team->lock);
}

/* The next one that nobody has begun; NULL: there is none, or it is the end. Under the lock. */
static struct team_account *take(struct team *t)
{
	return t->end.code || t->next == t->n ? NULL : &t->accounts[t->next++];
}

static void finish(struct member *m, struct team_account *a)
{
	struct team *t = m->team;

	a->done = true;
	if (team_is_the_end(a->why.code) && !t->end.code)
		t->end = a->why;
	add_progress(&t->past, &m->now);
	m->now = (struct sweep_progress){ 0 };
}

static void sweep_account(struct member *m, struct team_account *a)
{
	struct sweep_options o = *a->options;

	o.progress = note_progress;
	o.ctx = m;
	o.threads = (o.threads > 0 ? o.threads : THREADS) / TEAM_SIZE;
	if (o.threads < CREW_MIN)
		o.threads = CREW_MIN;
	if (!m->db.h && store_open(&m->db, m->file, DB_WRITE, m->team->begun->now_ms, &a->why))
		return;
	m->db.seal_key = m->seal_key;
	(void)sweep_one(&m->db, &o, m->team->begun, &a->sum, &a->why);
}

static void *work(void *ctx)
{
	struct member *m = ctx;
	struct team *t = m->team;
	struct team_account *a;

	pthread_mutex_lock(&t->lock);
	while ((a = take(t)) != NULL) {
		pthread_mutex_unlock(&t->lock);
		sweep_account(m, a);
		pthread_mutex_lock(&t->lock);
		finish(m, a);
	}
	t->working--;
	pthread_cond_signal(&t->changed);
	pthread_mutex_unlock(&t->lock);
	db_close(&m->db);
	return NULL;
}

/* Until all have ended. */
static void watch(struct team *t, const struct member *members, size_t n)
{
	const struct sweep_options *o = t->accounts[0].options;
	struct sweep_progress all;
	struct timespec until;

	pthread_mutex_lock(&t->lock);
	while (t->working) {
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_nsec += PROGRESS_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		(void)pthread_cond_timedwait(&t->changed, &t->lock, &until);
		all = t->past;
		for (size_t i = 0; i < n; i++)
			add_progress(&all, &members[i].now);
		if (!o->progress)
			continue;
		pthread_mutex_unlock(&t->lock);
		o->progress(o->ctx, &all);
		pthread_mutex_lock(&t->lock);
	}
	pthread_mutex_unlock(&t->lock);
}

static void sweep_in_turn(struct team *t, struct db *db)
{
	struct team_account *a;

	while ((a = take(t)) != NULL) {
		(void)sweep_one(db, a->options, t->begun, &a->sum, &a->why);
		a->done = true;
		if (team_is_the_end(a->why.code))
			t->end = a->why;
	}
}

/* What could be hired; none: everybody is swept in turn. */
static size_t hire(struct team *t, struct member *members, const struct db *db)
{
	size_t most = t->n < TEAM_SIZE ? t->n : TEAM_SIZE, n = 0;

	if (t->n < 2 || !*db_file(db))
		return 0;
	pthread_mutex_lock(&t->lock);
	for (; n < most; n++) {
		members[n] =
			(struct member){ .team = t, .file = db_file(db), .seal_key = db->seal_key };
		if (thread_start(&members[n].thread, work, &members[n]) != 0)
			break;
		t->working++;
	}
	pthread_mutex_unlock(&t->lock);
	return n;
}

enum code team_sweep(struct db *db, struct team_account *accounts, size_t n,
	const struct sweep_begun *begun, struct err *e)
{
	struct team t = { .begun = begun, .accounts = accounts, .n = n };
	struct member members[TEAM_SIZE];
	size_t hired;

	must(n > 0);
	if (pthread_mutex_init(&t.lock, NULL) != 0)
		return err_nomem(e);
	if (pthread_cond_init(&t.changed, NULL) != 0) {
		pthread_mutex_destroy(&t.lock);
		return err_nomem(e);
	}
	hired = hire(&t, members, db);
	if (hired)
		watch(&t, members, hired);
	else
		sweep_in_turn(&t, db);
	for (size_t i = 0; i < hired; i++)
		pthread_join(members[i].thread, NULL);
	pthread_cond_destroy(&t.changed);
	pthread_mutex_destroy(&t.lock);
	*e = t.end;
	return e->code;
}
