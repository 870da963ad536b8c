/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/fault.h"
#include "lib/unit.h"
#include "json/read.h"

#include <stdio.h>

#define NOW INT64_C(1767323045000) /* 2026-01-02T03:04:05Z */

static struct aws_fault fault;
static struct err e;

static enum code judge(
	const char *service, const char *op, int status, const char *headers, const char *body)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	enum code c;

	r.status = status;
	buf_text(&r.headers, headers);
	buf_text(&r.body, body);
	e = (struct err){ 0 };
	c = fault_read(api_find(service, op), &r, NOW, &fault, &e);
	assert_int_equal(c, e.code);
	http_response_release(&r);
	return c;
}

static void every_protocol_says_its_code_in_its_own_way(void **state)
{
	(void)state;
	assert_int_equal(
		judge("ec2", "DescribeVolumes", 400, "",
			"<?xml version='1.0'?><Response><Errors><Error><Code>InvalidVolume.NotFound</Code>"
			"<Message>The volume 'v' does not exist.</Message></Error></Errors></Response>"),
		E_NOTFOUND);
	assert_string_equal(fault.code, "InvalidVolume.NotFound");
	assert_string_equal(e.msg, "InvalidVolume.NotFound: The volume 'v' does not exist.");
	assert_int_equal(
		judge("iam", "GetRole", 404, "",
			"<ErrorResponse xmlns='u'><Error><Type>Sender</Type><Code>NoSuchEntity</Code>"
			"</Error></ErrorResponse>"),
		E_NOTFOUND);
	assert_string_equal(fault.code, "NoSuchEntity");
	assert_int_equal(
		judge("s3", "GetBucketPolicy", 404, "",
			"<Error><Code>NoSuchBucketPolicy</Code><Message>m</Message></Error>"),
		E_NOTFOUND);
	assert_string_equal(fault.code, "NoSuchBucketPolicy");
	assert_int_equal(
		judge("dynamodb", "DescribeTable", 400, "",
			"{\"__type\":\"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException\","
			"\"message\":\"gone\"}"),
		E_NOTFOUND);
	assert_string_equal(fault.code, "ResourceNotFoundException");
	assert_int_equal(
		judge("lambda", "GetPolicy", 404,
			"x-amzn-errortype: ResourceNotFoundException:http://internal.example/\n",
			"{\"Message\":\"gone\"}"),
		E_NOTFOUND);
	assert_string_equal(e.msg, "ResourceNotFoundException: gone");
	assert_int_equal(fault.status, 404);
}

static void the_query_code_counts_where_a_service_is_compatible(void **state)
{
	static const char header[] =
		"x-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;Sender\n";
	static const char body[] = "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\"}";

	(void)state;
	assert_int_equal(judge("sqs", "GetQueueAttributes", 400, header, body), E_NOTFOUND);
	assert_string_equal(fault.code, "AWS.SimpleQueueService.NonExistentQueue");
	assert_int_equal(judge("kms", "DescribeKey", 400, header, body), E_NOTFOUND);
	assert_string_equal(fault.code, "QueueDoesNotExist");
}

static enum code ec2_code(const char *code)
{
	char body[256];

	snprintf(body, sizeof(body),
		"<Response><Errors><Error><Code>%s</Code></Error></Errors></Response>", code);
	return judge("ec2", "DescribeVolumes", 400, "", body);
}

static void wrong_credentials_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(ec2_code("UnauthorizedOperation"), E_DENIED);
	assert_non_null(strstr(e.hint, "permission"));
	assert_int_equal(ec2_code("InvalidClientTokenId"), E_DENIED);
	assert_non_null(strstr(e.hint, "access key is unknown"));
	assert_int_equal(ec2_code("UnrecognizedClientException"), E_DENIED);
	assert_int_equal(ec2_code("SignatureDoesNotMatch"), E_DENIED);
	assert_non_null(strstr(e.hint, "secret key"));
	assert_int_equal(ec2_code("AuthFailure"), E_DENIED);
	assert_false(fault_is_expiry(&fault));
	assert_int_equal(ec2_code("ExpiredToken"), E_DENIED);
	assert_non_null(strstr(e.hint, "run out"));
	assert_true(fault_is_expiry(&fault));
	assert_true(fault_is_of_keys(&fault));
	assert_int_equal(ec2_code("UnauthorizedOperation"), E_DENIED);
	assert_false(fault_is_of_keys(&fault));
	assert_int_equal(ec2_code("OptInRequired"), E_UNSUPPORTED);
	assert_int_equal(ec2_code("InvalidAction"), E_UNSUPPORTED);
	assert_int_equal(ec2_code("RequestLimitExceeded"), E_THROTTLED);
	assert_int_equal(ec2_code("InvalidParameterValue"), E_INVALID);
}

