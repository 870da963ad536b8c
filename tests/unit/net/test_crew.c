/* SPDX-License-Identifier: Apache-2.0 */
#include "net/crew.h"

#include "base/must.h"
#include "lib/unit.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* What jobs do together: each counts itself in and out and may wait for a gate. */
struct site {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct crew *crew;
	bool gate;
	int inside, most_inside, ran, dropped, failed_adds;
	int order[64];
	int n_order;
};

struct task {
	struct site *site;
	int number;
	int children; /* jobs it adds */
};

static void site_init(struct site *s, int threads)
{
	struct err e = { 0 };

	memset(s, 0, sizeof(*s));
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	must(crew_open(&s->crew, threads, &e) == E_OK);
}

static void site_release(struct site *s)
{
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
}

static void enter(struct site *s)
{
	pthread_mutex_lock(&s->lock);
	if (++s->inside > s->most_inside)
		s->most_inside = s->inside;
	pthread_cond_broadcast(&s->changed);
	while (!s->gate)
		pthread_cond_wait(&s->changed, &s->lock);
	s->inside--;
	s->ran++;
	pthread_mutex_unlock(&s->lock);
}

static bool wait_inside(struct site *s, int n)
{
	struct timespec until;
	int late = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	pthread_mutex_lock(&s->lock);
	while (s->inside < n && !late)
		late = pthread_cond_timedwait(&s->changed, &s->lock, &until);
	pthread_mutex_unlock(&s->lock);
	return !late;
}

