/* SPDX-License-Identifier: Apache-2.0 */
#include "api/item.h"
#include "base/time.h"
#include "lib/estate.h"
#include "lib/unit.h"
#include "json/read.h"
#include <stdio.h>

#define T0 INT64_C(1790000000000)

static struct estate w;

static int set_up(void **state)
{
	(void)state;
	estate_open(&w, ":memory:");
	estate_begin(&w, T0);
	estate_see(&w, "AWS::EC2::Instance", "i-1", "web",
		"{\"a\":\"b \\\"c\\\" \\\\ {[ \\u00e9 \\u0001\",\"vpcId\":\"vpc-1\",\"subnetId\":\"subnet-1\",\"empty\":{},\"list\":[null,1,{\"x\":[]}],\"n\":1.50}",
		"{\"k \\\"q\\\"\":\"v\",\"\":\"\"}");
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", NULL, "{}", NULL);
	estate_see(&w, "AWS::IAM::Role", "AROA1", "admin", "{\"x\":true}", NULL);
	estate_see_parts(&w, "AWS::S3::Bucket", "bucket", "{\"name\":\"bucket\"}",
		"{\"Flag\":false,\"List\":[1,\"}\",{}],\"N\":-1.5e3,\"Object\":{\"a\":\"\\\"\"},\"Text\":\"{\\\"grantSet\\\":null}\",\"odd \\\"key\\\"\":\"x\"}");
	estate_settle(&w);
	estate_begin(&w, T0 + 1234);
	estate_gone(&w, "AWS::EC2::Instance");
	estate_settle(&w);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	estate_close(&w);
	return 0;
}

static int compared;

static void compare(struct operation *op, const struct stmt *st, enum item_dress dress)
{
	struct buf fast = BUF_INIT(1 << 20), slow = BUF_INIT(1 << 20);

	assert_int_equal(item_answer(op, st, dress, &fast), E_OK);
	assert_int_equal(
		item_answer_slowly(op, stmt_col_int(st, ITEM_TEXT_ITEM_ID), dress, &slow), E_OK);
	assert_string_equal(fast.p, slow.p);
	compared++;
	buf_release(&fast);
	buf_release(&slow);
}

static void the_short_way_says_what_the_long_one_does(void **state)
{
	struct err e = { 0 };
	struct arena a = ARENA_INIT(1 << 20);
	struct operation op = { .db = &w.db, .arena = &a, .e = &e };

	(void)state;
	for (int64_t rid = 1; rid < 20; rid++) {
		struct stmt st = stmt_begin(&w.db, SQL_HISTORY_OLDEST_FIRST);

		stmt_int(&st, history_oldest_first__rid, rid);
		stmt_int(&st, history_oldest_first__since, 0);
		stmt_int(&st, history_oldest_first__until, TIME_FOREVER_MS);
		stmt_int(&st, history_oldest_first__limit, 100);
		while (stmt_step(&st, &e) == E_OK) {
			compare(&op, &st, ITEM_WHOLE);
			compare(&op, &st, ITEM_BASE);
		}
		stmt_end(&st);
	}
	assert_int_equal(compared, 10);
	arena_release(&a);
}

static const char *whole(const char *id)
{
	static char text[8192];
	struct err e = { 0 };
	struct arena a = ARENA_INIT(1 << 20);
	struct operation op = { .db = &w.db, .arena = &a, .e = &e };
	struct buf out = BUF_INIT(1 << 20);
	struct stmt st = stmt_begin(&w.db, SQL_HISTORY_IN_FORCE);

	stmt_text(&st, history_in_force__id, id);
	stmt_text(&st, history_in_force__type, "AWS::S3::Bucket");
	stmt_text(&st, history_in_force__account, "123456789012");
	stmt_text(&st, history_in_force__region, "us-east-1");
	stmt_int(&st, history_in_force__at_ms, TIME_FOREVER_MS);
	assert_int_equal(stmt_step(&st, &e), E_OK);
	assert_int_equal(item_answer(&op, &st, ITEM_BASE, &out), E_OK);
	stmt_end(&st);
	snprintf(text, sizeof(text), "%s", out.p);
	buf_release(&out);
	arena_release(&a);
	return text;
}

static void supplementary_parts_are_strings_that_hold_json(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct err e = { 0 };
	struct json *item = NULL, *parts;

	(void)state;
	assert_int_equal(json_read(&a, str_of(whole("bucket")), &item, &e), E_OK);
	parts = json_get(item, "supplementaryConfiguration");
	assert_string_equal(json_get_text(parts, "Flag").p, "false");
	assert_string_equal(json_get_text(parts, "List").p, "[1,\"}\",{}]");
	assert_string_equal(json_get_text(parts, "N").p, "-1.5e3");
	assert_string_equal(json_get_text(parts, "Object").p, "{\"a\":\"\\\"\"}");
	assert_string_equal(json_get_text(parts, "Text").p, "\"{\\\"grantSet\\\":null}\"");
	assert_string_equal(json_get_text(parts, "odd \"key\"").p, "\"x\"");
	assert_string_equal(json_get_text(item, "configuration").p, "{\"name\":\"bucket\"}");
	assert_string_equal(json_get_text(item, "configurationStateId").p, "1790000000000");
	assert_null(json_get(item, "tags"));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_short_way_says_what_the_long_one_does),
		cmocka_unit_test(supplementary_parts_are_strings_that_hold_json),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
