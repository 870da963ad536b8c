/* SPDX-License-Identifier: Apache-2.0 */
#include "core/notice.h"

#include "lib/estate.h"
#include "lib/unit.h"
#include <string.h>

#define T0     INT64_C(1772424611101) /* 2026-03-02T04:10:11.101Z */
#define GROUP  "AWS::EC2::SecurityGroup"
#define REGION "us-west-2"
#define BEFORE "[AWS Config:" REGION "] "

static struct estate w;
static struct notice n;
static struct err e;

static int set_up(void **state)
{
	(void)state;
	e = (struct err){ 0 };
	n = (struct notice)NOTICE_INIT;
	estate_open(&w, ":memory:");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	notice_release(&n);
	estate_close(&w);
	return 0;
}

static void write_item(int64_t item_id, int64_t now_ms)
{
	const struct event event = { .event_id = item_id,
		.kind = STR("ConfigurationItemChangeNotification"),
		.item_id = item_id };

	if (notice_write(&n, &w.db, &event, now_ms, &e))
		fail_msg("%s", e.msg);
}

static void see(int64_t at_ms, const char *cfg, const char *tags)
{
	estate_begin(&w, at_ms);
	if (cfg)
		estate_see(&w, GROUP, "sg-1", "web", cfg, tags);
	estate_gone(&w, GROUP);
	estate_settle(&w);
}

#define FACTS(time, id, status, az)                                                                \
	"\"configurationItemVersion\":\"1.3\",\"configurationItemCaptureTime\":\"" time            \
	"\",\"configurationStateId\":" id                                                          \
	",\"awsAccountId\":\"123456789012\",\"configurationItemStatus\":\"" status                 \
	"\",\"resourceType\":\"" GROUP "\",\"resourceId\":\"sg-1\",\"resourceName\":\"web\","      \
	"\"ARN\":\"arn:aws:test:::" GROUP                                                          \
	"/web\",\"awsRegion\":\"us-east-1\",\"availabilityZone\":" az                              \
	",\"configurationStateMd5Hash\":\"\",\"resourceCreationTime\":null}"
#define LINK                                                                                       \
	"{\"resourceId\":\"vpc-1\",\"resourceName\":null,\"resourceType\":\"AWS::EC2::VPC\","      \
	"\"name\":\"Is contained in Vpc\"}"
#define TAIL(time, type, version)                                                                  \
	"\"notificationCreationTime\":\"" time "\",\"messageType\":\"" type                        \
	"\",\"recordVersion\":\"" version "\"}"

static void an_item_has_all_its_keys_in_order_and_nulls_explicit(void **state)
{
	(void)state;
	see(T0, "{\"groupId\":\"sg-1\",\"vpcId\":\"vpc-1\"}", "{\"env\":\"dev\"}");
	write_item(1, T0 + 429);
	assert_string_equal(n.subject.p,
		"[AWS Config:us-east-1] " GROUP " web Discovered in Account 123456789012");
	assert_string_equal(n.body.p,
		"{\"configurationItemDiff\":{\"changedProperties\":{},\"changeType\":\"CREATE\"},"
		"\"configurationItem\":{\"relatedEvents\":[],\"relationships\":[" LINK
		"],\"configuration\":{\"groupId\":\"sg-1\",\"vpcId\":\"vpc-1\"},"
		"\"supplementaryConfiguration\":{},\"tags\":{\"env\":\"dev\"}," FACTS(
			"2026-03-02T04:10:11.101Z", "1772424611101", "ResourceDiscovered",
			"\"Not Applicable\"") "," TAIL("2026-03-02T04:10:11.530Z",
			"ConfigurationItemChangeNotification", "1.3"));
	assert_string_equal(n.type, "ConfigurationItemChangeNotification");
	assert_string_equal(n.arn.p, "arn:aws:test:::" GROUP "/web");
	assert_string_equal(n.account, "123456789012");
	assert_string_equal(n.region, "us-east-1");
	assert_int_equal(n.at_ms, T0 + 429);
}

