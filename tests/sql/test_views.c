/* SPDX-License-Identifier: Apache-2.0 */
/* The public views are a promise: their names, their columns in order, their declared types, and
 * that a stock shell without our functions can read them. */
#include "lib/estate.h"
#include "lib/unit.h"
#include "store/catalogue.h"
#include "store/store.h"
#include <sqlite3.h>
#include <stdio.h>

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
	estate_close(&w);
	return 0;
}

static void their_columns_are_the_promised_ones(void **state)
{
	struct buf want = BUF_INIT(1 << 20);
	FILE *f = fopen(TESTS_DIR "/sql/views.txt", "rb");
	char piece[4096];
	size_t n;

	(void)state;
	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&want, piece, n);
	fclose(f);
	assert_string_equal(
		estate_rows(&w,
			"SELECT v.name || '.' || c.name || ' ' || c.type FROM sqlite_schema v, "
			"pragma_table_xinfo(v.name) c WHERE v.type = 'view' AND v.name NOT GLOB '_*' "
			"AND v.name NOT GLOB 'aws_*' ORDER BY v.name, c.cid"),
		want.p);
	buf_release(&want);
}

static void others_are_private(void **state)
{
	(void)state;
	assert_string_equal(
		estate_rows(&w,
			"SELECT name FROM sqlite_schema WHERE type IN ('table', 'index', 'trigger') "
			"AND name NOT GLOB '_*' AND name NOT GLOB 'sqlite_*'"),
		"");
	assert_string_equal(
		estate_rows(&w,
			"SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND "
			"NOT strict AND name NOT GLOB 'sqlite_*'"),
		"");
}

/* Stored SQL must run where our functions and newer ones are not. */
static void a_plain_connection_reads_every_view(void **state)
{
	sqlite3 *plain;
	sqlite3_stmt *st, *one;
	unsigned char *image;
	sqlite3_int64 n = 0;

	(void)state;
	estate_begin(&w, w.now_ms);
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", NULL, "{\"vpcId\":\"vpc-1\"}", "{\"a\":\"b\"}");
	estate_settle(&w);
	image = sqlite3_serialize(w.db.h, "main", &n, 0);
	assert_int_equal(sqlite3_open(":memory:", &plain), SQLITE_OK);
	assert_int_equal(
		sqlite3_deserialize(plain, "main", image, n, n, SQLITE_DESERIALIZE_FREEONCLOSE),
		SQLITE_OK);
	assert_int_equal(
		sqlite3_prepare_v2(
			plain, "SELECT name FROM sqlite_schema WHERE type = 'view'", -1, &st, NULL),
		SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", sqlite3_column_text(st, 0));

		assert_int_equal(sqlite3_prepare_v2(plain, sql, -1, &one, NULL), SQLITE_OK);
		while (sqlite3_step(one) == SQLITE_ROW)
			;
		assert_int_equal(sqlite3_finalize(one), SQLITE_OK);
		sqlite3_free(sql);
	}
	sqlite3_finalize(st);
	sqlite3_close(plain);
	assert_string_equal(
		estate_rows(&w,
			"SELECT name FROM sqlite_schema WHERE type IN ('view', 'trigger') AND "
			"(sql LIKE '%->>%' OR sql LIKE '%unixepoch()%' OR sql LIKE '%arn_name%' OR sql LIKE '%glob_any%')"),
		"");
}

