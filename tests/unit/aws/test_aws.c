/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/aws.h"
#include "aws/sts.h"
#include "base/time.h"
#include "lib/canned_http.h"
#include "lib/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct arena a = ARENA_INIT(16 << 20);
static struct http *http;
static struct aws *aws;
static struct aws_fault fault;
static struct err e;

static const char page_html[] = "<!doctype html><html></html>";

static int begin(void **state)
{
	static char access_key[] = "AKID", secret_key[] = "SECRET", token[] = "TOKEN";
	const struct credentials keys = { access_key, secret_key, token, TIME_FOREVER_MS };
	struct aws_options options = { .endpoint = "http://aws.test" };

	(void)state;
	e = (struct err){ 0 };
	if (http_open(&http, NULL, &e) != E_OK)
		return -1;
	options.http = http;
	return aws_open(&aws, &options, &keys, &e) != E_OK;
}

static int end(void **state)
{
	(void)state;
	aws_close(aws);
	http_close(http);
	arena_release(&a);
	return 0;
}

static enum code call(const char *service, const char *op, const char *params, struct json **out)
{
	struct aws_call c = { service, op, "eu-west-1", params ? tree_of(&a, params) : NULL };

	e = (struct err){ 0 };
	*out = NULL;
	return aws_call(aws, &c, &a, out, &fault, &e);
}

static void a_call_is_signed_sent_and_decoded(void **state)
{
	const char *asked;
	struct json *v;

	(void)state;
	canned_add(http, 200, NULL, "{\"TableNames\":[\"t\"]}");
	assert_int_equal(call("dynamodb", "ListTables", NULL, &v), E_OK);
	assert_string_equal(text_of(&a, v), "{\"TableNames\":[\"t\"]}");
	asked = http->asked[0].p;
	assert_int_equal(strncmp(asked, "POST http://aws.test/\n", 22), 0);
	assert_non_null(strstr(asked, "x-amz-target: DynamoDB_20120810.ListTables\n"));
	assert_non_null(strstr(asked, "/eu-west-1/dynamodb/aws4_request"));
	assert_non_null(strstr(asked, "x-amz-security-token: TOKEN\n"));
	assert_null(strstr(asked, "SECRET"));
	assert_int_equal(aws_requests(aws), 1);
}

static void an_unknown_operation_is_not_sent(void **state)
{
	struct json *v;

	(void)state;
	canned_add(http, 200, NULL, "{}");
	assert_int_equal(call("dynamodb", "DropTables", NULL, &v), E_INVALID);
	assert_int_equal(call("dynamodb", "ListTables", "{\"Nonsense\":1}", &v), E_INVALID);
	assert_string_equal(
		e.msg, "dynamodb ListTables in eu-west-1: no parameter \"Nonsense\" is known");
	assert_int_equal(aws_requests(aws), 0);
}

static void what_may_pass_is_tried_again(void **state)
{
	struct json *v;

	(void)state;
	canned_add(http, 400, NULL, "{\"__type\":\"ThrottlingException\"}");
	canned_add(http, 0, NULL, NULL);
	canned_add(http, 503, NULL, "");
	canned_add(http, 200, NULL, "{}");
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_OK);
	assert_int_equal(aws_requests(aws), 4);
	assert_int_equal(e.code, E_OK);
}

static void attempts_end(void **state)
{
	struct json *v;

	(void)state;
	canned_add(http, 400, NULL,
		"{\"__type\":\"ThrottlingException\",\"message\":\"Rate exceeded\"}");
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_THROTTLED);
	assert_int_equal(aws_requests(aws), 8);
	assert_string_equal(fault.code, "ThrottlingException");
	assert_string_equal(e.msg, "kms ListKeys in eu-west-1: ThrottlingException: Rate exceeded");
}

static void what_will_not_pass_is_not_tried_again(void **state)
{
	struct json *v;

	(void)state;
	canned_add(http, 400, NULL, "{\"__type\":\"AccessDeniedException\"}");
	/* A page with status 500 is believed when it comes twice. */
	canned_add(http, 500, NULL, page_html);
	canned_add(http, 500, NULL, page_html);
	canned_add(http, 200, NULL, "{\"Keys\":[{");
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_DENIED);
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_UNSUPPORTED);
	assert_int_equal(fault.status, 500);
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_CORRUPT);
	assert_non_null(strstr(e.hint, "cut off"));
	assert_int_equal(aws_requests(aws), 4);
}

