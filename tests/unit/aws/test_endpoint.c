/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/aws.h"
#include "aws/endpoint.h"
#include "lib/tree.h"

#include <stdlib.h>

static struct arena a = ARENA_INIT(16 << 20);

static int clean(void **state)
{
	(void)state;
	unsetenv("AWS_ENDPOINT_URL");
	unsetenv("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2");
	setenv("AWS_CONFIG_FILE", "/dev/null/none", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null/none", 1);
	return 0;
}

static int release(void **state)
{
	(void)state;
	arena_release(&a);
	return 0;
}

static enum code find(
	const char *service, const char *region, const char *override, struct endpoint *at)
{
	struct endpoint_query q = {
		.override = override, .service = api_find_service(service), .region = region
	};
	struct err e = { 0 };

	assert_non_null(q.service);
	return endpoint_find(&a, &q, at, &e);
}

static void expect(
	const char *service, const char *region, const char *origin, const char *signing_region)
{
	struct endpoint at;

	assert_int_equal(find(service, region, NULL, &at), E_OK);
	assert_string_equal(at.origin, origin);
	assert_string_equal(at.region, signing_region);
	assert_false(at.custom);
}

static void a_region_has_the_domain_of_its_partition(void **state)
{
	(void)state;
	expect("ec2", "eu-west-1", "https://ec2.eu-west-1.amazonaws.com", "eu-west-1");
	expect("elbv2", "us-east-1", "https://elasticloadbalancing.us-east-1.amazonaws.com",
		"us-east-1");
	expect("ec2", "cn-north-1", "https://ec2.cn-north-1.amazonaws.com.cn", "cn-north-1");
	expect("kms", "us-gov-west-1", "https://kms.us-gov-west-1.amazonaws.com", "us-gov-west-1");
	expect("sqs", "us-isob-east-1", "https://sqs.us-isob-east-1.sc2s.sgov.gov",
		"us-isob-east-1");
	expect("sts", "eu-west-1", "https://sts.eu-west-1.amazonaws.com", "eu-west-1");
	assert_string_equal(aws_partition("cn-north-1"), "aws-cn");
	assert_string_equal(aws_partition("us-gov-east-1"), "aws-us-gov");
	assert_string_equal(aws_partition("eu-west-1"), "aws");
}

static void a_service_of_the_partition_has_one_endpoint(void **state)
{
	(void)state;
	expect("iam", "eu-west-1", "https://iam.amazonaws.com", "us-east-1");
	expect("iam", NULL, "https://iam.amazonaws.com", "us-east-1");
	expect("iam", "cn-northwest-1", "https://iam.cn-north-1.amazonaws.com.cn", "cn-north-1");
	expect("iam", "us-gov-east-1", "https://iam.us-gov.amazonaws.com", "us-gov-west-1");
}

static void what_cannot_be_a_region_is_refused(void **state)
{
	static const char *const bad[] = { "", "evil.example/", "EU-WEST-1", "a b", "-x" };
	struct endpoint at;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(find("ec2", bad[i], NULL, &at), E_INVALID);
	assert_int_equal(find("ec2", NULL, NULL, &at), E_INVALID);
}

static void an_override_is_taken_apart(void **state)
{
	struct endpoint at;

	(void)state;
	assert_int_equal(find("ec2", "eu-west-1", "http://127.0.0.1:5000/", &at), E_OK);
	assert_string_equal(at.origin, "http://127.0.0.1:5000");
	assert_string_equal(at.host, "127.0.0.1:5000");
	assert_string_equal(at.path, "");
	assert_string_equal(at.region, "eu-west-1");
	assert_true(at.custom);
	assert_int_equal(find("ec2", "eu-west-1", "https://proxy.example:443/aws/", &at), E_OK);
	assert_string_equal(at.host, "proxy.example");
	assert_string_equal(at.path, "/aws");
	assert_int_equal(find("iam", "eu-west-1", "http://[::1]:80", &at), E_OK);
	assert_string_equal(at.host, "[::1]");
	assert_string_equal(at.region, "us-east-1");
	assert_int_equal(find("ec2", "eu-west-1", "127.0.0.1:5000", &at), E_INVALID);
	assert_int_equal(find("ec2", "eu-west-1", "http:///x", &at), E_INVALID);
	assert_int_equal(find("ec2", "eu-west-1", "http://user@host", &at), E_INVALID);
}

static void the_environment_names_services_as_aws_does(void **state)
{
	struct endpoint at;

	(void)state;
	setenv("AWS_ENDPOINT_URL", "http://all:1", 1);
	setenv("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", "http://elb:2", 1);
	assert_int_equal(find("elbv2", "eu-west-1", NULL, &at), E_OK);
	assert_string_equal(at.origin, "http://elb:2");
	assert_int_equal(find("ec2", "eu-west-1", NULL, &at), E_OK);
	assert_string_equal(at.origin, "http://all:1");
	assert_int_equal(find("elbv2", "eu-west-1", "http://option:3", &at), E_OK);
	assert_string_equal(at.origin, "http://option:3");
}

static void expect_bucket(
	const char *override, const char *bucket, const char *url, const char *path)
{
	const struct api_op *op = api_find("s3", "GetBucketPolicy");
	struct json *params = json_new(&a, JSON_OBJECT);
	struct address to;
	struct endpoint at;
	struct err e = { 0 };
	struct wire w;

	json_add(params, STR("Bucket"), json_string(&a, str_of(bucket)));
	assert_int_equal(find("s3", "eu-west-1", override, &at), E_OK);
	assert_int_equal(request_write(&a, op, params, &w, &e), E_OK);
	assert_int_equal(endpoint_address(&a, &at, &w, &to, &e), E_OK);
	assert_string_equal(to.url, url);
	assert_true(str_is(to.path, path));
}

static void a_bucket_stands_in_the_host_where_it_can(void **state)
{
	(void)state;
	expect_bucket(
		NULL, "my-bucket", "https://my-bucket.s3.eu-west-1.amazonaws.com/?policy", "/");
	expect_bucket(NULL, "my.bucket", "https://s3.eu-west-1.amazonaws.com/my.bucket?policy",
		"/my.bucket");
	expect_bucket(NULL, "Old_Bucket", "https://s3.eu-west-1.amazonaws.com/Old_Bucket?policy",
		"/Old_Bucket");
	expect_bucket("http://h:1/p", "my-bucket", "http://h:1/p/my-bucket?policy", "/p/my-bucket");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_region_has_the_domain_of_its_partition, clean, release),
		cmocka_unit_test_setup_teardown(
			a_service_of_the_partition_has_one_endpoint, clean, release),
		cmocka_unit_test_setup_teardown(what_cannot_be_a_region_is_refused, clean, release),
		cmocka_unit_test_setup_teardown(an_override_is_taken_apart, clean, release),
		cmocka_unit_test_setup_teardown(
			the_environment_names_services_as_aws_does, clean, release),
		cmocka_unit_test_setup_teardown(
			a_bucket_stands_in_the_host_where_it_can, clean, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