static void help_names_every_view_and_its_examples_run(void **state)
{
	sqlite3_stmt *st, *one;

	(void)state;
	assert_string_equal(
		estate_rows(&w,
			"SELECT name FROM sqlite_schema WHERE type = 'view' AND name NOT GLOB '_*' "
			"EXCEPT SELECT name FROM help"),
		"");
	assert_int_equal(
		sqlite3_prepare_v2(w.db.h, "SELECT example FROM help", -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		assert_int_equal(sqlite3_prepare_v2(w.db.h,
					 (const char *)sqlite3_column_text(st, 0), -1, &one, NULL),
			SQLITE_OK);
		while (sqlite3_step(one) == SQLITE_ROW)
			;
		assert_int_equal(sqlite3_finalize(one), SQLITE_OK);
	}
	sqlite3_finalize(st);
}

static void versions_of_one_second_are_told_apart(void **state)
{
	const int64_t t = 1790000060000;
	char cfg[32], tags[32];
	struct estate own;

	(void)state;
	estate_open(&own, ":memory:");
	for (int v = 0; v < 3; v++) {
		estate_begin(&own, t + v * 300);
		snprintf(cfg, sizeof(cfg), "{\"v\":%d}", v);
		snprintf(tags, sizeof(tags), "{\"v\":\"%d\"}", v);
		estate_see(&own, "AWS::EC2::VPC", "vpc-9", NULL, cfg, tags);
		estate_settle(&own);
	}
	/* To the millisecond of each, and just before the next. */
	assert_string_equal(
		estate_rows(&own,
			"SELECT i.version, (SELECT version FROM resources_at WHERE t = i.captured_ms AND resource_id = 'vpc-9'),"
			" (SELECT value FROM tags_at WHERE t = i.captured_ms AND resource_id = 'vpc-9'),"
			" (SELECT value FROM tags_at WHERE t = i.captured_ms + 299 AND resource_id = 'vpc-9')"
			" FROM _item i JOIN _resource USING(rid) WHERE id = 'vpc-9' ORDER BY 1"),
		"1|1|0|0\n2|2|1|1\n3|3|2|2\n");
	/* The second is that of its end. */
	assert_string_equal(
		estate_rows(&own,
			"SELECT a.version, g.value FROM history h JOIN resources_at a ON a.t = h.t AND a.rid = h.rid"
			" JOIN tags_at g ON g.t = h.t AND g.rid = h.rid WHERE h.resource_id = 'vpc-9' AND h.version = 1"),
		"3|2\n");
	estate_close(&own);
}

static void the_past_answers_under_the_same_names(void **state)
{
	struct err e = { 0 };

	(void)state;
	estate_begin(&w, w.now_ms + 1000);
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", NULL, "{\"vpcId\":\"vpc-1\"}", "{\"a\":\"c\"}");
	estate_see(&w, "AWS::EC2::VPC", "vpc-2", NULL, "{\"vpcId\":\"vpc-2\"}", NULL);
	estate_settle(&w);
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id, version FROM resources ORDER BY 1"),
		"vpc-1|2\nvpc-2|1\n");
	assert_int_equal(store_as_of(&w.db, w.now_ms - 1000, &e), E_OK);
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id, version FROM resources ORDER BY 1"),
		"vpc-1|1\n");
	assert_string_equal(estate_rows(&w, "SELECT value FROM tags"), "b\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM history"), "1\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM changes"), "0\n");
	/* The same columns as the view that is shadowed. */
	assert_string_equal(
		estate_rows(&w,
			"SELECT v.name, c.name, m.name FROM sqlite_temp_schema v, pragma_table_xinfo(v.name, 'temp') c "
			"LEFT JOIN pragma_table_xinfo(v.name, 'main') m ON m.cid = c.cid WHERE v.type = 'view' AND c.name IS NOT m.name"),
		"");
}

