/* SPDX-License-Identifier: Apache-2.0 */
#include "core/evaluate.h"

#include "lib/estate.h"
#include "lib/unit.h"
#include "store/verdict.h"
#include <stdio.h>

#define T0      INT64_C(1790000000000)
#define ACCOUNT "123456789012"
#define VPC     "AWS::EC2::VPC"

static struct estate w;
static struct evaluate_sum sum;
static struct err e;
static struct evaluate_options options;

static int set_up(void **state)
{
	(void)state;
	estate_open(&w, ":memory:");
	options = (struct evaluate_options){ 0 };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	estate_close(&w);
	return 0;
}

/* A rule whose policy is a statement. */
static void put_sql(const char *name, const char *scope, const char *sql, int64_t at_ms)
{
	char text[4096];

	snprintf(text, sizeof(text),
		"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, policy, scope, details, state_ms, created_ms, changed_ms) "
		"VALUES ('" ACCOUNT
		"', 'us-east-1', '%s', 'id-%s', 'arn:%s', 'CUSTOM_POLICY', json_object('PolicyRuntime', 'sql', 'PolicyText', %s), %s, "
		"'[{\"EventSource\":\"aws.config\",\"MessageType\":\"ConfigurationItemChangeNotification\"}]', %lld, %lld, %lld)",
		name, name, name, sql, scope ? scope : "NULL", (long long)at_ms, (long long)at_ms,
		(long long)at_ms);
	estate_rows(&w, text);
}

static void put_managed(const char *name, const char *identifier, int64_t at_ms)
{
	char text[1024];

	snprintf(text, sizeof(text),
		"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, identifier, state_ms, created_ms, changed_ms) "
		"VALUES ('" ACCOUNT
		"', 'us-east-1', '%s', 'id-%s', 'arn:%s', 'AWS', '%s', %lld, %lld, %lld)",
		name, name, name, identifier, (long long)at_ms, (long long)at_ms, (long long)at_ms);
	estate_rows(&w, text);
}

static void put_function(const char *name, const char *scope, const char *types, int64_t at_ms)
{
	char text[2048];

	snprintf(text, sizeof(text),
		"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, identifier, scope, details, state_ms, created_ms, changed_ms) "
		"VALUES ('" ACCOUNT
		"', 'us-east-1', '%s', 'id-%s', 'arn:%s', 'CUSTOM_LAMBDA', 'arn:aws:lambda:f', %s, "
		"(SELECT json_group_array(json_object('MessageType', value, 'MaximumExecutionFrequency', CASE WHEN value NOT LIKE '%%Item%%' THEN 'One_Hour' END)) FROM json_each('%s')), %lld, %lld, %lld)",
		name, name, name, scope ? scope : "NULL", types, (long long)at_ms, (long long)at_ms,
		(long long)at_ms);
	estate_rows(&w, text);
}

static enum code evaluate(int64_t at_ms)
{
	e = (struct err){ 0 };
	return evaluate_due(&w.db, &options, at_ms, &sum, &e);
}

static void see(int64_t at_ms, const char *id, const char *configuration, const char *tags)
{
	estate_begin(&w, at_ms);
	estate_see(&w, VPC, id, NULL, configuration, tags);
	estate_settle(&w);
}

static const char *verdicts(void)
{
	return estate_rows(&w,
		"SELECT v.rule, r.id, v.result, v.annotation FROM _verdict v JOIN _resource r USING (rid) "
		"WHERE v.until_ms = 253402300799000 ORDER BY v.rule, r.id");
}

static const char *told(void)
{
	return estate_rows(&w,
		"SELECT coalesce(payload ->> '$.resourceId', ''), coalesce(payload ->> '$.newEvaluationResult.complianceType', payload), "
		"payload ->> '$.oldEvaluationResult.complianceType' FROM _event "
		"WHERE kind IN ('ComplianceChangeNotification', 'ConfigRulesEvaluationStarted') ORDER BY event_id");
}

static const char *invocations(void)
{
	return estate_rows(&w,
		"SELECT n.kind, r.id, i.version, n.left_scope FROM _invocation n LEFT JOIN _item i USING (item_id) LEFT JOIN _resource r USING (rid) ORDER BY n.invocation_id");
}

