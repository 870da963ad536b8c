/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record.h"

#include "lib/estate.h"
#include "lib/unit.h"
#include "json/read.h"
#include <stdio.h>
#include <string.h>

#define T0       INT64_C(1790000000000)
#define HOUR     INT64_C(3600000)
#define VPC      "AWS::EC2::VPC"
#define SUBNET   "AWS::EC2::Subnet"
#define GROUP    "AWS::EC2::SecurityGroup"
#define INSTANCE "AWS::EC2::Instance"

static struct estate w;

static int set_up(void **state)
{
	(void)state;
	estate_open(&w, ":memory:");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_string_equal(estate_rows(&w, "PRAGMA integrity_check"), "ok\n");
	assert_string_equal(estate_rows(&w, "PRAGMA foreign_key_check"), "");
	/* What holds for every history: versions are dense, intervals meet and do not overlap. */
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _item a JOIN _item b ON b.rid = a.rid AND "
				"b.version = a.version + 1 WHERE a.until_ms <> b.captured_ms OR "
				"b.captured_ms <= a.captured_ms"),
		"0\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*) FROM (SELECT rid FROM _item GROUP BY rid HAVING "
			"max(version) <> count(*) OR sum(until_ms = 253402300799000) <> 1)"),
		"0\n");
	estate_close(&w);
	return 0;
}

static void see_instance(const char *state, const char *group)
{
	char cfg[512];

	snprintf(cfg, sizeof(cfg),
		"{\"instanceId\":\"i-1\",\"vpcId\":\"vpc-1\",\"state\":{\"name\":\"%s\"},"
		"\"securityGroups\":[{\"groupId\":\"%s\",\"groupName\":\"web\"}]}",
		state, group);
	estate_see(&w, INSTANCE, "i-1", NULL, cfg, "{\"env\":\"prod\"}");
}

static void see_estate(const char *state)
{
	estate_see(&w, VPC, "vpc-1", NULL, "{\"vpcId\":\"vpc-1\"}", NULL);
	estate_see(&w, GROUP, "sg-1", "web", "{\"groupId\":\"sg-1\",\"vpcId\":\"vpc-1\"}", NULL);
	see_instance(state, "sg-1");
}

static void sweep(int64_t at_ms, const char *state)
{
	estate_begin(&w, at_ms);
	see_estate(state);
	estate_settle(&w);
}

static void a_second_look_at_the_same_writes_nothing(void **state)
{
	(void)state;
	sweep(T0, "running");
	assert_int_equal(w.sum.created, 3);
	sweep(T0 + HOUR, "running");
	assert_int_equal(w.sum.created + w.sum.changed + w.sum.deleted, 0);
	assert_int_equal(w.sum.unchanged, 3);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _item"), "3\n");
}

static void nothing_is_written_before_settling(void **state)
{
	(void)state;
	estate_begin(&w, T0);
	see_estate("running");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _resource"), "0\n");
}

static void a_changed_property_is_an_item_and_a_diff(void **state)
{
	(void)state;
	sweep(T0, "running");
	sweep(T0 + HOUR, "stopped");
	assert_int_equal(w.sum.changed, 1);
	assert_string_equal(
		estate_rows(&w,
			"SELECT resource_id, version, op, property, before, after FROM changes"),
		"i-1|2|change|configuration.state.name|running|stopped\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT version, event, status, n_changes FROM history WHERE resource_id = 'i-1' ORDER BY version"),
		"1|created|ResourceDiscovered|0\n2|changed|OK|1\n");
}

