/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "db/leaf_test.h"
#include "lib/unit.h"
#include <math.h>

static struct buf told = BUF_INIT(1 << 20);

static bool tell(void *ctx, const struct leaf *leaf)
{
	static const char kinds[] = "tnbo";

	(void)ctx;
	buf_printf(&told, "%c:%.*s ", kinds[leaf->kind], STR_ARG(leaf->raw));
	return true;
}

static const char *leaves(const char *body, const char *base, const char *paths)
{
	buf_clear(&told);
	leaf_visit(str_of(body), base ? str_of(base) : STR_NONE, str_of(paths), tell, NULL);
	return told.p;
}

static void a_path_goes_through_lists(void **state)
{
	const char *body =
		"{\"a\":[{\"b\":1},{\"b\":[\"x\",true,null,[2e3]]},{\"c\":{\"b\":3}},4],\"b\":5}";

	(void)state;
	assert_string_equal(leaves(body, NULL, "/a/b"), "n:1 t:x b:true n:2e3 ");
	assert_string_equal(leaves(body, NULL, "/a"), "o: o: o: n:4 ");
	assert_string_equal(leaves(body, NULL, "/b"), "n:5 ");
	assert_string_equal(leaves(body, NULL, "/a/c/b|/b"), "n:3 n:5 ");
	assert_string_equal(leaves(body, NULL, "/b|/a"), "n:5 n:4 ");
	assert_string_equal(leaves(body, NULL, "/b/x"), "");
	assert_string_equal(leaves(body, NULL, "/z"), "");
	assert_string_equal(leaves("[1,\"2\"]", NULL, ""), "n:1 t:2 ");
}

static void white_space_and_names_with_signs_are_read(void **state)
{
	(void)state;
	assert_string_equal(
		leaves(" { \"a\" : [ 1 , { \"b\" : 2 } ] , \"c\" : 3 } ", NULL, "/a/b"), "n:2 ");
	assert_string_equal(leaves("{\"a/b~|\":{\"\\\"}\":1}}", NULL, "/a~1b~0~2/\\\"}"), "n:1 ");
	assert_string_equal(leaves("{\"x\":\"]}\\\\\\\"{\",\"y\":1}", NULL, "/y"), "n:1 ");
}

static void a_patch_lies_over_its_base(void **state)
{
	const char *base = "{\"a\":{\"b\":1,\"c\":2},\"l\":[1,2],\"s\":1,\"o\":{\"x\":1}}";
	const char *patch = "{\"a\":{\"b\":null,\"d\":3},\"l\":[9],\"s\":{\"n\":4},\"o\":7}";

	(void)state;
	assert_string_equal(leaves(patch, base, "/a/b"), "");
	assert_string_equal(leaves(patch, base, "/a/c"), "n:2 ");
	assert_string_equal(leaves(patch, base, "/a/d"), "n:3 ");
	assert_string_equal(leaves(patch, base, "/l"), "n:9 ");
	assert_string_equal(leaves(patch, base, "/s/n"), "n:4 ");
	assert_string_equal(leaves(patch, base, "/s"), "o: ");
	assert_string_equal(leaves(patch, base, "/o"), "n:7 ");
	assert_string_equal(leaves(patch, base, "/o/x"), "");
	assert_string_equal(leaves("{}", base, "/o/x"), "n:1 ");
}

/* Every beginning of a text, in memory that ends where it does. */
static void what_is_cut_off_ends(void **state)
{
	const struct str text = STR("{\"a\":{\"b\":[\"x\\\"\",{\"c\":1}]},\"d\":\"\\u00e9\"}");

	(void)state;
	for (size_t n = 0; n <= text.n; n++) {
		char *copy = test_malloc(n + 1);

		memcpy(copy, text.p, n);
		buf_clear(&told);
		leaf_visit((struct str){ copy, n }, (struct str){ copy, n }, STR("/a/b/c|/d|/a/b"),
			tell, NULL);
		test_free(copy);
	}
}

static void numbers_are_json_s(void **state)
{
	static const char *const good[] = { "0", "-0", "10", "1.5", "-1e5", "1E+05", "0.0001" };
	static const char *const bad[] = { "", "-", "+1", "01", "1.", ".5", "1e", "0x1", "1 ",
		"inf", "nan", "1_0" };
	char out[LEAF_NUMBER_BYTES];
	double v = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(leaf_number(str_of(good[i]), &v));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(leaf_number(str_of(bad[i]), NULL));
	assert_string_equal(leaf_number_text(100, out), "100");
	assert_string_equal(leaf_number_text(0.1, out), "0.1");
	assert_string_equal(leaf_number_text(0.1 + 0.2, out), "0.30000000000000004");
	assert_string_equal(leaf_number_text(HUGE_VAL, out), "");
}

static bool like(const char *text, const char *pattern)
{
	return leaf_like(str_of(text), str_of(pattern));
}

static void like_knows_characters(void **state)
{
	(void)state;
	assert_true(
		like("abc", "abc") && like("abc", "a%") && like("abc", "%c") && like("abc", "_b_"));
	assert_true(like("", "") && like("", "%") && like("aXbXc", "a%b%c") &&
		    like("N\xc3\xa4me", "N_me"));
	assert_false(
		like("abc", "ab") || like("abc", "ABC") || like("abc", "____") || like("", "_"));
	assert_false(like("N\xc3\xa4me", "N__me"));
	/* No more than the length of the one times that of the other. */
	assert_false(like("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"%a%a%a%a%a%a%a%a%a%a%a%a%a%ab"));
}

static void a_test_that_makes_no_sense_is_none(void **state)
{
	struct leaf_test t;

	(void)state;
	assert_false(leaf_test_init(&t, STR("/a"), STR("=="), STR("[1]")));
	assert_false(leaf_test_init(&t, STR("/a"), STR("="), STR("[]")));
	assert_false(leaf_test_init(&t, STR("/a"), STR("between"), STR("[1]")));
	assert_false(leaf_test_init(&t, STR("/a"), STR_NONE, STR_NONE));
}

static void escapes_are_compared_as_what_they_mean(void **state)
{
	struct leaf_test t;

	(void)state;
	assert_true(leaf_test_init(
		&t, STR("/a"), STR("="), STR("[\"x\\n\\\"\\u00e9\\ud83d\\ude00\"]")));
	assert_true(leaf_test_any(
		&t, STR("{\"a\":\"x\\u000a\\\"\xc3\xa9\xf0\x9f\x98\x80\"}"), STR_NONE));
	assert_false(leaf_test_any(&t, STR("{\"a\":\"x\"}"), STR_NONE));
	leaf_test_release(&t);
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&told);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_goes_through_lists),
		cmocka_unit_test(white_space_and_names_with_signs_are_read),
		cmocka_unit_test(a_patch_lies_over_its_base),
		cmocka_unit_test(what_is_cut_off_ends),
		cmocka_unit_test(numbers_are_json_s),
		cmocka_unit_test(like_knows_characters),
		cmocka_unit_test(a_test_that_makes_no_sense_is_none),
		cmocka_unit_test(escapes_are_compared_as_what_they_mean),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
