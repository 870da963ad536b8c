/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/lane.h"

#include "daemon/lock.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/store.h"
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define JOBS 50

static struct scratch scratch;
static struct arena names = ARENA_INIT(1 << 20);
static const char *store;
static sem_t woken;

struct count_job {
	struct job job;
	int seen;
	enum code code;
	atomic_int *running, *most;
	sem_t *gate, *begun; /* or NULL */
};

static void wake(void *ctx)
{
	(void)ctx;
	sem_post(&woken);
}

static enum code run(struct job *job, struct db *db, struct err *e)
{
	struct count_job *j = (struct count_job *)job;
	int n = atomic_fetch_add(j->running, 1) + 1, most = atomic_load(j->most);

	while (n > most && !atomic_compare_exchange_weak(j->most, &most, n))
		;
	if (j->begun)
		sem_post(j->begun);
	if (j->gate)
		sem_wait(j->gate);
	atomic_fetch_sub(j->running, 1);
	return store_check(db, e);
}

static void done(struct job *job, const struct err *e)
{
	struct count_job *j = (struct count_job *)job;

	j->seen++;
	j->code = e->code;
}

static struct lanes *open_lanes(int net)
{
	struct lanes_options o = { .store = store, .workers = { 1, 1, net }, .wake = wake };
	struct lanes *lanes = NULL;
	struct err e = { 0 };

	if (lanes_open(&lanes, &o, &e))
		fail_msg("%s", e.msg);
	return lanes;
}

static void reap_all(struct lanes *lanes)
{
	while (lanes_pending(lanes)) {
		sem_wait(&woken);
		lanes_reap(lanes);
	}
}

static int make_store(void **state)
{
	struct db db = { 0 };
	struct err e = { 0 };

	(void)state;
	scratch_make(&scratch);
	store = scratch_path(&scratch, &names, "s.db");
	if (store_open(&db, store, DB_CREATE, 1, &e))
		return -1;
	db_close(&db);
	return sem_init(&woken, 0, 0);
}

static int drop_store(void **state)
{
	(void)state;
	scratch_remove(&scratch);
	arena_release(&names);
	return sem_destroy(&woken);
}

static void every_job_is_done_once_and_a_lane_of_one_does_one_at_a_time(void **state)
{
	static struct count_job jobs[JOBS];
	atomic_int running = 0, most = 0;
	struct lanes *lanes = open_lanes(2);

	(void)state;
	memset(jobs, 0, sizeof(jobs));
	for (int i = 0; i < JOBS; i++) {
		jobs[i] = (struct count_job){
			.job = { .run = run, .done = done }, .running = &running, .most = &most
		};
		lanes_submit(lanes, LANE_WRITE, &jobs[i].job);
	}
	reap_all(lanes);
	for (int i = 0; i < JOBS; i++) {
		assert_int_equal(jobs[i].seen, 1);
		assert_int_equal(jobs[i].code, E_OK);
	}
	assert_int_equal(most, 1);
	lanes_close(lanes);
}

static void a_slow_job_holds_up_no_other_worker_and_no_other_lane(void **state)
{
	atomic_int running = 0, most = 0;
	sem_t gate, begun;
	struct count_job slow = { .job = { .run = run, .done = done },
		.running = &running,
		.most = &most,
		.gate = &gate,
		.begun = &begun };
	struct count_job beside = slow, elsewhere = slow;
	struct lanes *lanes = open_lanes(2);

	(void)state;
	beside.gate = elsewhere.gate = NULL;
	sem_init(&gate, 0, 0);
	sem_init(&begun, 0, 0);
	lanes_submit(lanes, LANE_NET, &slow.job);
	sem_wait(&begun);
	lanes_submit(lanes, LANE_NET, &beside.job);
	lanes_submit(lanes, LANE_READ, &elsewhere.job);
	while (!beside.seen || !elsewhere.seen) {
		sem_wait(&woken);
		lanes_reap(lanes);
	}
	assert_int_equal(slow.seen, 0);
	assert_int_equal(most, 2);
	sem_post(&gate);
	reap_all(lanes);
	assert_int_equal(slow.seen, 1);
	lanes_close(lanes);
	sem_destroy(&gate);
	sem_destroy(&begun);
}

