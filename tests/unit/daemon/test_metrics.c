/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/metrics.h"

#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/store.h"

static struct scratch scratch;
static struct arena names = ARENA_INIT(1 << 20);
static struct db db;
static struct metrics metrics;
static const char *store;

static int make_store(void **state)
{
	struct err e = { 0 };

	(void)state;
	scratch_make(&scratch);
	store = scratch_path(&scratch, &names, "s.db");
	metrics_init(&metrics);
	return store_open(&db, store, DB_CREATE, 1, &e);
}

static int drop_store(void **state)
{
	(void)state;
	db_close(&db);
	metrics_release(&metrics);
	scratch_remove(&scratch);
	arena_release(&names);
	return 0;
}

/* A resource, and a look that found it. */
static void add_volume(const char *id)
{
	struct buf sql = BUF_INIT(4096);
	struct err e = { 0 };

	buf_printf(&sql,
		"INSERT INTO _resource(account, region, type, id) VALUES "
		"('1', 'r\"1', 'AWS::EC2::Volume', '%s');"
		"INSERT INTO _coverage(sweep_ms, account, region, type, started_ms, ended_ms, "
		"outcome, seen, written, calls) VALUES (1, '1', 'r', 't', 1, 2, 'failed', 1, 1, 1)",
		id);
	assert_true(buf_ok(&sql));
	assert_int_equal(db_script(&db, "add", sql.p, &e), E_OK);
	buf_release(&sql);
}

static bool tells(const char *what)
{
	struct buf out = BUF_INIT(1 << 20);
	struct err e = { 0 };
	bool found;

	assert_int_equal(metrics_write(&metrics, &db, store, 1000, &out, &e), E_OK);
	found = strstr(out.p, what) != NULL;
	buf_release(&out);
	return found;
}

#define VOLUMES "siltstone_resources{type=\"AWS::EC2::Volume\",account=\"1\",region=\"r\\\"1\"} "

static void what_is_counted_in_no_time_is_counted_for_whoever_asks(void **state)
{
	struct err e = { 0 };

	(void)state;
	add_volume("vol-1");
	/* How long that may take is not known yet. */
	assert_false(tells(VOLUMES));
	assert_int_equal(metrics_count(&metrics, &db, &e), E_OK);
	/* Whatever this machine took. */
	metrics.took_us = 0;
	assert_true(tells(VOLUMES "1\n"));
	add_volume("vol-2");
	metrics.took_us = 0;
	assert_true(tells(VOLUMES "2\n"));
	assert_true(tells("siltstone_gaps_total 2\n"));
}

static void what_takes_long_to_count_is_told_as_it_was_counted_last(void **state)
{
	struct err e = { 0 };

	(void)state;
	metrics.took_us = 1000000;
	add_volume("vol-3");
	assert_true(tells(VOLUMES "2\n"));
	/* It was counted a moment ago. */
	assert_int_equal(metrics_count(&metrics, &db, &e), E_OK);
	assert_true(tells(VOLUMES "2\n"));
	metrics.at_us -= INT64_C(1000000) * 1000;
	assert_int_equal(metrics_count(&metrics, &db, &e), E_OK);
	assert_true(tells(VOLUMES "3\n"));
}

static void a_store_that_has_nothing_new_is_not_counted_again(void **state)
{
	struct err e = { 0 };
	int64_t at_us = metrics.at_us;

	(void)state;
	metrics.took_us = 0;
	assert_int_equal(metrics_count(&metrics, &db, &e), E_OK);
	assert_int_equal(metrics.at_us, at_us);
	add_volume("vol-4");
	assert_int_equal(metrics_count(&metrics, &db, &e), E_OK);
	assert_true(metrics.at_us > at_us);
}

static void a_histogram_counts_up_to_each_bound(void **state)
{
	(void)state;
	assert_true(tells("siltstone_ingest_seconds_bucket{le=\"+Inf\"} 0\n"));
	histogram_add(&metrics.ingest, 100000);
	histogram_add(&metrics.ingest, 100001);
	histogram_add(&metrics.ingest, INT64_C(3600000000));
	assert_true(tells("siltstone_ingest_seconds_bucket{le=\"0.1\"} 1\n"
			  "siltstone_ingest_seconds_bucket{le=\"0.25\"} 2\n"));
	assert_true(tells("siltstone_ingest_seconds_bucket{le=\"600\"} 2\n"
			  "siltstone_ingest_seconds_bucket{le=\"+Inf\"} 3\n"
			  "siltstone_ingest_seconds_sum 3600.200001\n"
			  "siltstone_ingest_seconds_count 3\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_counted_in_no_time_is_counted_for_whoever_asks),
		cmocka_unit_test(what_takes_long_to_count_is_told_as_it_was_counted_last),
		cmocka_unit_test(a_store_that_has_nothing_new_is_not_counted_again),
		cmocka_unit_test(a_histogram_counts_up_to_each_bound),
	};

	return cmocka_run_group_tests(tests, make_store, drop_store);
}
