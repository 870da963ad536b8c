/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/request.h"
#include "lib/tree.h"

static struct arena a = ARENA_INIT(16 << 20);

static int release(void **state)
{
	(void)state;
	arena_release(&a);
	return 0;
}

static enum code write_request(
	const char *service, const char *op, const char *params, struct wire *w)
{
	const struct api_op *o = api_find(service, op);
	struct err e = { 0 };

	assert_non_null(o);
	return request_write(&a, o, params ? tree_of(&a, params) : NULL, w, &e);
}

static struct wire written(const char *service, const char *op, const char *params)
{
	struct wire w;

	assert_int_equal(write_request(service, op, params, &w), E_OK);
	return w;
}

static const char *header(const struct wire *w, const char *name)
{
	for (size_t i = 0; i < w->n_headers; i++)
		if (strcmp(w->headers[i].name, name) == 0)
			return w->headers[i].value;
	return "";
}

static void expect_body(const char *service, const char *op, const char *params, const char *want)
{
	struct wire w = written(service, op, params);

	assert_string_equal(w.body.p, want);
}

static void ec2_lists_are_numbered_without_a_name_between(void **state)
{
	struct wire w = written(
		"ec2", "DescribeVolumes", "{\"VolumeIds\":[\"vol-1\",\"vol-2\"],\"MaxResults\":5}");

	(void)state;
	assert_string_equal(w.body.p,
		"Action=DescribeVolumes&Version=2016-11-15&VolumeId.1=vol-1&VolumeId.2=vol-2&MaxResults=5");
	assert_string_equal(w.method, "POST");
	assert_string_equal(w.path.p, "/");
	assert_string_equal(
		header(&w, "content-type"), "application/x-www-form-urlencoded; charset=utf-8");
	expect_body("ec2", "DescribeVolumes", "{\"VolumeIds\":[]}",
		"Action=DescribeVolumes&Version=2016-11-15");
}

static void ec2_structures_inside_lists_are_written_out(void **state)
{
	(void)state;
	expect_body("ec2", "DescribeRegions",
		"{\"AllRegions\":true,\"Filters\":[{\"Name\":\"opt-in-status\",\"Values\":[\"a b\",\"c&d\"]}]}",
		"Action=DescribeRegions&Version=2016-11-15&AllRegions=true&Filter.1.Name=opt-in-status"
		"&Filter.1.Value.1=a%20b&Filter.1.Value.2=c%26d");
}

static void query_lists_name_their_elements(void **state)
{
	(void)state;
	expect_body("iam", "GetAccountAuthorizationDetails", "{\"Filter\":[\"Role\",\"User\"]}",
		"Action=GetAccountAuthorizationDetails&Version=2010-05-08&Filter.member.1=Role"
		"&Filter.member.2=User");
	expect_body("sts", "AssumeRole",
		"{\"RoleArn\":\"arn:aws:iam::1:role/r\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"\"}],\"Policy\":null}",
		"Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
		"&Tags.member.1.Key=k&Tags.member.1.Value=");
	expect_body("elbv2", "DescribeTags", "{\"ResourceArns\":[]}",
		"Action=DescribeTags&Version=2015-12-01&ResourceArns=");
}

static void json_values_get_the_type_the_operation_wants(void **state)
{
	struct wire w = written(
		"sqs", "GetQueueAttributes", "{\"QueueUrl\":\"u\",\"AttributeNames\":[\"All\"]}");

	(void)state;
	assert_string_equal(w.body.p, "{\"QueueUrl\":\"u\",\"AttributeNames\":[\"All\"]}");
	assert_string_equal(header(&w, "x-amz-target"), "AmazonSQS.GetQueueAttributes");
	assert_string_equal(header(&w, "content-type"), "application/x-amz-json-1.0");
	assert_string_equal(header(&w, "x-amzn-query-mode"), "true");
	expect_body("kms", "ListKeys", "{\"Limit\":\"100\",\"Marker\":null}", "{\"Limit\":100}");
	expect_body("cloudtrail", "DescribeTrails", "{\"includeShadowTrails\":\"false\"}",
		"{\"includeShadowTrails\":false}");
	expect_body("kms", "ListKeys", NULL, "{}");
}

