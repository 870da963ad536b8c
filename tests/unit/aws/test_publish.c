/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/eventbridge.h"
#include "aws/sns.h"
#include "aws/sqs.h"

#include "base/time.h"
#include "lib/canned_http.h"
#include "lib/unit.h"
#include <stdlib.h>
#include <string.h>

#define N 3

static struct http *http;
static struct aws *aws;
static struct err e, each[N];
static struct publisher *p;
static struct message messages[N];

static int begin(void **state)
{
	static char access_key[] = "AKID", secret_key[] = "SECRET";
	const struct credentials keys = { access_key, secret_key, NULL, TIME_FOREVER_MS };
	struct aws_options options = { .attempts = 1 };

	(void)state;
	e = (struct err){ 0 };
	setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	for (size_t i = 0; i < N; i++) {
		each[i] = (struct err){ 0 };
		messages[i] = (struct message){ .event_id = (int64_t)i + 1,
			.type = "ConfigurationItemChangeNotification",
			.account = "123456789012",
			.region = "us-east-1",
			.subject = "s",
			.body = i == 0   ? STR("{\"a\":1}")
				: i == 1 ? STR("{\"b\":2}")
					 : STR("{\"c\":3}"),
			.at_ms = 1790000000000 };
	}
	return http_open(&http, NULL, &e) ||
	       (options.http = http, aws_open(&aws, &options, &keys, &e));
}

static int end(void **state)
{
	(void)state;
	p->free(p);
	aws_close(aws);
	http_close(http);
	aws = NULL;
	return 0;
}

static void open_topic(const char *arn)
{
	assert_int_equal(sns_open(&p, aws, arn, &e), E_OK);
}

static void open_queue(void)
{
	assert_int_equal(
		sqs_open(&p, aws, "https://sqs.us-east-1.amazonaws.com/1/q", "us-east-1", &e),
		E_OK);
}

static void open_bus(void)
{
	const struct eventbridge_bus bus = { "b", "us-east-1", "siltstone.config" };

	assert_int_equal(eventbridge_open(&p, aws, &bus, &e), E_OK);
}

static void asked(size_t i, const char *text)
{
	assert_true(i < http->n_requests);
	if (!strstr(http->asked[i].p, text))
		fail_msg("\"%s\" is not in\n%s", text, http->asked[i].p);
}

static void all_well(void)
{
	for (size_t i = 0; i < N; i++)
		if (each[i].code)
			fail_msg("%zu: %s", i, each[i].msg);
}

#define TOPIC     "arn:aws:sns:us-east-1:123456789012:t"
#define TAKEN(id) "<member><Id>" id "</Id><MessageId>m</MessageId></member>"
#define ALL_TAKEN                                                                                  \
	"<PublishBatchResponse><PublishBatchResult><Successful>" TAKEN("0") TAKEN("1")             \
		TAKEN("2") "</Successful><Failed/></PublishBatchResult></PublishBatchResponse>"

static void a_topic_takes_several_in_one_call(void **state)
{
	(void)state;
	open_topic(TOPIC);
	canned_add(http, 200, NULL, ALL_TAKEN);
	p->publish_many(p, messages, N, each);
	all_well();
	assert_int_equal(http->n_requests, 1);
	asked(0, "Action=PublishBatch");
	asked(0, "PublishBatchRequestEntries.member.1.Id=0");
	asked(0, "PublishBatchRequestEntries.member.3.Message=%7B%22c%22%3A3%7D");
	asked(0, "PublishBatchRequestEntries.member.2.Subject=s");
}

static void a_fifo_topic_has_a_group_for_each(void **state)
{
	(void)state;
	open_topic(TOPIC ".fifo");
	messages[1].arn = "arn:aws:x:::y";
	canned_add(http, 200, NULL, ALL_TAKEN);
	p->publish_many(p, messages, N, each);
	all_well();
	asked(0, "PublishBatchRequestEntries.member.2.MessageGroupId=");
	asked(0, "PublishBatchRequestEntries.member.3.MessageDeduplicationId=siltstone-3");
}

