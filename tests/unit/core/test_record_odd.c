/* SPDX-License-Identifier: Apache-2.0 */
/* Documents and links that are out of the ordinary. */
#include "core/record.h"

#include "lib/estate.h"
#include "lib/tree.h"
#include "lib/unit.h"
#include <stdio.h>
#include <string.h>

#define T0   INT64_C(1790000000000)
#define HOUR INT64_C(3600000)
#define VPC  "AWS::EC2::VPC"

static struct estate w;

static int set_up(void **state)
{
	(void)state;
	estate_open(&w, ":memory:");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_string_equal(estate_rows(&w, "PRAGMA foreign_key_check"), "");
	estate_close(&w);
	return 0;
}

static void look(const char *type, int64_t seen)
{
	struct err e = { 0 };
	struct look l = { STR("123456789012"), STR("us-east-1"), str_of(type), T0, T0 + 5,
		LOOK_COMPLETE, NULL, NULL, seen, 1 };

	assert_int_equal(record_look(&w.record, &l, &e), E_OK);
}

/* {"a":[[[ ... v ... ]]]} */
static void deep(struct buf *b, int depth, int v)
{
	buf_clear(b);
	buf_text(b, "{\"a\":");
	for (int i = 1; i < depth; i++)
		buf_char(b, '[');
	buf_printf(b, "%d", v);
	for (int i = 1; i < depth; i++)
		buf_char(b, ']');
	buf_char(b, '}');
}

static void what_is_staged_can_be_read_again_however_deep(void **state)
{
	struct buf b = BUF_INIT(1 << 16);
	struct arena a = ARENA_INIT(1 << 20);
	struct err e = { 0 };
	struct observation o = { .account = STR("123456789012"),
		.region = STR("us-east-1"),
		.type = STR(VPC),
		.id = STR("vpc-3"),
		.created_ms = INT64_MIN,
		.captured_ms = T0 };

	(void)state;
	deep(&b, 100, 0);
	o.configuration = tree_of(&a, b.p);
	estate_begin(&w, T0);
	assert_int_equal(record_stage(&w.record, &o, &e), E_TOOBIG);
	arena_release(&a);
	for (int v = 0; v < 3; v++) {
		estate_begin(&w, T0 + v * HOUR);
		deep(&b, 99, v);
		estate_see(&w, VPC, "vpc-1", NULL, b.p, NULL);
		estate_see(&w, VPC, "vpc-2", NULL, v ? "{\"a\":1}" : "{\"a\":2}", NULL);
		estate_settle(&w);
	}
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id, version FROM resources ORDER BY 1"),
		"vpc-1|3\nvpc-2|2\n");
	buf_release(&b);
}

/* {"v":V,"a":[...]} with @n elements that all differ from those of another @v. */
static enum code see_large(const char *id, int v, int n, struct err *e)
{
	struct buf b = BUF_INIT(64 << 20);
	struct arena a = ARENA_INIT(1u << 30);
	struct observation o = { .account = STR("123456789012"),
		.region = STR("us-east-1"),
		.type = STR(VPC),
		.id = str_of(id),
		.created_ms = INT64_MIN,
		.captured_ms = w.now_ms };
	enum code c;

	buf_printf(&b, "{\"v\":%d,\"a\":[0", v);
	for (int i = 0; i < n; i++)
		buf_printf(&b, ",{\"x\":%d,\"name\":%d}", v, i / 2);
	buf_text(&b, "]}");
	o.configuration = tree_of(&a, b.p);
	c = record_stage(&w.record, &o, e);
	arena_release(&a);
	buf_release(&b);
	return c;
}

static void the_largest_that_is_staged_can_be_compared(void **state)
{
	struct err e = { 0 };

	(void)state;
	for (int v = 0; v < 2; v++) {
		estate_begin(&w, T0 + v * HOUR);
		assert_int_equal(see_large("vpc-1", v, 71000, &e), E_OK);
		assert_int_equal(see_large("vpc-2", v, 120000, &e), E_TOOBIG);
		e = (struct err){ 0 };
		estate_settle(&w);
		assert_int_equal(w.sum.refused, 0);
	}
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id, version FROM resources"), "vpc-1|2\n");
}

/* Behind the back of record_stage(), which would not take it. */
static void stage_raw(const char *cfg, int64_t at_ms)
{
	char sql[1024];

	snprintf(sql, sizeof(sql),
		"INSERT INTO stage(account, region, type, id, captured_ms, configuration, supplementary, tags)"
		" VALUES ('123456789012', 'us-east-1', '" VPC
		"', 'vpc-1', %lld, '%s', '{}', '{}') RETURNING 1",
		(long long)at_ms, cfg);
	assert_string_equal(estate_rows(&w, sql), "1\n");
}

static void one_that_cannot_be_compared_holds_up_no_other(void **state)
{
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	for (int v = 0; v < 2; v++) {
		estate_begin(&w, T0 + v * HOUR);
		deep(&b, 100, v);
		stage_raw(b.p, T0 + v * HOUR);
		estate_see(&w, VPC, "vpc-2", NULL, v ? "{\"a\":1}" : "{\"a\":2}", NULL);
		look(VPC, 2);
		look("AWS::EC2::Subnet", 0);
		estate_settle(&w);
	}
	assert_int_equal(w.sum.refused, 1);
	assert_int_equal(w.sum.changed, 1);
	assert_string_equal(w.sum.first_refused.type, VPC);
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id, version FROM resources ORDER BY 1"),
		"vpc-2|2\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT type, outcome, reason LIKE '\"vpc-1\" is too large%' FROM _coverage WHERE sweep_ms > 1790000000000 ORDER BY 1"),
		"AWS::EC2::Subnet|complete|-\n" VPC "|partial|1\n");
	buf_release(&b);
}

