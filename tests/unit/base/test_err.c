/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include "lib/unit.h"
#include <string.h>

static void what_a_terminal_would_obey_is_a_blank_in_a_message(void **state)
{
	struct err e = { 0 };

	(void)state;
	err_set(&e, E_INVALID, "field \"%s\" is unknown", "a\rb\x1b[31m\nc\x7f\xc3\xa4");
	err_hint(&e, "not \"%s\"", "\t");
	assert_string_equal(e.msg, "field \"a b [31m c \xc3\xa4\" is unknown");
	assert_string_equal(e.hint, "not \" \"");
	err_add(&e, "entry %s", "x\ny");
	assert_string_equal(e.msg, "entry x y: field \"a b [31m c \xc3\xa4\" is unknown");
}

static void the_first_error_wins_and_context_goes_before_it(void **state)
{
	struct err e = { 0 };

	(void)state;
	assert_int_equal(err_set(&e, E_NOTFOUND, "one"), E_NOTFOUND);
	assert_int_equal(err_set(&e, E_INVALID, "two"), E_NOTFOUND);
	assert_int_equal(err_add(&e, "in \"%d\"", 3), E_NOTFOUND);
	assert_string_equal(e.msg, "in \"3\": one");
}

static void a_message_that_is_too_long_ends_where_it_must(void **state)
{
	struct err e = { 0 };
	char text[2 * sizeof(e.msg)];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	err_set(&e, E_INVALID, "%s", text);
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
	err_add(&e, "y");
	assert_int_equal(strlen(e.msg), sizeof(e.msg) - 1);
	assert_memory_equal(e.msg, "y: x", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_terminal_would_obey_is_a_blank_in_a_message),
		cmocka_unit_test(the_first_error_wins_and_context_goes_before_it),
		cmocka_unit_test(a_message_that_is_too_long_ends_where_it_must),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
