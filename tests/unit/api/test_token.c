/* SPDX-License-Identifier: Apache-2.0 */
#include "core/result_token.h"
#include "lib/unit.h"

static const unsigned char key[32] = "the key", other_key[32] = "the kez";
static struct arena a = ARENA_INIT(1 << 20);

static struct token_scope scope(void)
{
	return (struct token_scope){ .key = key,
		.operation = "ListThings",
		.account = "123456789012",
		.region = "eu-west-1",
		.at_ms = 17,
		.request = "digest" };
}

static bool opens(const struct token_scope *s, struct str token)
{
	struct str after = STR_NONE;

	return token_open(s, &a, token, &after);
}

static int tear_down(void **state)
{
	(void)state;
	arena_release(&a);
	return 0;
}

static void a_token_says_again_what_was_put_into_it(void **state)
{
	static const struct str afters[] = { { "", 0 }, { "x", 1 }, { "xy", 2 }, { "xyz", 3 },
		{ "[\"a \xc3\xa9\",12]", 10 }, { "a\0b", 3 } };
	struct token_scope s = scope();

	(void)state;
	for (size_t i = 0; i < sizeof(afters) / sizeof(*afters); i++) {
		struct str token = token_seal(&s, &a, afters[i]), after = STR_NONE;

		assert_non_null(token.p);
		assert_true(token_open(&s, &a, token, &after));
		assert_true(str_eq(after, afters[i]));
		assert_null(memchr(token.p, ' ', token.n));
	}
}

static void a_token_holds_for_its_own_question_alone(void **state)
{
	struct token_scope s = scope(), t;
	struct str token = token_seal(&s, &a, STR("behind"));

	(void)state;
	assert_true(opens(&s, token));
	t = s, t.key = other_key;
	assert_false(opens(&t, token));
	t = s, t.operation = "ListOthers";
	assert_false(opens(&t, token));
	t = s, t.account = "123456789013";
	assert_false(opens(&t, token));
	t = s, t.region = "eu-west-2";
	assert_false(opens(&t, token));
	t = s, t.at_ms = 18;
	assert_false(opens(&t, token));
	t = s, t.request[31] ^= 1;
	assert_false(opens(&t, token));
}

static void nothing_but_the_token_itself_is_taken_for_it(void **state)
{
	struct token_scope s = scope();
	struct str token = token_seal(&s, &a, STR("behin"));
	char text[256];

	(void)state;
	assert_true(token.n < sizeof(text) - 2);
	for (size_t i = 0; i < token.n; i++)
		for (int bit = 0; bit < 8; bit++) {
			memcpy(text, token.p, token.n);
			text[i] = (char)(text[i] ^ (1 << bit));
			assert_false(opens(&s, (struct str){ text, token.n }));
		}
	for (size_t n = 0; n < token.n; n++)
		assert_false(opens(&s, (struct str){ token.p, n }));
	memcpy(text, token.p, token.n);
	memcpy(text + token.n, "=A", 2);
	assert_false(opens(&s, (struct str){ text, token.n + 1 }));
	assert_false(opens(&s, (struct str){ text, token.n + 2 }));
	assert_false(opens(&s, STR("x")));
	assert_false(opens(&s, STR("====")));
}

static void a_result_token_says_whose_result_it_is(void **state)
{
	const struct result_token sealed = { "123456789012", "eu-west-1", "config-rule-a1b2c3",
		1790000000123 };
	struct result_token open;
	struct str token = result_token_seal(key, &a, &sealed);
	struct token_scope s = scope();

	(void)state;
	assert_true(result_token_open(key, &a, token, &open));
	assert_string_equal(open.account, sealed.account);
	assert_string_equal(open.region, sealed.region);
	assert_string_equal(open.rule_id, sealed.rule_id);
	assert_int_equal(open.invoked_ms, sealed.invoked_ms);
	assert_false(result_token_open(other_key, &a, token, &open));
	assert_false(result_token_open(key, &a, STR("TESTMODE"), &open));
	assert_false(result_token_open(key, &a, STR(""), &open));
	assert_false(result_token_open(key, &a, token_seal(&s, &a, STR("a\nb\nc\n1")), &open));
	assert_false(opens(&s, token));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_says_again_what_was_put_into_it),
		cmocka_unit_test(a_token_holds_for_its_own_question_alone),
		cmocka_unit_test(nothing_but_the_token_itself_is_taken_for_it),
		cmocka_unit_test(a_result_token_says_whose_result_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
