/* SPDX-License-Identifier: Apache-2.0 */
#include "api/answer.h"

#include "api/model.h"
#include "lib/estate.h"
#include "lib/unit.h"
#include "json/read.h"
#include <stdio.h>

#define T0      INT64_C(1790000000000) /* 2026-09-21 14:13:20 */
#define ACCOUNT "123456789012"

/* Operations that no family answers yet. Take yours off when it does; the list ends empty. One a line, by name. */
static const char *const missing[] = {
	NULL,
};

static struct estate w;
static struct api *api;
static struct api_answer answer;
static struct api_request request;

static int set_up(void **state)
{
	static const unsigned char key[32] = "pages of this test";
	struct err e = { 0 };

	(void)state;
	estate_open(&w, ":memory:");
	for (int i = 0; i < 5; i++) {
		char text[64];

		snprintf(text, sizeof(text), "{\"n\":%d}", i);
		estate_begin(&w, T0 + i * 1000);
		estate_see(&w, "AWS::EC2::VPC", "vpc-1", "one", text, "{\"k\":\"v\"}");
		estate_see(&w, "AWS::EC2::VPC", "vpc-2", NULL, "{}", NULL);
		estate_see(&w, "AWS::IAM::Role", "AROA1", "admin", "{}", NULL);
		estate_settle(&w);
	}
	estate_begin(&w, T0 + 5000);
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", "one", "{\"n\":5}", NULL);
	estate_gone(&w, "AWS::EC2::VPC");
	estate_settle(&w);
	assert_int_equal(api_open(&api, key, NULL, &e), E_OK);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	api_close(api);
	api_answer_release(&answer);
	estate_close(&w);
	return 0;
}

static int before(void **state)
{
	(void)state;
	request = (struct api_request){
		.account = ACCOUNT, .region = "us-east-1", .now_ms = T0 + 10000
	};
	return 0;
}

/* The body, or "ERROR: body". */
static const char *ask(const char *operation, const char *body)
{
	static char text[1 << 16];
	struct err e = { 0 };

	api_answer_release(&answer);
	request.operation = str_of(operation);
	request.body = str_of(body);
	assert_int_equal(api_answer(api, &w.db, &request, &answer, &e), E_OK);
	if (answer.status == 500)
		fail_msg("%s: %s", operation, e.msg);
	assert_int_equal(answer.status, answer.error[0] ? 400 : 200);
	snprintf(text, sizeof(text), "%.*s", STR_ARG(buf_slice(&answer.body)));
	return text;
}

static void every_operation_answers_or_is_listed_as_missing(void **state)
{
	const char *const *next = missing;

	(void)state;
	for (size_t i = 0; i < model_operations_n; i++) {
		const char *name = model_operations[i].name;
		bool listed = *next && strcmp(*next, name) == 0;

		if (api_can(str_of(name)) == listed)
			fail_msg("%s %s", name,
				listed ? "answers: take it off the list" : "does not answer");
		next += listed;
	}
	assert_null(*next);
}

static void an_operation_that_is_missing_says_so(void **state)
{
	(void)state;
	if (!api_can(STR("DescribeOrganizationConfigRules")))
		assert_string_equal(ask("DescribeOrganizationConfigRules", "{}"),
			"{\"__type\":\"InternalFailure\",\"message\":\"DescribeOrganizationConfigRules is not available\"}");
}

static void what_is_no_operation_or_no_request_is_refused(void **state)
{
	(void)state;
	assert_string_equal(ask("GetThing", "{}"), "{\"__type\":\"UnknownOperationException\"}");
	ask("ListStoredQueries", "{");
	assert_string_equal(answer.error, "SerializationException");
	ask("ListStoredQueries", "[]");
	assert_string_equal(answer.error, "SerializationException");
	ask("GetStoredQuery", "{}");
	assert_string_equal(answer.error, "ValidationException");
	assert_string_equal(ask("ListStoredQueries", ""), "{\"StoredQueryMetadata\":[]}");
}

