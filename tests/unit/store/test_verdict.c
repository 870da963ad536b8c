/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verdict.h"

#include "lib/estate.h"
#include "lib/unit.h"
#include "store/prune.h"
#include "store/store.h"

#define T0      INT64_C(1790000000000) /* 2026-09-21 14:13:20 */
#define ACCOUNT "123456789012"

static struct estate w;
static bool changed;

static int set_up(void **state)
{
	(void)state;
	estate_open(&w, ":memory:");
	estate_begin(&w, T0);
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", NULL, "{}", NULL);
	estate_see(&w, "AWS::IAM::Role", "AROA1", "admin", "{}", NULL);
	estate_settle(&w);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	estate_close(&w);
	return 0;
}

static struct verdict of(const char *type, const char *id, const char *result, int64_t now_ms)
{
	return (struct verdict){ .account = STR(ACCOUNT),
		.region = STR("us-east-1"),
		.rule = STR("r"),
		.arn = STR("arn:r"),
		.type = str_of(type),
		.id = str_of(id),
		.result = str_of(result),
		.ordering_ms = now_ms,
		.invoked_ms = now_ms,
		.now_ms = now_ms };
}

static void take(const struct verdict *v)
{
	struct err e = { 0 };

	assert_int_equal(db_begin(&w.db, &e), E_OK);
	assert_int_equal(verdict_take(&w.db, v, &changed, &e), E_OK);
	assert_int_equal(db_commit(&w.db, &e), E_OK);
}

static const char *intervals(void)
{
	return estate_rows(&w,
		"SELECT r.id, v.rule, v.result, v.since_ms - 1790000000000, "
		"CASE WHEN v.until_ms < 253402300799000 THEN v.until_ms - 1790000000000 END, v.annotation "
		"FROM _verdict v JOIN _resource r USING (rid) ORDER BY verdict_id");
}

static void the_same_result_again_is_the_same_verdict(void **state)
{
	struct verdict v = of("AWS::EC2::VPC", "vpc-1", "COMPLIANT", T0 + 10);

	(void)state;
	take(&v);
	assert_true(changed);
	v.now_ms = v.ordering_ms = T0 + 20;
	v.annotation = STR("still");
	take(&v);
	assert_false(changed);
	assert_string_equal(intervals(), "vpc-1|r|COMPLIANT|10|-|still\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT recorded_ms - 1790000000000, ordering_ms - 1790000000000 FROM _verdict"),
		"20|20\n");
}

static void another_result_ends_the_one_before(void **state)
{
	struct verdict v = of("AWS::EC2::VPC", "vpc-1", "COMPLIANT", T0 + 10);

	(void)state;
	take(&v);
	v = of("AWS::EC2::VPC", "vpc-1", "NON_COMPLIANT", T0 + 30);
	take(&v);
	assert_true(changed);
	assert_string_equal(
		intervals(), "vpc-1|r|COMPLIANT|10|30|-\nvpc-1|r|NON_COMPLIANT|30|-|-\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*) FROM _event WHERE kind = 'ComplianceChangeNotification'"),
		"2\n");
}

static void what_is_older_is_passed_over_and_what_is_as_old_is_not(void **state)
{
	struct verdict v = of("AWS::EC2::VPC", "vpc-1", "COMPLIANT", T0 + 10);

	(void)state;
	take(&v);
	v = of("AWS::EC2::VPC", "vpc-1", "NON_COMPLIANT", T0 + 30);
	v.ordering_ms = T0 + 9;
	take(&v);
	assert_false(changed);
	v.ordering_ms = T0 + 10;
	take(&v);
	assert_true(changed);
}

static void a_clock_that_goes_back_makes_no_interval_end_before_it_begins(void **state)
{
	struct verdict v = of("AWS::EC2::VPC", "vpc-1", "COMPLIANT", T0 + 10);

	(void)state;
	take(&v);
	v = of("AWS::EC2::VPC", "vpc-1", "NON_COMPLIANT", T0 + 5);
	v.ordering_ms = T0 + 11;
	take(&v);
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _verdict WHERE until_ms < since_ms"), "0\n");
}