static void an_update_tells_its_difference(void **state)
{
	(void)state;
	see(T0, "{\"groupId\":\"sg-1\",\"vpcId\":\"vpc-1\"}", "{\"env\":\"dev\"}");
	see(T0 + 1000, "{\"groupId\":\"sg-1\",\"open\":true,\"vpcId\":\"vpc-1\"}",
		"{\"env\":\"prod\"}");
	write_item(2, T0 + 1429);
	assert_string_equal(n.subject.p,
		"[AWS Config:us-east-1] " GROUP " web Updated in Account 123456789012");
	assert_string_equal(n.body.p,
		"{\"configurationItemDiff\":{\"changedProperties\":{\"Configuration.Open\":"
		"{\"previousValue\":null,\"updatedValue\":true,\"changeType\":\"CREATE\"},\"Tags.0\":"
		"{\"previousValue\":\"dev\",\"updatedValue\":null,\"changeType\":\"DELETE\"},\"Tags.1\":"
		"{\"previousValue\":null,\"updatedValue\":\"prod\",\"changeType\":\"CREATE\"}},"
		"\"changeType\":\"UPDATE\"},\"configurationItem\":{\"relatedEvents\":[],"
		"\"relationships\":[" LINK
		"],\"configuration\":{\"groupId\":\"sg-1\",\"open\":true,\"vpcId\":\"vpc-1\"},"
		"\"supplementaryConfiguration\":{},\"tags\":{\"env\":\"prod\"}," FACTS(
			"2026-03-02T04:10:12.101Z", "1772424612101", "OK",
			"\"Not Applicable\"") "," TAIL("2026-03-02T04:10:12.530Z",
			"ConfigurationItemChangeNotification", "1.3"));
}

static void a_deletion_tells_what_was(void **state)
{
	(void)state;
	see(T0, "{\"groupId\":\"sg-1\",\"vpcId\":\"vpc-1\"}", "{\"env\":\"dev\"}");
	see(T0 + 1000, NULL, NULL);
	write_item(2, T0 + 1429);
	assert_string_equal(n.subject.p,
		"[AWS Config:us-east-1] " GROUP " web Deleted in Account 123456789012");
	assert_string_equal(n.body.p,
		"{\"configurationItemDiff\":{\"changedProperties\":{\"Configuration\":"
		"{\"previousValue\":{\"groupId\":\"sg-1\",\"vpcId\":\"vpc-1\"},\"updatedValue\":null,"
		"\"changeType\":\"DELETE\"},\"Relationships.0\":{\"previousValue\":" LINK
		",\"updatedValue\":null,\"changeType\":\"DELETE\"},\"Tags.0\":{\"previousValue\":"
		"\"dev\",\"updatedValue\":null,\"changeType\":\"DELETE\"}},\"changeType\":\"DELETE\"},"
		"\"configurationItem\":{\"relatedEvents\":[],\"relationships\":[],\"configuration\":null,"
		"\"supplementaryConfiguration\":{},\"tags\":{}," FACTS("2026-03-02T04:10:12.101Z",
			"1772424612101", "ResourceDeleted",
			"null") "," TAIL("2026-03-02T04:10:12.530Z",
			"ConfigurationItemChangeNotification", "1.3"));
}

static void what_has_no_region_is_told_of_by_its_home(void **state)
{
	(void)state;
	estate_begin(&w, T0);
	estate_see(&w, "AWS::IAM::User", "AIDA1", "ann", "{}", NULL);
	estate_settle(&w);
	write_item(1, T0 + 429);
	assert_string_equal(n.subject.p,
		"[AWS Config:us-east-1] AWS::IAM::User ann Discovered in Account 123456789012");
	assert_string_equal(n.region, "us-east-1");
	assert_non_null(strstr(n.body.p, "\"awsRegion\":\"global\""));
	assert_int_equal(
		db_script(&w.db, "elsewhere",
			"INSERT INTO _resource(account, region, type, id) VALUES "
			"('123456789012', 'eu-west-1', 't', 'a'), ('123456789012', 'eu-central-1', 't', 'b'), "
			"('1', 'us-east-1', 't', 'c')",
			&e),
		E_OK);
	write_item(1, T0 + 429);
	assert_string_equal(n.region, "eu-central-1");
}

