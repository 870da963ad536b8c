/* SPDX-License-Identifier: Apache-2.0 */
#include "host/line.h"
#include "lib/unit.h"

static void lines_end_with_the_text(void **state)
{
	struct str rest = STR("one\n\ntwo"), line;

	(void)state;
	assert_true(line_next(&rest, &line) && str_is(line, "one"));
	assert_true(line_next(&rest, &line) && str_is(line, ""));
	assert_true(line_next(&rest, &line) && str_is(line, "two"));
	assert_false(line_next(&rest, &line));
}

static void words_are_empty_when_none_is_left(void **state)
{
	struct str rest = STR("  a\tbc  ");

	(void)state;
	assert_true(str_is(word_next(&rest), "a"));
	assert_true(str_is(word_next(&rest), "bc"));
	assert_true(str_is(word_next(&rest), ""));
	assert_true(str_is(word_next(&rest), ""));
}

static void a_part_without_an_end_is_all_there_is(void **state)
{
	struct str rest = STR("a:b");

	(void)state;
	assert_true(str_is(part_next(&rest, ':'), "a"));
	assert_true(str_is(part_next(&rest, ':'), "b"));
	assert_true(str_is(part_next(&rest, ':'), ""));
}

static void numbers_up_to_64_bits_are_read(void **state)
{
	uint64_t v = 7;

	(void)state;
	assert_true(word_number(STR("18446744073709551615"), 10, &v) && v == UINT64_MAX);
	assert_true(word_number(STR("FFffFFffFFffFFff"), 16, &v) && v == UINT64_MAX);
	assert_true(word_number(STR("040"), 8, &v) && v == 32);
}

static void what_is_no_number_changes_nothing(void **state)
{
	static const char *const bad[] = { "", "-1", "1 ", "0x1", "a", "18446744073709551616",
		"99999999999999999999999" };
	uint64_t v = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(word_number(str_of(bad[i]), 10, &v));
	assert_false(word_number(STR("8"), 8, &v));
	assert_false(word_number(STR("10000000000000000"), 16, &v));
	assert_int_equal(v, 7);
}

static void bytes_are_read_to_their_number(void **state)
{
	unsigned char b[2] = { 0 };

	(void)state;
	assert_true(word_bytes(STR("fE01"), b, 2));
	assert_int_equal(b[0], 0xfe);
	assert_int_equal(b[1], 1);
	assert_false(word_bytes(STR("fe0"), b, 2));
	assert_false(word_bytes(STR("fe012"), b, 2));
	assert_false(word_bytes(STR("fe0g"), b, 2));
}

static void names_end_and_begin_where_they_should(void **state)
{
	(void)state;
	assert_true(str_is(str_basename(STR("/a/b")), "b"));
	assert_true(str_is(str_basename(STR("b")), "b"));
	assert_true(str_is(str_basename(STR("a/")), ""));
	assert_true(str_ends(STR("x.service"), STR(".service")));
	assert_false(str_ends(STR("e"), STR(".service")));
	assert_true(str_is(str_trim(STR(" \ta b\r\n")), "a b"));
	assert_true(str_is(str_trim(STR(" ")), ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_with_the_text),
		cmocka_unit_test(words_are_empty_when_none_is_left),
		cmocka_unit_test(a_part_without_an_end_is_all_there_is),
		cmocka_unit_test(numbers_up_to_64_bits_are_read),
		cmocka_unit_test(what_is_no_number_changes_nothing),
		cmocka_unit_test(bytes_are_read_to_their_number),
		cmocka_unit_test(names_end_and_begin_where_they_should),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