/* What is default is not compliant. */
#define NOT_DEFAULT                                                                                                                                                  \
	"'SELECT item_id, CASE configuration ->> ''$.isDefault'' WHEN 1 THEN ''NON_COMPLIANT'' WHEN 0 THEN ''COMPLIANT'' ELSE ''INSUFFICIENT_DATA'' END AS result, " \
	"CASE configuration ->> ''$.isDefault'' WHEN 1 THEN ''is the default'' WHEN 0 THEN NULL ELSE ''no isDefault'' END AS annotation FROM item'"

static void without_rules_there_is_nothing_to_do(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{}", NULL);
	assert_int_equal(evaluate(T0 + 1), E_NOTFOUND);
	assert_string_equal(estate_rows(&w, "SELECT item_id FROM _evaluator"), "0\n");
}

static void a_new_rule_judges_what_is_there_and_then_what_changes(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{\"isDefault\":true}", NULL);
	see(T0 + 1, "vpc-2", "{\"isDefault\":false}", NULL);
	put_sql("r", NULL, NOT_DEFAULT, T0 + 2);
	assert_int_equal(evaluate(T0 + 10), E_OK);
	assert_int_equal(sum.rules, 1);
	assert_int_equal(sum.changed, 2);
	assert_string_equal(
		verdicts(), "r|vpc-1|NON_COMPLIANT|is the default\nr|vpc-2|COMPLIANT|-\n");
	assert_int_equal(evaluate(T0 + 11), E_NOTFOUND);
	see(T0 + 20, "vpc-1", "{\"isDefault\":false}", NULL);
	assert_int_equal(evaluate(T0 + 30), E_OK);
	assert_int_equal(sum.changed, 1);
	assert_string_equal(verdicts(), "r|vpc-1|COMPLIANT|-\nr|vpc-2|COMPLIANT|-\n");
	assert_string_equal(told(), "|{\"configRuleNames\":[\"r\"]}|-\nvpc-1|NON_COMPLIANT|-\n"
				    "vpc-2|COMPLIANT|-\nvpc-1|COMPLIANT|NON_COMPLIANT\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT wanted_ms, invoked_ms - 1790000000000, evaluated_ms - 1790000000000, started_ms - 1790000000000, error FROM _rule_status"),
		"-|30|30|10|-\n");
}

static void what_is_gone_is_judged_no_more(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{\"isDefault\":true}", NULL);
	put_sql("r", NULL, NOT_DEFAULT, T0);
	evaluate(T0 + 1);
	estate_begin(&w, T0 + 10);
	estate_gone(&w, VPC);
	estate_settle(&w);
	assert_int_equal(evaluate(T0 + 20), E_OK);
	assert_string_equal(verdicts(), "r|vpc-1|NOT_APPLICABLE|-\n");
	see(T0 + 30, "vpc-1", "{\"isDefault\":true}", NULL);
	evaluate(T0 + 40);
	assert_string_equal(verdicts(), "r|vpc-1|NON_COMPLIANT|is the default\n");
}

static void what_leaves_the_scope_is_judged_no_more(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{\"isDefault\":true}", "{\"env\":\"prod\"}");
	see(T0, "vpc-2", "{\"isDefault\":true}", "{\"env\":\"test\"}");
	put_sql("r", "'{\"TagKey\":\"env\",\"TagValue\":\"prod\"}'", NOT_DEFAULT, T0);
	evaluate(T0 + 1);
	assert_string_equal(verdicts(), "r|vpc-1|NON_COMPLIANT|is the default\n");
	see(T0 + 10, "vpc-1", "{\"isDefault\":true}", "{\"env\":\"test\"}");
	see(T0 + 11, "vpc-2", "{\"isDefault\":true}", "{\"env\":\"prod\"}");
	evaluate(T0 + 20);
	assert_string_equal(
		verdicts(), "r|vpc-1|NOT_APPLICABLE|-\nr|vpc-2|NON_COMPLIANT|is the default\n");
}