static void a_limit_that_is_too_high_has_an_error_of_its_own(void **state)
{
	(void)state;
	assert_string_equal(ask("ListDiscoveredResources",
				    "{\"resourceType\":\"AWS::EC2::VPC\",\"limit\":101}"),
		"{\"__type\":\"InvalidLimitException\",\"message\":\"Value '101' at 'limit' failed to satisfy constraint: "
		"Member must have value less than or equal to 100\"}");
}

/* Paging: the elements of all pages, one letter each, and between two pages `between` is called. */
static char token[512];

static bool next_page(const char *member)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct err e = { 0 };
	struct json *body = NULL;
	struct str text;

	assert_int_equal(json_read(&a, buf_slice(&answer.body), &body, &e), E_OK);
	text = json_get_text(body, member);
	snprintf(token, sizeof(token), "%.*s", STR_ARG(text.p ? text : STR("")));
	arena_release(&a);
	return token[0];
}

static const char *history(const char *more)
{
	char body[1024];

	snprintf(body, sizeof(body),
		"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-1\",\"nextToken\":\"%s\"%s}",
		token, more);
	return ask("GetResourceConfigHistory", body);
}

/* What `n` each item of the last answer has. */
static const char *numbers(void)
{
	static char out[256];
	size_t n = 0;

	for (const char *p = answer.body.p; (p = strstr(p, "{\\\"n\\\":")); p++)
		out[n++] = p[7];
	out[n] = '\0';
	return out;
}

static const char *walk(const char *more, void (*between)(void))
{
	static char out[1024];
	size_t n = 0;

	out[0] = token[0] = '\0';
	do {
		const char *page;
		size_t more_n;

		history(more);
		page = numbers();
		more_n = strlen(page);
		assert_true(n + more_n + 2 <= sizeof(out));
		memcpy(out + n, page, more_n);
		memcpy(out + n + more_n, "|", 2);
		n += more_n + 1;
		if (between)
			between();
	} while (next_page("nextToken"));
	return out;
}

static void pages_follow_each_other_in_both_directions(void **state)
{
	(void)state;
	assert_string_equal(walk("", NULL), "543210|");
	assert_string_equal(walk(",\"limit\":2", NULL), "54|32|10|");
	assert_string_equal(
		walk(",\"limit\":4,\"chronologicalOrder\":\"Forward\"", NULL), "0123|45|");
	assert_string_equal(walk(",\"limit\":0", NULL), "543210|");
}

static void record_another(void)
{
	static int n = 6;
	char text[64];

	snprintf(text, sizeof(text), "{\"n\":%d}", n);
	estate_begin(&w, T0 + n * 1000);
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", "one", text, NULL);
	estate_settle(&w);
	n++;
}

static void what_is_written_between_pages_moves_nothing(void **state)
{
	(void)state;
	request.now_ms = T0 + 60000;
	assert_string_equal(walk(",\"limit\":3", record_another), "543|210|");
}

static void a_token_is_good_for_its_question_alone(void **state)
{
	char good[512];

	(void)state;
	token[0] = '\0';
	history(",\"limit\":2");
	assert_true(next_page("nextToken"));
	snprintf(good, sizeof(good), "%s", token);
	history(",\"limit\":1");
	assert_int_equal(answer.status, 200);
	assert_string_equal(history(",\"limit\":2,\"chronologicalOrder\":\"Forward\""),
		"{\"__type\":\"InvalidNextTokenException\",\"message\":\"The nextToken provided is invalid\"}");
	request.region = "us-west-1";
	history(",\"limit\":2");
	assert_string_equal(answer.error, "InvalidNextTokenException");
	request.region = "us-east-1";
	ask("ListStoredQueries", "{\"NextToken\":\"AAAA\"}");
	assert_string_equal(answer.error, "InvalidNextTokenException");
	assert_string_equal(
		ask("ListStoredQueries", "{\"NextToken\":\"\"}"), "{\"StoredQueryMetadata\":[]}");
}