static void what_one_account_is_refused_does_not_slow_another(void **state)
{
	static char access_key[] = "OTHER", secret_key[] = "SECRET2";
	const struct credentials keys = { access_key, secret_key, NULL, TIME_FOREVER_MS };
	const struct aws_options options = { .http = http, .endpoint = "http://aws.test" };
	struct aws_call c = { "kms", "ListKeys", "eu-west-1", NULL };
	struct aws *other = NULL;
	struct json *v;
	int64_t began_ms;

	(void)state;
	assert_int_equal(aws_open(&other, &options, &keys, &e), E_OK);
	canned_add(http, 400, NULL, "{\"__type\":\"ThrottlingException\"}");
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_THROTTLED);
	canned_add(http, 200, NULL, "{\"Keys\":[]}");
	e = (struct err){ 0 };
	/* Slowed down, forty calls would take longer than this. */
	began_ms = time_ticks_ms();
	for (int i = 0; i < 40; i++)
		assert_int_equal(aws_call(other, &c, &a, &v, &fault, &e), E_OK);
	assert_true(time_ticks_ms() - began_ms < 1000);
	aws_close(other);
}

static void an_operation_that_is_refused_does_not_slow_another(void **state)
{
	struct json *v;
	int64_t began_ms;

	(void)state;
	canned_add(http, 400, NULL, "{\"__type\":\"ThrottlingException\"}");
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_THROTTLED);
	canned_add(http, 200, NULL, "{}");
	began_ms = time_ticks_ms();
	for (int i = 0; i < 40; i++)
		assert_int_equal(call("kms", "ListAliases", NULL, &v), E_OK);
	assert_true(time_ticks_ms() - began_ms < 1000);
}

static void canceling_ends_the_waiting(void **state)
{
	struct json *v;

	(void)state;
	http_cancel(http);
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_CANCELED);
	assert_int_equal(aws_requests(aws), 1);
}

static void a_bucket_is_followed_to_its_region(void **state)
{
	struct json *v;

	(void)state;
	canned_add(http, 301, "x-amz-bucket-region: ap-south-1\n",
		"<Error><Code>PermanentRedirect</Code></Error>");
	canned_add(http, 200, NULL, "<AccessControlPolicy/>");
	assert_int_equal(call("s3", "GetBucketAcl", "{\"Bucket\":\"b-1\"}", &v), E_OK);
	assert_non_null(strstr(http->asked[0].p, "/eu-west-1/s3/aws4_request"));
	assert_non_null(strstr(http->asked[1].p, "/ap-south-1/s3/aws4_request"));
}

static void a_bucket_is_followed_once(void **state)
{
	struct json *v;

	(void)state;
	canned_add(http, 301, "x-amz-bucket-region: ap-south-1\n",
		"<Error><Code>PermanentRedirect</Code></Error>");
	assert_int_equal(call("s3", "GetBucketAcl", "{\"Bucket\":\"b-1\"}", &v), E_REMOTE);
	assert_int_equal(aws_requests(aws), 2);
}

/* It may be a proxy's login page: nobody has judged the call, and it is not told our credentials. */
static void who_leads_elsewhere_is_not_followed(void **state)
{
	struct json *v;

	(void)state;
	canned_add(http, 302, "location: http://elsewhere.test/\n", "");
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_REMOTE);
	assert_int_equal(aws_requests(aws), 1);
}

static void what_is_asked_for_is_waited(void **state)
{
	struct json *v;
	int64_t began_ms = time_ticks_ms();

	(void)state;
	canned_add(http, 503, "retry-after: 1\n", "");
	canned_add(http, 200, NULL, "{}");
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_OK);
	assert_in_range(time_ticks_ms() - began_ms, 1000, 20000);
}

static void who_asks_for_much_is_not_waited_for(void **state)
{
	struct json *v;
	int64_t began_ms = time_ticks_ms();

	(void)state;
	canned_add(http, 503, "retry-after: 99999999999999999999\n", "");
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_REMOTE);
	assert_int_equal(aws_requests(aws), 1);
	assert_in_range(time_ticks_ms() - began_ms, 0, 20000);
}