static void both_ends_tell_of_a_relationship(void **state)
{
	(void)state;
	sweep(T0, "running");
	assert_string_equal(
		estate_rows(&w,
			"SELECT r.id, json_extract(l.value,'$.name'), json_extract(l.value,'$.resourceId') FROM "
			"_item_document d JOIN _resource r USING(rid), json_each(d.document,'$.relationships') l "
			"ORDER BY 1, 3"),
		"i-1|Is associated with SecurityGroup|sg-1\ni-1|Is contained in Vpc|vpc-1\n"
		"sg-1|Is associated with Instance|i-1\nsg-1|Is contained in Vpc|vpc-1\n"
		"vpc-1|Contains Instance|i-1\nvpc-1|Contains SecurityGroup|sg-1\n");
	/* Stored once per direction the provider reports. */
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id, target_id FROM relationships ORDER BY 1, 2"),
		"i-1|sg-1\ni-1|vpc-1\nsg-1|vpc-1\n");
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _edge WHERE target_rid IS NULL"), "0\n");
}

static void a_link_that_moves_is_an_item_at_each_end(void **state)
{
	(void)state;
	sweep(T0, "running");
	estate_begin(&w, T0 + HOUR);
	estate_see(&w, VPC, "vpc-1", NULL, "{\"vpcId\":\"vpc-1\"}", NULL);
	estate_see(&w, GROUP, "sg-1", "web", "{\"groupId\":\"sg-1\",\"vpcId\":\"vpc-1\"}", NULL);
	estate_see(&w, GROUP, "sg-2", "app", "{\"groupId\":\"sg-2\",\"vpcId\":\"vpc-1\"}", NULL);
	see_instance("running", "sg-2");
	estate_settle(&w);
	assert_int_equal(w.sum.created, 1);
	assert_int_equal(w.sum.changed, 3);
	assert_string_equal(
		estate_rows(&w, "SELECT property, op FROM changes WHERE resource_id = 'sg-1'"),
		"relationships[Is associated with Instance i-1]|remove\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT target_id, until <> '9999-12-31 23:59:59' FROM relationship_history WHERE "
			"resource_id = 'i-1' AND relation = 'Is associated with SecurityGroup' ORDER BY since"),
		"sg-1|1\nsg-2|0\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT resource_id FROM relationships_at WHERE t = 1790000000 AND target_id = 'sg-1'"),
		"i-1\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT resource_id FROM relationships_at WHERE t = 1790003600 AND target_id = 'sg-1'"),
		"");
}

static void a_resource_nobody_looked_at_gets_no_item(void **state)
{
	(void)state;
	sweep(T0, "running");
	estate_begin(&w, T0 + HOUR);
	see_instance("running", "sg-9");
	estate_settle(&w);
	assert_int_equal(w.sum.changed, 1);
	assert_string_equal(
		estate_rows(&w, "SELECT max(version) FROM history WHERE resource_id = 'sg-1'"),
		"1\n");
}

static void a_deletion_ends_links_and_tags_and_is_told_at_the_other_end(void **state)
{
	(void)state;
	sweep(T0, "running");
	estate_begin(&w, T0 + HOUR);
	estate_see(&w, VPC, "vpc-1", NULL, "{\"vpcId\":\"vpc-1\"}", NULL);
	estate_see(&w, GROUP, "sg-1", "web", "{\"groupId\":\"sg-1\",\"vpcId\":\"vpc-1\"}", NULL);
	estate_gone(&w, INSTANCE);
	estate_settle(&w);
	assert_int_equal(w.sum.deleted, 1);
	assert_int_equal(w.sum.changed, 2);
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id FROM resources ORDER BY 1"), "sg-1\nvpc-1\n");
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM relationships WHERE resource_id = 'i-1'"),
		"0\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM tags"), "0\n");
	assert_string_equal(estate_rows(&w, "SELECT key, value FROM tags_at WHERE t = 1790000000"),
		"env|prod\n");
	assert_string_equal(
		estate_rows(
			&w, "SELECT resource_id FROM resources_at WHERE t = 1790000000 ORDER BY 1"),
		"i-1\nsg-1\nvpc-1\n");
	estate_begin(&w, T0 + 2 * HOUR);
	estate_gone(&w, INSTANCE);
	estate_settle(&w);
	assert_int_equal(w.sum.deleted, 0);
}