static void a_time_range_is_inclusive_and_never_empty(void **state)
{
	(void)state;
	token[0] = '\0';
	history(",\"earlierTime\":1790000001,\"laterTime\":1790000003");
	assert_string_equal(numbers(), "321");
	history(",\"earlierTime\":1790000001.001,\"laterTime\":1790000002.999");
	assert_string_equal(numbers(), "2");
	history(",\"laterTime\":4000000000,\"limit\":1,\"chronologicalOrder\":\"Forward\"");
	assert_string_equal(numbers(), "0");
	assert_string_equal(history(",\"earlierTime\":1790000003,\"laterTime\":1790000003"),
		"{\"__type\":\"InvalidTimeRangeException\"}");
}

static void a_resource_that_was_never_seen_is_named(void **state)
{
	(void)state;
	assert_string_equal(
		ask("GetResourceConfigHistory",
			"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-9\"}"),
		"{\"__type\":\"ResourceNotDiscoveredException\",\"message\":"
		"\"Resource vpc-9 of resourceType:AWS::EC2::VPC is unknown or has not been discovered\"}");
	request.account = "123456789013";
	token[0] = '\0';
	history("");
	assert_string_equal(answer.error, "ResourceNotDiscoveredException");
}

static void what_has_no_region_is_found_from_every_region(void **state)
{
	(void)state;
	request.region = "ap-south-1";
	assert_non_null(
		strstr(ask("GetResourceConfigHistory",
			       "{\"resourceType\":\"AWS::IAM::Role\",\"resourceId\":\"AROA1\"}"),
			"\"awsRegion\":\"global\""));
	assert_string_equal(ask("ListDiscoveredResources", "{\"resourceType\":\"AWS::IAM::Role\"}"),
		"{\"resourceIdentifiers\":[{\"resourceType\":\"AWS::IAM::Role\",\"resourceId\":\"AROA1\",\"resourceName\":\"admin\"}]}");
	token[0] = '\0';
	history("");
	assert_string_equal(answer.error, "ResourceNotDiscoveredException");
}

static void a_batch_tells_what_is_there_and_what_is_not(void **state)
{
	const char *body = ask("BatchGetResourceConfig",
		"{\"resourceKeys\":[{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-2\"},"
		"{\"resourceType\":\"AWS::IAM::Role\",\"resourceId\":\"AROA1\"},"
		"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"x\"}]}");

	(void)state;
	assert_non_null(strstr(body, "\"resourceId\":\"AROA1\""));
	assert_non_null(strstr(body,
		"\"unprocessedResourceKeys\":[{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-2\"},"
		"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"x\"}]}"));
}

/* As the model would have written it. */
static void compare_with_the_model(const char *operation)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct buf out = BUF_INIT(1 << 20);
	struct err e = { 0 };
	struct json *body = NULL;

	assert_int_equal(json_read(&a, buf_slice(&answer.body), &body, &e), E_OK);
	if (model_write(model_find(str_of(operation)), body, &out, &e))
		fail_msg("%s", e.msg);
	assert_string_equal(out.p, answer.body.p);
	buf_release(&out);
	arena_release(&a);
}

static void bodies_that_are_copied_are_those_of_the_model(void **state)
{
	(void)state;
	token[0] = '\0';
	history(",\"limit\":3");
	compare_with_the_model("GetResourceConfigHistory");
	ask("GetResourceConfigHistory",
		"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-2\"}");
	compare_with_the_model("GetResourceConfigHistory");
	ask("BatchGetResourceConfig",
		"{\"resourceKeys\":[{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-1\"},"
		"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"x\"}]}");
	compare_with_the_model("BatchGetResourceConfig");
}