static void a_scope_of_types_and_ids_is_kept(void **state)
{
	(void)state;
	estate_begin(&w, T0);
	estate_see(&w, VPC, "vpc-1", NULL, "{\"isDefault\":true}", NULL);
	estate_see(&w, "AWS::IAM::Role", "AROA1", "admin", "{\"isDefault\":true}", NULL);
	estate_settle(&w);
	put_sql("a", "'{\"ComplianceResourceTypes\":[\"AWS::IAM::Role\"]}'", NOT_DEFAULT, T0);
	put_sql("b",
		"'{\"ComplianceResourceTypes\":[\"" VPC "\"],\"ComplianceResourceId\":\"vpc-2\"}'",
		NOT_DEFAULT, T0);
	evaluate(T0 + 1);
	assert_string_equal(verdicts(), "a|AROA1|NON_COMPLIANT|is the default\n");
	see(T0 + 10, "vpc-2", "{\"isDefault\":true}", NULL);
	evaluate(T0 + 20);
	assert_string_equal(verdicts(),
		"a|AROA1|NON_COMPLIANT|is the default\nb|vpc-2|NON_COMPLIANT|is the default\n");
}

static void that_a_rule_cannot_tell_is_told_nobody(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{\"isDefault\":true}", NULL);
	put_sql("r", NULL, NOT_DEFAULT, T0);
	evaluate(T0 + 1);
	see(T0 + 10, "vpc-1", "{}", NULL);
	evaluate(T0 + 11);
	assert_string_equal(verdicts(), "r|vpc-1|INSUFFICIENT_DATA|no isDefault\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _finding"), "0\n");
	see(T0 + 20, "vpc-1", "{\"isDefault\":true}", NULL);
	evaluate(T0 + 21);
	assert_string_equal(verdicts(), "r|vpc-1|NON_COMPLIANT|is the default\n");
	see(T0 + 30, "vpc-1", "{}", NULL);
	evaluate(T0 + 31);
	see(T0 + 40, "vpc-1", "{\"isDefault\":false}", NULL);
	evaluate(T0 + 41);
	assert_string_equal(told(), "|{\"configRuleNames\":[\"r\"]}|-\nvpc-1|NON_COMPLIANT|-\n"
				    "vpc-1|COMPLIANT|NON_COMPLIANT\n");
}

