/* SPDX-License-Identifier: Apache-2.0 */
#include "api/advanced_query.h"
#include "api/query_property.h"
#include "api/query_result.h"
#include "db/select.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/store.h"
#include <stdio.h>

static void doubles_are_written_as_java_does(void **state)
{
	static const struct {
		double v;
		const char *text;
	} cases[] = { { 100, "100.0" }, { 8830136, "8830136.0" },
		{ 1.609308615222e12, "1.609308615222E12" }, { 0, "0.0" }, { -3.25, "-3.25" },
		{ 0.1, "0.1" }, { 0.001, "0.001" }, { 1e-4, "1.0E-4" }, { 9999999, "9999999.0" },
		{ 1e7, "1.0E7" }, { 12345678.9, "1.23456789E7" },
		{ 0.1 + 0.2, "0.30000000000000004" }, { 1e21, "1.0E21" }, { 5e-324, "4.9E-324" },
		{ 1.7976931348623157e308, "1.7976931348623157E308" } };
	char text[QUERY_DOUBLE_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(query_double_text(cases[i].v, text), cases[i].text);
}

static void what_the_schema_reshapes_is_known(void **state)
{
	(void)state;
	assert_true(query_path_is_wrapped(STR("configuration.state")));
	assert_true(query_path_is_wrapped(STR("configuration.availabilityZones")));
	assert_false(query_path_is_wrapped(STR("configuration.size")));
	assert_true(query_path_is_number(STR("configuration.VisibilityTimeout")));
	assert_false(query_path_is_number(STR("configuration.state")));
	assert_false(query_path_is_number(STR("configuration")));
	assert_false(query_path_is_number(STR("")));
}

/* The lists are searched by halves: out of order, what they hold would not be found. */
static void each_property_of_the_schema_is_found(void **state)
{
	static const char *const numbers[] = {
#define WRAPPED(path)
#define ADDRESS(path)
#define NUMBER(path) "configuration." path,
#include "api/query_property.def"
#undef NUMBER
#undef ADDRESS
#undef WRAPPED
	};

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		assert_true(query_path_is_number(str_of(numbers[i])));
}

struct plan {
	struct buf text;
};

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)names;
	(void)n;
	(void)e;
	return E_OK;
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct plan *p = ctx;

	(void)e;
	buf_str(&p->text, cells[n - 1].text);
	buf_char(&p->text, '\n');
	return E_OK;
}

/* How SQLite goes about a query's condition, on a store without statistics. */
static void plan_of(struct db *db, const char *where, bool paged, struct plan *p)
{
	struct buf text = BUF_INIT(1 << 16), sql = BUF_INIT(1 << 16), values = BUF_INIT(1 << 16);
	struct advanced_query_request r = { .limit = paged ? 100 : 0 };
	const struct rows rows = { begin, row, p };
	struct query_fault fault;
	struct err e = { 0 };

	buf_printf(&text, "SELECT * %s", where);
	r.expression = buf_slice(&text);
	buf_text(&sql, "EXPLAIN QUERY PLAN ");
	buf_clear(&p->text);
	assert_int_equal(advanced_query_explain(&r, &sql, &values, &fault, &e), E_OK);
	assert_int_equal(select_run(db, &(struct select_query){ .sql = sql.p, .open_values = true },
				 &rows, NULL, &e),
		E_OK);
	buf_release(&text);
	buf_release(&sql);
	buf_release(&values);
}

static void what_is_asked_most_is_answered_by_an_index(void **state)
{
	static const struct {
		const char *where, *index;
	} cases[] = { { "WHERE resourceType = 'a'", "_resource_type (type=?" },
		{ "WHERE configuration.x = 1 AND (resourceType = 'a' AND accountId = 'b' AND awsRegion = 'c')",
			"(type=? AND account=? AND region=?" },
		{ "WHERE resourceType IN ('a', 'b')", "_resource_type (type=?" },
		{ "WHERE resourceType LIKE 'AWS::EC2::%'", "_resource_type (type>? AND type<?" },
		{ "WHERE resourceId = 'a'", "(id=?" },
		{ "WHERE arn = 'a'", "_resource_arn (arn=?" },
		{ "WHERE resourceName = 'a'", "_resource_name (name=?" },
		{ "WHERE tags.key = 'a'", "_tag_key (key=?" },
		{ "WHERE tags.tag = 'a=b'", "_tag_key (key=? AND value=? AND until_ms=?" },
		{ "WHERE tags.key = 'a' AND tags.value = 'b'", "_tag_key (key=?" } };
	struct plan p = { BUF_INIT(1 << 16) };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		plan_of(*state, cases[i].where, false, &p);
		if (!strstr(p.text.p, cases[i].index) || strstr(p.text.p, "SCAN r") ||
			strstr(p.text.p, "SCAN i"))
			fail_msg("%s: %s", cases[i].where, p.text.p);
	}
	/* A page of everything is read in the order in which it is there. */
	plan_of(*state, "", true, &p);
	assert_null(strstr(p.text.p, "B-TREE"));
	buf_release(&p.text);
}

static struct scratch scratch;
static struct arena arena = ARENA_INIT(1 << 16);

static int set_up(void **state)
{
	static struct db db;
	struct err e = { 0 };

	*state = &db;
	scratch_make(&scratch);
	return store_open(&db, scratch_path(&scratch, &arena, "query.db"), DB_CREATE, 0, &e);
}

static int tear_down(void **state)
{
	db_close(*state);
	scratch_remove(&scratch);
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_are_written_as_java_does),
		cmocka_unit_test(what_the_schema_reshapes_is_known),
		cmocka_unit_test(each_property_of_the_schema_is_found),
		cmocka_unit_test_setup_teardown(
			what_is_asked_most_is_answered_by_an_index, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