static void what_fails_in_a_batch_is_told_by_itself(void **state)
{
	(void)state;
	open_topic(TOPIC);
	canned_add(http, 200, NULL,
		"<PublishBatchResponse><PublishBatchResult><Successful>" TAKEN("0") TAKEN(
			"2") "</Successful><Failed><member><Id>1</Id><Code>InternalError</Code>"
			     "<SenderFault>false</SenderFault></member></Failed></PublishBatchResult></PublishBatchResponse>");
	canned_add(http, 400, NULL,
		"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code>"
		"<Message>Invalid parameter: Message</Message></Error></ErrorResponse>");
	p->publish_many(p, messages, N, each);
	assert_int_equal(http->n_requests, 2);
	asked(1, "Action=Publish&");
	asked(1, "Message=%7B%22b%22%3A2%7D");
	assert_int_equal(each[0].code, E_OK);
	assert_int_equal(each[1].code, E_INVALID);
	assert_int_equal(each[2].code, E_OK);
}

static void where_batches_are_unknown_each_is_told_by_itself(void **state)
{
	(void)state;
	open_queue();
	canned_add(http, 400, NULL, "{\"__type\":\"UnknownOperationException\"}");
	canned_add(http, 200, NULL, "{\"MessageId\":\"m\"}");
	p->publish_many(p, messages, N, each);
	all_well();
	assert_int_equal(http->n_requests, 1 + N);
	asked(0, "AmazonSQS.SendMessageBatch");
	asked(1, "AmazonSQS.SendMessage");
	asked(3, "{\\\"c\\\":3}");
}

static void who_does_not_answer_has_been_told_nothing(void **state)
{
	(void)state;
	open_queue();
	canned_add(http, 0, NULL, NULL);
	p->publish_many(p, messages, N, each);
	assert_int_equal(http->n_requests, 1);
	for (size_t i = 0; i < N; i++)
		assert_int_equal(each[i].code, E_REMOTE);
}

static void a_queue_names_the_one_that_failed(void **state)
{
	(void)state;
	open_queue();
	canned_add(http, 200, NULL,
		"{\"Successful\":[{\"Id\":\"0\"},{\"Id\":\"1\"}],\"Failed\":[{\"Id\":\"2\",\"Code\":\"x\",\"SenderFault\":true}]}");
	canned_add(http, 200, NULL, "{\"MessageId\":\"m\"}");
	p->publish_many(p, messages, N, each);
	all_well();
	assert_int_equal(http->n_requests, 2);
	asked(1, "{\\\"c\\\":3}");
}

static void what_an_answer_does_not_say_was_taken_is_told_again(void **state)
{
	(void)state;
	open_queue();
	canned_add(http, 200, NULL, "{\"Successful\":[{\"Id\":\"1\"}]}");
	canned_add(http, 200, NULL, "{\"MessageId\":\"m\"}");
	p->publish_many(p, messages, N, each);
	all_well();
	assert_int_equal(http->n_requests, 1 + N - 1);
}

static void a_bus_judges_each_entry(void **state)
{
	(void)state;
	open_bus();
	canned_add(http, 200, NULL,
		"{\"FailedEntryCount\":2,\"Entries\":[{\"ErrorCode\":\"InternalFailure\",\"ErrorMessage\":\"m\"},"
		"{\"EventId\":\"e\"},{\"ErrorCode\":\"MalformedDetail\",\"ErrorMessage\":\"n\"}]}");
	p->publish_many(p, messages, N, each);
	assert_int_equal(http->n_requests, 1);
	assert_int_equal(each[0].code, E_REMOTE);
	assert_int_equal(each[1].code, E_OK);
	assert_int_equal(each[2].code, E_INVALID);
	assert_string_equal(each[2].msg, "put an event on bus \"b\": MalformedDetail: n");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(a_topic_takes_several_in_one_call),
		CASE(a_fifo_topic_has_a_group_for_each),
		CASE(what_fails_in_a_batch_is_told_by_itself),
		CASE(where_batches_are_unknown_each_is_told_by_itself),
		CASE(who_does_not_answer_has_been_told_nothing),
		CASE(a_queue_names_the_one_that_failed),
		CASE(what_an_answer_does_not_say_was_taken_is_told_again),
		CASE(a_bus_judges_each_entry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
