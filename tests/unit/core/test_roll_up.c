/* SPDX-License-Identifier: Apache-2.0 */
#include "core/roll_up.h"

#include "lib/estate.h"
#include "lib/unit.h"
#include "store/verdict.h"

#define T0      INT64_C(1790000000000) /* 2026-09-21 14:13:20 */
#define ACCOUNT "123456789012"

static struct estate w;
static struct record_sum sum;

static int set_up(void **state)
{
	(void)state;
	estate_open(&w, ":memory:");
	estate_begin(&w, T0);
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", NULL, "{}", NULL);
	estate_settle(&w);
	estate_rows(&w, "INSERT INTO _recorder(name, recording) VALUES ('default', 1)");
	estate_rows(&w,
		"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, state_ms, created_ms, changed_ms) "
		"SELECT '" ACCOUNT
		"', 'us-east-1', value, 'config-rule-' || value, 'arn:' || value, 'AWS', 0, 0, 0 "
		"FROM json_each('[\"b\",\"a\"]')");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	estate_close(&w);
	return 0;
}

static void find(const char *rule, const char *result, int64_t now_ms)
{
	const struct verdict v = { .account = STR(ACCOUNT),
		.region = STR("us-east-1"),
		.rule = str_of(rule),
		.arn = STR("arn"),
		.type = STR("AWS::EC2::VPC"),
		.id = STR("vpc-1"),
		.result = str_of(result),
		.ordering_ms = now_ms,
		.invoked_ms = now_ms,
		.now_ms = now_ms };
	struct err e = { 0 };
	bool changed;

	assert_int_equal(db_begin(&w.db, &e), E_OK);
	assert_int_equal(verdict_take(&w.db, &v, &changed, &e), E_OK);
	assert_int_equal(db_commit(&w.db, &e), E_OK);
}

static enum code record(int limit, int64_t now_ms)
{
	struct err e = { 0 };

	return roll_up_record(&w.db, limit, now_ms, &sum, &e);
}

static const char *versions(void)
{
	return estate_rows(&w,
		"SELECT h.resource_id, h.event, json_extract(c.configuration, '$.complianceType'), "
		"(SELECT group_concat(json_extract(l.value, '$.configRuleName') || '=' || json_extract(l.value, '$.complianceType')) "
		"FROM json_each(c.configuration, '$.configRuleList') l) FROM history h LEFT JOIN configs c USING (rid, version) "
		"WHERE h.resource_type = 'AWS::Config::ResourceCompliance' ORDER BY h.version");
}

static void what_rules_find_is_an_item_with_the_whole_and_its_parts(void **state)
{
	(void)state;
	find("b", "COMPLIANT", T0 + 10);
	find("a", "NON_COMPLIANT", T0 + 10);
	assert_int_equal(record(10, T0 + 20), E_OK);
	assert_int_equal(sum.created, 1);
	assert_string_equal(versions(),
		"AWS::EC2::VPC/vpc-1|created|NON_COMPLIANT|a=NON_COMPLIANT,b=COMPLIANT\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT relation, target_type, target_id, target_rid = (SELECT rid FROM resources WHERE resource_id = 'vpc-1') "
			"FROM relationships WHERE resource_type = 'AWS::Config::ResourceCompliance'"),
		"Is associated with |AWS::EC2::VPC|vpc-1|1\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT account, region FROM resources WHERE resource_id LIKE '%/vpc-1'"),
		ACCOUNT "|us-east-1\n");
	assert_int_equal(record(10, T0 + 30), E_NOTFOUND);
}

static void what_stays_as_it_was_is_no_item_and_what_ends_is_deleted(void **state)
{
	(void)state;
	find("a", "NON_COMPLIANT", T0 + 10);
	assert_int_equal(record(10, T0 + 20), E_OK);
	find("a", "COMPLIANT", T0 + 30);
	find("a", "NON_COMPLIANT", T0 + 31);
	assert_int_equal(record(10, T0 + 40), E_OK);
	assert_int_equal(sum.unchanged, 1);
	find("a", "COMPLIANT", T0 + 50);
	assert_int_equal(record(10, T0 + 60), E_OK);
	find("a", "NOT_APPLICABLE", T0 + 70);
	assert_int_equal(record(10, T0 + 80), E_OK);
	assert_int_equal(sum.deleted, 1);
	assert_string_equal(versions(),
		"AWS::EC2::VPC/vpc-1|created|NON_COMPLIANT|a=NON_COMPLIANT\n"
		"AWS::EC2::VPC/vpc-1|changed|COMPLIANT|a=COMPLIANT\n"
		"AWS::EC2::VPC/vpc-1|deleted|-|-\n");
	estate_rows(&w, "UPDATE _config_rule SET state = 'DELETING', state_ms = 1790000000090");
	assert_int_equal(record(10, T0 + 100), E_OK);
	assert_int_equal(sum.deleted + sum.created + sum.changed, 0);
}