static void what_comes_back_is_discovered_again(void **state)
{
	(void)state;
	sweep(T0, "running");
	estate_begin(&w, T0 + HOUR);
	estate_gone(&w, INSTANCE);
	estate_settle(&w);
	sweep(T0 + 2 * HOUR, "running");
	assert_string_equal(
		estate_rows(&w,
			"SELECT version, status FROM history WHERE resource_id = 'i-1' ORDER BY version"),
		"1|ResourceDiscovered\n2|ResourceDeleted\n3|ResourceDiscovered\n");
	/* The same content points to the same document. */
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(DISTINCT document_id) FROM _item JOIN _resource USING(rid) WHERE id = 'i-1'"),
		"1\n");
}

static void what_moves_by_itself_writes_nothing(void **state)
{
	static const char *const type = "AWS::RDS::DBInstance";

	(void)state;
	estate_begin(&w, T0);
	estate_see(&w, type, "db-1", "a",
		"{\"dbiResourceId\":\"db-1\",\"latestRestorableTime\":\"1\",\"n\":1}", NULL);
	estate_settle(&w);
	estate_begin(&w, T0 + HOUR);
	estate_see(&w, type, "db-1", "a",
		"{\"dbiResourceId\":\"db-1\",\"latestRestorableTime\":\"2\",\"n\":1}", NULL);
	estate_settle(&w);
	assert_int_equal(w.sum.changed, 0);
	estate_begin(&w, T0 + 2 * HOUR);
	estate_see(&w, type, "db-1", "a",
		"{\"dbiResourceId\":\"db-1\",\"latestRestorableTime\":\"3\",\"n\":2}", NULL);
	estate_settle(&w);
	assert_int_equal(w.sum.changed, 1);
	assert_string_equal(estate_rows(&w, "SELECT property FROM changes"), "configuration.n\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT json_extract(configuration,'$.latestRestorableTime') FROM resources NATURAL JOIN configs"),
		"3\n");
}

static void an_array_without_order_may_come_in_any(void **state)
{
	static const char *const cfg[] = {
		"{\"groupId\":\"sg-1\",\"ipPermissions\":[{\"fromPort\":1,\"ipRanges\":[\"a\",\"b\"]},{\"fromPort\":2}]}",
		"{\"groupId\":\"sg-1\",\"ipPermissions\":[{\"fromPort\":2},{\"ipRanges\":[\"b\",\"a\"],\"fromPort\":1}]}"
	};

	(void)state;
	for (int i = 0; i < 2; i++) {
		estate_begin(&w, T0 + i * HOUR);
		estate_see(&w, GROUP, "sg-1", "web", cfg[i], NULL);
		estate_settle(&w);
	}
	assert_int_equal(w.sum.unchanged, 1);
}

static void a_new_rule_of_what_to_ignore_writes_nothing(void **state)
{
	(void)state;
	sweep(T0, "running");
	assert_string_equal(
		estate_rows(&w,
			"INSERT INTO _type_path VALUES ('AWS::EC2::Instance', 'ignore', '$.configuration.state') RETURNING kind"),
		"ignore\n");
	sweep(T0 + HOUR, "running");
	assert_int_equal(w.sum.changed, 0);
	sweep(T0 + 2 * HOUR, "stopped");
	assert_int_equal(w.sum.changed, 0);
}

static void names_and_arns_are_resolved_whatever_came_first(void **state)
{
	const char *user =
		"{\"userId\":\"AIDA1\",\"userName\":\"bob\",\"groupList\":[\"dev\"],\"attachedManagedPolicies\":"
		"[{\"policyArn\":\"arn:aws:iam::123456789012:policy/p\"},{\"policyArn\":\"arn:aws:iam::aws:policy/x\"}]}";

	(void)state;
	estate_begin(&w, T0);
	estate_see(&w, "AWS::IAM::User", "AIDA1", "bob", user, NULL);
	estate_see(&w, "AWS::IAM::Group", "AGPA1", "dev", "{\"groupId\":\"AGPA1\"}", NULL);
	estate_settle(&w);
	assert_string_equal(
		estate_rows(&w,
			"SELECT l.value FROM _item_document d JOIN _resource r USING(rid), json_each(d.document,'$.relationships') l WHERE r.id = 'AIDA1'"),
		"{\"name\":\"Is attached to Group\",\"resourceId\":\"AGPA1\",\"resourceName\":\"dev\",\"resourceType\":\"AWS::IAM::Group\"}\n"
		"{\"name\":\"Is attached to CustomerManagedPolicy\",\"resourceName\":\"p\",\"resourceType\":\"AWS::IAM::Policy\"}\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT l.value FROM _item_document d JOIN _resource r USING(rid), json_each(d.document,'$.relationships') l WHERE r.id = 'AGPA1'"),
		"{\"name\":\"Contains User\",\"resourceId\":\"AIDA1\",\"resourceName\":\"bob\",\"resourceType\":\"AWS::IAM::User\"}\n");
}

