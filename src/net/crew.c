/* SPDX-License-Identifier: Apache-2.0 */
#include "net/crew.h"

#include "base/mem.h"
#include "base/must.h"
#include "base/thread.h"
#include <stdint.h>
#include <string.h>

#define BUCKETS 256

struct job {
	crew_job_fn *fn;
	void *ctx;
	struct job *next;
};

/* A lane stands in the ready list exactly when a job waits in it and its limit allows one
 * more to run. Lanes live as long as the crew: there are as many as services and regions. */
struct lane {
	struct lane *same_bucket, *next_ready;
	struct job *first, *last;
	int limit, running;
	bool ready;
	char name[];
};

struct crew {
	pthread_mutex_t lock;
	pthread_cond_t work, idle;
	struct lane *buckets[BUCKETS];
	struct lane *ready_first, *ready_last;
	size_t pending; /* waiting or running */
	bool closing;
	int n_threads;
	pthread_t threads[];
};

static void make_ready(struct crew *crew, struct lane *lane)
{
	if (lane->ready || !lane->first || lane->running >= lane->limit)
		return;
	lane->ready = true;
	lane->next_ready = NULL;
	if (crew->ready_last)
		crew->ready_last->next_ready = lane;
	else
		crew->ready_first = lane;
	crew->ready_last = lane;
	pthread_cond_signal(&crew->work);
}

/* The first job of the lane that has been ready longest; the lane goes to the back. */
static struct job *take_job(struct crew *crew, struct lane **from)
{
	struct lane *lane = crew->ready_first;
	struct job *job = lane->first;

	crew->ready_first = lane->next_ready;
	if (!crew->ready_first)
		crew->ready_last = NULL;
	lane->ready = false;
	lane->first = job->next;
	if (!lane->first)
		lane->last = NULL;
	lane->running++;
	make_ready(crew, lane);
	*from = lane;
	return job;
}

static void retire_job(struct crew *crew, size_t n)
{
	crew->pending -= n;
	if (!crew->pending)
		pthread_cond_broadcast(&crew->idle);
}

