/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "base/when.h"
#include "lib/unit.h"

/* A Monday. */
#define NOW "2026-11-23 05:06:07"

static int64_t moment(const char *iso)
{
	int64_t ms = 0;

	assert_true(time_parse_iso(str_of(iso), &ms));
	return ms;
}

static void every_form_names_its_moment(void **state)
{
	static const struct {
		const char *text, *is;
	} cases[] = {
		{ "now", NOW },
		{ "2026-11-20 14:00", "2026-11-20 14:00:00" },
		{ "2026-11-20", "2026-11-20" },
		{ " 2026-11-20 14:00:01 ", "2026-11-20 14:00:01" },
		{ "2026-11-20T14:00:00+01:00", "2026-11-20 13:00:00" },
		{ "1795183200", "2026-11-20 14:00:00" },
		{ "1795183200000", "2026-11-20 14:00:00" },
		{ "90s", "2026-11-23 05:04:37" },
		{ "45m", "2026-11-23 04:21:07" },
		{ "2h", "2026-11-23 03:06:07" },
		{ "2h ago", "2026-11-23 03:06:07" },
		{ "3 d", "2026-11-20 05:06:07" },
		{ "2w", "2026-11-09 05:06:07" },
		{ "1d12h", "2026-11-21 17:06:07" },
		{ "1y", "2025-11-23 05:06:07" },
		{ "today", "2026-11-23" },
		{ "Today 04:00", "2026-11-23 04:00:00" },
		{ "yesterday", "2026-11-22" },
		{ "yesterday 09:00", "2026-11-22 09:00:00" },
		{ "yesterday 9:00", "2026-11-22 09:00:00" },
		{ "last friday 14:00", "2026-11-20 14:00:00" },
		{ "friday 14:00:30", "2026-11-20 14:00:30" },
		{ "Fri", "2026-11-20" },
		{ "sunday", "2026-11-22" },
		{ "monday", "2026-11-16" },
		{ "last tuesday", "2026-11-17" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = { 0 };
		int64_t ms = 0;

		if (when_parse(cases[i].text, moment(NOW), &ms, &e) || ms != moment(cases[i].is))
			fail_msg("%s: %lld", cases[i].text, (long long)ms);
	}
}

static void what_is_no_moment_is_refused_with_the_forms(void **state)
{
	static const char *const bad[] = { "", " ", "soon", "2", "2x", "h", "2hh", "ago", "last",
		"last week", "yesterday 25:00", "yesterday at nine", "2026-13-01", "12345678",
		"179518320000000", "2026-11-20 14", "99999999999999d", "today yesterday", "fridays",
		"-2h" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = { 0 };
		int64_t ms = 7;

		if (when_parse(bad[i], moment(NOW), &ms, &e) != E_INVALID)
			fail_msg("\"%s\" was taken for %lld", bad[i], (long long)ms);
		assert_non_null(strstr(e.hint, "yesterday 09:00"));
	}
}

static void distance_is_told_in_the_largest_unit(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = { { 0, "now" }, { 999, "now" }, { 1000, "1 s ago" }, { 61000, "1 min ago" },
		{ 7200000, "2 h ago" }, { 86400000 * 3, "3 d ago" },
		{ INT64_C(86400000) * 800, "2 y ago" }, { -7200000, "in 2 h" } };
	char out[WHEN_AGO_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_string_equal(
			when_ago(moment(NOW) - cases[i].ms, moment(NOW), out), cases[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_names_its_moment),
		cmocka_unit_test(what_is_no_moment_is_refused_with_the_forms),
		cmocka_unit_test(distance_is_told_in_the_largest_unit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