static void deleted_resources_are_listed_when_they_are_asked_for(void **state)
{
	(void)state;
	assert_string_equal(ask("ListDiscoveredResources", "{\"resourceType\":\"AWS::EC2::VPC\"}"),
		"{\"resourceIdentifiers\":[{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-1\",\"resourceName\":\"one\"}]}");
	assert_non_null(strstr(
		ask("ListDiscoveredResources",
			"{\"resourceType\":\"AWS::EC2::VPC\",\"includeDeletedResources\":true}"),
		"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-2\",\"resourceDeletionTime\":1790000005"));
	assert_string_equal(
		ask("ListDiscoveredResources",
			"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceIds\":[\"vpc-2\",\"vpc-9\"]}"),
		"{\"resourceIdentifiers\":[]}");
	assert_string_equal(
		ask("ListDiscoveredResources",
			"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceIds\":[\"a\"],\"resourceName\":\"b\"}"),
		"{\"__type\":\"ValidationException\",\"message\":\"Both Resource ID and Resource Name cannot be specified in the request\"}");
	ask("ListDiscoveredResources",
		"{\"resourceType\":\"AWS::EC2::VPC\",\"includeDeletedResources\":true,\"limit\":1}");
	assert_non_null(strstr(answer.body.p, "vpc-1"));
	assert_true(next_page("nextToken"));
}

static void counts_are_by_type_most_first(void **state)
{
	(void)state;
	assert_string_equal(ask("GetDiscoveredResourceCounts", "{}"),
		"{\"totalDiscoveredResources\":2,\"resourceCounts\":[{\"resourceType\":\"AWS::EC2::VPC\",\"count\":1},"
		"{\"resourceType\":\"AWS::IAM::Role\",\"count\":1}]}");
	assert_string_equal(
		ask("GetDiscoveredResourceCounts", "{\"resourceTypes\":[\"AWS::IAM::Role\"]}"),
		"{\"totalDiscoveredResources\":1,\"resourceCounts\":[{\"resourceType\":\"AWS::IAM::Role\",\"count\":1}]}");
}

static void the_past_is_answered_as_it_was(void **state)
{
	(void)state;
	request.as_of_ms = T0 + 2500;
	assert_string_equal(ask("GetDiscoveredResourceCounts", "{}"),
		"{\"totalDiscoveredResources\":3,\"resourceCounts\":[{\"resourceType\":\"AWS::EC2::VPC\",\"count\":2},"
		"{\"resourceType\":\"AWS::IAM::Role\",\"count\":1}]}");
	token[0] = '\0';
	history("");
	assert_string_equal(numbers(), "210");
	ask("BatchGetResourceConfig",
		"{\"resourceKeys\":[{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-1\"},"
		"{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-2\"}]}");
	assert_string_equal(numbers(), "2");
	assert_non_null(strstr(answer.body.p, "\"unprocessedResourceKeys\":[]"));
	ask("DeleteStoredQuery", "{\"QueryName\":\"x\"}");
	assert_string_equal(answer.error, "ValidationException");
	request.as_of_ms = T0 - 1;
	history("");
	assert_string_equal(answer.error, "ResourceNotDiscoveredException");
	assert_false(w.db.spent);
}