static void links_are_found_in_parts_lists_and_json_texts(void **state)
{
	(void)state;
	estate_begin(&w, T0);
	estate_see(&w, "AWS::AutoScaling::AutoScalingGroup", "asg", "asg",
		"{\"vpczoneIdentifier\":\"subnet-1, subnet-2\"}", NULL);
	estate_see(&w, "AWS::SQS::Queue", "q", "q",
		"{\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"arn:aws:sqs:::d\\\"}\"}",
		NULL);
	estate_see(&w, "AWS::SQS::Queue", "q2", "q2", "{\"RedrivePolicy\":\"no json\"}", NULL);
	estate_see_parts(&w, "AWS::S3::Bucket", "b", "{\"name\":\"b\"}",
		"{\"BucketLoggingConfiguration\":{\"destinationBucketName\":\"logs\"}}");
	estate_settle(&w);
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id, target_id FROM relationships ORDER BY 1, 2"),
		"asg|subnet-1\nasg|subnet-2\nb|logs\nq|arn:aws:sqs:::d\n");
	/* Links that AWS Config does not report stay out of its items. */
	assert_string_equal(
		estate_rows(&w,
			"SELECT d.document LIKE '%Is associated with %' FROM _item_document d JOIN _resource r USING(rid) WHERE r.id IN ('b','q')"),
		"0\n0\n");
}

static void a_target_that_comes_later_is_linked(void **state)
{
	(void)state;
	estate_begin(&w, T0);
	see_instance("running", "sg-1");
	estate_settle(&w);
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM relationships WHERE target_rid IS NULL"),
		"2\n");
	sweep(T0 + HOUR, "running");
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM relationships WHERE target_rid IS NULL"),
		"0\n");
}

static void capture_times_rise_though_the_clock_fell(void **state)
{
	(void)state;
	sweep(T0, "running");
	sweep(T0 - HOUR, "stopped");
	assert_int_equal(w.sum.changed, 1);
	assert_string_equal(
		estate_rows(&w,
			"SELECT captured_ms - 1790000000000 FROM _item JOIN _resource USING(rid) WHERE id = 'i-1' ORDER BY version"),
		"0\n1\n");
}

/* Both up to the end of the line. */
static void same_json(const char *a, const char *b)
{
	struct arena arena = ARENA_INIT(1 << 22);
	struct err e = { 0 };
	struct json *x = NULL, *y = NULL;

	assert_int_equal(json_read(&arena, (struct str){ a, strcspn(a, "\n") }, &x, &e), E_OK);
	assert_int_equal(json_read(&arena, (struct str){ b, strcspn(b, "\n") }, &y, &e), E_OK);
	assert_true(json_equal(x, y));
	arena_release(&arena);
}