static void what_was_judged_is_known_though_numbers_go_back(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{\"isDefault\":true}", NULL);
	put_sql("r", NULL, NOT_DEFAULT, T0);
	put_function("f", NULL, "[\"ConfigurationItemChangeNotification\"]", T0);
	evaluate(T0 + 1);
	estate_rows(&w, "DELETE FROM _invocation");
	/* A look brings nothing to judge. */
	estate_rows(&w,
		"INSERT INTO _coverage(sweep_ms, account, region, type, started_ms, ended_ms, outcome, seen, written, calls) "
		"VALUES (1, '" ACCOUNT
		"', 'us-east-1', 'AWS::EC2::Subnet', 1, 2, 'complete', 0, 0, 1)");
	assert_int_equal(evaluate(T0 + 2), E_OK);
	assert_int_equal(sum.rules, 0);
	assert_string_equal(
		estate_rows(&w, "SELECT item_id, coverage_id > 0 FROM _evaluator"), "1|1\n");
	assert_string_equal(invocations(), "");
	assert_int_equal(evaluate(T0 + 3), E_NOTFOUND);
	estate_rows(&w, "UPDATE _evaluator SET item_id = 17");
	assert_int_equal(evaluate(T0 + 4), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT item_id FROM _evaluator"), "1\n");
	see(T0 + 10, "vpc-1", "{\"isDefault\":false}", NULL);
	evaluate(T0 + 11);
	assert_string_equal(verdicts(), "r|vpc-1|COMPLIANT|-\n");
	assert_string_equal(invocations(), "change|vpc-1|2|0\n");
}

static void what_it_reads_makes_it_judge_everything(void **state)
{
	static const char *const sql =
		"'-- types: " VPC "\n-- reads: AWS::EC2::Subnet\n"
		"SELECT item_id, CASE WHEN EXISTS (SELECT 1 FROM estate s WHERE s.resource_type = ''AWS::EC2::Subnet'') THEN ''COMPLIANT'' ELSE ''NON_COMPLIANT'' END AS result, "
		"''x'' AS annotation FROM item'";

	(void)state;
	see(T0, "vpc-1", "{}", NULL);
	put_sql("r", NULL, sql, T0);
	evaluate(T0 + 1);
	assert_string_equal(verdicts(),
		"r|vpc-1|INSUFFICIENT_DATA|AWS::EC2::Subnet, which this looks at, has never been listed completely here\n");
	estate_rows(&w,
		"INSERT INTO _coverage(sweep_ms, account, region, type, started_ms, ended_ms, outcome, seen, written, calls) "
		"VALUES (1, '" ACCOUNT
		"', 'us-east-1', 'AWS::EC2::Subnet', 1, 2, 'complete', 0, 0, 1)");
	/* That there is none is known now, too. */
	evaluate(T0 + 5);
	assert_string_equal(verdicts(), "r|vpc-1|NON_COMPLIANT|x\n");
	estate_begin(&w, T0 + 10);
	estate_see(&w, "AWS::EC2::Subnet", "subnet-1", NULL, "{}", NULL);
	estate_settle(&w);
	evaluate(T0 + 11);
	assert_string_equal(verdicts(), "r|vpc-1|COMPLIANT|x\n");
	estate_begin(&w, T0 + 20);
	estate_gone(&w, "AWS::EC2::Subnet");
	estate_settle(&w);
	evaluate(T0 + 21);
	assert_string_equal(verdicts(), "r|vpc-1|NON_COMPLIANT|x\n");
}

static void a_rule_that_fails_keeps_its_verdicts_and_others_go_on(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{\"isDefault\":true,\"n\":1}", NULL);
	put_sql("a", NULL,
		"'SELECT item_id, ''COMPLIANT'' AS result, NULL AS annotation FROM item WHERE json_extract(configuration, ''$.n'') > 0 AND CASE WHEN configuration ->> ''$.n'' = 2 THEN json_extract(''{'', ''$'') ELSE 1 END'",
		T0);
	put_sql("b", NULL, NOT_DEFAULT, T0);
	put_sql("c", NULL, "'SELECT item_id FROM item'", T0);
	put_sql("d", NULL, "'DELETE FROM _item'", T0);
	put_sql("e", NULL, "'SELECT item_id, ''GOOD'' AS result FROM item'", T0);
	put_sql("f", NULL,
		"'SELECT item_id, ''COMPLIANT'' AS result FROM item UNION ALL SELECT item_id, ''NON_COMPLIANT'' FROM item'",
		T0);
	put_sql("g", NULL, "'SELECT 4711 AS item_id, ''COMPLIANT'' AS result'", T0);
	assert_int_equal(evaluate(T0 + 1), E_OK);
	assert_int_equal(sum.failed, 5);
	assert_string_equal(
		verdicts(), "a|vpc-1|COMPLIANT|-\nb|vpc-1|NON_COMPLIANT|is the default\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT substr(rule_id, 4), error_code, error FROM _rule_status WHERE error IS NOT NULL ORDER BY 1"),
		"c|StatementFailed|the statement gives no column \"result\"\n"
		"d|StatementFailed|this would change the store or reach outside it; only queries are answered here\n"
		"e|StatementFailed|the statement's result \"GOOD\" is none\n"
		"f|StatementFailed|the statement says twice what it found of item 1\n"
		"g|StatementFailed|the statement answers for item 4711, which is not there\n");
	/* Not at every tick, but again. */
	assert_int_equal(evaluate(T0 + 2), E_NOTFOUND);
	assert_int_equal(evaluate(T0 + 11 * 60000), E_OK);
	assert_int_equal(sum.failed, 5);
	see(T0 + 12 * 60000, "vpc-1", "{\"isDefault\":true,\"n\":2}", NULL);
	evaluate(T0 + 13 * 60000);
	assert_string_equal(
		verdicts(), "a|vpc-1|COMPLIANT|-\nb|vpc-1|NON_COMPLIANT|is the default\n");
	see(T0 + 14 * 60000, "vpc-1", "{\"isDefault\":true,\"n\":0}", NULL);
	evaluate(T0 + 30 * 60000);
	assert_string_equal(
		verdicts(), "a|vpc-1|NOT_APPLICABLE|-\nb|vpc-1|NON_COMPLIANT|is the default\n");
	assert_string_equal(
		estate_rows(&w, "SELECT error FROM _rule_status WHERE rule_id = 'id-a'"), "-\n");
}

