/* SPDX-License-Identifier: Apache-2.0 */
#include "api/answer.h"

#include "api/model.h"
#include "base/time.h"
#include "lib/estate.h"
#include "lib/unit.h"
#include <stdio.h>

#define T0      INT64_C(1790000000000) /* 2026-09-21 14:13:20 */
#define ACCOUNT "123456789012"

/* Operations that no family answers yet. Take yours off when it does; the list ends empty. One a line, by name. */
static const char *const missing[] = {
	"AssociateResourceTypes",
	"BatchGetAggregateResourceConfig",
	"DeleteAggregationAuthorization",
	"DeleteConfigRule",
	"DeleteConfigurationAggregator",
	"DeleteConfigurationRecorder",
	"DeleteConformancePack",
	"DeleteDeliveryChannel",
	"DeleteEvaluationResults",
	"DeleteOrganizationConfigRule",
	"DeleteOrganizationConformancePack",
	"DeletePendingAggregationRequest",
	"DeleteRemediationConfiguration",
	"DeleteRemediationExceptions",
	"DeleteResourceConfig",
	"DeleteServiceLinkedConfigurationRecorder",
	"DeliverConfigSnapshot",
	"DescribeAggregateComplianceByConfigRules",
	"DescribeAggregateComplianceByConformancePacks",
	"DescribeAggregationAuthorizations",
	"DescribeComplianceByConfigRule",
	"DescribeComplianceByResource",
	"DescribeConfigRuleEvaluationStatus",
	"DescribeConfigRules",
	"DescribeConfigurationAggregatorSourcesStatus",
	"DescribeConfigurationAggregators",
	"DescribeConfigurationRecorderStatus",
	"DescribeConfigurationRecorders",
	"DescribeConformancePackCompliance",
	"DescribeConformancePackStatus",
	"DescribeConformancePacks",
	"DescribeDeliveryChannelStatus",
	"DescribeDeliveryChannels",
	"DescribeOrganizationConfigRuleStatuses",
	"DescribeOrganizationConfigRules",
	"DescribeOrganizationConformancePackStatuses",
	"DescribeOrganizationConformancePacks",
	"DescribePendingAggregationRequests",
	"DescribeRemediationConfigurations",
	"DescribeRemediationExceptions",
	"DescribeRemediationExecutionStatus",
	"DisassociateResourceTypes",
	"GetAggregateComplianceDetailsByConfigRule",
	"GetAggregateConfigRuleComplianceSummary",
	"GetAggregateConformancePackComplianceSummary",
	"GetAggregateDiscoveredResourceCounts",
	"GetAggregateResourceConfig",
	"GetComplianceDetailsByConfigRule",
	"GetComplianceDetailsByResource",
	"GetComplianceSummaryByConfigRule",
	"GetComplianceSummaryByResourceType",
	"GetConformancePackComplianceDetails",
	"GetConformancePackComplianceSummary",
	"GetCustomRulePolicy",
	"GetOrganizationConfigRuleDetailedStatus",
	"GetOrganizationConformancePackDetailedStatus",
	"GetOrganizationCustomRulePolicy",
	"GetResourceEvaluationSummary",
	"ListAggregateDiscoveredResources",
	"ListConfigurationRecorders",
	"ListConformancePackComplianceScores",
	"ListResourceEvaluations",
	"PutAggregationAuthorization",
	"PutConfigRule",
	"PutConfigurationAggregator",
	"PutConfigurationRecorder",
	"PutConformancePack",
	"PutDeliveryChannel",
	"PutEvaluations",
	"PutExternalEvaluation",
	"PutOrganizationConfigRule",
	"PutOrganizationConformancePack",
	"PutRemediationConfigurations",
	"PutRemediationExceptions",
	"PutResourceConfig",
	"PutServiceLinkedConfigurationRecorder",
	"SelectAggregateResourceConfig",
	"SelectResourceConfig",
	"StartConfigRulesEvaluation",
	"StartConfigurationRecorder",
	"StartRemediationExecution",
	"StartResourceEvaluation",
	"StopConfigurationRecorder",
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
	if (missing[0])
		assert_string_equal(ask("SelectResourceConfig", "{\"Expression\":\"x\"}"),
			"{\"__type\":\"InternalFailure\",\"message\":\"SelectResourceConfig is not available\"}");
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(every_operation_answers_or_is_listed_as_missing, before),
		cmocka_unit_test_setup(an_operation_that_is_missing_says_so, before),
		cmocka_unit_test_setup(what_is_no_operation_or_no_request_is_refused, before),
		cmocka_unit_test_setup(a_limit_that_is_too_high_has_an_error_of_its_own, before),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
