/* SPDX-License-Identifier: Apache-2.0 */
/* The public views are a promise: their names, their columns in order, their declared types, and
 * that a stock shell without our functions can read them. */
#include "lib/estate.h"
#include "lib/unit.h"
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
			"ORDER BY v.name, c.cid"),
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(their_columns_are_the_promised_ones),
		cmocka_unit_test(others_are_private),
		cmocka_unit_test(a_plain_connection_reads_every_view),
		cmocka_unit_test(help_names_every_view_and_its_examples_run),
		cmocka_unit_test(the_past_answers_under_the_same_names),
		cmocka_unit_test(versions_of_one_second_are_told_apart),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
