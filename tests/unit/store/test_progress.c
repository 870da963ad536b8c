/* SPDX-License-Identifier: Apache-2.0 */
#include "store/denial.h"
#include "store/trail.h"

#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/source.h"
#include "store/store.h"
#include <string.h>

#define NOW    INT64_C(1772323200001) /* 2026-03-01T00:00:00.001Z */
#define HOUR   INT64_C(3600000)
#define MINUTE INT64_C(60000)
#define FOLDER "AWSLogs/123456789012/CloudTrail/eu-west-1/"

struct scene {
	struct scratch scratch;
	struct arena arena;
	struct db db;
	struct source source;
};

static int set_up(void **state)
{
	static struct scene scene;
	struct err e = { 0 };

	scene = (struct scene){ .arena = ARENA_INIT(1 << 20),
		.source = { .name = "prod", .kind = "aws", .settings = "{}", .kept = 1 } };
	scratch_make(&scene.scratch);
	assert_int_equal(store_open(&scene.db, scratch_path(&scene.scratch, &scene.arena, "s.db"),
				 DB_CREATE, NOW, &e),
		E_OK);
	assert_int_equal(source_put(&scene.db, &scene.source, &e), E_OK);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	db_close(&s->db);
	scratch_remove(&s->scratch);
	arena_release(&s->arena);
	return 0;
}

static struct denial denial(void)
{
	return (struct denial){ .account = "123456789012",
		.region = "eu-west-1",
		.type = "AWS::EC2::VPC",
		.reason = "no",
		.code = "UnauthorizedOperation" };
}

static void refuse(struct scene *s, int64_t now_ms)
{
	struct denial d = denial();
	struct err e = { 0 };

	assert_int_equal(db_begin(&s->db, &e), E_OK);
	assert_int_equal(denial_note(&s->db, &d, now_ms, &e), E_OK);
	assert_int_equal(db_commit(&s->db, &e), E_OK);
}

static void the_wait_doubles_up_to_a_day(void **state)
{
	static const int64_t hours[] = { 1, 2, 4, 8, 16, 24, 24, 24 };
	struct scene *s = *state;

	for (int64_t i = 0; i < 40; i++) {
		struct denial d = denial();
		struct err e = { 0 };

		refuse(s, NOW + i);
		assert_int_equal(denial_get(&s->db, &s->arena, &d, &e), E_OK);
		assert_int_equal(d.times, i + 1);
		assert_int_equal(d.again_ms - (NOW + i), (i < 8 ? hours[i] : 24) * HOUR);
		assert_string_equal(d.code, "UnauthorizedOperation");
	}
}

static void what_is_answered_is_forgotten_and_all_may_be_asked_at_once(void **state)
{
	struct scene *s = *state;
	struct denial d = denial();
	int64_t n, again_ms;
	struct err e = { 0 };

	assert_int_equal(denial_get(&s->db, &s->arena, &d, &e), E_NOTFOUND);
	refuse(s, NOW);
	assert_int_equal(denial_count(&s->db, &n, &again_ms, &e), E_OK);
	assert_int_equal(n, 1);
	assert_int_equal(again_ms, NOW + HOUR);
	assert_int_equal(denial_retry(&s->db, &e), E_OK);
	assert_int_equal(denial_count(&s->db, &n, &again_ms, &e), E_OK);
	assert_int_equal(again_ms, 0);
	/* How often it was refused is still known. */
	refuse(s, NOW);
	assert_int_equal(denial_get(&s->db, &s->arena, &d, &e), E_OK);
	assert_int_equal(d.again_ms, NOW + 2 * HOUR);
	assert_int_equal(db_begin(&s->db, &e), E_OK);
	assert_int_equal(denial_clear(&s->db, &d, &e), E_OK);
	assert_int_equal(db_commit(&s->db, &e), E_OK);
	assert_int_equal(denial_get(&s->db, &s->arena, &d, &e), E_NOTFOUND);
}

static void note(struct scene *s, const char *key, const char *day, const char *state, int64_t now)
{
	const struct trail_file f = { .source_id = s->source.source_id,
		.key = key,
		.folder = FOLDER,
		.day = day,
		.state = state,
		.error = strcmp(state, "failed") == 0 ? "broken" : NULL };
	struct err e = { 0 };

	assert_int_equal(trail_file_put(&s->db, &f, now, &e), E_OK);
}