static void a_stored_query_keeps_its_arn_and_its_tags(void **state)
{
	char arn[256], body[1024];
	struct arena a = ARENA_INIT(1 << 20);
	struct err e = { 0 };
	struct json *put = NULL;

	(void)state;
	ask("PutStoredQuery",
		"{\"StoredQuery\":{\"QueryName\":\"q\",\"Description\":\"d\",\"Expression\":\"SELECT a\"},\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}");
	assert_true(answer.kick);
	assert_int_equal(json_read(&a, buf_slice(&answer.body), &put, &e), E_OK);
	snprintf(arn, sizeof(arn), "%s", json_get_text(put, "QueryArn").p);
	arena_release(&a);
	assert_true(str_starts(
		str_of(arn), STR("arn:aws:config:us-east-1:" ACCOUNT ":stored-query/q/query-")));
	assert_non_null(strstr(
		ask("PutStoredQuery",
			"{\"StoredQuery\":{\"QueryName\":\"q\",\"Expression\":\"SELECT b\"},\"Tags\":[{\"Key\":\"z\",\"Value\":\"v\"}]}"),
		arn));
	snprintf(body, sizeof(body), "{\"ResourceArn\":\"%s\"}", arn);
	assert_string_equal(
		ask("ListTagsForResource", body), "{\"Tags\":[{\"Key\":\"k\",\"Value\":\"v\"}]}");
	snprintf(body, sizeof(body),
		"{\"ResourceArn\":\"%s\",\"Tags\":[{\"Key\":\"k\",\"Value\":\"w\"},{\"Key\":\"l\",\"Value\":\"\"}]}",
		arn);
	assert_string_equal(ask("TagResource", body), "");
	snprintf(body, sizeof(body), "{\"ResourceArn\":\"%s\",\"TagKeys\":[\"l\",\"none\"]}", arn);
	assert_string_equal(ask("UntagResource", body), "");
	snprintf(body, sizeof(body), "{\"ResourceArn\":\"%s\"}", arn);
	assert_string_equal(
		ask("ListTagsForResource", body), "{\"Tags\":[{\"Key\":\"k\",\"Value\":\"w\"}]}");
	assert_non_null(strstr(ask("GetStoredQuery", "{\"QueryName\":\"q\"}"),
		"\"QueryName\":\"q\",\"Expression\":\"SELECT b\"}}"));
	/* Its output is a structure without members, not nothing. */
	assert_string_equal(ask("DeleteStoredQuery", "{\"QueryName\":\"q\"}"), "{}");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _service_tag"), "0\n");
	ask("ListTagsForResource", body);
	assert_string_equal(answer.error, "ResourceNotFoundException");
	ask("DeleteStoredQuery", "{\"QueryName\":\"q\"}");
	assert_string_equal(answer.error, "ResourceNotFoundException");
}

static void what_is_refused_changes_nothing(void **state)
{
	(void)state;
	ask("PutStoredQuery",
		"{\"StoredQuery\":{\"QueryName\":\"r\",\"Expression\":\"SELECT a\"},\"Tags\":[{\"Key\":\"k\",\"Value\":\"1\"},{\"Key\":\"K\",\"Value\":\"2\"}]}");
	assert_string_equal(answer.error, "InvalidInput");
	assert_false(answer.kick);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _stored_query"), "0\n");
	assert_null(w.db.tx);
}

static const char *arn_of_t(void)
{
	static char arn[256];

	snprintf(arn, sizeof(arn), "%s",
		estate_rows(&w, "SELECT arn FROM _stored_query WHERE name = 't'")); /* example */
	arn[strcspn(arn, "\n")] = '\0';
	return arn;
}

static void fifty_tags_are_enough(void **state)
{
	struct buf body = BUF_INIT(1 << 16);

	(void)state;
	ask("PutStoredQuery",
		"{\"StoredQuery\":{\"QueryName\":\"t\",\"Expression\":\"SELECT a\"}}");
	buf_printf(&body, "{\"ResourceArn\":\"%s\",\"Tags\":[", arn_of_t());
	for (int i = 0; i < 50; i++)
		buf_printf(&body, "%s{\"Key\":\"k%d\",\"Value\":\"v\"}", i ? "," : "", i);
	buf_text(&body, "]}");
	assert_string_equal(ask("TagResource", body.p), "");
	buf_clear(&body);
	buf_printf(&body, "{\"ResourceArn\":\"%s\",\"Tags\":[{\"Key\":\"k7\",\"Value\":\"w\"}]}",
		arn_of_t());
	assert_string_equal(ask("TagResource", body.p), "");
	buf_clear(&body);
	buf_printf(&body,
		"{\"ResourceArn\":\"%s\",\"Tags\":[{\"Key\":\"one more\",\"Value\":\"w\"}]}",
		arn_of_t());
	ask("TagResource", body.p);
	assert_string_equal(answer.error, "TooManyTagsException");
	ask("DeleteStoredQuery", "{\"QueryName\":\"t\"}");
	buf_release(&body);
}