static void a_second_life_begins_with_a_creation(void **state)
{
	(void)state;
	see(T0, "{\"groupId\":\"sg-1\"}", NULL);
	see(T0 + 1000, NULL, NULL);
	see(T0 + 2000, "{\"groupId\":\"sg-1\",\"again\":true}", NULL);
	write_item(3, T0 + 2429);
	assert_non_null(strstr(n.subject.p, " Discovered in "));
	assert_non_null(strstr(n.body.p,
		"{\"configurationItemDiff\":{\"changedProperties\":{},\"changeType\":\"CREATE\"}"));
}

/* Everything that is told besides, as the samples have it. */
static const struct {
	const char *kind, *payload, *subject, *body;
	int64_t now_ms;
} others[] = {
	{ "ConfigurationSnapshotDeliveryStarted",
		"{\"configSnapshotId\":\"6f1d2c3b-4a59-4e60-8f70-112233445566\"}",
		BEFORE "Configuration Snapshot Delivery Started for Account 123456789012",
		"{\"configSnapshotId\":\"6f1d2c3b-4a59-4e60-8f70-112233445566\"," TAIL(
			"2026-03-02T08:00:02.310Z", "ConfigurationSnapshotDeliveryStarted", "1.1"),
		1772438402310 },
	{ "ConfigurationSnapshotDeliveryCompleted",
		"{\"s3Bucket\":\"config-bucket-example\",\"s3ObjectKey\":\"k\",\"configSnapshotId\":\"6f\"}",
		BEFORE "Configuration Snapshot Delivery Completed for Account 123456789012",
		"{\"configSnapshotId\":\"6f\",\"s3ObjectKey\":\"k\",\"s3Bucket\":\"config-bucket-example\"," TAIL(
			"2026-03-02T08:00:13.004Z", "ConfigurationSnapshotDeliveryCompleted",
			"1.1"),
		1772438413004 },
	{ "ConfigurationSnapshotDeliveryFailed",
		"{\"configSnapshotId\":\"6f\",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"\xe2\x80\xa6\"}",
		BEFORE "Configuration Snapshot Delivery Failed for Account 123456789012",
		"{\"configSnapshotId\":\"6f\",\"errorCode\":\"AccessDenied\",\"errorMessage\":\"\xe2\x80\xa6\"," TAIL(
			"2026-03-02T08:00:13.004Z", "ConfigurationSnapshotDeliveryFailed", "1.1"),
		1772438413004 },
	{ "ConfigurationHistoryDeliveryCompleted", "{\"s3ObjectKey\":\"k\",\"s3Bucket\":\"b\"}",
		BEFORE "Configuration History Delivery Completed for Account 123456789012",
		"{\"s3ObjectKey\":\"k\",\"s3Bucket\":\"b\"," TAIL(
			"2026-03-02T10:11:12.013Z", "ConfigurationHistoryDeliveryCompleted", "1.1"),
		1772446272013 },
	{ "ConfigRulesEvaluationStarted", "{\"configRuleNames\":[\"restricted-ssh\"]}",
		BEFORE "Config Rules Evaluation Started for Account 123456789012",
		"{\"awsAccountId\":\"123456789012\",\"awsRegion\":\"us-west-2\",\"configRuleNames\":"
		"[\"restricted-ssh\"]," TAIL(
			"2026-03-02T05:20:59.000Z", "ConfigRulesEvaluationStarted", "1.0"),
		1772428859000 },
	{ "ComplianceChangeNotification",
		"{\"configRuleARN\":\"arn:aws:config:us-west-2:123456789012:config-rule/config-rule-a1b2c3\","
		"\"configRuleName\":\"restricted-ssh\",\"newEvaluationResult\":{\"complianceType\":\"COMPLIANT\","
		"\"configRuleInvokedTime\":\"2026-03-02T05:21:00.400Z\",\"evaluationResultIdentifier\":{"
		"\"evaluationResultQualifier\":{\"configRuleName\":\"restricted-ssh\",\"resourceId\":"
		"\"sg-0aaaaaaaaaaaaaa01\",\"resourceType\":\"AWS::EC2::SecurityGroup\"},\"orderingTimestamp\":"
		"\"2026-03-02T05:20:31.202Z\"},\"resultRecordedTime\":\"2026-03-02T05:21:00.700Z\"},"
		"\"resourceId\":\"sg-0aaaaaaaaaaaaaa01\",\"resourceType\":\"AWS::EC2::SecurityGroup\"}",
		BEFORE
		"AWS::EC2::SecurityGroup sg-0aaaaaaaaaaaaaa01 is COMPLIANT with restricted-...",
		"{\"awsAccountId\":\"123456789012\",\"configRuleName\":\"restricted-ssh\",\"configRuleARN\":"
		"\"arn:aws:config:us-west-2:123456789012:config-rule/config-rule-a1b2c3\",\"resourceType\":"
		"\"AWS::EC2::SecurityGroup\",\"resourceId\":\"sg-0aaaaaaaaaaaaaa01\",\"awsRegion\":\"us-west-2\","
		"\"newEvaluationResult\":{\"evaluationResultIdentifier\":{\"evaluationResultQualifier\":{"
		"\"configRuleName\":\"restricted-ssh\",\"resourceType\":\"AWS::EC2::SecurityGroup\",\"resourceId\":"
		"\"sg-0aaaaaaaaaaaaaa01\"},\"orderingTimestamp\":\"2026-03-02T05:20:31.202Z\"},\"complianceType\":"
		"\"COMPLIANT\",\"resultRecordedTime\":\"2026-03-02T05:21:00.700Z\",\"configRuleInvokedTime\":"
		"\"2026-03-02T05:21:00.400Z\",\"annotation\":null,\"resultToken\":null},\"oldEvaluationResult\":null," TAIL(
			"2026-03-02T05:21:01.100Z", "ComplianceChangeNotification", "1.0"),
		1772428861100 },
};