static int renewals;

static enum code renew(void *ctx, struct credentials *fresh, struct err *err)
{
	static char access_key[] = "NEWKEY", secret_key[] = "NEWSECRET";
	const struct credentials keys = { access_key, secret_key, NULL, TIME_FOREVER_MS };

	renewals++;
	if (ctx)
		return err_set(err, E_REMOTE, "no new credentials");
	return credentials_copy(fresh, &keys, err);
}

static void expired_keys_are_renewed_once(void **state)
{
	struct json *v;

	(void)state;
	renewals = 0;
	aws_on_expiry(aws, renew, NULL);
	canned_add(http, 400, NULL, "{\"__type\":\"ExpiredTokenException\"}");
	canned_add(http, 200, NULL, "{}");
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_OK);
	assert_int_equal(renewals, 1);
	assert_non_null(strstr(http->asked[0].p, "Credential=AKID/"));
	assert_non_null(strstr(http->asked[1].p, "Credential=NEWKEY/"));
	assert_null(strstr(http->asked[1].p, "x-amz-security-token"));
	canned_add(http, 400, NULL, "{\"__type\":\"ExpiredTokenException\"}");
	assert_int_equal(call("kms", "ListKeys", NULL, &v), E_DENIED);
	assert_int_equal(renewals, 2);
	assert_int_equal(aws_requests(aws), 4);
}

static enum code renew_in_vain(void *ctx, struct credentials *fresh, struct err *err)
{
	(void)ctx;
	(void)fresh;
	return err_set(err, E_INVALID, "the file is malformed");
}

/* Nobody has refused the call: it is not given up as one that can never work. */
static void keys_that_cannot_be_renewed_are_nobodys_refusal(void **state)
{
	static char access_key[] = "OLDKEY", secret_key[] = "OLDSECRET";
	struct credentials late = { access_key, secret_key, NULL, time_now_ms() - 1 };
	struct aws_options options = { .http = http, .endpoint = "http://aws.test" };
	struct aws_call c = { "kms", "ListKeys", "eu-west-1", NULL };
	struct json *v;
	struct aws *expired;

	(void)state;
	canned_add(http, 200, NULL, "{}"); /* which it would get */
	assert_int_equal(aws_open(&expired, &options, &late, &e), E_OK);
	aws_on_expiry(expired, renew_in_vain, NULL);
	assert_int_equal(aws_call(expired, &c, &a, &v, &fault, &e), E_REMOTE);
	assert_non_null(strstr(e.msg, "malformed"));
	assert_int_equal(aws_requests(expired), 0);
	aws_close(expired);
}

static void keys_are_renewed_before_they_end(void **state)
{
	static char access_key[] = "OLDKEY", secret_key[] = "OLDSECRET";
	struct credentials soon = { access_key, secret_key, NULL, time_now_ms() + 60000 };
	struct aws_options options = { .http = http, .endpoint = "http://aws.test" };
	struct aws_call c = { "kms", "ListKeys", "eu-west-1", NULL };
	struct json *v;
	struct aws *short_lived;

	(void)state;
	canned_add(http, 200, NULL, "{}");
	assert_int_equal(aws_open(&short_lived, &options, &soon, &e), E_OK);
	aws_on_expiry(short_lived, renew, &renewals);
	assert_int_equal(aws_call(short_lived, &c, &a, &v, &fault, &e), E_OK);
	assert_non_null(strstr(http->asked[0].p, "Credential=OLDKEY/"));
	aws_on_expiry(short_lived, renew, NULL);
	assert_int_equal(aws_call(short_lived, &c, &a, &v, &fault, &e), E_OK);
	assert_non_null(strstr(http->asked[1].p, "Credential=NEWKEY/"));
	aws_close(short_lived);
}

static enum code take_page(void *ctx, struct json *page, struct err *err)
{
	struct buf *b = ctx;

	(void)err;
	json_write(b, json_get(page, "TableNames"));
	return E_OK;
}

static enum code list_tables(struct buf *b)
{
	struct aws_call c = { "dynamodb", "ListTables", "eu-west-1", NULL };

	e = (struct err){ 0 };
	return aws_pages(aws, &c, 2, take_page, b, &fault, &e);
}

