/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/answer.h"
#include "lib/tree.h"

static struct arena a = ARENA_INIT(16 << 20);

static int release(void **state)
{
	(void)state;
	arena_release(&a);
	return 0;
}

static enum code decode_with(
	const char *service, const char *op, const char *headers, const char *body, struct json **v)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	const struct api_op *o = api_find(service, op);
	struct err e = { 0 };
	enum code c;

	assert_non_null(o);
	r.status = 200;
	buf_text(&r.headers, headers);
	buf_text(&r.body, body);
	*v = NULL;
	c = answer_read(o, &r, &a, v, &e);
	assert_int_equal(c, e.code);
	http_response_release(&r);
	return c;
}

static struct json *decode(const char *service, const char *op, const char *body)
{
	struct json *v;

	assert_int_equal(decode_with(service, op, "", body, &v), E_OK);
	return v;
}

static void expect(const char *service, const char *op, const char *body, const char *want)
{
	struct json *v = decode(service, op, body);

	if (!json_equal(v, tree_of(&a, want)))
		fail_msg("%s, not %s", text_of(&a, v), want);
}

static void ec2_items_have_the_apis_names(void **state)
{
	(void)state;
	expect("ec2", "DescribeVolumes",
		"<?xml version=\"1.0\"?><DescribeVolumesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
		"<requestId>r</requestId><volumeSet><item><volumeId>vol-1</volumeId><size>8</size>"
		"<encrypted>false</encrypted><createTime>2026-01-02T03:04:05.678Z</createTime>"
		"<attachmentSet/><tagSet><item><key>true</key><value>1</value></item></tagSet>"
		"<unheardOf>x</unheardOf></item></volumeSet></DescribeVolumesResponse>",
		"{\"Volumes\":[{\"Size\":8,\"VolumeId\":\"vol-1\","
		"\"Tags\":[{\"Key\":\"true\",\"Value\":\"1\"}],"
		"\"CreateTime\":\"2026-01-02T03:04:05.678Z\",\"Attachments\":[],\"Encrypted\":false}]}");
}

static void what_is_missing_stays_missing(void **state)
{
	(void)state;
	expect("ec2", "DescribeVolumes",
		"<DescribeVolumesResponse><requestId>r</requestId></DescribeVolumesResponse>",
		"{}");
	expect("ec2", "DescribeVolumes",
		"<DescribeVolumesResponse><volumeSet/></DescribeVolumesResponse>",
		"{\"Volumes\":[]}");
	expect("dynamodb", "ListTables", "{\"TableNames\":null}", "{}");
}

static void query_answers_are_taken_out_of_their_wrapper(void **state)
{
	(void)state;
	expect("rds", "DescribeDBInstances",
		"<DescribeDBInstancesResponse xmlns='u'><DescribeDBInstancesResult><Marker>m</Marker>"
		"<DBInstances><DBInstance><DBInstanceIdentifier>db1</DBInstanceIdentifier>"
		"<DBSecurityGroups/><MultiAZ>true</MultiAZ></DBInstance></DBInstances>"
		"</DescribeDBInstancesResult><ResponseMetadata/></DescribeDBInstancesResponse>",
		"{\"Marker\":\"m\",\"DBInstances\":[{\"DBInstanceIdentifier\":\"db1\","
		"\"DBSecurityGroups\":[],\"MultiAZ\":true}]}");
}

static void a_flat_list_of_one_is_a_list(void **state)
{
	(void)state;
	expect("s3", "GetBucketCors",
		"<CORSConfiguration xmlns='u'><CORSRule><AllowedMethod>GET</AllowedMethod>"
		"<AllowedOrigin>*</AllowedOrigin><MaxAgeSeconds>30</MaxAgeSeconds></CORSRule>"
		"</CORSConfiguration>",
		"{\"CORSRules\":[{\"AllowedMethods\":[\"GET\"],\"AllowedOrigins\":[\"*\"],"
		"\"MaxAgeSeconds\":30}]}");
	expect("s3", "GetBucketCors",
		"<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><ID>1</ID>"
		"<AllowedMethod>PUT</AllowedMethod></CORSRule><CORSRule/></CORSConfiguration>",
		"{\"CORSRules\":[{\"ID\":\"1\",\"AllowedMethods\":[\"GET\",\"PUT\"]},{}]}");
	expect("s3", "GetBucketCors", "<CORSConfiguration/>", "{}");
}