static void a_link_by_name_follows_to_the_one_made_anew(void **state)
{
	(void)state;
	estate_begin(&w, T0);
	estate_see(&w, "AWS::IAM::User", "AIDA1", "bob",
		"{\"userId\":\"AIDA1\",\"groupList\":[\"dev\"]}", NULL);
	estate_see(&w, "AWS::IAM::Group", "AGPA1", "dev", "{\"groupId\":\"AGPA1\"}", NULL);
	estate_settle(&w);
	estate_begin(&w, T0 + HOUR);
	estate_see(&w, "AWS::IAM::User", "AIDA1", "bob",
		"{\"userId\":\"AIDA1\",\"groupList\":[\"dev\"]}", NULL);
	estate_see(&w, "AWS::IAM::Group", "AGPA2", "dev", "{\"groupId\":\"AGPA2\"}", NULL);
	estate_gone(&w, "AWS::IAM::Group");
	estate_settle(&w);
	assert_string_equal(
		estate_rows(&w,
			"SELECT e.target_id, t.id, e.since FROM relationships e LEFT JOIN _resource t ON t.rid = e.target_rid WHERE resource_id = 'AIDA1'"),
		"AGPA2|AGPA2|2026-09-21 15:13:20\n");
}

static void a_thousand_versions_read_back(void **state)
{
	static const char shape[] =
		"{\"big\":{\"a\":\"%0200d\",\"b\":\"%0200d\",\"c\":\"%0200d\"},\"n\":%d}";
	char cfg[1024];

	(void)state;
	for (int v = 1; v <= 1000; v++) {
		int n = v % 10 ? v : v - 9; /* now and then back to what it was */

		estate_begin(&w, T0 + v * HOUR);
		snprintf(cfg, sizeof(cfg), shape, n / 300, n / 500, 7, n);
		if (v % 100 == 99)
			estate_gone(&w, VPC);
		else
			estate_see(&w, VPC, "vpc-1", NULL, cfg, NULL);
		estate_settle(&w);
		assert_int_equal(w.sum.unchanged, 0);
	}
	assert_string_equal(
		estate_rows(&w, "SELECT max(version), count(DISTINCT document_id) FROM _item"),
		"1000|890\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*) FROM configs WHERE json_extract(configuration, '$.n') <> version - (version % 10 = 0) * 9"
			" OR json_extract(configuration, '$.big.a') + 0 <> (version - (version % 10 = 0) * 9) / 300"
			" OR json_extract(configuration, '$.big.b') + 0 <> (version - (version % 10 = 0) * 9) / 500"),
		"0\n");
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) < 5 FROM _document WHERE base IS NULL"), "1\n");
}

static void see_in(const char *region, const char *type, const char *id, const char *cfg)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct err e = { 0 };
	struct observation o = { .account = STR("123456789012"),
		.region = str_of(region),
		.type = str_of(type),
		.id = str_of(id),
		.created_ms = INT64_MIN,
		.captured_ms = w.now_ms };

	o.configuration = tree_of(&a, cfg);
	assert_int_equal(record_stage(&w.record, &o, &e), E_OK);
	arena_release(&a);
}

static const char *ends(void)
{
	return estate_rows(&w,
		"SELECT e.resource_id, r.region, e.target_id, t.region FROM relationships e JOIN _resource r USING(rid)"
		" LEFT JOIN _resource t ON t.rid = e.target_rid ORDER BY 1, 2, 3");
}

static void an_id_that_is_a_name_means_the_one_of_this_region(void **state)
{
	static const char *const cfg = "{\"dBSubnetGroup\":{\"dBSubnetGroupName\":\"default\"}}";

	(void)state;
	estate_begin(&w, T0);
	see_in("us-east-1", "AWS::RDS::DBInstance", "db-1", cfg);
	see_in("eu-west-1", "AWS::RDS::DBSubnetGroup", "default", "{}");
	estate_settle(&w);
	assert_string_equal(ends(), "db-1|us-east-1|default|-\n");
	estate_begin(&w, T0 + HOUR);
	see_in("us-east-1", "AWS::RDS::DBSubnetGroup", "default", "{}");
	estate_settle(&w);
	assert_string_equal(ends(), "db-1|us-east-1|default|us-east-1\n");
}

static void a_bucket_is_linked_from_any_region(void **state)
{
	(void)state;
	estate_begin(&w, T0);
	see_in("us-east-1", "AWS::CloudTrail::Trail", "t", "{\"s3BucketName\":\"logs\"}");
	see_in("eu-west-1", "AWS::S3::Bucket", "logs", "{}");
	estate_settle(&w);
	assert_string_equal(ends(), "t|us-east-1|logs|eu-west-1\n");
}

static void a_new_name_is_known_though_nothing_else_changed(void **state)
{
	(void)state;
	for (int v = 0; v < 2; v++) {
		estate_begin(&w, T0 + v * HOUR);
		estate_see(&w, VPC, "vpc-1", v ? "new" : "old", "{}", NULL);
		estate_settle(&w);
	}
	assert_int_equal(w.sum.changed, 0);
	assert_string_equal(estate_rows(&w, "SELECT name, version FROM resources"), "new|1\n");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_is_staged_can_be_read_again_however_deep),
		CASE(the_largest_that_is_staged_can_be_compared),
		CASE(one_that_cannot_be_compared_holds_up_no_other),
		CASE(a_thousand_versions_read_back),
		CASE(an_id_that_is_a_name_means_the_one_of_this_region),
		CASE(a_bucket_is_linked_from_any_region),
		CASE(a_new_name_is_known_though_nothing_else_changed),
		CASE(a_link_by_name_follows_to_the_one_made_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
