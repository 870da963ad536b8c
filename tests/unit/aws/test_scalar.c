/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/scalar.h"
#include "lib/tree.h"

static struct arena a = ARENA_INIT(1 << 20);

static void expect(int target, const char *given, const char *want)
{
	struct json *v = scalar_from_text(&a, target, str_of(given));

	assert_string_equal(v ? text_of(&a, v) : "nothing", want);
}

static void strings_that_look_like_something_else_stay_strings(void **state)
{
	(void)state;
	expect(API_STRING, "true", "\"true\"");
	expect(API_STRING, "123456789012", "\"123456789012\"");
	expect(API_STRING, "", "\"\"");
	expect(API_STRING, "2026-01-01T00:00:00Z", "\"2026-01-01T00:00:00Z\"");
}

static void integers_keep_all_their_digits(void **state)
{
	(void)state;
	expect(API_INTEGER, "12345678901234567890", "12345678901234567890");
	expect(API_INTEGER, "-1", "-1");
	expect(API_INTEGER, "-0", "0");
	expect(API_INTEGER, "+007", "7");
	expect(API_INTEGER, "5.0", "5");
	expect(API_INTEGER, "5E3", "5000");
	expect(API_INTEGER, "5.5e400", "\"5.5e400\"");
	expect(API_INTEGER, "unlimited", "\"unlimited\"");
	expect(API_INTEGER, "", "nothing");
}

static void doubles_become_json_numbers(void **state)
{
	(void)state;
	expect(API_DOUBLE, "0.1", "0.1");
	expect(API_DOUBLE, ".5", "0.5");
	expect(API_DOUBLE, "5.", "5");
	expect(API_DOUBLE, "1e400", "1e400");
	expect(API_DOUBLE, "NaN", "\"NaN\"");
	expect(API_DOUBLE, "Infinity", "\"Infinity\"");
}

static void booleans_are_read_in_each_spelling(void **state)
{
	(void)state;
	expect(API_BOOLEAN, "true", "true");
	expect(API_BOOLEAN, "False", "false");
	expect(API_BOOLEAN, "1", "true");
	expect(API_BOOLEAN, "", "nothing");
	expect(API_BOOLEAN, "yes", "\"yes\"");
}

static void a_moment_has_one_form_however_it_came(void **state)
{
	static const char *const forms[] = { "2023-11-14T22:13:20.500Z",
		"2023-11-14T22:13:20.500999Z", "2023-11-14T23:13:20.5+01:00", "1700000000.5",
		"1.7000000005E9", "1700000000.500999" };

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		expect(API_TIME_EPOCH, forms[i], "\"2023-11-14T22:13:20.500Z\"");
	expect(API_TIME_HTTP, "Tue, 14 Nov 2023 22:13:20 GMT", "\"2023-11-14T22:13:20.000Z\"");
	expect(API_TIME_ISO, "0", "\"1970-01-01T00:00:00.000Z\"");
	expect(API_TIME_ISO, "yesterday", "\"yesterday\"");
	expect(API_TIME_ISO, "99999999999999999", "\"99999999999999999\"");
	expect(API_TIME_ISO, "", "nothing");
	expect(API_TIME_HTTP, "Tue, 14 Foo 2023 22:13:20 GMT", "\"Tue, 14 Foo 2023 22:13:20 GMT\"");
}

static void json_values_take_the_type_of_their_member(void **state)
{
	(void)state;
	assert_string_equal(
		text_of(&a, scalar_from_json(&a, API_STRING, tree_of(&a, "7"))), "\"7\"");
	assert_string_equal(
		text_of(&a, scalar_from_json(&a, API_STRING, tree_of(&a, "true"))), "\"true\"");
	assert_string_equal(
		text_of(&a, scalar_from_json(&a, API_BOOLEAN, tree_of(&a, "\"true\""))), "true");
	assert_string_equal(
		text_of(&a, scalar_from_json(&a, API_INTEGER, tree_of(&a, "\"12\""))), "12");
	assert_string_equal(
		text_of(&a, scalar_from_json(&a, API_TIME_EPOCH, tree_of(&a, "1700000000"))),
		"\"2023-11-14T22:13:20.000Z\"");
	assert_string_equal(text_of(&a, scalar_from_json(&a, API_STRING, tree_of(&a, "{\"a\":1}"))),
		"\"{\\\"a\\\":1}\"");
	assert_null(scalar_from_json(&a, API_STRING, tree_of(&a, "null")));
}

static void names_in_a_document_are_nobodys_api(void **state)
{
	struct json *v;

	(void)state;
	v = scalar_from_json(&a, API_DOCUMENT, tree_of(&a, "{\"A\":[{\"B\":1}]}"));
	assert_true(v->map);
	assert_true(v->first->first->map);
}

static void base64_pads_every_length(void **state)
{
	(void)state;
	assert_true(str_is(scalar_base64(&a, STR("")), ""));
	assert_true(str_is(scalar_base64(&a, STR("f")), "Zg=="));
	assert_true(str_is(scalar_base64(&a, STR("fo")), "Zm8="));
	assert_true(str_is(scalar_base64(&a, STR("foo")), "Zm9v"));
	assert_true(str_is(scalar_base64(&a, STR("\xff\xfe\xfd")), "//79"));
}

static int release(void **state)
{
	(void)state;
	arena_release(&a);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_that_look_like_something_else_stay_strings),
		cmocka_unit_test(integers_keep_all_their_digits),
		cmocka_unit_test(doubles_become_json_numbers),
		cmocka_unit_test(booleans_are_read_in_each_spelling),
		cmocka_unit_test(a_moment_has_one_form_however_it_came),
		cmocka_unit_test(json_values_take_the_type_of_their_member),
		cmocka_unit_test(names_in_a_document_are_nobodys_api),
		cmocka_unit_test(base64_pads_every_length),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
