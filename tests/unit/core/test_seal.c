/* SPDX-License-Identifier: Apache-2.0 */
#include "store/seal.h"

#include "base/asset.h"
#include "base/buf.h"
#include "base/must.h"
#include "base/netstring.h"
#include "lib/estate.h"
#include "lib/unit.h"
#include "store/version.h"
#include <stdlib.h>
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
	estate_close(&w);
	return 0;
}

static void sweep(int64_t at_ms, const char *id, const char *name, const char *configuration)
{
	estate_begin(&w, at_ms);
	estate_see(&w, VPC, id, name, configuration, NULL);
	estate_settle(&w);
}

static void script(const char *sql)
{
	struct err e = { 0 };

	if (db_begin(&w.db, &e) || db_script(&w.db, "test", sql, &e) || db_commit(&w.db, &e))
		fail_msg("%s", e.msg);
}

/* The statement of the migration, run again, changes nothing. */
static void assert_migration_agrees(void)
{
	const struct asset *a = NULL;
	char *sql;

	do
		a = asset_next(a, "migrations/0003");
	while (a && !strstr(a->text, "UPDATE _item SET digest"));
	must(a);
	sql = strdup(strstr(a->text, "UPDATE _item SET digest"));
	must(sql);
	*(strchr(sql, ';') + 1) = '\0';
	script("CREATE TEMP TABLE was AS SELECT item_id, digest FROM _item");
	script(sql);
	free(sql);
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*) FROM _item i JOIN temp.was USING (item_id) WHERE i.digest <> was.digest OR length(i.digest) <> 32"),
		"0\n");
}

static void fields_are_spelled_so_that_no_two_lists_are_alike(void **state)
{
	struct buf b = BUF_INIT(1000);

	(void)state;
	netstring_add(&b, STR("a,b"));
	netstring_add(&b, STR(""));
	netstring_add(&b, STR_NONE);
	netstring_int(&b, -70);
	netstring_hex(&b, "\x01\xff", 2);
	assert_string_equal(b.p, "3:a,b,0:,-,3:-70,4:01ff,");
	buf_release(&b);
	assert_string_equal(
		estate_rows(&w, "SELECT netstrings('a,b', '', NULL, -70, lower(hex(x'01ff')))"),
		"3:a,b,0:,-,3:-70,4:01ff,\n");
	assert_string_equal(estate_rows(&w, "SELECT lower(hex(sha256('abc')))"),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n");
}

static void the_migration_digests_as_recording_does(void **state)
{
	(void)state;
	sweep(T0, "vpc-1", "one", "{\"vpcId\":\"vpc-1\"}");
	sweep(T0 + HOUR, "vpc-1", NULL, "{\"vpcId\":\"vpc-1\",\"a\":1}");
	estate_begin(&w, T0 + 2 * HOUR);
	estate_gone(&w, VPC);
	estate_settle(&w);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _item"), "3\n");
	assert_migration_agrees();
}

static void an_item_with_everything_is_digested_alike(void **state)
{
	unsigned char document[SHA256_BYTES];
	struct seal_item said = { STR("123456789012"), STR("us-east-1"), STR(VPC), STR("vpc-1"),
		T0 + HOUR, true, 7, STR("OK"), document, T0 + HOUR + 1, STR("us-east-1a"), true, 0,
		STR("then"), STR_NONE, STR("alice"), 1, STR("{\"x\":1}") };
	struct version_item item = { .rid = 1,
		.version = 2,
		.captured_ms = said.captured_ms,
		.recorded_ms = said.recorded_ms,
		.has_state = true,
		.state_id = 7,
		.status = "OK",
		.az = said.az,
		.has_created = true,
		.name = said.name,
		.arn = STR(""),
		.actor = said.actor,
		.extra = said.extra,
		.source_id = 1,
		.document_id = 1 };
	struct err e = { 0 };
	int64_t id = 0;

	(void)state;
	sweep(T0, "vpc-1", "now", "{\"vpcId\":\"vpc-1\"}");
	script("INSERT INTO _source(source_id, name, kind) VALUES (1, 'x', 'aws');"
	       "UPDATE _resource SET arn = 'arn:aws:now'");
	/* The document's digest as it is stored; its text is what recording made of the above. */
	assert_true(sha256_of(STR("{\"configuration\":{\"vpcId\":\"vpc-1\"},\"relationships\":[],"
				  "\"supplementaryConfiguration\":{},\"tags\":{}}"),
		document));
	assert_true(seal_item_digest(&said, item.digest));
	assert_int_equal(db_begin(&w.db, &e), E_OK);
	assert_int_equal(version_add_item(&w.db, &item, &id, &e), E_OK);
	assert_int_equal(db_commit(&w.db, &e), E_OK);
	script("DELETE FROM _event; DELETE FROM _diff; DELETE FROM _item WHERE item_id <> 2");
	assert_migration_agrees();
}

static void what_was_called_something_else_says_what_it_said(void **state)
{
	(void)state;
	sweep(T0, "vpc-1", "old", "{\"vpcId\":\"vpc-1\"}");
	sweep(T0 + HOUR, "vpc-1", NULL, "{\"vpcId\":\"vpc-1\"}");
	sweep(T0 + 2 * HOUR, "vpc-1", "new", "{\"vpcId\":\"vpc-1\",\"a\":1}");
	sweep(T0 + 3 * HOUR, "vpc-1", "newer", "{\"vpcId\":\"vpc-1\",\"a\":2}");
	assert_string_equal(
		estate_rows(&w,
			"SELECT i.version, i.name, r.name FROM _item i JOIN _resource r USING (rid)"),
		"1|old|newer\n2|new|newer\n3|-|newer\n");
	assert_migration_agrees();
}

static void every_commit_seals_what_it_added(void **state)
{
	(void)state;
	sweep(T0, "vpc-1", NULL, "{\"vpcId\":\"vpc-1\"}");
	sweep(T0 + HOUR, "vpc-1", NULL, "{\"vpcId\":\"vpc-1\"}");
	sweep(T0 + 2 * HOUR, "vpc-2", NULL, "{\"vpcId\":\"vpc-2\"}");
	assert_string_equal(
		estate_rows(&w,
			"SELECT seal_id, first_item, last_item, n, sealed_ms - 1790000000000, hex(previous) = hex(zeroblob(32)) FROM _seal"),
		"1|1|1|1|0|1\n2|2|2|1|7200000|0\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT b.previous = a.digest FROM _seal a JOIN _seal b ON b.seal_id = a.seal_id + 1"),
		"1\n");
}

