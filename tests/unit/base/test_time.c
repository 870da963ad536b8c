/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "lib/unit.h"

static void a_moment_survives_writing_and_reading(void **state)
{
	static const int64_t moments[] = { 0, 1, 999, 1770963882227, TIME_FOREVER_MS, -1 };
	char text[TIME_ISO_BYTES];
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(moments) / sizeof(*moments); i++) {
		assert_true(time_parse_iso(str_of(time_iso(moments[i], text)), &ms));
		assert_int_equal(ms, moments[i]);
	}
}

static void forms_of_the_same_moment_are_equal(void **state)
{
	static const char *const forms[] = { "2026-02-13T06:24:42Z", "2026-02-13 06:24:42",
		"2026-02-13T07:24:42+01:00", "2026-02-13T06:24:42.000000Z",
		"2026-02-13T01:54:42-0430" };
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		assert_true(time_parse_iso(str_of(forms[i]), &ms));
		assert_int_equal(ms, 1770963882000);
	}
}

static void what_is_no_date_is_refused(void **state)
{
	static const char *const bad[] = { "", "2026", "2026-13-01", "2026-02-30", "2025-02-29",
		"2026-02-13T25:00", "2026-02-13T06:24:42X", "2026-02-13T", "yesterday",
		"2026-02-13T06:24:42+1" };
	int64_t ms = 7;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(time_parse_iso(str_of(bad[i]), &ms));
	assert_int_equal(ms, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moment_survives_writing_and_reading),
		cmocka_unit_test(forms_of_the_same_moment_are_equal),
		cmocka_unit_test(what_is_no_date_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