static void rest_parameters_go_to_path_and_query(void **state)
{
	struct wire w =
		written("lambda", "ListTags", "{\"Resource\":\"arn:aws:lambda:x:1:function:f/g\"}");

	(void)state;
	assert_string_equal(w.method, "GET");
	assert_string_equal(
		w.path.p, "/2017-03-31/tags/arn%3Aaws%3Alambda%3Ax%3A1%3Afunction%3Af%2Fg");
	assert_int_equal(w.body.n, 0);
	assert_int_equal(w.n_headers, 0);
	w = written("lambda", "ListFunctions", "{\"MaxItems\":50,\"Marker\":\"a=b\"}");
	assert_string_equal(w.query.p, "MaxItems=50&Marker=a%3Db");
	w = written("s3", "GetBucketPolicy", "{\"Bucket\":\"b\"}");
	assert_string_equal(w.path.p, "/b");
	assert_string_equal(w.query.p, "policy");
	w = written("s3", "ListBuckets", "{\"Prefix\":\"b/\"}");
	assert_string_equal(w.path.p, "/");
	assert_string_equal(w.query.p, "prefix=b%2F");
}

static enum code code_of(const char *service, const char *op, const char *params)
{
	struct wire w;

	return write_request(service, op, params, &w);
}

static void a_parameter_nobody_knows_is_refused(void **state)
{
	(void)state;
	assert_int_equal(code_of("ec2", "DescribeVolumes", "{\"VolumeId\":[\"v\"]}"), E_INVALID);
	assert_int_equal(
		code_of("ec2", "DescribeRegions", "{\"Filters\":[{\"Nam\":\"x\"}]}"), E_INVALID);
	assert_int_equal(code_of("kms", "DescribeKey", "{\"keyId\":\"k\"}"), E_INVALID);
	assert_int_equal(code_of("lambda", "GetPolicy", "{\"Name\":\"k\"}"), E_INVALID);
	assert_int_equal(code_of("sts", "GetCallerIdentity", "{\"x\":1}"), E_INVALID);
}

static void a_parameter_of_the_wrong_kind_is_refused(void **state)
{
	(void)state;
	assert_int_equal(code_of("ec2", "DescribeVolumes", "{\"VolumeIds\":\"v\"}"), E_INVALID);
	assert_int_equal(code_of("ec2", "DescribeVolumes", "{\"MaxResults\":[1]}"), E_INVALID);
	assert_int_equal(
		code_of("sqs", "GetQueueAttributes", "{\"AttributeNames\":\"All\"}"), E_INVALID);
	assert_int_equal(code_of("kms", "DescribeKey", "[]"), E_INVALID);
}

static void a_path_without_its_parameter_is_refused(void **state)
{
	(void)state;
	assert_int_equal(code_of("lambda", "GetPolicy", NULL), E_INVALID);
	assert_int_equal(code_of("s3", "GetBucketAcl", "{\"Bucket\":\"\"}"), E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(ec2_lists_are_numbered_without_a_name_between, release),
		cmocka_unit_test_teardown(ec2_structures_inside_lists_are_written_out, release),
		cmocka_unit_test_teardown(query_lists_name_their_elements, release),
		cmocka_unit_test_teardown(json_values_get_the_type_the_operation_wants, release),
		cmocka_unit_test_teardown(rest_parameters_go_to_path_and_query, release),
		cmocka_unit_test_teardown(a_parameter_nobody_knows_is_refused, release),
		cmocka_unit_test_teardown(a_parameter_of_the_wrong_kind_is_refused, release),
		cmocka_unit_test_teardown(a_path_without_its_parameter_is_refused, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