static void a_statement_that_does_not_end_is_ended(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{}", NULL);
	put_sql("r", NULL,
		"'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT item_id, ''COMPLIANT'' AS result FROM item WHERE (SELECT max(i) FROM n) > 0'",
		T0);
	options.timeout_ms = 50;
	assert_int_equal(evaluate(T0 + 1), E_OK);
	assert_int_equal(sum.failed, 1);
	assert_string_equal(estate_rows(&w, "SELECT error_code FROM _rule_status"), "Timeout\n");
}

static void a_managed_rule_without_a_statement_says_so(void **state)
{
	(void)state;
	put_managed("p", "AWS_CONFIG_PROCESS_CHECK", T0);
	estate_rows(&w,
		"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, policy, details, state_ms, created_ms, changed_ms) "
		"VALUES ('" ACCOUNT
		"', 'us-east-1', 'g', 'id-g', 'arn:g', 'CUSTOM_POLICY', '{\"PolicyRuntime\":\"guard-2.x.x\",\"PolicyText\":\"rule x {}\"}', "
		"'[{\"MessageType\":\"ConfigurationItemChangeNotification\"}]', 1, 1, 1)");
	put_managed("x", "NO_SUCH_RULE", T0);
	assert_int_equal(evaluate(T0 + 1), E_OK);
	assert_string_equal(
		estate_rows(&w,
			"SELECT substr(rule_id, 4), wanted_ms - 1790000000000, error_code, error FROM _rule_status ORDER BY 1"),
		"g|1|NotEvaluated|cfn-guard is not installed\np|-|-|-\nx|-|NotEvaluated|NO_SUCH_RULE has no statement here yet\n");
	assert_int_equal(evaluate(T0 + 2), E_NOTFOUND);
}

static enum code run_policy(struct policy_runner *r, const struct policy *p,
	enum policy_result *result, struct buf *annotation, struct err *why)
{
	(void)r;
	(void)why;
	buf_clear(annotation);
	if (!memmem(p->item.p, p->item.n, "\"isDefault\":true", 16)) {
		*result = POLICY_COMPLIANT;
		return E_OK;
	}
	*result = POLICY_NON_COMPLIANT;
	buf_str(annotation, p->text);
	buf_str(annotation, p->parameters);
	return E_OK;
}

static void policies_of_guard_are_asked_of_each_item(void **state)
{
	struct policy_runner runner = { run_policy };

	(void)state;
	options.guard = &runner;
	see(T0, "vpc-1", "{\"isDefault\":true}", NULL);
	see(T0, "vpc-2", "{\"isDefault\":false}", NULL);
	estate_rows(&w,
		"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, policy, details, parameters, state_ms, created_ms, changed_ms) "
		"VALUES ('" ACCOUNT
		"', 'us-east-1', 'g', 'id-g', 'arn:g', 'CUSTOM_POLICY', '{\"PolicyRuntime\":\"guard-2.x.x\",\"PolicyText\":\"rule\"}', "
		"'[{\"MessageType\":\"ConfigurationItemChangeNotification\"}]', '{\"a\":\"b\"}', 1, 1, 1)");
	assert_int_equal(evaluate(T0 + 1), E_OK);
	assert_string_equal(
		verdicts(), "g|vpc-1|NON_COMPLIANT|rule{\"a\":\"b\"}\ng|vpc-2|COMPLIANT|-\n");
	see(T0 + 10, "vpc-1", "{\"isDefault\":false}", NULL);
	assert_int_equal(evaluate(T0 + 11), E_OK);
	assert_string_equal(verdicts(), "g|vpc-1|COMPLIANT|-\ng|vpc-2|COMPLIANT|-\n");
}

