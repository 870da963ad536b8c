/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ip_range.h"
#include "lib/unit.h"

static struct ip_range range(const char *text)
{
	struct ip_range r = { 0 };

	assert_true(ip_range_parse(str_of(text), &r));
	return r;
}

static bool meets(const char *a, const char *b)
{
	const struct ip_range r = range(a), s = range(b);

	assert_int_equal(ip_range_meets(&r, &s), ip_range_meets(&s, &r));
	return ip_range_meets(&r, &s);
}

static void a_block_goes_from_its_first_to_its_last_address(void **state)
{
	const struct ip_range r = range("10.1.2.3/22"), s = range("10.1.0.0"),
			      t = range("10.1.3.255");

	(void)state;
	assert_int_equal(r.bytes, 4);
	assert_memory_equal(r.first, s.first, 4);
	assert_memory_equal(r.last, t.last, 4);
}

static void ranges_meet_where_they_share_an_address(void **state)
{
	(void)state;
	assert_true(meets("10.0.0.0/8", "10.255.255.255"));
	assert_false(meets("10.0.0.0/8", "11.0.0.0/8"));
	assert_true(meets("0.0.0.0/0", "192.168.1.0/24"));
	assert_true(meets("2001:db8::/32", "2001:db8:ffff::1"));
	assert_false(meets("2001:db8::/33", "2001:db8:ffff::1"));
	assert_true(meets("::/0", "fe80::1"));
	assert_false(meets("::/0", "1.2.3.4"));
	assert_false(meets("10.0.0.1/32", "10.0.0.2/32"));
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const texts[] = { "", "/", "/8", "10.0.0.0/", "10.0.0.0/33",
		"10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0/8", "10.0.0.256", " 10.0.0.1", "10.0.0.1 ",
		"::/129", "1:2", "0x0a.0.0.1", "10.0.0.0/0008", "pl-1",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd" };
	struct ip_range r;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(ip_range_parse(str_of(texts[i]), &r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_block_goes_from_its_first_to_its_last_address),
		cmocka_unit_test(ranges_meet_where_they_share_an_address),
		cmocka_unit_test(what_is_no_address_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