/* A large document that changes a little is stored as patches; each version reads back whole. */
static void every_version_reads_back_as_it_was_recorded(void **state)
{
	struct buf cfg = BUF_INIT(1 << 20), want = BUF_INIT(1 << 20);
	const char *got;

	(void)state;
	for (int v = 0; v < 12; v++) {
		buf_clear(&cfg);
		buf_text(&cfg, "{\"big\":{");
		for (int i = 0; i < 60; i++)
			if ((i + v) % 17)
				buf_printf(&cfg, "%s\"k%02d\":\"%s%d\"",
					cfg.p[cfg.n - 1] == '{' ? "" : ",", i,
					"a value of some length \\u00e9 ",
					(i == v || v == 9) ? v : 0);
		buf_printf(&cfg, "},\"v\":%d}", v);
		estate_begin(&w, T0 + v * HOUR);
		estate_see(&w, VPC, "vpc-1", NULL, cfg.p, NULL);
		estate_settle(&w);
		buf_printf(&want, "%s\n", cfg.p);
	}
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) > 6 FROM _document WHERE base IS NOT NULL"),
		"1\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*) FROM _item_document d JOIN _item i USING(item_id) JOIN _document c "
			"ON c.document_id = i.document_id WHERE json_extract(d.document,'$.configuration.v') <> i.version - 1"),
		"0\n");
	got = estate_rows(&w, "SELECT configuration FROM configs ORDER BY version");
	for (const char *line = want.p; *line; line = strchr(line, '\n') + 1) {
		same_json(line, got);
		got = strchr(got, '\n') + 1;
	}
	assert_int_equal(*got, 0);
	estate_begin(&w, T0 + 20 * HOUR);
	estate_see(&w, VPC, "vpc-1", NULL, cfg.p, NULL);
	estate_settle(&w);
	assert_int_equal(w.sum.unchanged, 1);
	buf_release(&cfg);
	buf_release(&want);
}

static void an_item_is_spelled_as_in_config_files(void **state)
{
	(void)state;
	sweep(T0, "running");
	estate_begin(&w, T0 + HOUR + 7);
	estate_gone(&w, INSTANCE);
	estate_settle(&w);
	assert_string_equal(
		estate_rows(&w,
			"SELECT body FROM _item_file WHERE item_id IN (SELECT item_id FROM _item JOIN _resource USING(rid) WHERE id = 'i-1') ORDER BY item_id"),
		"{\"relatedEvents\":[],\"relationships\":[{\"resourceId\":\"sg-1\",\"resourceType\":\"AWS::EC2::SecurityGroup\",\"name\":\"Is associated with SecurityGroup\"},"
		"{\"resourceId\":\"vpc-1\",\"resourceType\":\"AWS::EC2::VPC\",\"name\":\"Is contained in Vpc\"}],"
		"\"configuration\":{\"instanceId\":\"i-1\",\"securityGroups\":[{\"groupId\":\"sg-1\",\"groupName\":\"web\"}],\"state\":{\"name\":\"running\"},\"vpcId\":\"vpc-1\"},"
		"\"supplementaryConfiguration\":{},\"tags\":{\"env\":\"prod\"},\"configurationItemVersion\":\"1.3\","
		"\"configurationItemCaptureTime\":\"2026-09-21T14:13:20.000Z\",\"configurationStateId\":1790000000000,\"awsAccountId\":\"123456789012\","
		"\"configurationItemStatus\":\"ResourceDiscovered\",\"resourceType\":\"AWS::EC2::Instance\",\"resourceId\":\"i-1\","
		"\"ARN\":\"arn:aws:test:::AWS::EC2::Instance/i-1\",\"awsRegion\":\"us-east-1\",\"availabilityZone\":\"Not Applicable\",\"configurationStateMd5Hash\":\"\"}\n"
		"{\"relatedEvents\":[],\"relationships\":[],\"supplementaryConfiguration\":{},\"tags\":{},\"configurationItemVersion\":\"1.3\","
		"\"configurationItemCaptureTime\":\"2026-09-21T15:13:20.007Z\",\"configurationStateId\":1790003600007,\"awsAccountId\":\"123456789012\","
		"\"configurationItemStatus\":\"ResourceDeleted\",\"resourceType\":\"AWS::EC2::Instance\",\"resourceId\":\"i-1\","
		"\"ARN\":\"arn:aws:test:::AWS::EC2::Instance/i-1\",\"awsRegion\":\"us-east-1\",\"configurationStateMd5Hash\":\"\"}\n");
}

