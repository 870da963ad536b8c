/* SPDX-License-Identifier: Apache-2.0 */
#include "core/invoke.h"

#include "core/invoke_event.h"
#include "core/result_token.h"
#include "lib/estate.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/function.h"
#include "store/invocation_row.h"
#include "json/read.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define T0  INT64_C(1790000000000)
#define VPC "AWS::EC2::VPC"
#define FAR "arn:aws:lambda:eu-west-1:999999999999:function:far"

/* A runner that writes down what it is given, and gives back what it is told to. */
struct fake {
	struct function_runner port;
	struct buf log;  /* "function or arn\n" */
	struct buf last; /* event */
	int64_t ids[INVOKE_AT_ONCE];
	size_t n, room;
	enum code start_fails, result_fails;
	const char *outcome;
	bool unbegun, held; /* held: nothing comes back */
};
static struct fake f;
static struct estate w;
static struct err e;
static struct scratch dir;
static struct arena a;
static struct invoking *v;
static const unsigned char key[32] = "a key of thirty-two bytes, or so";

static enum code start(struct function_runner *r, const struct function_call *call, struct err *err)
{
	(void)r;
	if (f.start_fails)
		return err_set(err, f.start_fails, "it cannot be started");
	if (f.n == f.room)
		return err_set(err, E_BUSY, "as many as may are running");
	f.ids[f.n++] = call->call_id;
	buf_printf(&f.log, "%s %s\n", call->hosted ? call->hosted->name : call->arn, call->region);
	buf_clear(&f.last);
	buf_str(&f.last, call->event);
	return E_OK;
}

static enum code reap(
	struct function_runner *r, int64_t wait_ms, struct function_result *out, struct err *err)
{
	(void)r;
	(void)wait_ms;
	(void)err;
	if (!f.n || f.held)
		return E_NOTFOUND;
	out->call_id = f.ids[--f.n];
	out->begun = !f.unbegun;
	out->started_ms = T0;
	snprintf(out->outcome, sizeof(out->outcome), "%s", f.outcome);
	snprintf(out->request_id, sizeof(out->request_id), "request");
	buf_text(&out->log, "what it said\n");
	if (f.result_fails)
		err_set(&out->err, f.result_fails, "why it failed");
	return E_OK;
}