static void attributes_are_members(void **state)
{
	(void)state;
	expect("s3", "GetBucketAcl",
		"<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant>"
		"<Grantee xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='CanonicalUser'>"
		"<ID>o</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList>"
		"</AccessControlPolicy>",
		"{\"Owner\":{\"ID\":\"o\"},\"Grants\":[{\"Grantee\":{\"ID\":\"o\",\"Type\":"
		"\"CanonicalUser\"},\"Permission\":\"FULL_CONTROL\"}]}");
}

static void the_answer_of_getbucketlocation_is_a_bare_element(void **state)
{
	(void)state;
	expect("s3", "GetBucketLocation",
		"<LocationConstraint xmlns='u'>eu-west-1</LocationConstraint>",
		"{\"LocationConstraint\":\"eu-west-1\"}");
	expect("s3", "GetBucketLocation", "<LocationConstraint xmlns='u'/>",
		"{\"LocationConstraint\":\"\"}");
}

static void a_payload_is_the_member(void **state)
{
	(void)state;
	expect("s3", "GetBucketPolicy", "{\"Version\":\"2012-10-17\"}",
		"{\"Policy\":\"{\\\"Version\\\":\\\"2012-10-17\\\"}\"}");
	expect("s3", "GetPublicAccessBlock",
		"<PublicAccessBlockConfiguration><BlockPublicAcls>TRUE</BlockPublicAcls>"
		"</PublicAccessBlockConfiguration>",
		"{\"PublicAccessBlockConfiguration\":{\"BlockPublicAcls\":true}}");
}

static void what_is_no_json_object_is_no_policy(void **state)
{
	static const char *const bodies[] = { "", "what is this", "\x01\xff what", "[]", "\"text\"",
		"{\"Version\":\"2012-", "{} and more", "<Policy/>" };
	struct json *v;

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		if (decode_with("s3", "GetBucketPolicy", "", bodies[i], &v) != E_CORRUPT)
			fail_msg("\"%s\" was taken for a policy", bodies[i]);
}

static void headers_are_members_too(void **state)
{
	struct json *v;

	(void)state;
	assert_int_equal(
		decode_with("s3", "GetBucketLifecycleConfiguration",
			"content-type: text/xml\nx-amz-transition-default-minimum-object-size: "
			"varies_by_storage_class\n",
			"<LifecycleConfiguration/>", &v),
		E_OK);
	assert_string_equal(text_of(&a, v),
		"{\"TransitionDefaultMinimumObjectSize\":\"varies_by_storage_class\"}");
}

static void maps_are_marked_and_structures_are_not(void **state)
{
	struct json *v = decode("lambda", "GetFunctionConfiguration",
		"{\"FunctionName\":\"f\",\"Environment\":{\"Variables\":{\"FirstName\":\"x\",\"b\":\"true\"}},"
		"\"Timeout\":3,\"LastModified\":\"2026-01-01T00:00:00.000+0000\",\"Extra\":1}");
	const struct json *variables = json_get(json_get(v, "Environment"), "Variables");

	(void)state;
	assert_false(v->map);
	assert_false(json_get(v, "Environment")->map);
	assert_true(variables->map);
	assert_string_equal(text_of(&a, variables), "{\"FirstName\":\"x\",\"b\":\"true\"}");
	assert_null(json_get(v, "Extra"));
	assert_true(str_is(json_get_text(v, "LastModified"), "2026-01-01T00:00:00.000+0000"));
	v = decode("sqs", "GetQueueAttributes", "{\"Attributes\":{\"DelaySeconds\":\"0\"}}");
	assert_true(json_get(v, "Attributes")->map);
	assert_string_equal(text_of(&a, v), "{\"Attributes\":{\"DelaySeconds\":\"0\"}}");
}