static void what_has_not_begun_is_canceled_and_what_runs_is_waited_for(void **state)
{
	atomic_int running = 0, most = 0;
	sem_t gate, begun;
	struct count_job runs = { .job = { .run = run, .done = done },
		.running = &running,
		.most = &most,
		.gate = &gate,
		.begun = &begun };
	struct count_job waits = runs, late = runs;
	struct lanes *lanes = open_lanes(1);

	(void)state;
	sem_init(&gate, 0, 0);
	sem_init(&begun, 0, 0);
	lanes_submit(lanes, LANE_NET, &runs.job);
	sem_wait(&begun);
	lanes_submit(lanes, LANE_NET, &waits.job);
	lanes_drop(lanes);
	lanes_submit(lanes, LANE_NET, &late.job);
	lanes_reap(lanes);
	assert_int_equal(waits.code, E_CANCELED);
	assert_int_equal(late.code, E_CANCELED);
	assert_int_equal(runs.seen, 0);
	sem_post(&gate);
	lanes_close(lanes);
	assert_int_equal(runs.seen, 1);
	assert_int_equal(waits.seen, 1);
	assert_int_equal(late.seen, 1);
	sem_destroy(&gate);
	sem_destroy(&begun);
}

/* Fails on a connection that has done it before. */
static enum code leave(struct job *job, struct db *db, struct err *e)
{
	db->spent = !((struct count_job *)job)->gate;
	return db_script(db, "leave a table", "CREATE TEMP TABLE left_over(x)", e);
}

static void what_a_job_left_in_a_spent_connection_is_gone(void **state)
{
	sem_t gate;
	struct count_job j = { .job = { .run = leave, .done = done } };
	struct lanes *lanes = open_lanes(1);

	(void)state;
	for (int i = 0; i < 3; i++) {
		/* The second says nothing, so that the third meets what it left. */
		j.gate = i == 1 ? &gate : NULL;
		lanes_submit(lanes, LANE_NET, &j.job);
		reap_all(lanes);
		assert_int_equal(j.code, i == 2 ? E_INVALID : E_OK);
	}
	lanes_close(lanes);
}

static void a_store_that_cannot_be_opened_fails_the_job(void **state)
{
	atomic_int running = 0, most = 0;
	struct count_job j = {
		.job = { .run = run, .done = done }, .running = &running, .most = &most
	};
	struct lanes_options o = { .store = "/nonexistent/s.db", .wake = wake };
	struct lanes *lanes = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(lanes_open(&lanes, &o, &e), E_OK);
	lanes_submit(lanes, LANE_READ, &j.job);
	reap_all(lanes);
	assert_int_not_equal(j.code, E_OK);
	assert_int_equal(most, 0);
	lanes_close(lanes);
}

static void the_second_is_told_who_the_first_is(void **state)
{
	struct lock first = LOCK_INIT, second = LOCK_INIT;
	struct err e = { 0 }, probe = { 0 };
	char pid[32];

	(void)state;
	snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
	assert_int_equal(lock_probe(store, &e), E_OK);
	assert_int_equal(lock_take(&first, store, &e), E_OK);
	assert_int_equal(lock_take(&second, store, &e), E_CONFLICT);
	assert_non_null(strstr(e.msg, pid));
	assert_int_equal(lock_probe(store, &probe), E_CONFLICT);
	assert_non_null(strstr(probe.msg, pid));
	lock_release(&first);
	memset(&e, 0, sizeof(e));
	assert_int_equal(lock_take(&second, store, &e), E_OK);
	lock_release(&second);
}

static void a_lock_goes_with_the_process_that_had_it(void **state)
{
	struct lock mine = LOCK_INIT;
	struct err e = { 0 };
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		struct err ignored = { 0 };

		_exit(lock_take(&mine, store, &ignored) == E_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(lock_take(&mine, store, &e), E_OK);
	lock_release(&mine);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(every_job_is_done_once_and_a_lane_of_one_does_one_at_a_time),
		cmocka_unit_test(a_slow_job_holds_up_no_other_worker_and_no_other_lane),
		cmocka_unit_test(what_has_not_begun_is_canceled_and_what_runs_is_waited_for),
		cmocka_unit_test(what_a_job_left_in_a_spent_connection_is_gone),
		cmocka_unit_test(a_store_that_cannot_be_opened_fails_the_job),
		cmocka_unit_test(the_second_is_told_who_the_first_is),
		cmocka_unit_test(a_lock_goes_with_the_process_that_had_it),
	};

	return cmocka_run_group_tests(cases, make_store, drop_store);
}
