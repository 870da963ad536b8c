/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/tree.h"

static void a_string_has_one_spelling(void **state)
{
	struct buf b = BUF_INIT(1024);

	(void)state;
	json_write_string(&b, (struct str){ "a\"b\\c/\b\f\n\r\t\0\x01\x1f\x7f\xc3\xa9", 17 });
	assert_string_equal(
		b.p, "\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0000\\u0001\\u001f\x7f\xc3\xa9\"");
	buf_clear(&b);
	json_write_string(&b, STR_NONE);
	assert_string_equal(b.p, "\"\"");
	buf_release(&b);
}

static void every_byte_below_a_space_comes_back(void **state)
{
	struct arena a = ARENA_INIT(1 << 16);
	char bytes[128];
	struct json *v;

	(void)state;
	for (int i = 0; i < 128; i++)
		bytes[i] = (char)i;
	v = json_string(&a, (struct str){ bytes, sizeof(bytes) });
	assert_true(json_equal(tree_of(&a, text_of(&a, v)), v));
	arena_release(&a);
}

static void members_keep_their_order_and_nulls_are_written(void **state)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct json *v = json_new(&a, JSON_OBJECT);

	(void)state;
	json_add(v, STR("z"), json_int(&a, -5));
	json_add(v, STR("a"), json_new(&a, JSON_NULL));
	json_add(v, STR("m"), json_bool(&a, false));
	assert_string_equal(text_of(&a, v), "{\"z\":-5,\"a\":null,\"m\":false}");
	assert_string_equal(text_of(&a, NULL), "null");
	arena_release(&a);
}

static void people_get_two_spaces(void **state)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct buf b = BUF_INIT(1024);
	struct json *v = tree_of(&a, "{\"a\":[1,{\"b\":[]}],\"c\":{},\"d\":\"x\"}");

	(void)state;
	json_write_pretty(&b, v);
	assert_string_equal(b.p,
		"{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {},\n"
		"  \"d\": \"x\"\n}");
	assert_true(json_equal(tree_of(&a, b.p), v));
	buf_release(&b);
	arena_release(&a);
}

static void a_full_buffer_fails_quietly(void **state)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct buf b = BUF_INIT(8);

	(void)state;
	json_write(&b, tree_of(&a, "[\"0123456789\",{\"a\":1}]"));
	assert_false(buf_ok(&b));
	buf_release(&b);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_string_has_one_spelling),
		cmocka_unit_test(every_byte_below_a_space_comes_back),
		cmocka_unit_test(members_keep_their_order_and_nulls_are_written),
		cmocka_unit_test(people_get_two_spaces),
		cmocka_unit_test(a_full_buffer_fails_quietly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