static void an_id_is_never_given_out_again(void **state)
{
	(void)state;
	sweep(T0, "vpc-1", NULL, "{\"vpcId\":\"vpc-1\"}");
	sweep(T0, "vpc-2", NULL, "{\"vpcId\":\"vpc-2\"}");
	script("DELETE FROM _event; DELETE FROM _item WHERE item_id = 2");
	sweep(T0 + HOUR, "vpc-3", NULL, "{\"vpcId\":\"vpc-3\"}");
	assert_string_equal(estate_rows(&w, "SELECT item_id FROM _item ORDER BY 1"), "1\n3\n");
	assert_string_equal(
		estate_rows(&w, "SELECT first_item, last_item, n FROM _seal WHERE seal_id = 3"),
		"3|3|1\n");
}

static void what_was_never_sealed_is_sealed_by_the_next_commit(void **state)
{
	(void)state;
	sweep(T0, "vpc-1", NULL, "{\"vpcId\":\"vpc-1\"}");
	script("DELETE FROM _seal");
	sweep(T0 + HOUR, "vpc-2", NULL, "{\"vpcId\":\"vpc-2\"}");
	assert_string_equal(estate_rows(&w, "SELECT seal_id, first_item, last_item, n FROM _seal"),
		"1|1|2|2\n");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(fields_are_spelled_so_that_no_two_lists_are_alike),
		CASE(the_migration_digests_as_recording_does),
		CASE(an_item_with_everything_is_digested_alike),
		CASE(what_was_called_something_else_says_what_it_said),
		CASE(every_commit_seals_what_it_added),
		CASE(an_id_is_never_given_out_again),
		CASE(what_was_never_sealed_is_sealed_by_the_next_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