static void functions_are_left_word(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{}", "{\"env\":\"prod\"}");
	see(T0, "vpc-2", "{}", NULL);
	put_function("f", "'{\"TagKey\":\"env\"}'",
		"[\"ConfigurationItemChangeNotification\",\"ScheduledNotification\"]", T0);
	assert_int_equal(evaluate(T0 + 1), E_OK);
	assert_int_equal(sum.invocations, 2);
	assert_string_equal(invocations(), "change|vpc-1|1|0\nscheduled|-|-|0\n");
	estate_rows(&w, "DELETE FROM _invocation");
	see(T0 + 10, "vpc-2", "{\"a\":1}", NULL);
	see(T0 + 11, "vpc-1", "{}", "{\"other\":\"x\"}");
	assert_int_equal(evaluate(T0 + 20), E_OK);
	assert_string_equal(invocations(), "change|vpc-1|2|1\n");
	estate_rows(&w, "DELETE FROM _invocation");
	see(T0 + 30, "vpc-2", "{\"a\":2}", "{\"env\":\"\"}");
	evaluate(T0 + 31);
	estate_begin(&w, T0 + 40);
	estate_gone(&w, VPC);
	estate_settle(&w);
	evaluate(T0 + 41);
	assert_string_equal(invocations(), "change|vpc-2|3|0\nchange|vpc-2|4|1\n");
	estate_rows(&w, "DELETE FROM _invocation");
	assert_int_equal(evaluate(T0 + 3600000), E_NOTFOUND);
	assert_int_equal(evaluate(T0 + 3600001), E_OK);
	assert_string_equal(invocations(), "scheduled|-|-|0\n");
	estate_rows(&w, "DELETE FROM _config_rule");
	assert_string_equal(
		estate_rows(&w,
			"SELECT (SELECT count(*) FROM _invocation), (SELECT count(*) FROM _rule_due)"),
		"0|0\n");
}

static void a_delivered_snapshot_starts_those_that_wait_for_one(void **state)
{
	(void)state;
	put_function("f", NULL, "[\"ConfigurationSnapshotDeliveryCompleted\"]", T0);
	evaluate(T0 + 1);
	assert_string_equal(invocations(), "");
	estate_rows(&w,
		"INSERT INTO _event(at_ms, kind, account, region, payload) SELECT 1790000000000 + value, 'ConfigurationSnapshotDeliveryCompleted', '" ACCOUNT
		"', 'us-east-1', '{\"configSnapshotId\":\"s\"}' FROM json_each('[10]')");
	assert_int_equal(evaluate(T0 + 20), E_OK);
	assert_string_equal(
		estate_rows(&w,
			"SELECT kind, body ->> '$.messageType', body ->> '$.configSnapshotId' FROM _invocation"),
		"snapshot|ConfigurationSnapshotDeliveryCompleted|s\n");
	estate_rows(&w, "DELETE FROM _invocation");
	/* Too soon for one that runs once an hour. */
	estate_rows(&w,
		"INSERT INTO _event(at_ms, kind, account, region, payload) VALUES (1790000060000, 'ConfigurationSnapshotDeliveryCompleted', '" ACCOUNT
		"', 'us-east-1', '{}')");
	evaluate(T0 + 60001);
	assert_string_equal(invocations(), "");
	assert_int_equal(evaluate(T0 + 60002), E_NOTFOUND);
}

static void what_is_asked_for_is_judged_again_as_a_whole(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{\"isDefault\":true}", NULL);
	put_sql("r", NULL, NOT_DEFAULT, T0);
	evaluate(T0 + 1);
	estate_rows(
		&w, "UPDATE _rule_status SET wanted_ms = 1790000000050, asked_ms = 1790000000050");
	assert_int_equal(evaluate(T0 + 60), E_OK);
	assert_int_equal(sum.changed, 0);
	assert_string_equal(told(),
		"|{\"configRuleNames\":[\"r\"]}|-\nvpc-1|NON_COMPLIANT|-\n|{\"configRuleNames\":[\"r\"]}|-\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT recorded_ms - 1790000000000, since_ms - 1790000000000 FROM _verdict"),
		"60|1\n");
	/* Its results are gone, as DeleteEvaluationResults has it, until it is evaluated again. */
	estate_rows(
		&w, "UPDATE _config_rule SET state = 'DELETING_RESULTS', state_ms = 1790000000070");
	estate_rows(&w, "UPDATE _config_rule SET state = 'ACTIVE'");
	assert_string_equal(verdicts(), "");
	see(T0 + 80, "vpc-1", "{\"isDefault\":true,\"a\":1}", NULL);
	evaluate(T0 + 90);
	assert_string_equal(verdicts(), "r|vpc-1|NON_COMPLIANT|is the default\n");
}