/* A network that changes twice, beside one that goes. */
static void three_sweeps(struct estate *own)
{
	const int64_t t = 1790000060000;

	estate_open(own, ":memory:");
	estate_begin(own, t);
	estate_see(own, "AWS::EC2::VPC", "vpc-1", NULL,
		"{\"cidrBlock\":\"10.0.0.0/16\",\"state\":\"pending\",\"vpcId\":\"vpc-1\",\"sets\":[{\"id\":\"a\",\"n\":1}]}",
		"{\"Owner\":\"ops\",\"a.b\":\"x\"}");
	estate_see(own, "AWS::EC2::VPC", "vpc-2", NULL, "{\"vpcId\":\"vpc-2\"}", NULL);
	estate_settle(own);
	estate_begin(own, t + 60000);
	estate_see(own, "AWS::EC2::VPC", "vpc-1", NULL,
		"{\"cidrBlock\":\"10.0.0.0/16\",\"state\":\"available\",\"vpcId\":\"vpc-1\",\"sets\":[{\"id\":\"a\",\"n\":1}]}",
		"{\"Owner\":\"ops\",\"a.b\":\"x\"}");
	estate_gone(own, "AWS::EC2::VPC");
	estate_settle(own);
	estate_begin(own, t + 120000);
	estate_see(own, "AWS::EC2::VPC", "vpc-1", NULL,
		"{\"cidrBlock\":\"10.0.0.0/16\",\"state\":\"available\",\"vpcId\":\"vpc-1\",\"sets\":[{\"id\":\"a\",\"n\":2}]}",
		"{\"Owner\":\"net\",\"a.b\":\"x\"}");
	estate_settle(own);
}

static void every_question_runs_as_it_stands(void **state)
{
	struct estate own;
	sqlite3_stmt *st, *one;
	int n = 0;

	(void)state;
	three_sweeps(&own);
	assert_int_equal(
		sqlite3_prepare_v2(own.db.h, "SELECT sql FROM queries", -1, &st, NULL), SQLITE_OK);
	for (; sqlite3_step(st) == SQLITE_ROW; n++) {
		assert_int_equal(sqlite3_prepare_v2(own.db.h,
					 (const char *)sqlite3_column_text(st, 0), -1, &one, NULL),
			SQLITE_OK);
		while (sqlite3_step(one) == SQLITE_ROW)
			;
		assert_int_equal(sqlite3_finalize(one), SQLITE_OK);
	}
	assert_int_equal(n, 20);
	sqlite3_finalize(st);
	estate_close(&own);
}

static void a_kept_question_stands_for_ours(void **state)
{
	(void)state;
	assert_int_equal(
		sqlite3_exec(w.db.h,
			"INSERT INTO _query VALUES ('blame', 'mine', 'SELECT 1', 'number'), "
			"('own', 'another', 'SELECT 2', NULL)",
			NULL, NULL, NULL),
		SQLITE_OK);
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*), count(DISTINCT name), (SELECT sql FROM queries WHERE name = 'blame') FROM queries"),
		"21|21|SELECT 1\n");
	assert_int_equal(sqlite3_exec(w.db.h, "DELETE FROM _query", NULL, NULL, NULL), SQLITE_OK);
}

static void blame_names_the_version_that_set_each_property(void **state)
{
	struct estate own;

	(void)state;
	three_sweeps(&own);
	assert_string_equal(
		estate_rows(&own,
			"SELECT property, value, version FROM blame WHERE resource_id = 'vpc-1' ORDER BY 1"),
		"configuration.cidrBlock|10.0.0.0/16|1\n"
		"configuration.sets|[{\"id\":\"a\",\"n\":2}]|3\n"
		"configuration.state|available|2\n"
		"configuration.vpcId|vpc-1|1\n"
		"relationships|[]|1\n"
		"tags.Owner|net|3\n"
		"tags.a.b|x|1\n");
	/* What is gone has nothing to blame anybody for. */
	assert_string_equal(
		estate_rows(&own, "SELECT count(*) FROM blame WHERE resource_id = 'vpc-2'"), "0\n");
	estate_close(&own);
}

#define DIFF "SELECT property, op, before, after FROM diff WHERE resource_id = "