static void retention_is_one_setting(void **state)
{
	(void)state;
	assert_string_equal(
		ask("DescribeRetentionConfigurations", "{}"), "{\"RetentionConfigurations\":[]}");
	assert_string_equal(ask("DescribeRetentionConfigurations",
				    "{\"RetentionConfigurationNames\":[\"default\"]}"),
		"{\"__type\":\"NoSuchRetentionConfigurationException\",\"message\":\"Cannot find retention configuration with the specified name 'default'.\"}");
	assert_string_equal(ask("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":400}"),
		"{\"RetentionConfiguration\":{\"Name\":\"default\",\"RetentionPeriodInDays\":400}}");
	assert_string_equal(ask("DescribeRetentionConfigurations",
				    "{\"RetentionConfigurationNames\":[\"default\"]}"),
		"{\"RetentionConfigurations\":[{\"Name\":\"default\",\"RetentionPeriodInDays\":400}]}");
	ask("PutRetentionConfiguration", "{\"RetentionPeriodInDays\":29}");
	assert_string_equal(answer.error, "ValidationException");
	ask("DeleteRetentionConfiguration", "{\"RetentionConfigurationName\":\"x\"}");
	assert_string_equal(answer.error, "NoSuchRetentionConfigurationException");
	assert_string_equal(
		ask("DeleteRetentionConfiguration", "{\"RetentionConfigurationName\":\"default\"}"),
		"");
	assert_string_equal(
		ask("DescribeRetentionConfigurations", "{}"), "{\"RetentionConfigurations\":[]}");
}

static void nobody_in_particular_asks_for_the_greatest_account(void **state)
{
	(void)state;
	request.account = request.region = NULL;
	assert_non_null(strstr(
		ask("ListDiscoveredResources", "{\"resourceType\":\"AWS::EC2::VPC\"}"), "vpc-1"));
}

static void an_account_may_have_nothing_but_what_is_global(void **state)
{
	struct estate roles;
	struct err e = { 0 };

	(void)state;
	estate_open(&roles, ":memory:");
	estate_begin(&roles, T0);
	estate_see(&roles, "AWS::IAM::Role", "AROA1", "admin", "{}", NULL);
	estate_settle(&roles);
	request.account = request.region = NULL;
	request.operation = STR("GetDiscoveredResourceCounts");
	request.body = STR("{}");
	api_answer_release(&answer);
	assert_int_equal(api_answer(api, &roles.db, &request, &answer, &e), E_OK);
	assert_non_null(strstr(answer.body.p, "\"totalDiscoveredResources\":1"));
	estate_close(&roles);
}

static void a_long_message_is_told_whole(void **state)
{
	struct buf body = BUF_INIT(1 << 20);

	(void)state;
	buf_text(&body, "{\"ResourceArn\":\"");
	for (int i = 0; i < 999; i++)
		buf_text(&body, "\xc3\xa9");
	buf_text(&body, "\",\"TagKeys\":[\"x\"]}");
	assert_non_null(strstr(ask("UntagResource", body.p), "\xc3\xa9' does not exist\"}"));
	buf_release(&body);
}

static void a_store_that_cannot_be_asked_is_a_failure(void **state)
{
	struct db empty = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(db_open(&empty, ":memory:", DB_CREATE, &e), E_OK);
	request.operation = STR("ListStoredQueries");
	request.body = STR("{}");
	api_answer_release(&answer);
	assert_int_equal(api_answer(api, &empty, &request, &answer, &e), E_OK);
	assert_int_equal(answer.status, 500);
	assert_string_equal(answer.body.p,
		"{\"__type\":\"InternalFailure\",\"message\":\"the store could not be asked\"}");
	assert_true(e.code);
	db_close(&empty);
}

static void a_request_has_a_size(void **state)
{
	struct buf body = BUF_INIT(2 << 20);
	struct err e = { 0 };

	(void)state;
	for (int i = 0; i < (1 << 20) + 1; i++)
		buf_char(&body, ' ');
	request.operation = STR("ListStoredQueries");
	request.body = buf_slice(&body);
	api_answer_release(&answer);
	assert_int_equal(api_answer(api, &w.db, &request, &answer, &e), E_OK);
	assert_int_equal(answer.status, 413);
	assert_string_equal(answer.error, "RequestEntityTooLargeException");
	api_answer_release(&answer);
	request.unlimited = true;
	assert_int_equal(api_answer(api, &w.db, &request, &answer, &e), E_OK);
	assert_int_equal(answer.status, 200);
	buf_release(&body);
}