static void open_gate(struct site *s)
{
	pthread_mutex_lock(&s->lock);
	s->gate = true;
	pthread_cond_broadcast(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

static void pass(void *ctx)
{
	enter(((struct task *)ctx)->site);
}

static void note_order(void *ctx)
{
	struct task *t = ctx;

	pthread_mutex_lock(&t->site->lock);
	t->site->order[t->site->n_order++] = t->number;
	pthread_mutex_unlock(&t->site->lock);
}

static void count_dropped(void *ctx)
{
	struct task *t = ctx;

	pthread_mutex_lock(&t->site->lock);
	t->site->dropped++;
	pthread_mutex_unlock(&t->site->lock);
}

static void add(struct site *s, const char *lane, int limit, crew_job_fn *fn, struct task *t)
{
	struct err e = { 0 };

	t->site = s;
	must(crew_add(s->crew, lane, limit, fn, t, &e) == E_OK);
}

static void a_lane_never_runs_more_than_its_limit(void **state)
{
	struct task tasks[30] = { 0 };
	struct site s;

	(void)state;
	site_init(&s, 8);
	for (int i = 0; i < 30; i++)
		add(&s, "ec2", 3, pass, &tasks[i]);
	assert_true(wait_inside(&s, 3));
	open_gate(&s);
	crew_wait(s.crew);
	assert_int_equal(s.most_inside, 3);
	assert_int_equal(s.ran, 30);
	crew_close(s.crew, NULL);
	site_release(&s);
}

static void a_full_lane_holds_up_nobody_else(void **state)
{
	struct task slow[10] = { 0 }, quick[10] = { 0 };
	struct site full, other;

	(void)state;
	site_init(&full, 3);
	site_init(&other, 1);
	crew_close(other.crew, NULL);
	other.crew = full.crew;
	other.gate = true;
	for (int i = 0; i < 10; i++)
		add(&full, "slow", 2, pass, &slow[i]);
	assert_true(wait_inside(&full, 2));
	for (int i = 0; i < 10; i++)
		add(&other, "quick", 2, note_order, &quick[i]);
	for (;;) {
		bool all;

		pthread_mutex_lock(&other.lock);
		all = other.n_order == 10;
		pthread_mutex_unlock(&other.lock);
		if (all)
			break;
	}
	assert_int_equal(full.ran, 0);
	open_gate(&full);
	crew_wait(full.crew);
	assert_int_equal(full.ran, 10);
	crew_close(full.crew, NULL);
	site_release(&full);
	site_release(&other);
}

static void jobs_of_a_lane_start_in_order(void **state)
{
	struct task tasks[50] = { 0 };
	struct site s;

	(void)state;
	site_init(&s, 4);
	for (int i = 0; i < 50; i++) {
		tasks[i].number = i;
		add(&s, "one", 1, note_order, &tasks[i]);
	}
	crew_wait(s.crew);
	assert_int_equal(s.n_order, 50);
	for (int i = 0; i < 50; i++)
		assert_int_equal(s.order[i], i);
	crew_close(s.crew, NULL);
	site_release(&s);
}

static void the_newest_limit_counts(void **state)
{
	struct task tasks[20] = { 0 };
	struct site s;

	(void)state;
	site_init(&s, 8);
	for (int i = 0; i < 10; i++)
		add(&s, "ec2", 1, pass, &tasks[i]);
	assert_true(wait_inside(&s, 1));
	for (int i = 10; i < 14; i++)
		add(&s, "ec2", 4, pass, &tasks[i]);
	assert_true(wait_inside(&s, 4));
	open_gate(&s);
	crew_wait(s.crew);
	assert_int_equal(s.most_inside, 4);
	assert_int_equal(s.ran, 14);
	crew_close(s.crew, NULL);
	site_release(&s);
}

static void spread(void *ctx)
{
	struct task *t = ctx;
	struct err e = { 0 };

	for (int i = 0; i < t->children; i++)
		if (crew_add(t->site->crew, i % 2 ? "a" : "b", 2, pass, t, &e) != E_OK)
			t->site->failed_adds++;
	enter(t->site);
}

static void a_job_may_add_jobs_and_waiting_includes_them(void **state)
{
	struct task first = { .children = 40 };
	struct site s;

	(void)state;
	site_init(&s, 3);
	s.gate = true;
	add(&s, "first", 1, spread, &first);
	crew_wait(s.crew);
	assert_int_equal(s.failed_adds, 0);
	assert_int_equal(s.ran, 41);
	crew_wait(s.crew);
	crew_close(s.crew, NULL);
	site_release(&s);
}

static void *close_crew(void *ctx)
{
	crew_close(((struct site *)ctx)->crew, count_dropped);
	return NULL;
}

static void closing_drops_what_waits_and_finishes_what_runs(void **state)
{
	struct task tasks[20] = { 0 };
	pthread_t closer;
	struct site s;
	int dropped = 0;

	(void)state;
	site_init(&s, 4);
	for (int i = 0; i < 20; i++)
		add(&s, "ec2", 2, pass, &tasks[i]);
	assert_true(wait_inside(&s, 2));
	must(!pthread_create(&closer, NULL, close_crew, &s));
	while (dropped < 18) {
		pthread_mutex_lock(&s.lock);
		dropped = s.dropped;
		pthread_mutex_unlock(&s.lock);
	}
	assert_int_equal(s.ran, 0);
	open_gate(&s);
	pthread_join(closer, NULL);
	assert_int_equal(s.ran, 2);
	assert_int_equal(s.dropped, 18);
	site_release(&s);
}

static void add_until_refused(void *ctx)
{
	struct task *t = ctx;
	enum code c = E_OK;

	enter(t->site);
	while (!c) {
		struct err e = { 0 };

		c = crew_add(t->site->crew, "more", 1, count_dropped, t, &e);
		if (c)
			t->number = (int)c;
	}
}

static void a_crew_being_closed_takes_no_more(void **state)
{
	struct task t = { 0 };
	pthread_t closer;
	struct site s;

	(void)state;
	site_init(&s, 2);
	add(&s, "ec2", 1, add_until_refused, &t);
	assert_true(wait_inside(&s, 1));
	must(!pthread_create(&closer, NULL, close_crew, &s));
	open_gate(&s);
	pthread_join(closer, NULL);
	assert_int_equal(t.number, E_CANCELED);
	site_release(&s);
}

static void many_lanes_share_the_threads(void **state)
{
	static struct task tasks[2000];
	struct site s;
	char lane[32];

	(void)state;
	site_init(&s, 6);
	s.gate = true;
	for (int i = 0; i < 2000; i++) {
		snprintf(lane, sizeof(lane), "service-%d", i % 700);
		add(&s, lane, 1 + i % 3, pass, &tasks[i]);
	}
	crew_wait(s.crew);
	assert_int_equal(s.ran, 2000);
	assert_true(s.most_inside <= 6);
	crew_close(s.crew, NULL);
	crew_close(NULL, NULL);
	site_release(&s);
}

struct tally {
	atomic_int called[100], inside, most;
};

static void mark(void *ctx, size_t i)
{
	struct tally *t = ctx;
	const int inside = ++t->inside;
	int most = t->most;

	while (inside > most && !atomic_compare_exchange_weak(&t->most, &most, inside))
		continue;
	t->called[i]++;
	t->inside--;
}

static void each_number_is_called_once_and_few_at_a_time(void **state)
{
	struct crew *crew = NULL;
	static struct tally t;

	(void)state;
	crew_each(&crew, 3, 0, mark, &t);
	crew_each(&crew, 3, 1, mark, &t);
	/* For one there is nobody to share with. */
	assert_null(crew);
	assert_int_equal(t.called[0], 1);
	for (int round = 1; round <= 20; round++) {
		crew_each(&crew, 3, 100, mark, &t);
		for (int i = 0; i < 100; i++)
			assert_int_equal(t.called[i], round + !i);
	}
	assert_non_null(crew);
	assert_in_range(t.most, 1, 3);
	crew_close(crew, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lane_never_runs_more_than_its_limit),
		cmocka_unit_test(a_full_lane_holds_up_nobody_else),
		cmocka_unit_test(jobs_of_a_lane_start_in_order),
		cmocka_unit_test(the_newest_limit_counts),
		cmocka_unit_test(a_job_may_add_jobs_and_waiting_includes_them),
		cmocka_unit_test(closing_drops_what_waits_and_finishes_what_runs),
		cmocka_unit_test(a_crew_being_closed_takes_no_more),
		cmocka_unit_test(many_lanes_share_the_threads),
		cmocka_unit_test(each_number_is_called_once_and_few_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
