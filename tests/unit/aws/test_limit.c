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

static void throttling_slows_down_once_for_all_together(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 10, 10, 0);
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

static void success_brings_the_rate_back_and_no_further_than_twice(void **state)
{
	struct limit l;

	(void)state;
	limit_init(&l, 10, 10, 0);
	limit_throttled(&l, 0);
	for (int i = 0; i < 6; i++)
		limit_succeeded(&l);
	assert_float_equal(l.rate, 10, 0.001);
	for (int i = 0; i < 100; i++)
		limit_succeeded(&l);
	assert_float_equal(l.rate, 20, 0.001);
	limit_release(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_burst_goes_at_once_and_the_rest_at_the_rate),
		cmocka_unit_test(the_burst_does_not_grow_with_idleness),
		cmocka_unit_test(throttling_slows_down_once_for_all_together),
		cmocka_unit_test(success_brings_the_rate_back_and_no_further_than_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