static void a_rule_that_goes_leaves_the_others(void **state)
{
	(void)state;
	find("a", "NON_COMPLIANT", T0 + 10);
	find("b", "COMPLIANT", T0 + 10);
	assert_int_equal(record(10, T0 + 20), E_OK);
	estate_rows(&w,
		"UPDATE _config_rule SET state = 'DELETING', state_ms = 1790000000030 WHERE name = 'a'");
	estate_rows(&w, "DELETE FROM _config_rule WHERE name = 'a'");
	assert_int_equal(record(10, T0 + 40), E_OK);
	assert_string_equal(versions(),
		"AWS::EC2::VPC/vpc-1|created|NON_COMPLIANT|a=NON_COMPLIANT,b=COMPLIANT\n"
		"AWS::EC2::VPC/vpc-1|changed|COMPLIANT|b=COMPLIANT\n");
}

static void what_no_recorder_wants_is_let_go(void **state)
{
	static const char *const nobody[] = {
		"UPDATE _recorder SET recording = 0",
		"UPDATE _recorder SET strategy = 'INCLUSION_BY_RESOURCE_TYPES'",
		"INSERT INTO _recorder_type(recorder, type, ord) VALUES ('default', 'AWS::Config::ResourceCompliance', 0)"
	};

	(void)state;
	estate_rows(&w, nobody[0]);
	find("a", "COMPLIANT", T0 + 10);
	assert_int_equal(record(10, T0 + 20), E_OK);
	estate_rows(&w, "UPDATE _recorder SET recording = 1");
	assert_int_equal(record(10, T0 + 20), E_NOTFOUND);
	estate_rows(&w, nobody[1]);
	find("a", "NON_COMPLIANT", T0 + 30);
	assert_int_equal(record(10, T0 + 40), E_OK);
	estate_rows(&w, nobody[2]);
	estate_rows(&w, "UPDATE _recorder SET strategy = 'EXCLUSION_BY_RESOURCE_TYPES'");
	find("a", "COMPLIANT", T0 + 50);
	assert_int_equal(record(10, T0 + 60), E_OK);
	assert_string_equal(versions(), "");
	estate_rows(&w, "UPDATE _recorder SET strategy = 'INCLUSION_BY_RESOURCE_TYPES'");
	find("a", "NON_COMPLIANT", T0 + 70);
	assert_int_equal(record(10, T0 + 80), E_OK);
	assert_string_equal(
		versions(), "AWS::EC2::VPC/vpc-1|created|NON_COMPLIANT|a=NON_COMPLIANT\n");
}

static void some_at_a_time_are_all_in_the_end(void **state)
{
	int rounds = 0;

	(void)state;
	estate_rows(&w,
		"INSERT INTO _resource(account, region, type, id, deleted) "
		"SELECT '" ACCOUNT
		"', 'us-east-1', 'AWS::S3::Bucket', 'b' || value, 1 FROM json_each('[1,2,3,4,5]')");
	estate_rows(&w,
		"INSERT INTO _verdict(rid, rule, result, since_ms, account, region, ordering_ms) "
		"SELECT rid, 'a', 'COMPLIANT', 1790000000000, account, region, 0 FROM _resource WHERE id GLOB 'b[1-5]'");
	while (record(2, T0 + 20) == E_OK)
		rounds++;
	assert_int_equal(rounds, 3);
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*) FROM resources WHERE resource_type = 'AWS::Config::ResourceCompliance'"),
		"5\n");
}

static void what_changes_while_it_is_written_is_due_again(void **state)
{
	(void)state;
	find("a", "COMPLIANT", T0 + 10);
	estate_rows(&w,
		"CREATE TEMP TRIGGER meanwhile AFTER INSERT ON main._item WHEN (SELECT type FROM main._resource WHERE rid = new.rid) = 'AWS::Config::ResourceCompliance' "
		"BEGIN UPDATE _compliance_due SET times = times + 1; END");
	assert_int_equal(record(10, T0 + 20), E_OK);
	estate_rows(&w, "DROP TRIGGER meanwhile");
	assert_string_equal(estate_rows(&w, "SELECT times FROM _compliance_due"), "2\n");
	assert_int_equal(record(10, T0 + 30), E_OK);
	assert_int_equal(record(10, T0 + 30), E_NOTFOUND);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(what_rules_find_is_an_item_with_the_whole_and_its_parts),
		CASE(what_stays_as_it_was_is_no_item_and_what_ends_is_deleted),
		CASE(a_rule_that_goes_leaves_the_others),
		CASE(what_no_recorder_wants_is_let_go),
		CASE(some_at_a_time_are_all_in_the_end),
		CASE(what_changes_while_it_is_written_is_due_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
