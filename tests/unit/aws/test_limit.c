/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/limit.h"
#include "lib/unit.h"

static void a_burst_goes_at_once_and_the_rest_at_the_rate(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 10, 3, 1000);
	for (int i = 0; i < 3; i++)
		assert_int_equal(limit_take(&l, 1000), 0);
	assert_int_equal(limit_take(&l, 1000), 100);
	assert_int_equal(limit_take(&l, 1000), 200);
	assert_int_equal(limit_take(&l, 1200), 100);
	limit_release(&l);
}

static void the_burst_does_not_grow_with_idleness(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 10, 2, 0);
	assert_int_equal(limit_take(&l, 1000000), 0);
	assert_int_equal(limit_take(&l, 1000000), 0);
	assert_int_equal(limit_take(&l, 1000000), 100);
	limit_release(&l);
}

/* So many successes in half a second that what was granted is no less than what is given. */
static void grant(struct limit *l, int n, int64_t now_ms)
{
	for (int i = 0; i < n; i++)
		limit_granted(l, now_ms);
}

static void throttling_slows_down_once_for_all_together(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 10, 10, 0);
	l.rate_max = 10;
	grant(&l, 20, 0);
	for (int i = 0; i < 20; i++)
		limit_throttled(&l, 0);
	assert_float_equal(l.rate, 7, 0.001);
	assert_int_equal(limit_take(&l, 0), 143);
	limit_throttled(&l, 500);
	assert_float_equal(l.rate, 4.9, 0.001);
	for (int i = 0; i < 100; i++)
		limit_throttled(&l, 2000 + i * 1000);
	assert_float_equal(l.rate, 0.2, 0.001);
	limit_release(&l);
}

static void what_was_granted_is_what_throttling_leaves_but_no_less_than_a_quarter(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 500, 500, 0);
	grant(&l, 100, 0);
	grant(&l, 100, 600);
	/* One refusal among many is no reason to fall so far. */
	limit_throttled(&l, 600);
	assert_float_equal(l.rate, 420, 0.001);
	l.rate = 500;
	l.lowered_ms = 0;
	l.n_refused[0] = 300;
	limit_throttled(&l, 900);
	/* Two hundred in nine tenths of a second. */
	assert_float_equal(l.rate, 222.222, 0.001);
	limit_throttled(&l, 10000);
	assert_float_equal(l.rate, 55.556, 0.001);
	limit_release(&l);
}

static void success_brings_the_rate_back_and_no_further_than_twice(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 10, 10, 0);
	l.rate_max = 10;
	grant(&l, 20, 0);
	l.rate_max = 20;
	limit_throttled(&l, 0);
	/* To 0.9 of what was refused in steps of a half, then carefully. */
	grant(&l, 5, 0);
	assert_float_equal(l.rate, 9.5, 0.001);
	grant(&l, 10, 0);
	assert_float_equal(l.rate, 10, 0.001);
	grant(&l, 100, 0);
	assert_float_equal(l.rate, 20, 0.001);
	limit_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_goes_at_once_and_the_rest_at_the_rate),
		cmocka_unit_test(the_burst_does_not_grow_with_idleness),
		cmocka_unit_test(throttling_slows_down_once_for_all_together),
		cmocka_unit_test(
			what_was_granted_is_what_throttling_leaves_but_no_less_than_a_quarter),
		cmocka_unit_test(success_brings_the_rate_back_and_no_further_than_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
