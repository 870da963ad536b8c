/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"

#include "lib/unit.h"

static const char *of(const char *word, const char *const *names)
{
	static struct nearest near;

	nearest_init(&near, str_of(word));
	for (; *names; names++)
		nearest_offer(&near, str_of(*names));
	return nearest_name(&near);
}

static void a_slip_of_the_finger_is_seen_through(void **state)
{
	static const char *const names[] = { "snapshot", "record", "status", NULL };

	(void)state;
	assert_string_equal(of("statsu", names), "status");
	assert_string_equal(of("recrod", names), "record");
	assert_string_equal(of("SNAPSHOTS", names), "snapshot");
	assert_string_equal(of("tatus", names), "status");
}

static void another_word_is_nobodys_typo(void **state)
{
	static const char *const names[] = { "snapshot", "record", "", NULL };

	(void)state;
	assert_null(of("delete", names));
	assert_null(of("", names));
	assert_null(of("r", names));
}

static void the_shortest_name_that_holds_the_word_is_meant(void **state)
{
	static const char *const names[] = { "AWS::S3::BucketPolicy", "AWS::S3::Bucket",
		"AWS::EC2::VPC", NULL };

	(void)state;
	assert_string_equal(of("bucket", names), "AWS::S3::Bucket");
	assert_string_equal(of("bucketp", names), "AWS::S3::BucketPolicy");
	assert_null(of("vp", names));
}

static void fewer_mistakes_beat_what_came_first(void **state)
{
	static const char *const names[] = { "us-west-1", "us-east-1", "eu-west-1", NULL };

	(void)state;
	assert_string_equal(of("us-esat-1", names), "us-east-1");
	assert_string_equal(of("eu-wst-1", names), "eu-west-1");
}

static void names_too_long_for_us_are_passed_over(void **state)
{
	static const char *const names[] = {
		"a123456789012345678901234567890123456789012345678901234567890123", NULL
	};

	(void)state;
	assert_null(of("a12345678901234567890123456789012345678901234567890123456789012", names));
	assert_null(of(names[0], names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_of_the_finger_is_seen_through),
		cmocka_unit_test(another_word_is_nobodys_typo),
		cmocka_unit_test(the_shortest_name_that_holds_the_word_is_meant),
		cmocka_unit_test(fewer_mistakes_beat_what_came_first),
		cmocka_unit_test(names_too_long_for_us_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