static void diff_compares_any_two_versions(void **state)
{
	struct estate own;

	(void)state;
	three_sweeps(&own);
	assert_string_equal(estate_rows(&own, DIFF "'vpc-1' AND v1 = 1 AND v2 = 3 ORDER BY 1"),
		"configuration.sets[0].n|change|1|2\n"
		"configuration.state|change|pending|available\n"
		"tags.Owner|change|ops|net\n");
	assert_string_equal(estate_rows(&own, DIFF "'vpc-1' AND v1 = 2 AND v2 = 2 ORDER BY 1"), "");
	/* Against the deletion everything went. */
	assert_string_equal(estate_rows(&own, DIFF "'vpc-2' AND v1 = 1 AND v2 = 2 ORDER BY 1"),
		"configuration.vpcId|remove|vpc-2|-\n");
	estate_close(&own);
}

static void drift_and_timeline_tell_what_happened(void **state)
{
	struct estate own;

	(void)state;
	three_sweeps(&own);
	assert_string_equal(
		estate_rows(&own,
			"SELECT op, resource_id, v1, v2 FROM drift WHERE t1 = 1790000060 AND t2 = 1790000200 ORDER BY 2"),
		"changed|vpc-1|1|3\ndeleted|vpc-2|1|2\n");
	assert_string_equal(
		estate_rows(&own,
			"SELECT op, resource_id, v1, v2 FROM drift WHERE t1 = 1790000000 AND t2 = 1790000060 ORDER BY 2"),
		"created|vpc-1|-|1\ncreated|vpc-2|-|1\n");
	assert_string_equal(
		estate_rows(&own,
			"SELECT event, version, summary FROM timeline WHERE resource_id = 'vpc-1' ORDER BY at"),
		"created|1|ResourceDiscovered\n"
		"changed|2|state pending -> available\n"
		"changed|3|sets[a].n 1 -> 2; tags.Owner ops -> net\n");
	assert_string_equal(estate_rows(&own, "SELECT event, sum(n) FROM activity GROUP BY 1"),
		"changed|2\ncreated|2\ndeleted|1\n");
	estate_close(&own);
}

#define LOOK(sweep, outcome, reason)                                                               \
	"(1, " #sweep "000, '1', 'r', 'T', " #sweep "000, " #sweep "500, " outcome ", " reason     \
	", 3, 0, 1)"

static void coverage_tells_since_when_and_gaps_when_nobody_looked(void **state)
{
	struct estate own;

	(void)state;
	estate_open(&own, ":memory:");
	assert_int_equal(
		sqlite3_exec(own.db.h,
			"INSERT INTO _recorder(name, every_ms) VALUES ('default', 100000);"
			"INSERT INTO _source(source_id, name, kind) VALUES (1, 'prod', 'aws');"
			"INSERT INTO _coverage(source_id, sweep_ms, account, region, type, started_ms, "
			"ended_ms, outcome, reason, seen, written, calls) VALUES " LOOK(
				100, "'complete'", "NULL") "," LOOK(200, "'complete'",
				"NULL") "," LOOK(300, "'failed'", "'denied'") "," LOOK(400,
				"'failed'", "'denied'") "," LOOK(500, "'partial'", "'slow'"),
			NULL, NULL, NULL),
		SQLITE_OK);
	assert_string_equal(
		estate_rows(&own,
			"SELECT state, since, until, looks, last_look, reason, source FROM coverage ORDER BY since"),
		"complete|1970-01-01 00:01:40|1970-01-01 00:05:00|2|1970-01-01 00:03:20|-|prod\n"
		"blind|1970-01-01 00:05:00|1970-01-01 00:08:20|2|1970-01-01 00:06:40|denied|prod\n"
		"partial|1970-01-01 00:08:20|9999-12-31 23:59:59|1|1970-01-01 00:08:20|slow|prod\n");
	/* From the end of the last look that saw something to the next, and since then. */
	assert_string_equal(
		estate_rows(&own, "SELECT since, until, failed, reason FROM gaps ORDER BY since"),
		"1970-01-01 00:03:20|1970-01-01 00:08:20|2|denied\n"
		"1970-01-01 00:08:20|9999-12-31 23:59:59|0|-\n");
	estate_close(&own);
}