static void what_is_no_item_is_judged_too(void **state)
{
	(void)state;
	see(T0, "vpc-1", "{}", NULL);
	put_sql("r", NULL,
		"'SELECT ''AWS::::Account'' AS resource_type, :account AS resource_id, CASE count(*) WHEN 1 THEN ''COMPLIANT'' ELSE ''NON_COMPLIANT'' END AS result, "
		"count(*) || '' in '' || :region AS annotation FROM item'",
		T0);
	evaluate(T0 + 1);
	assert_string_equal(verdicts(), "r|" ACCOUNT "|COMPLIANT|1 in us-east-1\n");
	estate_rows(&w, "UPDATE _rule_status SET wanted_ms = 1790000000050");
	evaluate(T0 + 60);
	assert_string_equal(verdicts(), "r|" ACCOUNT "|COMPLIANT|1 in us-east-1\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _verdict"), "1\n");
}

static void the_verdict_of_a_roll_up_is_not_rolled_up(void **state)
{
	(void)state;
	estate_begin(&w, T0);
	estate_see(&w, "AWS::Config::ResourceCompliance", "x/y", NULL, "{}", NULL);
	estate_settle(&w);
	put_sql("r", "'{\"ComplianceResourceTypes\":[\"AWS::Config::ResourceCompliance\"]}'",
		"'SELECT item_id, ''COMPLIANT'' AS result FROM item'", T0);
	evaluate(T0 + 1);
	assert_string_equal(verdicts(), "r|x/y|COMPLIANT|-\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _compliance_due"), "0\n");
}

static void what_is_to_be_made_is_judged_before(void **state)
{
	(void)state;
	put_managed("subnets", "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED", T0);
	put_managed("detective", "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED", T0);
	put_sql("tagged", "'{\"TagKey\":\"env\"}'",
		"'SELECT item_id, iif(json_extract(tags, ''$.env'') = ''prod'', ''COMPLIANT'', ''NON_COMPLIANT'') AS result, resource_id AS annotation FROM item'",
		T0);
	estate_rows(&w,
		"UPDATE _config_rule SET modes = '[{\"Mode\":\"PROACTIVE\"}]' WHERE name <> 'detective'");
	estate_rows(&w,
		"INSERT INTO _resource_evaluation(account, region, evaluation_id, mode, type, id, configuration, request, started_ms, deadline_ms) "
		"SELECT '" ACCOUNT
		"', 'us-east-1', 'e' || key, 'PROACTIVE', 'AWS::EC2::Subnet', 'subnet', value, '', 1, CASE key WHEN 3 THEN 2 ELSE 9000000000000 END "
		"FROM json_each(json_array('{\"MapPublicIpOnLaunch\":true,\"Tags\":[{\"Key\":\"env\",\"Value\":\"prod\"}]}', "
		"'{\"MapPublicIpOnLaunch\":false}', '[]', '{}', '{\"CidrBlock\":\"10.0.0.0/8\"}'))");
	assert_int_equal(evaluate(T0 + 1), E_OK);
	assert_string_equal(
		estate_rows(&w,
			"SELECT evaluation_id, status, compliance, reason, (SELECT group_concat((e.value ->> '$.rule') || ' ' || (e.value ->> '$.result'), ', ') FROM json_each(results) e) "
			"FROM _resource_evaluation ORDER BY 1"),
		"e0|SUCCEEDED|NON_COMPLIANT|-|subnets NON_COMPLIANT, tagged COMPLIANT\n"
		"e1|SUCCEEDED|COMPLIANT|-|subnets COMPLIANT\n"
		"e2|FAILED|-|the resource's configuration is no object|-\n"
		"e3|IN_PROGRESS|-|-|-\n"
		"e4|SUCCEEDED|INSUFFICIENT_DATA|-|-\n");
	assert_string_equal(verdicts(), "");
	assert_int_equal(evaluate(T0 + 2), E_NOTFOUND);
}

