/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/plan.h"

#include "discover/login.h"
#include "lib/estate.h"
#include "lib/unit.h"

struct world {
	struct estate estate;
	struct arena a;
	struct plan plan;
	struct err e;
};

static int open_world(void **state)
{
	static struct world w;

	w = (struct world){ .a = ARENA_INIT(64 << 20) };
	estate_open(&w.estate, ":memory:");
	*state = &w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	estate_close(&w->estate);
	arena_release(&w->a);
	return 0;
}

static enum code make(struct world *w, const char *kind, const char *types, const char *regions)
{
	struct plan_query query = { .kind = kind, .types = types };

	w->e = (struct err){ 0 };
	assert_int_equal(regions_split(&w->a, regions, &query.regions, &w->e), E_OK);
	return plan_make(&w->plan, &w->a, &w->estate.db, &query, &w->e);
}

static void a_regional_type_is_listed_once_a_region(void **state)
{
	struct world *w = *state;

	assert_int_equal(make(w, "aws", "AWS::EC2::Volume", "us-east-1,eu-west-1"), E_OK);
	assert_int_equal(w->plan.n, 2);
	assert_int_equal(w->plan.n_looks, 2);
	assert_string_equal(w->plan.listings[1].call_region, "eu-west-1");
	assert_string_equal(w->plan.listings[1].looks[0], "eu-west-1");
}

static void a_global_type_is_listed_once_where_its_partition_answers(void **state)
{
	struct world *w = *state;

	assert_int_equal(
		make(w, "aws", "AWS::IAM::Group,AWS::IAM::Policy,AWS::IAM::Role,AWS::IAM::User",
			"eu-west-1,us-west-2"),
		E_OK);
	assert_int_equal(w->plan.n, 4);
	assert_string_equal(w->plan.listings[0].call_region, "us-east-1");
	assert_string_equal(w->plan.listings[0].looks[0], "global");
	assert_int_equal(make(w, "aws", "AWS::IAM::Role", "cn-northwest-1"), E_OK);
	assert_string_equal(w->plan.listings[0].call_region, "cn-north-1");
	assert_int_equal(make(w, "aws", "AWS::IAM::Role", "us-gov-east-1"), E_OK);
	assert_string_equal(w->plan.listings[0].call_region, "us-gov-west-1");
}

static void one_listing_of_buckets_is_a_look_in_each_region(void **state)
{
	struct world *w = *state;

	assert_int_equal(make(w, "aws", "AWS::S3::Bucket", "eu-west-1,us-west-2"), E_OK);
	assert_int_equal(w->plan.n, 1);
	assert_int_equal(w->plan.n_looks, 2);
	assert_string_equal(w->plan.listings[0].call_region, "us-east-1");
	assert_string_equal(w->plan.listings[0].looks[1], "us-west-2");
}

static void each_kind_of_source_has_its_types(void **state)
{
	struct world *w = *state;

	assert_int_equal(make(w, "exec", NULL, "us-east-1"), E_OK);
	assert_true(w->plan.n > 0);
	for (size_t i = 0; i < w->plan.n; i++)
		assert_int_equal(w->plan.listings[i].entry->engine, ENGINE_EXEC);
	assert_int_equal(make(w, "aws", NULL, "us-east-1"), E_OK);
	assert_true(w->plan.n >= 20);
	for (size_t i = 0; i < w->plan.n; i++)
		assert_int_not_equal(w->plan.listings[i].entry->engine, ENGINE_EXEC);
	assert_int_equal(make(w, "ftp", NULL, "us-east-1"), E_INVALID);
}

static void a_type_nobody_knows_is_refused_with_the_nearest(void **state)
{
	struct world *w = *state;

	assert_int_equal(
		make(w, "aws", "AWS::EC2::Volume,AWS::EC2::Volumne", "us-east-1"), E_INVALID);
	assert_non_null(strstr(w->e.msg, "AWS::EC2::Volumne"));
	assert_non_null(strstr(w->e.hint, "AWS::EC2::Volume"));
	assert_int_equal(make(w, "aws", "bucket", "us-east-1"), E_INVALID);
	assert_non_null(strstr(w->e.hint, "did you mean AWS::S3::Bucket"));
	assert_int_equal(make(w, "aws", "Siltstone::Host::*", "us-east-1"), E_INVALID);
}

static void a_region_that_cannot_be_is_refused_with_the_nearest(void **state)
{
	static const char *const bad[] = { "eu-wets-1x", "eu_west_1", "EU-WEST-1", "eu-west-",
		"eu-1", "", "eu-west-1,,us-east-1", "-", "a-b-1c" };
	struct world *w = *state;
	struct regions out = { 0 };

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		w->e = (struct err){ 0 };
		assert_int_equal(regions_split(&w->a, bad[i], &out, &w->e), E_INVALID);
		assert_null(out.names);
		assert_true(w->e.hint[0]);
	}
	w->e = (struct err){ 0 };
	(void)region_unknown(STR("eu-wset-1"), &w->e);
	assert_non_null(strstr(w->e.hint, "eu-west-1"));
}

static void a_list_of_regions_may_have_blanks_and_doubles(void **state)
{
	struct world *w = *state;
	struct regions out = { 0 };

	w->e = (struct err){ 0 };
	assert_int_equal(regions_split(&w->a, "us-east-1, eu-west-1,us-east-1", &out, &w->e), E_OK);
	assert_int_equal(out.n, 2);
	assert_string_equal(out.names[1], "eu-west-1");
}

static void only_this_machine_is_loopback(void **state)
{
	static const char *const yes[] = { "http://127.0.0.1:4566", "http://localhost",
		"https://localhost:1/", "http://[::1]:5000", "http://127.1.2.3" };
	static const char *const no[] = { "http://127.0.0.1.example.com",
		"http://localhost.example", "https://ec2.amazonaws.com", "127.0.0.1",
		"http://10.0.0.1", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++)
		assert_true(login_is_loopback(yes[i]));
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		assert_false(login_is_loopback(no[i]));
	assert_false(login_is_loopback(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_regional_type_is_listed_once_a_region, open_world, close_world),
		cmocka_unit_test_setup_teardown(
			a_global_type_is_listed_once_where_its_partition_answers, open_world,
			close_world),
		cmocka_unit_test_setup_teardown(
			one_listing_of_buckets_is_a_look_in_each_region, open_world, close_world),
		cmocka_unit_test_setup_teardown(
			each_kind_of_source_has_its_types, open_world, close_world),
		cmocka_unit_test_setup_teardown(
			a_type_nobody_knows_is_refused_with_the_nearest, open_world, close_world),
		cmocka_unit_test_setup_teardown(a_region_that_cannot_be_is_refused_with_the_nearest,
			open_world, close_world),
		cmocka_unit_test_setup_teardown(
			a_list_of_regions_may_have_blanks_and_doubles, open_world, close_world),
		cmocka_unit_test(only_this_machine_is_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
