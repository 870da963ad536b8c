/* SPDX-License-Identifier: Apache-2.0 */
/* Two programs that record into one store at the same time. */
#include "core/record.h"

#include "lib/estate.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define T0   INT64_C(1790000000000)
#define HOUR INT64_C(3600000)
#define VPC  "AWS::EC2::VPC"

static struct scratch scratch;
static struct arena arena = ARENA_INIT(1 << 16);
static struct estate a, b;

static int set_up(void **state)
{
	(void)state;
	scratch_make(&scratch);
	estate_open(&a, scratch_path(&scratch, &arena, "store.db"));
	estate_open(&b, scratch_path(&scratch, &arena, "store.db"));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	estate_close(&a);
	estate_close(&b);
	scratch_remove(&scratch);
	arena_release(&arena);
	return 0;
}

static void see(struct estate *w, int n)
{
	char cfg[64];

	snprintf(cfg, sizeof(cfg), "{\"n\":%d}", n);
	estate_see(w, VPC, "vpc-1", NULL, cfg, NULL);
}

static const char *history(void)
{
	return estate_rows(&a,
		"SELECT h.version, h.event, i.captured_ms - 1790000000000, json_extract(c.configuration, '$.n')"
		" FROM history h JOIN _item i ON i.rid = h.rid AND i.version = h.version"
		" LEFT JOIN configs c ON c.rid = h.rid AND c.version = h.version ORDER BY 1");
}

static void both_may_find_the_same_new_resource(void **state)
{
	(void)state;
	estate_begin(&a, T0);
	estate_begin(&b, T0 + 5);
	see(&a, 1);
	see(&b, 1);
	estate_settle(&a);
	estate_settle(&b);
	assert_int_equal(a.sum.created, 1);
	assert_int_equal(b.sum.unchanged, 1);
	assert_string_equal(history(), "1|created|0|1\n");
}

static void what_was_seen_later_stands(void **state)
{
	(void)state;
	estate_begin(&a, T0);
	see(&a, 1);
	estate_settle(&a);
	estate_begin(&a, T0 + HOUR);
	see(&a, 2);
	estate_begin(&b, T0 + 2 * HOUR);
	see(&b, 3);
	estate_settle(&b);
	estate_settle(&a);
	assert_string_equal(history(), "1|created|0|1\n2|changed|7200000|3\n");
	assert_int_equal(a.sum.changed, 0);
	/* The next sweep is a new look. */
	estate_begin(&a, T0 + 3 * HOUR);
	see(&a, 2);
	estate_settle(&a);
	assert_int_equal(a.sum.changed, 1);
}

static void what_was_gone_earlier_is_not_deleted_again(void **state)
{
	(void)state;
	estate_begin(&a, T0);
	see(&a, 1);
	estate_settle(&a);
	estate_begin(&a, T0 + HOUR);
	estate_gone(&a, VPC);
	estate_begin(&b, T0 + 2 * HOUR);
	see(&b, 2);
	estate_settle(&b);
	estate_settle(&a);
	assert_int_equal(a.sum.deleted, 0);
	assert_string_equal(history(), "1|created|0|1\n2|changed|7200000|2\n");
}

static void what_is_gone_is_not_brought_back_by_an_older_look(void **state)
{
	(void)state;
	estate_begin(&a, T0);
	see(&a, 1);
	estate_settle(&a);
	estate_begin(&a, T0 + HOUR);
	see(&a, 2);
	estate_begin(&b, T0 + 2 * HOUR);
	estate_gone(&b, VPC);
	estate_settle(&b);
	estate_settle(&a);
	assert_string_equal(history(), "1|created|0|1\n2|deleted|7200000|-\n");
}

/* What a program of its own does: sweeps of many, each of which changes everything. */
static void sweep_for_ever(const char *path, int who)
{
	struct estate w;
	char id[32], cfg[64];

	estate_open(&w, path);
	for (int round = 0; round < 4; round++) {
		estate_begin(&w, T0 + round * HOUR + who);
		for (int i = 0; i < 1500; i++) {
			snprintf(id, sizeof(id), "vpc-%d", i);
			snprintf(cfg, sizeof(cfg), "{\"who\":%d,\"round\":%d}", who, round);
			estate_see(&w, VPC, id, NULL, cfg, "{\"k\":\"v\"}");
		}
		estate_settle(&w);
	}
	estate_close(&w);
	_exit(0);
}

static void histories_stay_whole_when_several_record_at_once(void **state)
{
	const char *path = scratch_path(&scratch, &arena, "several.db");
	struct estate w;
	pid_t pid[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		pid[i] = fork();
		assert_int_not_equal(pid[i], -1);
		if (!pid[i])
			sweep_for_ever(path, i);
	}
	for (int i = 0; i < 3; i++) {
		int status = -1;

		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_int_equal(status, 0);
	}
	estate_open(&w, path);
	assert_string_equal(estate_rows(&w, "PRAGMA integrity_check"), "ok\n");
	assert_string_equal(estate_rows(&w, "PRAGMA foreign_key_check"), "");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM resources"), "1500\n");
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _item a JOIN _item b ON b.rid = a.rid AND "
				"b.version = a.version + 1 WHERE a.until_ms <> b.captured_ms OR "
				"b.captured_ms <= a.captured_ms"),
		"0\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*) FROM (SELECT rid FROM _item GROUP BY rid HAVING "
			"max(version) <> count(*) OR sum(until_ms = 253402300799000) <> 1)"),
		"0\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM tags"), "1500\n");
	estate_close(&w);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(both_may_find_the_same_new_resource),
		CASE(what_was_seen_later_stands),
		CASE(what_was_gone_earlier_is_not_deleted_again),
		CASE(histories_stay_whole_when_several_record_at_once),
		CASE(what_is_gone_is_not_brought_back_by_an_older_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