static void what_is_told_besides_reads_as_in_the_samples(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		const struct event event = { .event_id = 1,
			.kind = str_of(others[i].kind),
			.account = STR("123456789012"),
			.region = STR(REGION),
			.payload = str_of(others[i].payload) };

		if (notice_write(&n, &w.db, &event, others[i].now_ms, &e))
			fail_msg("%s", e.msg);
		assert_string_equal(n.subject.p, others[i].subject);
		assert_string_equal(n.body.p, others[i].body);
		assert_string_equal(n.type, others[i].kind);
	}
}

static void a_kind_nobody_knows_is_refused(void **state)
{
	const struct event event = { .event_id = 1, .kind = STR("Nonsense") };

	(void)state;
	assert_int_equal(notice_write(&n, &w.db, &event, T0, &e), E_INVALID);
}

static void a_subject_is_cut_by_characters_and_has_no_line_breaks(void **state)
{
	const char *name = "gr\xc3\xbc\xc3\x9f\n-0123456789-0123456789-0123456789-0123456789";

	(void)state;
	estate_begin(&w, T0);
	estate_see(&w, GROUP, "sg-1", name, "{}", NULL);
	estate_settle(&w);
	write_item(1, T0);
	assert_string_equal(n.subject.p,
		"[AWS Config:us-east-1] " GROUP
		" gr\xc3\xbc\xc3\x9f -0123456789-0123456789-0123456789-0123456789 ...");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(an_item_has_all_its_keys_in_order_and_nulls_explicit),
		CASE(an_update_tells_its_difference),
		CASE(a_deletion_tells_what_was),
		CASE(what_has_no_region_is_told_of_by_its_home),
		CASE(a_second_life_begins_with_a_creation),
		CASE(what_is_told_besides_reads_as_in_the_samples),
		CASE(a_kind_nobody_knows_is_refused),
		CASE(a_subject_is_cut_by_characters_and_has_no_line_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