static void pages_follow_their_tokens(void **state)
{
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	canned_add(
		http, 200, NULL, "{\"TableNames\":[\"a\",\"b\"],\"LastEvaluatedTableName\":\"b\"}");
	canned_add(
		http, 200, NULL, "{\"TableNames\":[\"c\",\"d\"],\"LastEvaluatedTableName\":\"d\"}");
	canned_add(http, 200, NULL, "{\"TableNames\":[]}");
	assert_int_equal(list_tables(&b), E_OK);
	assert_string_equal(b.p, "[\"a\",\"b\"][\"c\",\"d\"][]");
	assert_non_null(strstr(http->asked[0].p, "\n\n{\"Limit\":2}"));
	assert_non_null(
		strstr(http->asked[1].p, "{\"Limit\":2,\"ExclusiveStartTableName\":\"b\"}"));
	assert_non_null(
		strstr(http->asked[2].p, "{\"Limit\":2,\"ExclusiveStartTableName\":\"d\"}"));
	buf_release(&b);
}

static void a_token_that_repeats_is_corrupt(void **state)
{
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	canned_add(http, 200, NULL, "{\"TableNames\":[\"a\"],\"LastEvaluatedTableName\":\"a\"}");
	assert_int_equal(list_tables(&b), E_CORRUPT);
	assert_int_equal(aws_requests(aws), 2);
	buf_release(&b);
}

static void a_failed_page_fails_the_listing(void **state)
{
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	canned_add(http, 200, NULL, "{\"TableNames\":[\"a\"],\"LastEvaluatedTableName\":\"a\"}");
	canned_add(http, 200, NULL, "{\"TableNames\":[\"b\"");
	assert_int_equal(list_tables(&b), E_CORRUPT);
	assert_string_equal(b.p, "[\"a\"]");
	buf_release(&b);
}

static enum code ignore_page(void *ctx, struct json *page, struct err *err)
{
	(void)page;
	return ctx ? err_set(err, E_FULL, "no space") : E_OK;
}

static enum code list_keys(void *ctx)
{
	struct aws_call c = { "kms", "ListKeys", "eu-west-1", NULL };

	e = (struct err){ 0 };
	return aws_pages(aws, &c, 0, ignore_page, ctx, &fault, &e);
}

static void a_truncated_list_without_a_token_is_corrupt(void **state)
{
	(void)state;
	canned_add(http, 200, NULL, "{\"Keys\":[],\"Truncated\":true}");
	assert_int_equal(list_keys(NULL), E_CORRUPT);
}

static void a_token_does_not_count_where_nothing_is_truncated(void **state)
{
	(void)state;
	canned_add(http, 200, NULL, "{\"Keys\":[],\"Truncated\":false,\"NextMarker\":\"m\"}");
	assert_int_equal(list_keys(NULL), E_OK);
	assert_int_equal(aws_requests(aws), 1);
	assert_non_null(strstr(http->asked[0].p, "\n\n{}"));
}

static void the_callback_can_end_the_listing(void **state)
{
	(void)state;
	canned_add(http, 200, NULL, "{\"Keys\":[],\"Truncated\":true,\"NextMarker\":\"m\"}");
	assert_int_equal(list_keys(&fault), E_FULL);
	assert_int_equal(aws_requests(aws), 1);
}

static const char assumed[] =
	"<AssumeRoleResponse xmlns='u'><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId>"
	"<SecretAccessKey>s1</SecretAccessKey><SessionToken>t1</SessionToken>"
	"<Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>";

static void roles_are_assumed_one_with_the_other(void **state)
{
	static char access_key[] = "AKID", secret_key[] = "SECRET";
	const struct credentials keys = { access_key, secret_key, NULL, TIME_FOREVER_MS };
	const struct role outer = {
		.role_arn = "arn:aws:iam::2:role/b", .session_name = "s", .external_id = "x"
	};
	const struct role inner = {
		.role_arn = "arn:aws:iam::1:role/a", .duration_s = 900, .then = &outer
	};
	struct aws_options options = { .http = http, .endpoint = "http://aws.test" };
	struct credentials out = { 0 };

	(void)state;
	canned_add(http, 200, NULL, assumed);
	assert_int_equal(sts_assume(&options, "eu-west-1", &keys, &inner, &out, &e), E_OK);
	assert_string_equal(out.access_key, "ASIA1");
	assert_string_equal(out.secret_key, "s1");
	assert_string_equal(out.session_token, "t1");
	assert_true(out.expires_ms == INT64_C(1893456000000));
	assert_non_null(strstr(http->asked[0].p, "Credential=AKID/"));
	assert_non_null(strstr(http->asked[0].p, "RoleSessionName=siltstone&DurationSeconds=900"));
	assert_non_null(strstr(http->asked[1].p, "Credential=ASIA1/"));
	assert_non_null(strstr(http->asked[1].p, "x-amz-security-token: t1\n"));
	assert_non_null(strstr(http->asked[1].p, "ExternalId=x"));
	credentials_release(&out);
}

