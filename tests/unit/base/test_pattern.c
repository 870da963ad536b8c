/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pattern.h"

#include "lib/unit.h"
#include <stdlib.h>

static bool matches(const char *text, const char *s, bool whole)
{
	struct err e = { 0 };
	struct pattern *p = NULL;
	bool yes = !whole;

	assert_int_equal(pattern_compile(&p, str_of(text), &e), E_OK);
	assert_int_equal(pattern_match(p, str_of(s), whole, &yes, &e), E_OK);
	pattern_free(p);
	return yes;
}

static void a_part_or_the_whole_matches(void **state)
{
	(void)state;
	assert_true(matches("b+", "abbc", false));
	assert_false(matches("b+", "abbc", true));
	assert_true(matches("b+", "bb", true));
	assert_true(matches("a|ab", "ab", true)); /* also where the first alternative is shorter */
	assert_false(matches("^b", "ab", false));
	assert_false(matches("b$", "b\n", true));
	assert_true(matches("", "", true));
}

static void letters_are_those_of_all_scripts(void **state)
{
	(void)state;
	assert_true(
		matches("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", "\xc3\x84rger 7 \xe6\x97\xa5", true));
	assert_false(matches("[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*", "a;b", true));
	assert_true(
		matches("^.{2}$", "\xe6\x97\xa5\xe6\x97\xa5", false)); /* characters, not bytes */
}

static void what_is_no_expression_is_told_with_its_byte(void **state)
{
	struct err e = { 0 };
	struct pattern *p = NULL;

	(void)state;
	assert_int_equal(pattern_compile(&p, STR("ab[c"), &e), E_INVALID);
	assert_string_equal(e.msg,
		"regular expression \"ab[c\": missing terminating ] for character class at byte 4");
	assert_null(p);
	pattern_free(p);
}

static void too_deep_or_too_long_is_refused(void **state)
{
	static char deep[400], text[(64 << 10) + 1];
	struct err e = { 0 };
	struct pattern *p = NULL;

	(void)state;
	memset(deep, '(', 200);
	memset(deep + 200, ')', 200);
	assert_int_equal(pattern_compile(&p, (struct str){ deep, 400 }, &e), E_TOOBIG);
	e = (struct err){ 0 };
	memset(text, 'a', sizeof(text));
	assert_int_equal(pattern_compile(&p, (struct str){ text, sizeof(text) }, &e), E_TOOBIG);
	assert_null(p);
}

/* Every one of 2^40 ways would be tried. */
static void one_that_never_ends_is_stopped(void **state)
{
	struct err e = { 0 };
	struct pattern *p = NULL;
	bool yes = true;

	(void)state;
	assert_int_equal(pattern_compile(&p, STR("^(a|a?)+$"), &e), E_OK);
	assert_int_equal(
		pattern_match(p, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), false, &yes, &e),
		E_TOOBIG);
	assert_true(yes);
	e = (struct err){ 0 };
	assert_int_equal(pattern_match(p, STR("aaaa"), false, &yes, &e), E_OK);
	assert_true(yes);
	char *text = calloc(1, PATTERN_TEXT_BYTES + 1);

	assert_non_null(text);
	assert_int_equal(
		pattern_match(p, (struct str){ text, PATTERN_TEXT_BYTES + 1 }, false, &yes, &e),
		E_TOOBIG);
	free(text);
	pattern_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_part_or_the_whole_matches),
		cmocka_unit_test(letters_are_those_of_all_scripts),
		cmocka_unit_test(what_is_no_expression_is_told_with_its_byte),
		cmocka_unit_test(too_deep_or_too_long_is_refused),
		cmocka_unit_test(one_that_never_ends_is_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