static void looks_become_coverage_with_what_came_of_them(void **state)
{
	struct look look = { STR("123456789012"), STR("us-east-1"), STR(INSTANCE), T0, T0 + 5,
		LOOK_COMPLETE, NULL, NULL, 1, 1 };
	struct look bad = { STR("123456789012"), STR("us-east-1"), STR(SUBNET), T0, T0 + 5,
		LOOK_FAILED, "not allowed", "AccessDenied", 0, 1 };
	struct err e = { 0 };

	(void)state;
	estate_begin(&w, T0);
	see_instance("running", "sg-1");
	assert_int_equal(record_look(&w.record, &look, &e), E_OK);
	assert_int_equal(record_look(&w.record, &bad, &e), E_OK);
	estate_settle(&w);
	assert_string_equal(
		estate_rows(&w,
			"SELECT type, outcome, reason, code, seen, written FROM _coverage ORDER BY 1"),
		INSTANCE "|complete|-|-|1|1\n" SUBNET "|failed|not allowed|AccessDenied|0|0\n");
}

/* The order and the forms are those of snapshots that AWS Config wrote in 2026. */
static void relationships_stand_in_the_order_of_aws_config(void **state)
{
	(void)state;
	estate_begin(&w, T0);
	estate_see(&w, "AWS::Lambda::Function", "f", "f",
		"{\"role\":\"arn:aws:iam::123456789012:role/svc/run\",\"vpcConfig\":"
		"{\"subnetIds\":[\"subnet-2\",\"subnet-1\"],\"securityGroupIds\":[\"sg-1\"]}}",
		NULL);
	estate_see(&w, "AWS::AutoScaling::AutoScalingGroup", "arn:g", "g",
		"{\"loadBalancerNames\":[\"front\"],\"launchConfigurationName\":\"lc\","
		"\"vpczoneIdentifier\":\"subnet-2, subnet-1\"}",
		NULL);
	estate_settle(&w);
	assert_string_equal(
		estate_rows(&w,
			"SELECT r.id, json_extract(l.value,'$.name') || '>', json_extract(l.value,'$.resourceId'), "
			"json_extract(l.value,'$.resourceName') FROM _item_document d JOIN _resource r USING(rid), "
			"json_each(d.document,'$.relationships') l ORDER BY r.id DESC, l.key"),
		"f|Is associated with >|-|run\n"
		"f|Is associated with >|sg-1|-\n"
		"f|Is contained in >|subnet-1|-\n"
		"f|Is contained in >|subnet-2|-\n"
		"arn:g|Is associated with >|front|front\n"
		"arn:g|Is associated with >|-|lc\n"
		"arn:g|Is associated with >|subnet-1|-\n"
		"arn:g|Is associated with >|subnet-2|-\n");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_second_look_at_the_same_writes_nothing),
		CASE(nothing_is_written_before_settling),
		CASE(a_changed_property_is_an_item_and_a_diff),
		CASE(relationships_stand_in_the_order_of_aws_config),
		CASE(both_ends_tell_of_a_relationship),
		CASE(a_link_that_moves_is_an_item_at_each_end),
		CASE(a_resource_nobody_looked_at_gets_no_item),
		CASE(a_deletion_ends_links_and_tags_and_is_told_at_the_other_end),
		CASE(what_comes_back_is_discovered_again),
		CASE(what_moves_by_itself_writes_nothing),
		CASE(an_array_without_order_may_come_in_any),
		CASE(a_new_rule_of_what_to_ignore_writes_nothing),
		CASE(names_and_arns_are_resolved_whatever_came_first),
		CASE(links_are_found_in_parts_lists_and_json_texts),
		CASE(a_target_that_comes_later_is_linked),
		CASE(capture_times_rise_though_the_clock_fell),
		CASE(every_version_reads_back_as_it_was_recorded),
		CASE(an_item_is_spelled_as_in_config_files),
		CASE(looks_become_coverage_with_what_came_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