static void a_web_identity_is_not_signed(void **state)
{
	char path[] = "/tmp/test_aws_XXXXXX";
	const struct role role = { .role_arn = "arn:aws:iam::1:role/a", .web_token_file = path };
	struct aws_options options = { .http = http, .endpoint = "http://aws.test" };
	struct credentials out = { 0 };
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "eyJ.x.y\n", 8), 8);
	close(fd);
	canned_add(http, 200, NULL,
		"<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIA2</AccessKeyId>"
		"<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
		"<Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>");
	assert_int_equal(sts_assume(&options, "eu-west-1", NULL, &role, &out, &e), E_OK);
	assert_non_null(strstr(http->asked[0].p, "WebIdentityToken=eyJ.x.y"));
	assert_null(strstr(http->asked[0].p, "authorization"));
	assert_string_equal(out.access_key, "ASIA2");
	credentials_release(&out);
	unlink(path);
	assert_int_equal(sts_assume(&options, "eu-west-1", NULL, &role, &out, &e), E_NOTFOUND);
}

static void an_answer_without_keys_is_corrupt(void **state)
{
	const struct role role = { .role_arn = "arn:aws:iam::1:role/a" };
	struct aws_options options = { .http = http, .endpoint = "http://aws.test" };
	struct credentials out = { 0 };

	(void)state;
	canned_add(http, 200, NULL, "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>");
	assert_int_equal(sts_assume(&options, "eu-west-1", NULL, &role, &out, &e), E_CORRUPT);
	assert_null(out.access_key);
}

static void the_account_has_twelve_digits(void **state)
{
	const char *account = NULL;

	(void)state;
	canned_add(http, 200, NULL,
		"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>");
	canned_add(http, 200, NULL,
		"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>nobody</Account></GetCallerIdentityResult></GetCallerIdentityResponse>");
	assert_int_equal(sts_account(aws, "eu-west-1", &a, &account, &e), E_OK);
	assert_string_equal(account, "123456789012");
	assert_int_equal(sts_account(aws, "eu-west-1", &a, &account, &e), E_CORRUPT);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_call_is_signed_sent_and_decoded),
		CASE(an_unknown_operation_is_not_sent),
		CASE(what_may_pass_is_tried_again),
		CASE(attempts_end),
		CASE(what_will_not_pass_is_not_tried_again),
		CASE(what_one_account_is_refused_does_not_slow_another),
		CASE(an_operation_that_is_refused_does_not_slow_another),
		CASE(canceling_ends_the_waiting),
		CASE(a_bucket_is_followed_to_its_region),
		CASE(a_bucket_is_followed_once),
		CASE(who_leads_elsewhere_is_not_followed),
		CASE(what_is_asked_for_is_waited),
		CASE(who_asks_for_much_is_not_waited_for),
		CASE(expired_keys_are_renewed_once),
		CASE(keys_that_cannot_be_renewed_are_nobodys_refusal),
		CASE(keys_are_renewed_before_they_end),
		CASE(pages_follow_their_tokens),
		CASE(a_token_that_repeats_is_corrupt),
		CASE(a_failed_page_fails_the_listing),
		CASE(a_truncated_list_without_a_token_is_corrupt),
		CASE(a_token_does_not_count_where_nothing_is_truncated),
		CASE(the_callback_can_end_the_listing),
		CASE(roles_are_assumed_one_with_the_other),
		CASE(a_web_identity_is_not_signed),
		CASE(an_answer_without_keys_is_corrupt),
		CASE(the_account_has_twelve_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