static bool known(struct scene *s, const char *key)
{
	struct err e = { 0 };
	bool is;

	assert_int_equal(trail_file_is_known(&s->db, s->source.source_id, key, &is, &e), E_OK);
	return is;
}

static void files_of_days_that_are_over_are_forgotten_but_not_those_that_failed(void **state)
{
	struct scene *s = *state;
	const struct trail_folder over = { s->source.source_id, FOLDER, "2026/03/02", "" };
	struct trail_folder f = over;
	struct err e = { 0 };

	note(s, FOLDER "2026/03/01/b", "2026/03/01", "done", NOW);
	note(s, FOLDER "2026/03/01/a", "2026/03/01", "failed", NOW);
	note(s, FOLDER "2026/03/02/a", "2026/03/02", "done", NOW);
	assert_int_equal(trail_folder_get(&s->db, &s->arena, &f, &e), E_OK);
	assert_string_equal(f.last_key, FOLDER "2026/03/02/a");
	assert_int_equal(trail_folder_put(&s->db, &over, &e), E_OK);
	assert_false(known(s, FOLDER "2026/03/01/b"));
	assert_true(known(s, FOLDER "2026/03/01/a"));
	assert_true(known(s, FOLDER "2026/03/02/a"));
}

static void what_failed_is_due_again_later_each_time(void **state)
{
	struct scene *s = *state;
	int64_t now = NOW, wait = 5 * MINUTE;

	for (int i = 0; i < 12; i++) {
		struct trail_file f = { .source_id = s->source.source_id, .key = "" };
		struct err e = { 0 };

		note(s, FOLDER "2026/03/01/a", "2026/03/01", "failed", now);
		assert_int_equal(
			trail_file_due(&s->db, &s->arena, now + wait - 1, &f, &e), E_NOTFOUND);
		assert_int_equal(trail_file_due(&s->db, &s->arena, now + wait, &f, &e), E_OK);
		assert_string_equal(f.key, FOLDER "2026/03/01/a");
		assert_string_equal(f.folder, FOLDER);
		/* Once a round. */
		assert_int_equal(trail_file_due(&s->db, &s->arena, now + wait, &f, &e), E_NOTFOUND);
		now += wait;
		wait = wait * 2 < 24 * HOUR ? wait * 2 : 24 * HOUR;
	}
}

static void another_place_begins_anew(void **state)
{
	struct scene *s = *state;
	const struct trail one = { s->source.source_id, "s3://one", NOW, 0 };
	const struct trail two = { s->source.source_id, "s3://two", NOW + 1, 0 };
	struct trail t;
	struct err e = { 0 };

	assert_int_equal(trail_get(&s->db, &s->arena, one.source_id, &t, &e), E_NOTFOUND);
	assert_int_equal(trail_begin(&s->db, &one, &e), E_OK);
	note(s, FOLDER "2026/03/01/a", "2026/03/01", "done", NOW);
	assert_int_equal(trail_end(&s->db, one.source_id, NOW, NOW + 5, "because", &e), E_OK);
	assert_int_equal(trail_get(&s->db, &s->arena, one.source_id, &t, &e), E_OK);
	assert_int_equal(t.next_ms, NOW + 5);
	assert_int_equal(trail_begin(&s->db, &two, &e), E_OK);
	assert_int_equal(trail_get(&s->db, &s->arena, one.source_id, &t, &e), E_OK);
	assert_string_equal(t.place, "s3://two");
	assert_int_equal(t.since_ms, NOW + 1);
	assert_int_equal(t.next_ms, 0);
	assert_false(known(s, FOLDER "2026/03/01/a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_wait_doubles_up_to_a_day, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			what_is_answered_is_forgotten_and_all_may_be_asked_at_once, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			files_of_days_that_are_over_are_forgotten_but_not_those_that_failed, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			what_failed_is_due_again_later_each_time, set_up, tear_down),
		cmocka_unit_test_setup_teardown(another_place_begins_anew, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