static void seconds_become_moments(void **state)
{
	(void)state;
	expect("kms", "DescribeKey",
		"{\"KeyMetadata\":{\"KeyId\":\"k\",\"CreationDate\":1767323045.678,\"Enabled\":true,"
		"\"MultiRegion\":false,\"EncryptionAlgorithms\":[]}}",
		"{\"KeyMetadata\":{\"KeyId\":\"k\",\"CreationDate\":\"2026-01-02T03:04:05.678Z\","
		"\"Enabled\":true,\"EncryptionAlgorithms\":[],\"MultiRegion\":false}}");
}

static void a_value_of_another_kind_is_taken_for_missing(void **state)
{
	(void)state;
	expect("dynamodb", "ListTables", "{\"TableNames\":\"t\"}", "{}");
	expect("kms", "DescribeKey", "{\"KeyMetadata\":[]}", "{}");
}

static void what_is_no_answer_is_corrupt(void **state)
{
	struct json *v;

	(void)state;
	assert_int_equal(decode_with("ec2", "DescribeVolumes", "",
				 "<DescribeVolumesResponse><volumeSet><item>", &v),
		E_CORRUPT);
	assert_int_equal(decode_with("ec2", "DescribeVolumes", "", "{}", &v), E_CORRUPT);
	assert_int_equal(
		decode_with("kms", "DescribeKey", "", "{\"KeyMetadata\":{", &v), E_CORRUPT);
	assert_int_equal(decode_with("kms", "DescribeKey", "", "[]", &v), E_CORRUPT);
	assert_null(v);
}

static void an_answer_that_says_nothing_is_not_an_empty_list(void **state)
{
	struct json *v;

	(void)state;
	assert_int_equal(decode_with("ec2", "DescribeVolumes", "", "", &v), E_CORRUPT);
	assert_int_equal(decode_with("dynamodb", "ListTables", "", "", &v), E_CORRUPT);
	assert_int_equal(decode_with("lambda", "ListFunctions", "", "", &v), E_CORRUPT);
	assert_int_equal(decode_with("s3", "ListBuckets", "", "", &v), E_CORRUPT);
	assert_int_equal(decode_with("ec2", "DescribeVolumes", "", "<portal><login/></portal>", &v),
		E_CORRUPT);
	assert_int_equal(decode_with("iam", "GetAccountAuthorizationDetails", "",
				 "<DescribeVolumesResponse/>", &v),
		E_CORRUPT);
	assert_null(v);
}

static void an_arena_that_is_too_small_is_told(void **state)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	struct arena small = ARENA_INIT(16 << 10);
	struct err e = { 0 };
	struct json *v = NULL;

	(void)state;
	buf_text(&r.body, "<DescribeVolumesResponse><volumeSet>");
	for (int i = 0; i < 1000; i++)
		buf_text(&r.body, "<item><volumeId>vol-1</volumeId></item>");
	buf_text(&r.body, "</volumeSet></DescribeVolumesResponse>");
	assert_int_equal(
		answer_read(api_find("ec2", "DescribeVolumes"), &r, &small, &v, &e), E_TOOBIG);
	assert_null(v);
	http_response_release(&r);
	arena_release(&small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(ec2_items_have_the_apis_names, release),
		cmocka_unit_test_teardown(what_is_missing_stays_missing, release),
		cmocka_unit_test_teardown(query_answers_are_taken_out_of_their_wrapper, release),
		cmocka_unit_test_teardown(a_flat_list_of_one_is_a_list, release),
		cmocka_unit_test_teardown(attributes_are_members, release),
		cmocka_unit_test_teardown(
			the_answer_of_getbucketlocation_is_a_bare_element, release),
		cmocka_unit_test_teardown(a_payload_is_the_member, release),
		cmocka_unit_test_teardown(what_is_no_json_object_is_no_policy, release),
		cmocka_unit_test_teardown(headers_are_members_too, release),
		cmocka_unit_test_teardown(maps_are_marked_and_structures_are_not, release),
		cmocka_unit_test_teardown(seconds_become_moments, release),
		cmocka_unit_test_teardown(a_value_of_another_kind_is_taken_for_missing, release),
		cmocka_unit_test_teardown(what_is_no_answer_is_corrupt, release),
		cmocka_unit_test_teardown(
			an_answer_that_says_nothing_is_not_an_empty_list, release),
		cmocka_unit_test_teardown(an_arena_that_is_too_small_is_told, release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