static void a_wrong_clock_is_measured(void **state)
{
	(void)state;
	assert_int_equal(judge("s3", "ListBuckets", 403, "date: Fri, 02 Jan 2026 02:04:05 GMT\n",
				 "<Error><Code>RequestTimeTooSkewed</Code></Error>"),
		E_DENIED);
	assert_string_equal(e.hint,
		"the clock of this machine is 3600 s ahead of the service's: set it by NTP");
	assert_int_equal(judge("s3", "ListBuckets", 403, "date: Fri, 02 Jan 2026 03:04:00 GMT\n",
				 "<Error><Code>AccessDenied</Code></Error>"),
		E_DENIED);
	assert_null(strstr(e.hint, "clock"));
}

static void what_was_signed_is_not_repeated(void **state)
{
	(void)state;
	assert_int_equal(
		judge("sts", "GetCallerIdentity", 403, "",
			"<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code><Message>The Canonical "
			"String should have been x-amz-security-token:SECRET</Message></Error>"
			"</ErrorResponse>"),
		E_DENIED);
	assert_null(strstr(e.msg, "SECRET"));
}

static void a_page_of_html_means_unsupported(void **state)
{
	static const char page[] = "\n<!DOCTYPE HTML>\n<html><title>500</title></html>";

	(void)state;
	assert_int_equal(judge("ec2", "DescribeVolumes", 500, "content-type: text/html\n", page),
		E_UNSUPPORTED);
	assert_int_equal(judge("kms", "ListKeys", 404, "", page), E_UNSUPPORTED);
	assert_int_equal(judge("kms", "ListKeys", 200, "", "<html>login</html>"), E_UNSUPPORTED);
	assert_non_null(strstr(e.hint, "endpoint"));
	/* A gateway's, before a service that is away. */
	assert_int_equal(judge("kms", "ListKeys", 503, "", page), E_REMOTE);
	assert_int_equal(judge("kms", "ListKeys", 429, "", page), E_THROTTLED);
}

static void the_status_decides_when_there_is_no_code(void **state)
{
	static const struct {
		int status;
		enum code code;
	} rows[] = { { 400, E_INVALID }, { 401, E_DENIED }, { 403, E_DENIED }, { 404, E_NOTFOUND },
		{ 429, E_THROTTLED }, { 500, E_REMOTE }, { 501, E_UNSUPPORTED },
		{ 503, E_REMOTE } };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(judge("kms", "ListKeys", rows[i].status, "", ""), rows[i].code);
		assert_string_equal(fault.code, "");
		assert_int_equal(fault.status, rows[i].status);
	}
	assert_int_equal(
		judge("ec2", "DescribeVolumes", 400, "", "<Response><Errors><Err"), E_INVALID);
	assert_int_equal(judge("kms", "ListKeys", 501, "", "{\"__type\":\"InternalFailure\"}"),
		E_UNSUPPORTED);
}

static void an_error_may_come_with_status_200(void **state)
{
	(void)state;
	assert_int_equal(
		judge("s3", "GetBucketAcl", 200, "",
			"<?xml version=\"1.0\"?>\n<Error><Code>InternalError</Code></Error>"),
		E_REMOTE);
	assert_int_equal(judge("s3", "GetBucketAcl", 200, "", "<AccessControlPolicy/>"), E_OK);
	assert_int_equal(
		judge("s3", "GetBucketPolicy", 200, "", "<p>is a policy for all we know"), E_OK);
	/* A login page is none. */
	assert_int_equal(judge("s3", "GetBucketPolicy", 200, "", "<html><title>Welcome</title>"),
		E_UNSUPPORTED);
}

static void a_long_message_is_cut_and_made_one_line(void **state)
{
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	buf_text(&b, "{\"__type\":\"ValidationException\",\"message\":\"a\\nb\\u001b[31m");
	for (int i = 0; i < 400; i++)
		buf_text(&b, "\xc3\xa9");
	buf_text(&b, "\"}");
	assert_int_equal(judge("kms", "ListKeys", 400, "", b.p), E_INVALID);
	assert_null(strchr(e.msg, '\n'));
	assert_null(strchr(e.msg, '\033'));
	assert_true(strlen(e.msg) > 300 && strlen(e.msg) < 360);
	assert_true(utf8_ok(str_of(e.msg)));
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_protocol_says_its_code_in_its_own_way),
		cmocka_unit_test(the_query_code_counts_where_a_service_is_compatible),
		cmocka_unit_test(wrong_credentials_are_told_apart),
		cmocka_unit_test(a_wrong_clock_is_measured),
		cmocka_unit_test(what_was_signed_is_not_repeated),
		cmocka_unit_test(a_page_of_html_means_unsupported),
		cmocka_unit_test(the_status_decides_when_there_is_no_code),
		cmocka_unit_test(an_error_may_come_with_status_200),
		cmocka_unit_test(a_long_message_is_cut_and_made_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
