/* SPDX-License-Identifier: Apache-2.0 */
/* AWS Config's API is asked while memory runs out, one occasion after the other. Whatever happens: it is told, nothing
 * was changed by half, nothing is left open, and the next time all is well. */
#include "api/answer.h"
#include "lib/estate.h"
#include "lib/fault.h"
#include "lib/unit.h"
#include <stdio.h>

#define T0 INT64_C(1790000000000)

/* SQL: a stored query has its tag, or there is neither */
static const char counts[] =
	"SELECT (SELECT count(*) FROM _stored_query) = (SELECT count(*) FROM _service_tag)"; /* example */

static struct estate w;
static struct api *api;

static const struct {
	const char *operation, *body;
	int64_t as_of_ms;
} requests[] = {
	{ "GetResourceConfigHistory",
		"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-1\",\"limit\":1}", 0 },
	{ "GetResourceConfigHistory",
		"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"none\"}", 0 },
	{ "BatchGetResourceConfig",
		"{\"resourceKeys\":[{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-1\"},"
		"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"none\"}]}",
		T0 + 1 },
	{ "GetDiscoveredResourceCounts", "{\"limit\":1}", T0 + 1 },
	{ "PutStoredQuery",
		"{\"StoredQuery\":{\"QueryName\":\"q\",\"Expression\":\"SELECT a\"},\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}",
		0 },
	{ "ListStoredQueries", "{}", 0 },
	{ "GetStoredQuery", "{\"QueryName\":7}", 0 },
	{ "ListTagsForResource", "{", 0 },
	{ "DeleteStoredQuery", "{\"QueryName\":\"q\"}", 0 },
	{ "PutConfigurationRecorder",
		"{\"ConfigurationRecorder\":{\"name\":\"default\",\"roleARN\":\"arn:aws:iam::123456789012:role/r\"}}",
		0 },
	{ "ListConfigurationRecorders", "{\"MaxResults\":1}", 0 },
	{ "PutDeliveryChannel",
		"{\"DeliveryChannel\":{\"name\":\"default\",\"s3BucketName\":\"b\",\"snsTopicARN\":\"arn:aws:sns:us-east-1:123456789012:t\"}}",
		0 },
	{ "PutDeliveryChannel",
		"{\"DeliveryChannel\":{\"name\":\"default\",\"s3BucketName\":\"none\"}}", 0 },
	{ "StartConfigurationRecorder", "{\"ConfigurationRecorderName\":\"default\"}", 0 },
	{ "DeliverConfigSnapshot", "{\"deliveryChannelName\":\"default\"}", 0 },
	{ "DescribeDeliveryChannelStatus", "{}", 0 },
	{ "PutResourceConfig",
		"{\"ResourceType\":\"Acme::Net::Switch\",\"SchemaVersionId\":\"00000001\",\"ResourceId\":\"s\",\"Configuration\":\"{}\"}",
		0 },
	{ "DeleteResourceConfig", "{\"ResourceType\":\"Acme::Net::Switch\",\"ResourceId\":\"s\"}",
		0 },
};
#define PUT      4
#define REQUESTS (sizeof(requests) / sizeof(*requests))

static enum code ask(size_t i, int *status)
{
	struct api_request request = { .operation = str_of(requests[i].operation),
		.body = str_of(requests[i].body),
		.now_ms = T0 + 5000,
		.as_of_ms = requests[i].as_of_ms };
	struct api_answer answer;
	struct err e = { 0 };
	enum code c = api_answer(api, &w.db, &request, &answer, &e);

	*status = c ? 0 : answer.status;
	if (!c && answer.status >= 400)
		assert_true(answer.body.n && answer.error[0]);
	if (!c && answer.status == 500)
		assert_true(e.code);
	api_answer_release(&answer);
	assert_null(w.db.tx);
	assert_false(w.db.spent);
	return c;
}

static long one_request(enum fault_kind kind, size_t i)
{
	int expected, status;
	bool fired = true;
	long n;

	for (n = -1; fired; n = n < 0 ? 0 : fault_next(kind, n)) {
		enum code c;

		/* What is deleted must be there. */
		assert_int_equal(ask(PUT, &status), E_OK);
		if (n < 0) {
			assert_int_equal(ask(i, &expected), E_OK);
			continue;
		}
		fault_arm(kind, n, false);
		c = ask(i, &status);
		fired = fault_disarm();
		if (c && c != E_NOMEM)
			fail_msg("%s, occasion %ld: %s", requests[i].operation, n, code_name(c));
		if (!fired)
			assert_int_equal(status, expected);
		/* It is all there, or nothing of it. */
		assert_string_equal(estate_rows(&w, counts), "1\n");
	}
	return n;
}

static void every_request(enum fault_kind kind)
{
	long occasions = 0;

	for (size_t i = 0; i < REQUESTS; i++)
		occasions += one_request(kind, i);
	print_message("%ld occasions\n", occasions);
	assert_true(occasions > 50);
}

static void when_our_memory_fails(void **state)
{
	(void)state;
	every_request(FAULT_MEMORY);
}

static void when_sqlites_memory_fails(void **state)
{
	(void)state;
	every_request(FAULT_SQLITE);
}

/* There is one bucket. */
static enum code check_channel(void *ctx, const struct channel *channel, const char *account,
	struct channel_refusal *refusal, struct err *e)
{
	(void)ctx;
	(void)account;
	if (strcmp(channel->target, "s3://b") == 0)
		return E_OK;
	snprintf(refusal->error, sizeof(refusal->error), "NoSuchBucketException");
	return err_set(e, E_DENIED, "there is no bucket %s", channel->target);
}

static int set_up(void **state)
{
	static const struct api_ports ports = { .check_channel = check_channel };
	static const unsigned char key[32] = "pages of this test";
	struct err e = { 0 };

	(void)state;
	fault_install();
	estate_open(&w, ":memory:");
	for (int i = 0; i < 2; i++) {
		estate_begin(&w, T0 + i * 1000);
		estate_see(&w, "AWS::EC2::VPC", "vpc-1", "one", i ? "{\"n\":1}" : "{\"n\":0}",
			"{\"k\":\"v\"}");
		estate_see(&w, "AWS::IAM::Role", "AROA1", "admin", "{}", NULL);
		estate_settle(&w);
	}
	return api_open(&api, key, &ports, &e) ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	api_close(api);
	estate_close(&w);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_our_memory_fails),
		cmocka_unit_test(when_sqlites_memory_fails),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