/* Every question asked of the past gives what it gave then. */
static void the_whole_past_is_there_under_the_same_names(void **state)
{
	struct err e = { 0 };
	struct estate own;

	(void)state;
	three_sweeps(&own);
	assert_int_equal(
		sqlite3_exec(own.db.h,
			"INSERT INTO _verdict(rid, rule, result, since_ms, until_ms) SELECT rid, 'r', 'NON_COMPLIANT', 1790000060000, 1790000180000 FROM _resource WHERE id = 'vpc-1';"
			"INSERT INTO _verdict(rid, rule, result, since_ms) SELECT rid, 'r', 'COMPLIANT', 1790000180000 FROM _resource WHERE id = 'vpc-1'",
			NULL, NULL, NULL),
		SQLITE_OK);
	assert_string_equal(estate_rows(&own, "SELECT result FROM compliance"), "COMPLIANT\n");
	assert_int_equal(store_as_of(&own.db, 1790000130000, &e), E_OK);
	assert_string_equal(estate_rows(&own, "SELECT result, since FROM compliance"),
		"NON_COMPLIANT|2026-09-21 14:14:20\n");
	assert_string_equal(
		estate_rows(&own, "SELECT until FROM compliance_history"), "9999-12-31 23:59:59\n");
	assert_string_equal(
		estate_rows(&own, "SELECT version, until FROM history WHERE resource_id = 'vpc-1'"),
		"1|2026-09-21 14:15:20\n2|9999-12-31 23:59:59\n");
	assert_string_equal(
		estate_rows(&own, "SELECT count(*) FROM timeline WHERE event = 'changed'"), "1\n");
	assert_string_equal(
		estate_rows(&own, "SELECT version, state FROM aws_ec2_vpc"), "2|available\n");
	assert_string_equal(
		estate_rows(
			&own, "SELECT version FROM blame WHERE property = 'configuration.sets'"),
		"1\n");
	assert_string_equal(estate_rows(&own, "SELECT event, n FROM activity ORDER BY 1"),
		"changed|1\ncreated|2\ndeleted|1\n");
	assert_string_equal(
		estate_rows(&own,
			"SELECT v.name, c.name, m.name FROM sqlite_temp_schema v, pragma_table_xinfo(v.name, 'temp') c "
			"LEFT JOIN pragma_table_xinfo(v.name, 'main') m ON m.cid = c.cid WHERE v.type = 'view' AND c.name IS NOT m.name"),
		"");
	estate_close(&own);
}

static void a_recorded_type_has_a_view_of_its_own(void **state)
{
	struct estate own;

	(void)state;
	three_sweeps(&own);
	assert_string_equal(
		estate_rows(&own,
			"SELECT name FROM sqlite_schema WHERE type = 'view' AND name GLOB 'aws_*'"),
		"aws_ec2_vpc\n");
	assert_string_equal(
		estate_rows(
			&own, "SELECT resource_id, cidr_block, state, version FROM aws_ec2_vpc"),
		"vpc-1|10.0.0.0/16|available|3\n");
	assert_string_equal(
		estate_rows(&own,
			"SELECT group_concat(name, ' ') FROM pragma_table_info('aws_ec2_vpc') WHERE cid < 10"),
		"rid resource_id name account region az version at owner_id instance_tenancy\n");
	assert_string_equal(estate_rows(&own, "SELECT what FROM help WHERE name = 'aws_ec2_vpc'"),
		"each AWS::EC2::VPC that exists now, its values as columns\n");
	estate_close(&own);
}