static void a_program_of_this_house_gets_it_all_at_once(void **state)
{
	(void)state;
	request.unlimited = true;
	ask("ListDiscoveredResources", "{\"resourceType\":\"AWS::EC2::VPC\",\"limit\":100000}");
	assert_int_equal(answer.status, 200);
}

static void only_the_names_of_operations_are_known(void **state)
{
	bool writes = false;

	(void)state;
	assert_true(api_knows(STR("PutStoredQuery"), &writes));
	assert_true(writes);
	assert_true(api_knows(STR("GetResourceConfigHistory"), &writes));
	assert_false(writes);
	assert_false(api_knows(STR("putStoredQuery"), &writes));
	assert_false(api_knows(STR(""), &writes));
}

static void what_is_open_offers_what_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < model_operations_n; i++) {
		struct str name = str_of(model_operations[i].name);
		bool known = false, offered = false;

		assert_true(api_knows(name, &known));
		assert_true(api_offers(api, name, &offered));
		assert_int_equal(known, offered);
	}
	assert_false(api_offers(api, STR("putStoredQuery"), &(bool){ false }));
}

static void the_key_of_tokens_stays_with_the_store(void **state)
{
	unsigned char one[32], two[32];
	struct err e = { 0 };

	(void)state;
	assert_int_equal(api_token_key(&w.db, one, &e), E_OK);
	assert_int_equal(api_token_key(&w.db, two, &e), E_OK);
	assert_memory_equal(one, two, 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_operation_answers_or_is_listed_as_missing, before),
		cmocka_unit_test_setup(an_operation_that_is_missing_says_so, before),
		cmocka_unit_test_setup(what_is_no_operation_or_no_request_is_refused, before),
		cmocka_unit_test_setup(a_limit_that_is_too_high_has_an_error_of_its_own, before),
		cmocka_unit_test_setup(pages_follow_each_other_in_both_directions, before),
		cmocka_unit_test_setup(what_is_written_between_pages_moves_nothing, before),
		cmocka_unit_test_setup(a_token_is_good_for_its_question_alone, before),
		cmocka_unit_test_setup(a_time_range_is_inclusive_and_never_empty, before),
		cmocka_unit_test_setup(a_resource_that_was_never_seen_is_named, before),
		cmocka_unit_test_setup(what_has_no_region_is_found_from_every_region, before),
		cmocka_unit_test_setup(a_batch_tells_what_is_there_and_what_is_not, before),
		cmocka_unit_test_setup(bodies_that_are_copied_are_those_of_the_model, before),
		cmocka_unit_test_setup(
			deleted_resources_are_listed_when_they_are_asked_for, before),
		cmocka_unit_test_setup(counts_are_by_type_most_first, before),
		cmocka_unit_test_setup(the_past_is_answered_as_it_was, before),
		cmocka_unit_test_setup(a_stored_query_keeps_its_arn_and_its_tags, before),
		cmocka_unit_test_setup(what_is_refused_changes_nothing, before),
		cmocka_unit_test_setup(fifty_tags_are_enough, before),
		cmocka_unit_test_setup(retention_is_one_setting, before),
		cmocka_unit_test_setup(nobody_in_particular_asks_for_the_greatest_account, before),
		cmocka_unit_test_setup(an_account_may_have_nothing_but_what_is_global, before),
		cmocka_unit_test_setup(a_long_message_is_told_whole, before),
		cmocka_unit_test_setup(a_store_that_cannot_be_asked_is_a_failure, before),
		cmocka_unit_test_setup(a_request_has_a_size, before),
		cmocka_unit_test_setup(a_program_of_this_house_gets_it_all_at_once, before),
		cmocka_unit_test_setup(only_the_names_of_operations_are_known, before),
		cmocka_unit_test_setup(what_is_open_offers_what_is_known, before),
		cmocka_unit_test_setup(the_key_of_tokens_stays_with_the_store, before),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
