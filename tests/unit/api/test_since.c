/* SPDX-License-Identifier: Apache-2.0 */
#include "api/read.h"
#include "lib/estate.h"
#include "lib/unit.h"
#include <stdio.h>

#define T0 INT64_C(1790000000000) /* 2026-09-21 14:13:20 */

static struct estate w;
static struct buf out = BUF_INIT(1 << 20);

/* One machine after another state, a minute each; NULL: it is gone. */
static void live(const char *id, int64_t from_ms, const char *const *states, size_t n)
{
	char text[256];

	for (size_t i = 0; i < n; i++) {
		estate_begin(&w, from_ms + (int64_t)i * 60000);
		snprintf(text, sizeof(text), "{\"n\":%zu,\"state\":\"%s\"}", i,
			states[i] ? states[i] : "");
		if (states[i])
			estate_see(&w, "AWS::EC2::VPC", id, NULL, text, NULL);
		else
			estate_gone(&w, "AWS::EC2::VPC");
		estate_settle(&w);
	}
}

static int set_up(void **state)
{
	static const char *const one[] = { "on", "on", "off", "on", NULL, "on" };
	static const char *const two[] = { "off" };

	(void)state;
	estate_open(&w, ":memory:");
	live("vpc-1", T0, one, 6);
	live("vpc-2", T0 + 600000, two, 1);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	estate_close(&w);
	buf_release(&out);
	return 0;
}

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)e;
	assert_int_equal(n, 11);
	assert_string_equal(names[5], "since");
	assert_string_equal(names[10], "rid");
	return E_OK;
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	(void)ctx;
	(void)n;
	(void)e;
	/* The time of day, which is all that differs. */
	buf_printf(&out, "%.*s %.*s %.*s %d %d %d\n", STR_ARG(cells[1].text),
		STR_ARG(str_from(cells[5].text, 11)), STR_ARG(str_from(cells[6].text, 11)),
		(int)cells[7].i, (int)cells[8].i, (int)cells[9].i);
	return E_OK;
}

static enum code ask(const struct read_filter *f, struct err *e)
{
	struct rows rows = { begin, row, NULL };
	struct reader r = { .db = &w.db, .at_ms = T0 + 3600000 };

	buf_clear(&out);
	return read_since(&r, f, &rows, e);
}

static const char *told(const struct read_filter *f)
{
	struct err e = { 0 };

	if (ask(f, &e))
		fail_msg("%s", e.msg);
	return out.n ? out.p : "";
}

#define ON "configuration->>'$.state' = 'on'"

static void an_interval_spans_the_versions_in_which_it_held(void **state)
{
	struct read_filter f = { .where = ON };

	(void)state;
	/* A deletion ends it, and who comes back begins anew. */
	assert_string_equal(told(&f), "vpc-1 14:13:20 14:15:20 0 120 2\n"
				      "vpc-1 14:16:20 14:17:20 0 60 1\n"
				      "vpc-1 14:18:20 23:59:59 1 3300 1\n");
}

static void what_is_gone_holds_nothing(void **state)
{
	struct read_filter f = { .where = "resource_id IS NOT NULL" };

	(void)state;
	assert_string_equal(told(&f), "vpc-1 14:13:20 14:17:20 0 240 4\n"
				      "vpc-1 14:18:20 23:59:59 1 3300 1\n"
				      "vpc-2 14:23:20 23:59:59 1 3000 1\n");
}

static void only_what_lies_between_counts(void **state)
{
	struct read_filter f = { .where = ON, .since_ms = T0 + 90000, .until_ms = T0 + 200000 };

	(void)state;
	/* Cut at both ends; at the later one it still held. */
	assert_string_equal(told(&f), "vpc-1 14:14:50 14:15:20 0 30 1\n"
				      "vpc-1 14:16:20 23:59:59 1 20 1\n");
}

static void one_resource_alone_can_be_asked(void **state)
{
	struct read_filter f = { .where = "version >= 1 -- a remark", .rid = 2 };

	(void)state;
	assert_string_equal(told(&f), "vpc-2 14:23:20 23:59:59 1 3000 1\n");
}

static void what_is_neither_true_nor_false_does_not_hold(void **state)
{
	static const char *const nothing[] = { "NULL", "configuration->>'$.none' = 1", "'text'",
		"0" };

	(void)state;
	for (size_t i = 0; i < sizeof(nothing) / sizeof(*nothing); i++) {
		struct read_filter f = { .where = nothing[i] };

		assert_string_equal(told(&f), "");
	}
}

static void a_condition_that_is_none_is_refused(void **state)
{
	static const char *const bad[] = { "nosuch = 1", "1) --", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct read_filter f = { .where = bad[i] };
		struct err e = { 0 };

		assert_int_equal(ask(&f, &e), E_INVALID);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interval_spans_the_versions_in_which_it_held),
		cmocka_unit_test(what_is_gone_holds_nothing),
		cmocka_unit_test(only_what_lies_between_counts),
		cmocka_unit_test(one_resource_alone_can_be_asked),
		cmocka_unit_test(what_is_neither_true_nor_false_does_not_hold),
		cmocka_unit_test(a_condition_that_is_none_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