/* No schema object may be called as they would be, and the catalogue may say nothing of them. */
static void odd_types_get_a_plain_view_or_none(void **state)
{
	struct estate own;

	(void)state;
	estate_open(&own, ":memory:");
	assert_int_equal(sqlite3_exec(own.db.h, "CREATE VIEW acme_taken AS SELECT 1 AS one", NULL,
				 NULL, NULL),
		SQLITE_OK);
	estate_begin(&own, own.now_ms);
	estate_see(&own, "Acme::Net-Work::Switch", "s-1", NULL, "{\"a\":1}", NULL);
	estate_see(&own, "Acme::Taken", "t-1", NULL, "{\"a\":1}", NULL);
	estate_see(&own, "history", "h-1", NULL, "{\"a\":1}", NULL);
	estate_see(&own, "A'::B\"", "h-1", NULL, "{\"a\":1}", NULL);
	estate_settle(&own);
	assert_string_equal(
		estate_rows(&own,
			"SELECT name FROM sqlite_schema WHERE type = 'view' AND name GLOB 'a[cw\"'']*'"),
		"activity\nacme_taken\nacme_net_work_switch\n");
	assert_string_equal(
		estate_rows(&own, "SELECT resource_id, version FROM acme_net_work_switch"),
		"s-1|1\n");
	assert_string_equal(estate_rows(&own, "SELECT one FROM acme_taken"), "1\n");
	estate_close(&own);
}

static void a_new_catalogue_makes_the_view_anew(void **state)
{
	const char *mine =
		"INSERT OR REPLACE INTO _catalogue(name, doc) VALUES ('mine', '[{\"type\":\"Acme::Net::Switch\","
		"\"engine\":\"push\",\"columns\":{\"ports\":[\"$.n\",\"INTEGER\"],\"value\":\"$.v\",\"maker\":\"$.m.name\"}}]')";
	struct err e = { 0 };
	struct estate own;

	(void)state;
	estate_open(&own, ":memory:");
	estate_begin(&own, own.now_ms);
	estate_see(&own, "Acme::Net::Switch", "s-1", NULL, "{\"n\":48,\"m\":{\"name\":\"it's\"}}",
		NULL);
	estate_settle(&own);
	assert_int_equal(sqlite3_exec(own.db.h, mine, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(catalogue_sync(&own.db, &e), E_OK);
	/* "value" would stand in the way of json_each(). */
	assert_string_equal(
		estate_rows(&own,
			"SELECT name, type FROM pragma_table_info('acme_net_switch') WHERE cid > 7"),
		"ports|\nmaker|\n");
	assert_string_equal(
		estate_rows(&own, "SELECT ports + 1, maker FROM acme_net_switch"), "49|it's\n");
	/* The past of it. */
	assert_int_equal(store_as_of(&own.db, own.now_ms - 1, &e), E_OK);
	assert_string_equal(estate_rows(&own, "SELECT count(*) FROM acme_net_switch"), "0\n");
	estate_close(&own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(their_columns_are_the_promised_ones),
		cmocka_unit_test(others_are_private),
		cmocka_unit_test(a_plain_connection_reads_every_view),
		cmocka_unit_test(help_names_every_view_and_its_examples_run),
		cmocka_unit_test(a_kept_question_stands_for_ours),
		cmocka_unit_test(the_past_answers_under_the_same_names),
		cmocka_unit_test(versions_of_one_second_are_told_apart),
		cmocka_unit_test(every_question_runs_as_it_stands),
		cmocka_unit_test(blame_names_the_version_that_set_each_property),
		cmocka_unit_test(diff_compares_any_two_versions),
		cmocka_unit_test(drift_and_timeline_tell_what_happened),
		cmocka_unit_test(coverage_tells_since_when_and_gaps_when_nobody_looked),
		cmocka_unit_test(the_whole_past_is_there_under_the_same_names),
		cmocka_unit_test(a_recorded_type_has_a_view_of_its_own),
		cmocka_unit_test(odd_types_get_a_plain_view_or_none),
		cmocka_unit_test(a_new_catalogue_makes_the_view_anew),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
