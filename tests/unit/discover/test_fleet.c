/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/fleet.h"

#include "lib/unit.h"
#include <string.h>

#define ROLE "arn:aws:iam::{account}:role/x"

static void it_is_told_from_one_account(void **state)
{
	(void)state;
	assert_false(fleet_is_meant(&(struct sweep_options){ .role_arn = "arn" }));
	assert_false(fleet_is_meant(&(struct sweep_options){ .accounts = "" }));
	assert_true(fleet_is_meant(&(struct sweep_options){ .accounts = "111111111111" }));
	assert_true(fleet_is_meant(&(struct sweep_options){ .organization = true }));
}

static void what_does_not_go_together_is_refused(void **state)
{
	static const struct {
		struct sweep_options o;
		const char *says; /* NULL: it is right */
	} cases[] = {
		{ { .role_arn = "arn:aws:iam::111111111111:role/x" }, NULL },
		{ { .accounts = "111111111111, 222222222222", .role_name = "x" }, NULL },
		{ { .organization = true, .role_arn = ROLE, .exclude_accounts = "111111111111" },
			NULL },
		{ { .accounts = "111111111111" }, "no role" },
		{ { .organization = true }, "no role" },
		{ { .accounts = "11111111111a", .role_name = "x" }, "no account" },
		{ { .accounts = "1111111111111", .role_name = "x" }, "no account" },
		{ { .organization = true, .role_name = "x", .exclude_accounts = "me" },
			"no account" },
		{ { .accounts = "111111111111", .role_name = "x", .role_arn = ROLE },
			"exclude each other" },
		{ { .accounts = "111111111111", .organization = true, .role_name = "x" },
			"exclude each other" },
		{ { .accounts = "111111111111", .role_arn = "arn:aws:iam::1:role/x" },
			"of one account" },
		{ { .role_name = "x" }, "several accounts" },
		{ { .exclude_accounts = "111111111111" }, "several accounts" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = { 0 };
		enum code c = fleet_check(&cases[i].o, &e);

		assert_int_equal(c, cases[i].says ? E_INVALID : E_OK);
		if (cases[i].says)
			assert_non_null(strstr(e.msg, cases[i].says));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_told_from_one_account),
		cmocka_unit_test(what_does_not_go_together_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