static void a_first_not_applicable_is_nothing_to_tell(void **state)
{
	struct verdict v = of("AWS::EC2::VPC", "vpc-1", "NOT_APPLICABLE", T0 + 10);

	(void)state;
	take(&v);
	assert_false(changed);
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _event WHERE kind LIKE 'Comp%'"), "0\n");
	v = of("AWS::EC2::VPC", "vpc-1", "COMPLIANT", T0 + 20);
	take(&v);
	assert_true(changed);
	assert_string_equal(
		estate_rows(&w,
			"SELECT json_extract(payload, '$.oldEvaluationResult.complianceType') FROM _event WHERE kind LIKE 'Comp%'"),
		"NOT_APPLICABLE\n");
}

static void what_has_no_region_is_judged_in_each(void **state)
{
	struct verdict v = of("AWS::IAM::Role", "AROA1", "COMPLIANT", T0 + 10);

	(void)state;
	take(&v);
	v = of("AWS::IAM::Role", "AROA1", "NON_COMPLIANT", T0 + 20);
	v.region = STR("eu-west-1");
	take(&v);
	assert_string_equal(
		estate_rows(&w,
			"SELECT v.region, v.result, v.until FROM _verdict v JOIN _resource r USING (rid) "
			"WHERE r.region = 'global' ORDER BY 1"),
		"eu-west-1|NON_COMPLIANT|9999-12-31 23:59:59\nus-east-1|COMPLIANT|9999-12-31 23:59:59\n");
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _resource WHERE id = 'AROA1'"), "1\n");
}

static void what_is_judged_before_it_is_recorded_begins_with_its_first_item(void **state)
{
	struct verdict v = of("AWS::EC2::VPC", "vpc-2", "COMPLIANT", T0 + 10);

	(void)state;
	take(&v);
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id FROM resources WHERE resource_id = 'vpc-2'"),
		"");
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id, result FROM compliance"), "vpc-2|COMPLIANT\n");
	estate_begin(&w, T0 + 20);
	estate_see(&w, "AWS::EC2::VPC", "vpc-2", NULL, "{\"a\":1}", NULL);
	estate_settle(&w);
	assert_int_equal(w.sum.created, 1);
	assert_string_equal(
		estate_rows(&w, "SELECT version, event FROM history WHERE resource_id = 'vpc-2'"),
		"1|created\n");
	assert_string_equal(
		estate_rows(&w, "SELECT resource_id FROM resources WHERE resource_id = 'vpc-2'"),
		"vpc-2\n");
}

static void a_rule_is_found_by_its_id_while_it_is_there(void **state)
{
	struct verdict_rule rule;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(verdict_rule_get(&w.db, STR(ACCOUNT), STR("us-east-1"),
				 STR("config-rule-1"), &rule, &e),
		E_NOTFOUND);
	assert_string_equal(
		estate_rows(&w,
			"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, state_ms, created_ms, changed_ms) "
			"VALUES ('" ACCOUNT
			"', 'us-east-1', 'r', 'config-rule-1', 'arn:r', 'AWS', 0, 7, 7)"),
		"");
	assert_int_equal(verdict_rule_get(&w.db, STR(ACCOUNT), STR("us-east-1"),
				 STR("config-rule-1"), &rule, &e),
		E_OK);
	assert_string_equal(rule.name, "r");
	assert_string_equal(rule.arn, "arn:r");
	assert_false(rule.going);
	assert_int_equal(verdict_rule_get(&w.db, STR(ACCOUNT), STR("eu-west-1"),
				 STR("config-rule-1"), &rule, &e),
		E_NOTFOUND);
	assert_string_equal(estate_rows(&w, "SELECT wanted_ms FROM _rule_status"), "7\n");
}