static void sql(const char *text)
{
	char *why = NULL;

	if (sqlite3_exec(w.db.h, text, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", text, why);
}

static void rule(const char *name, const char *function, const char *more)
{
	char *text = sqlite3_mprintf(
		"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, identifier, details, state_ms, created_ms, changed_ms%s) "
		"VALUES ('123456789012', 'us-east-1', %Q, 'config-rule-%s', 'arn:aws:config:us-east-1:123456789012:config-rule/config-rule-%s', "
		"'CUSTOM_LAMBDA', %Q, '[]', 1, 1, 1%s); INSERT OR IGNORE INTO _rule_status(rule_id) VALUES ('config-rule-%s')",
		*more ? ", parameters" : "", name, name, name, function, more, name);

	sql(text);
	sqlite3_free(text);
}

static void invocation(const char *name, const char *kind, const char *item, int64_t due_ms)
{
	char *text = sqlite3_mprintf(
		"INSERT INTO _invocation(rule_id, kind, item_id, body, created_ms, due_ms) VALUES ('config-rule-%s', %Q, %s, '{\"s\":1}', %lld, %lld)",
		name, kind, item, (long long)due_ms, (long long)due_ms);

	sql(text);
	sqlite3_free(text);
}

static int begin(void **state)
{
	static const struct fake fresh = { .port = { start, reap },
		.log = BUF_INIT(1 << 16),
		.last = BUF_INIT(8 << 20),
		.room = INVOKE_AT_ONCE,
		.outcome = "ok" };
	const struct invoke_ports ports = { .runner = &f.port, .token_key = key };

	(void)state;
	f = fresh;
	e = (struct err){ 0 };
	a = (struct arena)ARENA_INIT(32 << 20);
	scratch_make(&dir);
	estate_open(&w, scratch_path(&dir, &a, "silt.db"));
	estate_begin(&w, T0 - 10000);
	estate_see(&w, VPC, "vpc-1", "one", "{\"n\":1}", NULL);
	estate_settle(&w);
	estate_begin(&w, T0 - 5000);
	estate_see(&w, VPC, "vpc-1", "one", "{\"n\":2}", NULL);
	estate_settle(&w);
	assert_int_equal(invoking_open(&v, &ports, &e), E_OK);
	return 0;
}

static int end(void **state)
{
	(void)state;
	invoking_close(v);
	estate_close(&w);
	buf_release(&f.log);
	buf_release(&f.last);
	scratch_remove(&dir);
	arena_release(&a);
	return 0;
}

static void host(const char *name)
{
	const struct function row = { .name = name,
		.runtime = "python3.11",
		.handler = "a.b",
		.code = "/",
		.environment = "{}",
		.timeout_ms = 1000,
		.memory_mb = 128,
		.concurrency = 1 };

	assert_int_equal(function_put(&w.db, &row, T0, &e), E_OK);
}

static enum code go(int64_t at_ms)
{
	enum code c = invoke_round(v, &w.db, at_ms, 0, &e);

	assert_int_equal(e.code, E_OK);
	return c;
}

static struct json *event(void)
{
	struct json *out = NULL;

	assert_int_equal(json_read(&a, buf_slice(&f.last), &out, &e), E_OK);
	return out;
}

static struct json *invoking(void)
{
	struct json *out = NULL;

	assert_int_equal(json_read(&a, json_get_text(event(), "invokingEvent"), &out, &e), E_OK);
	return out;
}

static void nothing_is_due_when_there_is_nothing(void **state)
{
	(void)state;
	assert_int_equal(go(T0), E_NOTFOUND);
	rule("r", FAR, "");
	invocation("r", "scheduled", "NULL", T0 + 1);
	assert_int_equal(go(T0), E_NOTFOUND);
	assert_int_equal(go(T0 + 1), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _invocation"), "0\n");
}

static void an_event_is_what_aws_config_gives(void **state)
{
	static const char *const keys[] = { "version", "invokingEvent", "ruleParameters",
		"resultToken", "eventLeftScope", "executionRoleArn", "configRuleArn",
		"configRuleName", "configRuleId", "accountId" };
	struct result_token token;
	const struct json *k;
	size_t i = 0;

	(void)state;
	rule("r", FAR, ", '{\"a\":\"b\"}'");
	invocation("r", "change", "(SELECT max(item_id) FROM _item)", T0);
	assert_int_equal(go(T0), E_OK);
	for (k = event()->first; k; k = k->next)
		assert_true(str_is(k->key, keys[i++]));
	assert_int_equal(i, 10);
	assert_true(str_is(json_get_text(event(), "ruleParameters"), "{\"a\":\"b\"}"));
	assert_true(str_is(json_get_text(event(), "executionRoleArn"),
		"arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"));
	assert_true(result_token_open(key, &a, json_get_text(event(), "resultToken"), &token));
	assert_string_equal(token.rule_id, "config-rule-r");
	assert_int_equal(token.invoked_ms, T0);
	assert_true(str_is(
		json_get_text(invoking(), "messageType"), "ConfigurationItemChangeNotification"));
	assert_int_equal(json_get(invoking(), "configurationItem")->n, 18);
	/* It changed after the rule was made: the difference is told. */
	assert_true(json_is(json_get(invoking(), "configurationItemDiff"), JSON_OBJECT));
	sql("UPDATE _rule_status SET asked_ms = 1790000000000");
	sql("UPDATE _recorder SET role_arn = 'arn:aws:iam::123456789012:role/own'");
	invocation("r", "change", "(SELECT max(item_id) FROM _item)", T0);
	sql("UPDATE _invocation SET left_scope = 1");
	assert_int_equal(go(T0), E_OK);
	assert_true(json_is(json_get(invoking(), "configurationItemDiff"), JSON_NULL));
	assert_true(json_get_flag(event(), "eventLeftScope"));
}

static void other_kinds_have_their_own_events(void **state)
{
	(void)state;
	rule("r", FAR, "");
	invocation("r", "scheduled", "NULL", T0);
	assert_int_equal(go(T0), E_OK);
	assert_null(json_get(event(), "ruleParameters"));
	assert_true(str_is(json_get_text(event(), "invokingEvent"),
		"{\"awsAccountId\":\"123456789012\",\"notificationCreationTime\":\"2026-09-21T14:13:20.000Z\","
		"\"messageType\":\"ScheduledNotification\",\"recordVersion\":\"1.0\"}"));
	invocation("r", "snapshot", "NULL", T0);
	assert_int_equal(go(T0), E_OK);
	assert_true(str_is(json_get_text(event(), "invokingEvent"), "{\"s\":1}"));
}

static void what_lambda_would_not_take_is_told_in_short(void **state)
{
	struct buf large = BUF_INIT(1 << 20);

	(void)state;
	buf_text(&large, "{\"n\":3,\"text\":\"");
	for (int i = 0; i < 30000; i++)
		buf_text(&large, "0123456789");
	buf_text(&large, "\"}");
	estate_begin(&w, T0 - 2000);
	estate_see(&w, VPC, "vpc-1", "one", large.p, NULL);
	estate_settle(&w);
	rule("r", FAR, "");
	invocation("r", "change", "(SELECT max(item_id) FROM _item)", T0);
	assert_int_equal(go(T0), E_OK);
	assert_true(f.last.n < INVOKE_EVENT_MAX);
	assert_true(str_is(json_get_text(invoking(), "messageType"),
		"OversizedConfigurationItemChangeNotification"));
	assert_true(str_is(
		json_get_text(json_get(invoking(), "configurationItemSummary"), "resourceId"),
		"vpc-1"));
	assert_true(json_is(
		json_get(json_get(invoking(), "s3DeliverySummary"), "errorCode"), JSON_NULL));
	buf_release(&large);
}

static void a_function_of_ours_is_known_by_its_name(void **state)
{
	(void)state;
	host("near");
	rule("a", "arn:aws:lambda:eu-west-1:999999999999:function:near", "");
	rule("b", "arn:aws-cn:lambda:cn-north-1:1:function:near:PROD", "");
	rule("c", FAR, "");
	rule("d", "arn:aws:lambda:us-east-1:123456789012:function:nearer", "");
	for (int i = 0; i < 4; i++)
		invocation((const char *[]){ "a", "b", "c", "d" }[i], "scheduled", "NULL", T0 + i);
	assert_int_equal(go(T0 + 9), E_OK);
	assert_string_equal(f.log.p,
		"near us-east-1\nnear us-east-1\n" FAR
		" us-east-1\narn:aws:lambda:us-east-1:123456789012:function:nearer us-east-1\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT name, rule, outcome, error, log FROM _function_run ORDER BY run_id LIMIT 1"),
		"near|b|ok|-|what it said\n\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _function_run"), "2\n");
	assert_true(function_of_arn(STR("arn:aws:s3:::function:near"), NULL, NULL).p == NULL);
	assert_true(function_of_arn(STR("near"), NULL, NULL).p == NULL);
}

static void what_failed_is_started_twice_more(void **state)
{
	(void)state;
	host("near");
	rule("r", "arn:aws:lambda:us-east-1:123456789012:function:near", "");
	invocation("r", "scheduled", "NULL", T0);
	f.outcome = "KeyError";
	f.result_fails = E_REMOTE;
	assert_int_equal(go(T0), E_OK);
	assert_string_equal(
		estate_rows(&w,
			"SELECT tries, due_ms - 1790000000000 >= 60000, lease_ms FROM _invocation"),
		"1|1|0\n");
	assert_int_equal(go(T0 + 59000), E_NOTFOUND);
	assert_int_equal(go(T0 + 61000), E_OK);
	assert_int_equal(go(T0 + 61000 + 119000), E_NOTFOUND);
	assert_int_equal(go(T0 + 61000 + 121000), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _invocation"), "0\n");
	assert_string_equal(
		estate_rows(&w,
			"SELECT error_code, error, invoked_ms IS NULL, not_evaluated_ms IS NULL, not_invoked_ms FROM _rule_status"),
		"KeyError|why it failed|0|0|-\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*), min(outcome) FROM _function_run"),
		"3|KeyError\n");
	/* And all is well again with the next that goes well. */
	f.outcome = "ok";
	f.result_fails = E_OK;
	invocation("r", "scheduled", "NULL", T0);
	assert_int_equal(go(T0 + 400000), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT error_code, error FROM _rule_status"), "-|-\n");
}

static void what_cannot_be_started_now_is_tried_for_six_hours(void **state)
{
	int64_t at_ms = T0, tries = 0;

	(void)state;
	rule("r", FAR, "");
	invocation("r", "scheduled", "NULL", T0);
	f.start_fails = E_THROTTLED;
	while (strcmp(estate_rows(&w, "SELECT count(*) FROM _invocation"), "1\n") == 0) {
		const int64_t due_ms =
			strtoll(estate_rows(&w, "SELECT due_ms FROM _invocation"), NULL, 10);

		at_ms = due_ms > at_ms ? due_ms : at_ms;
		assert_true(go(at_ms) == E_NOTFOUND);
		tries++;
	}
	assert_true(at_ms - T0 > 6 * 3600 * 1000 && at_ms - T0 < 7 * 3600 * 1000);
	assert_true(tries > 60 && tries < 100);
	assert_string_equal(
		estate_rows(
			&w, "SELECT error, not_invoked_ms IS NULL, invoked_ms FROM _rule_status"),
		"it cannot be started|0|-\n");
}

static void what_can_never_be_started_is_given_up_at_once(void **state)
{
	(void)state;
	rule("r", FAR, "");
	invocation("r", "scheduled", "NULL", T0);
	f.unbegun = true;
	f.result_fails = E_NOTFOUND;
	assert_int_equal(go(T0), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _invocation"), "0\n");
	assert_string_equal(
		estate_rows(&w, "SELECT error, not_invoked_ms IS NULL FROM _rule_status"),
		"why it failed|0\n");
}

static void one_that_is_busy_does_not_hide_others(void **state)
{
	(void)state;
	host("near");
	rule("a", "arn:aws:lambda:us-east-1:123456789012:function:near", "");
	rule("b", FAR, "");
	for (int i = 0; i < 40; i++)
		invocation("a", "scheduled", "NULL", T0 + i);
	invocation("b", "scheduled", "NULL", T0 + 50);
	f.held = true;
	f.room = 1;
	assert_int_equal(go(T0 + 100), E_OK);
	assert_string_equal(f.log.p, "near us-east-1\n");
	f.room = 2;
	assert_int_equal(go(T0 + 100), E_OK);
	assert_string_equal(
		estate_rows(&w, "SELECT count(*) FROM _invocation WHERE lease_ms > 0"), "2\n");
	f.held = false;
	f.room = INVOKE_AT_ONCE;
	while (go(T0 + 200) == E_OK)
		;
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _invocation"), "0\n");
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _function_run"), "40\n");
}

static void a_result_for_a_row_that_is_gone_is_nobody_elses(void **state)
{
	(void)state;
	rule("a", FAR, "");
	invocation("a", "scheduled", "NULL", T0);
	f.held = true;
	assert_int_equal(go(T0), E_OK);
	sql("DELETE FROM _invocation; DELETE FROM _config_rule; DELETE FROM _rule_status");
	rule("b", FAR, "");
	invocation("b", "scheduled", "NULL", T0 + 1);
	assert_string_equal(estate_rows(&w, "SELECT invocation_id FROM _invocation"), "1\n");
	f.held = false;
	f.room = 0;
	f.outcome = "KeyError";
	f.result_fails = E_REMOTE;
	assert_int_equal(go(T0 + 1), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT tries, lease_ms FROM _invocation"), "0|0\n");
	f.room = 1;
	f.outcome = "ok";
	f.result_fails = E_OK;
	assert_int_equal(go(T0 + 2), E_OK);
	assert_string_equal(
		estate_rows(&w, "SELECT error_code, invoked_ms IS NULL FROM _rule_status"),
		"-|0\n");
}

static void who_stops_gives_back_and_who_dies_leaves_a_lease(void **state)
{
	const struct invoke_ports ports = { .runner = &f.port, .token_key = key };

	(void)state;
	rule("r", FAR, "");
	invocation("r", "scheduled", "NULL", T0);
	f.unbegun = true;
	f.result_fails = E_CANCELED;
	assert_int_equal(go(T0), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT tries, lease_ms FROM _invocation"), "0|0\n");
	assert_string_equal(estate_rows(&w, "SELECT error FROM _rule_status"), "-\n");
	f.unbegun = false;
	f.result_fails = E_OK;
	f.held = true;
	assert_int_equal(go(T0), E_OK);
	invoking_close(v);
	f.n = 0;
	f.held = false;
	assert_int_equal(invoking_open(&v, &ports, &e), E_OK);
	assert_int_equal(go(T0 + 1000), E_NOTFOUND);
	assert_int_equal(go(T0 + INVOCATION_LEASE_MS + 1), E_OK);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _invocation"), "0\n");
	invocation("r", "scheduled", "NULL", T0);
	sql("UPDATE _invocation SET lease_ms = 1790000500000");
	assert_int_equal(go(T0), E_NOTFOUND);
	assert_int_equal(invocation_free_leases(&w.db, &e), E_OK);
	assert_int_equal(go(T0), E_OK);
}

static void a_rule_that_goes_is_not_started(void **state)
{
	(void)state;
	rule("r", FAR, "");
	invocation("r", "scheduled", "NULL", T0);
	invocation("nobody", "scheduled", "NULL", T0);
	sql("UPDATE _config_rule SET state = 'DELETING'");
	(void)go(T0);
	assert_int_equal(f.log.n, 0);
	assert_string_equal(estate_rows(&w, "SELECT count(*) FROM _invocation"), "0\n");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(nothing_is_due_when_there_is_nothing),
		CASE(an_event_is_what_aws_config_gives),
		CASE(other_kinds_have_their_own_events),
		CASE(what_lambda_would_not_take_is_told_in_short),
		CASE(a_function_of_ours_is_known_by_its_name),
		CASE(what_failed_is_started_twice_more),
		CASE(what_cannot_be_started_now_is_tried_for_six_hours),
		CASE(what_can_never_be_started_is_given_up_at_once),
		CASE(one_that_is_busy_does_not_hide_others),
		CASE(a_result_for_a_row_that_is_gone_is_nobody_elses),
		CASE(who_stops_gives_back_and_who_dies_leaves_a_lease),
		CASE(a_rule_that_goes_is_not_started),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
