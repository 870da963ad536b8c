/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/tree.h"
#include "json/patch.h"

static void assert_patch(const char *from, const char *to, const char *wanted)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct json *x = tree_of(&a, from), *y = tree_of(&a, to);
	struct json *patch = json_patch_make(&a, x, y);

	assert_string_equal(text_of(&a, patch), wanted);
	assert_true(json_equal(json_patch_apply(&a, x, patch), y));
	assert_string_equal(text_of(&a, x), from);
	assert_string_equal(text_of(&a, y), to);
	arena_release(&a);
}

static void a_patch_says_only_what_differs(void **state)
{
	(void)state;
	assert_patch("{}", "{}", "{}");
	assert_patch("{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2}", "{}");
	assert_patch("{\"a\":1}", "{\"a\":1.0}", "{\"a\":1.0}");
	assert_patch("{\"a\":1,\"b\":2}", "{\"b\":2,\"c\":3}", "{\"a\":null,\"c\":3}");
	assert_patch("{\"a\":{\"b\":{\"c\":1,\"d\":2}}}", "{\"a\":{\"b\":{\"c\":1}}}",
		"{\"a\":{\"b\":{\"d\":null}}}");
	assert_patch("{\"a\":[1,null,2]}", "{\"a\":[1,null]}", "{\"a\":[1,null]}");
}

static void a_value_may_change_its_kind(void **state)
{
	(void)state;
	assert_patch("{\"a\":{\"b\":1}}", "{\"a\":[]}", "{\"a\":[]}");
	assert_patch("{\"a\":[1]}", "{\"a\":{\"b\":{}}}", "{\"a\":{\"b\":{}}}");
	assert_patch("{\"a\":\"x\"}", "{\"a\":{}}", "{\"a\":{}}");
	assert_patch("{\"a\":{\"b\":1}}", "{\"a\":{}}", "{\"a\":{\"b\":null}}");
}

static void documents_out_of_order_are_patched_too(void **state)
{
	(void)state;
	assert_patch("{\"b\":1,\"a\":{\"z\":1,\"y\":2}}",
		"{\"c\":1,\"a\":{\"y\":2,\"z\":3},\"b\":1}", "{\"a\":{\"z\":3},\"c\":1}");
}

static void assert_applied(const char *target, const char *patch, const char *wanted)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct json *v = json_patch_apply(&a, tree_of(&a, target), tree_of(&a, patch));

	assert_string_equal(text_of(&a, v), wanted);
	arena_release(&a);
}

/* The table of RFC 7396, appendix A. */
static void the_examples_of_the_rfc_hold(void **state)
{
	(void)state;
	assert_applied("{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
	assert_applied("{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}");
	assert_applied("{\"a\":\"b\"}", "{\"a\":null}", "{}");
	assert_applied("{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}");
	assert_applied("{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}");
	assert_applied("{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}");
	assert_applied("{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
		"{\"a\":{\"b\":\"d\"}}");
	assert_applied("{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}");
	assert_applied("[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]");
	assert_applied("{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]");
	assert_applied("{\"a\":\"foo\"}", "null", "null");
	assert_applied("{\"a\":\"foo\"}", "\"bar\"", "\"bar\"");
	assert_applied("{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}");
	assert_applied("[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}");
	assert_applied("{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}");
}

static void the_result_owes_nothing_to_its_sources(void **state)
{
	struct arena a = ARENA_INIT(1 << 16), other = ARENA_INIT(1 << 16);
	struct json *v = json_patch_apply(&a, tree_of(&other, "{\"a\":{\"b\":\"c\"},\"d\":\"e\"}"),
		tree_of(&other, "{\"a\":{\"n\":\"m\"},\"x\":[\"y\"]}"));

	(void)state;
	arena_release(&other);
	assert_string_equal(
		text_of(&a, v), "{\"a\":{\"b\":\"c\",\"n\":\"m\"},\"d\":\"e\",\"x\":[\"y\"]}");
	arena_release(&a);
}

static void want_of_memory_gives_null(void **state)
{
	struct arena a = ARENA_INIT(1 << 16), none = ARENA_INIT(16);
	struct json *x = tree_of(&a, "{\"a\":1}"), *y = tree_of(&a, "{\"a\":2}");

	(void)state;
	assert_null(json_patch_make(&none, x, y));
	assert_null(json_patch_apply(&none, x, y));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_patch_says_only_what_differs),
		cmocka_unit_test(a_value_may_change_its_kind),
		cmocka_unit_test(documents_out_of_order_are_patched_too),
		cmocka_unit_test(the_examples_of_the_rfc_hold),
		cmocka_unit_test(the_result_owes_nothing_to_its_sources),
		cmocka_unit_test(want_of_memory_gives_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