static void a_rule_that_goes_takes_its_verdicts_in_force_along(void **state)
{
	struct verdict v = of("AWS::EC2::VPC", "vpc-1", "COMPLIANT", T0 + 10);

	(void)state;
	take(&v);
	v.region = STR("eu-west-1");
	take(&v);
	estate_rows(&w,
		"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, state_ms, created_ms, changed_ms) "
		"VALUES ('" ACCOUNT
		"', 'us-east-1', 'r', 'config-rule-1', 'arn:r', 'AWS', 0, 7, 7)");
	estate_rows(&w, "UPDATE _config_rule SET state = 'DELETING', state_ms = 1790000000040");
	estate_rows(&w, "DELETE FROM _config_rule");
	assert_string_equal(
		estate_rows(&w,
			"SELECT region, until_ms - 1790000000000 < 1000, until_ms - since_ms < 1000 FROM _verdict ORDER BY 1"),
		"eu-west-1|0|0\nus-east-1|1|1\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _rule_status"), "0\n");
}

static void the_past_is_what_rules_found_then(void **state)
{
	struct verdict v = of("AWS::EC2::VPC", "vpc-1", "NON_COMPLIANT", T0 + 10000);
	struct err e = { 0 };

	(void)state;
	estate_rows(&w,
		"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, state_ms, created_ms, changed_ms) "
		"SELECT '" ACCOUNT
		"', 'us-east-1', value, 'config-rule-' || value, 'arn:' || value, 'AWS', 0, 1790000000000 + key * 50000, 7 "
		"FROM json_each('[\"r\",\"later\"]')");
	take(&v);
	v = of("AWS::EC2::VPC", "vpc-1", "COMPLIANT", T0 + 20000);
	take(&v);
	assert_string_equal(
		estate_rows(
			&w, "SELECT rule, result, compliant, non_compliant FROM rules ORDER BY 1"),
		"later|INSUFFICIENT_DATA|0|0\nr|COMPLIANT|1|0\n");
	assert_int_equal(store_as_of(&w.db, T0 + 15000, &e), E_OK);
	assert_string_equal(
		estate_rows(&w, "SELECT rule, result, compliant, non_compliant FROM rules"),
		"r|NON_COMPLIANT|0|1\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*) FROM pragma_table_info('rules', 'temp') t JOIN pragma_table_info('rules', 'main') m ON t.cid = m.cid AND t.name = m.name"),
		"20\n");
}

static void what_was_noted_goes_with_its_last_verdict(void **state)
{
	struct verdict v = of("AWS::::Account", ACCOUNT, "COMPLIANT", T0 + 10);
	struct prune_options o = { .limit_ms = T0 + 1000 };
	struct prune_sum sum;
	struct err e = { 0 };

	(void)state;
	take(&v);
	assert_int_equal(prune_run(&w.db, &o, T0 + 2000, &sum, &e), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT type FROM _resource ORDER BY 1"),
		"AWS::::Account\nAWS::EC2::VPC\nAWS::IAM::Role\n");
	estate_rows(&w, "UPDATE _verdict SET until_ms = 1790000000900");
	assert_int_equal(prune_run(&w.db, &o, T0 + 2000, &sum, &e), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT type FROM _resource ORDER BY 1"),
		"AWS::EC2::VPC\nAWS::IAM::Role\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _compliance_due"), "0\n");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(the_same_result_again_is_the_same_verdict),
		CASE(another_result_ends_the_one_before),
		CASE(what_is_older_is_passed_over_and_what_is_as_old_is_not),
		CASE(a_clock_that_goes_back_makes_no_interval_end_before_it_begins),
		CASE(a_first_not_applicable_is_nothing_to_tell),
		CASE(what_has_no_region_is_judged_in_each),
		CASE(what_is_judged_before_it_is_recorded_begins_with_its_first_item),
		CASE(a_rule_is_found_by_its_id_while_it_is_there),
		CASE(a_rule_that_goes_takes_its_verdicts_in_force_along),
		CASE(the_past_is_what_rules_found_then),
		CASE(what_was_noted_goes_with_its_last_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