static enum code keep(void *ctx, const struct judge_answer *answer, struct err *why)
{
	struct buf *out = ctx;

	(void)why;
	buf_printf(out, "%.*s v%lld %.*s\n", STR_ARG(answer->id), (long long)answer->version,
		STR_ARG(answer->result));
	return E_OK;
}

static void the_past_is_judged_as_it_was(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct buf out = BUF_INIT(1 << 16);
	const struct evaluation_name name = { STR(ACCOUNT), STR("us-east-1"), STR("r") };
	struct judge_place place = { STR(ACCOUNT), STR("us-east-1"), T0, 0, false, T0 };
	struct evaluate_rule rule;
	struct judge_sum found;
	struct judge j;

	(void)state;
	see(T0, "vpc-1", "{\"isDefault\":true}", NULL);
	see(T0 + 100, "vpc-1", "{\"isDefault\":false}", NULL);
	see(T0 + 200, "vpc-2", "{\"isDefault\":true}", NULL);
	put_sql("r", NULL, NOT_DEFAULT, T0 + 300);
	assert_int_equal(evaluate_rule_get(&w.db, &a, &name, &rule, &e), E_OK);
	for (int i = 0; i < 3; i++) {
		const struct judge_trial t = {
			.text = &rule.text, .scope = rule.scope, .parameters = rule.parameters
		};

		place.at_ms = T0 + 50 + 100 * i;
		assert_int_equal(judge_open(&j, &w.db, &place, &e), E_OK);
		assert_int_equal(judge_run(&j, &t, &found, &e), E_OK);
		buf_printf(&out, "%d:\n", i);
		assert_int_equal(judge_walk(&j, keep, &out, &e), E_OK);
		judge_close(&j);
	}
	assert_string_equal(out.p, "0:\nvpc-1 v1 NON_COMPLIANT\n1:\nvpc-1 v2 COMPLIANT\n"
				   "2:\nvpc-1 v2 COMPLIANT\nvpc-2 v1 NON_COMPLIANT\n");
	buf_clear(&out);
	place.at_ms = T0 + 150;
	place.versions = true;
	assert_int_equal(judge_open(&j, &w.db, &place, &e), E_OK);
	assert_int_equal(
		judge_run(&j, &(struct judge_trial){ .text = &rule.text, .scope = rule.scope },
			&found, &e),
		E_OK);
	judge_walk(&j, keep, &out, &e);
	assert_string_equal(out.p, "vpc-1 v1 NON_COMPLIANT\nvpc-1 v2 COMPLIANT\n");
	assert_int_equal(found.judged, 2);
	judge_close(&j);
	buf_release(&out);
	arena_release(&a);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(without_rules_there_is_nothing_to_do),
		CASE(a_new_rule_judges_what_is_there_and_then_what_changes),
		CASE(what_is_gone_is_judged_no_more),
		CASE(what_leaves_the_scope_is_judged_no_more),
		CASE(a_scope_of_types_and_ids_is_kept),
		CASE(that_a_rule_cannot_tell_is_told_nobody),
		CASE(what_was_judged_is_known_though_numbers_go_back),
		CASE(what_it_reads_makes_it_judge_everything),
		CASE(a_rule_that_fails_keeps_its_verdicts_and_others_go_on),
		CASE(a_statement_that_does_not_end_is_ended),
		CASE(a_managed_rule_without_a_statement_says_so),
		CASE(policies_of_guard_are_asked_of_each_item),
		CASE(functions_are_left_word),
		CASE(a_delivered_snapshot_starts_those_that_wait_for_one),
		CASE(what_is_asked_for_is_judged_again_as_a_whole),
		CASE(what_is_no_item_is_judged_too),
		CASE(the_verdict_of_a_roll_up_is_not_rolled_up),
		CASE(what_is_to_be_made_is_judged_before),
		CASE(the_past_is_judged_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