static void *work(void *ctx)
{
	struct crew *crew = ctx;
	struct lane *lane = NULL;

	pthread_mutex_lock(&crew->lock);
	for (;;) {
		struct job *job;

		while (!crew->ready_first && !crew->closing)
			pthread_cond_wait(&crew->work, &crew->lock);
		if (!crew->ready_first)
			break;
		job = take_job(crew, &lane);
		pthread_mutex_unlock(&crew->lock);
		job->fn(job->ctx);
		mem_free(job);
		pthread_mutex_lock(&crew->lock);
		lane->running--;
		make_ready(crew, lane);
		retire_job(crew, 1);
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

static int start_threads(struct crew *crew, int threads)
{
	int failed = 0;

	while (!failed && crew->n_threads < threads) {
		failed = thread_start(&crew->threads[crew->n_threads], work, crew);
		crew->n_threads += !failed;
	}
	return failed;
}

enum code crew_open(struct crew **out, int threads, struct err *e)
{
	struct crew *crew;
	int failed;

	must(threads > 0);
	crew = mem_alloc(sizeof(*crew) + (size_t)threads * sizeof(*crew->threads));
	if (!crew)
		return err_nomem(e);
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->work, NULL);
	pthread_cond_init(&crew->idle, NULL);
	failed = start_threads(crew, threads);
	if (failed) {
		crew_close(crew, NULL);
		return err_sys(e, E_NOMEM, failed, "could not start %d threads", threads);
	}
	*out = crew;
	return E_OK;
}

static size_t bucket_of(const char *name)
{
	uint32_t h = 2166136261U; /* FNV-1a */

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619U;
	return h % BUCKETS;
}

static struct lane *lane_called(struct crew *crew, const char *name)
{
	struct lane **bucket = &crew->buckets[bucket_of(name)], *lane;
	size_t n = strlen(name) + 1;

	for (lane = *bucket; lane; lane = lane->same_bucket)
		if (strcmp(lane->name, name) == 0)
			return lane;
	lane = mem_alloc(sizeof(*lane) + n);
	if (!lane)
		return NULL;
	memcpy(lane->name, name, n);
	lane->same_bucket = *bucket;
	*bucket = lane;
	return lane;
}

static enum code add(struct crew *crew, const char *name, int limit, struct job *job, struct err *e)
{
	struct lane *lane;

	if (crew->closing)
		return err_set(e, E_CANCELED, "no jobs are taken any more");
	lane = lane_called(crew, name);
	if (!lane)
		return err_nomem(e);
	lane->limit = limit;
	if (lane->last)
		lane->last->next = job;
	else
		lane->first = job;
	lane->last = job;
	crew->pending++;
	make_ready(crew, lane);
	return E_OK;
}

enum code crew_add(
	struct crew *crew, const char *lane, int limit, crew_job_fn *fn, void *ctx, struct err *e)
{
	struct job *job;
	enum code c;

	must(limit > 0);
	job = mem_alloc(sizeof(*job));
	if (!job)
		return err_nomem(e);
	job->fn = fn;
	job->ctx = ctx;
	pthread_mutex_lock(&crew->lock);
	c = add(crew, lane, limit, job, e);
	pthread_mutex_unlock(&crew->lock);
	if (c)
		mem_free(job);
	return c;
}

void crew_wait(struct crew *crew)
{
	pthread_mutex_lock(&crew->lock);
	while (crew->pending)
		pthread_cond_wait(&crew->idle, &crew->lock);
	pthread_mutex_unlock(&crew->lock);
}

/* Takes the jobs that wait out of every lane and chains them. */
static struct job *take_waiting(struct crew *crew)
{
	struct job *all = NULL;

	for (size_t i = 0; i < BUCKETS; i++) {
		for (struct lane *lane = crew->buckets[i]; lane; lane = lane->same_bucket) {
			while (lane->first) {
				struct job *job = lane->first;

				lane->first = job->next;
				job->next = all;
				all = job;
				crew->pending--;
			}
			lane->last = NULL;
			lane->ready = false;
		}
	}
	crew->ready_first = crew->ready_last = NULL;
	retire_job(crew, 0);
	return all;
}

static void free_lanes(struct crew *crew)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		struct lane *lane = crew->buckets[i];

		while (lane) {
			struct lane *next = lane->same_bucket;

			mem_free(lane);
			lane = next;
		}
	}
}

void crew_close(struct crew *crew, crew_job_fn *drop)
{
	struct job *waiting;

	if (!crew)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->closing = true;
	waiting = take_waiting(crew);
	pthread_cond_broadcast(&crew->work);
	pthread_mutex_unlock(&crew->lock);
	while (waiting) {
		struct job *next = waiting->next;

		if (drop)
			drop(waiting->ctx);
		mem_free(waiting);
		waiting = next;
	}
	for (int i = 0; i < crew->n_threads; i++)
		pthread_join(crew->threads[i], NULL);
	free_lanes(crew);
	pthread_cond_destroy(&crew->work);
	pthread_cond_destroy(&crew->idle);
	pthread_mutex_destroy(&crew->lock);
	mem_free(crew);
}

/* The numbers that are still to be called. */
struct numbers {
	pthread_mutex_t lock;
	size_t next, n;
	void (*fn)(void *ctx, size_t i);
	void *ctx;
};

static void count(void *ctx)
{
	struct numbers *all = ctx;

	for (;;) {
		size_t i;

		pthread_mutex_lock(&all->lock);
		i = all->next++;
		pthread_mutex_unlock(&all->lock);
		if (i >= all->n)
			return;
		all->fn(all->ctx, i);
	}
}

void crew_each(struct crew **crew, int width, size_t n, void (*fn)(void *ctx, size_t i), void *ctx)
{
	struct numbers all = { .n = n, .fn = fn, .ctx = ctx };
	struct err ignored = { 0 };

	must(width > 0);
	pthread_mutex_init(&all.lock, NULL);
	if (n > 1 && !*crew)
		(void)crew_open(crew, width, &ignored);
	for (int i = 0; *crew && i < width && (size_t)i < n; i++)
		if (crew_add(*crew, "each", width, count, &all, &ignored))
			break;
	if (*crew)
		crew_wait(*crew);
	/* What nobody could be found for. */
	count(&all);
	pthread_mutex_destroy(&all.lock);
}
