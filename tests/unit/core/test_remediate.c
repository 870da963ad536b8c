/* SPDX-License-Identifier: Apache-2.0 */
/* Remediations, carried out by a fake that does as it is told. */
#include "core/remediate.h"

#include "lib/estate.h"
#include "lib/unit.h"
#include <sqlite3.h>
#include <stdio.h>

#define NOW    INT64_C(1790845200000)
#define SECOND 1000

static struct estate w;

/* What the fake is told to say, and what it was told. */
static struct fake {
	struct remediator port;
	enum code start_fails, look_fails;
	const char *start_state, *look_state, *steps;
	int starts, looks;
	char last[4096];
} fake;

static enum code fake_start(struct remediator *r, const struct remediation_order *o,
	struct arena *a, struct remediation_news *news, struct err *e)
{
	struct fake *f = (struct fake *)r;

	f->starts++;
	snprintf(f->last, sizeof(f->last), "%.*s %.*s %.*s %.*s %.*s %.*s", STR_ARG(o->rule),
		STR_ARG(o->type), STR_ARG(o->id), STR_ARG(o->target), STR_ARG(o->region),
		STR_ARG(o->parameters));
	if (f->start_fails)
		return err_set(e, f->start_fails, "no such document");
	*news = (struct remediation_news){ .state = f->start_state,
		.remote = arena_str(a, STR("remote-1")) };
	return E_OK;
}

static enum code fake_look(struct remediator *r, const struct remediation_order *o,
	struct str remote, struct arena *a, struct remediation_news *news, struct err *e)
{
	struct fake *f = (struct fake *)r;

	(void)o;
	(void)a;
	f->looks++;
	assert_true(str_is(remote, "remote-1"));
	if (f->look_fails)
		return err_set(e, f->look_fails, "it does not answer");
	*news = (struct remediation_news){ .state = f->look_state, .steps = str_of(f->steps) };
	return E_OK;
}

static void run(const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(w.db.h, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
}

static int set_up(void **state)
{
	(void)state;
	estate_open(&w, ":memory:");
	fake = (struct fake){ .port = { fake_start, fake_look },
		.start_state = "IN_PROGRESS",
		.look_state = "IN_PROGRESS",
		.steps = "[]" };
	run("INSERT INTO _resource(rid, account, region, type, id) VALUES (1, '1', 'r', 'T', 'a'), (2, '1', 'r', 'T', 'b'), (3, '1', 'r', 'U', 'c')");
	run("INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, identifier, state_ms, created_ms, changed_ms) "
	    "VALUES ('1', 'r', 'rule', 'i', 'arn', 'AWS', 'X', 0, 0, 0)");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	estate_close(&w);
	return 0;
}

static void remedy(const char *more, const char *values)
{
	char sql[1024];

	snprintf(sql, sizeof(sql),
		"INSERT INTO _remediation(account, region, rule, arn, target_type, target_id, parameters, changed_ms, %s) VALUES "
		"('1', 'r', 'rule', 'arn:m', 'SSM_DOCUMENT', 'Mend', "
		"'{\"Id\":{\"ResourceValue\":{\"Value\":\"RESOURCE_ID\"}},\"How\":{\"StaticValue\":{\"Values\":[\"x\",\"y\"]}}}', 0, %s)",
		more, values);
	run(sql);
}

static void found(int rid, const char *result, int64_t since_ms)
{
	char sql[512];

	snprintf(sql, sizeof(sql),
		"UPDATE _verdict SET until_ms = %lld WHERE rid = %d AND until_ms = 253402300799000;"
		"INSERT INTO _verdict(rid, rule, result, since_ms, account, region, ordering_ms, recorded_ms, invoked_ms) "
		"VALUES (%d, 'rule', '%s', %lld, '1', 'r', 0, %lld, 0)",
		(long long)since_ms, rid, rid, result, (long long)since_ms, (long long)since_ms);
	run(sql);
}

static enum code go(int64_t now_ms)
{
	const struct remediate_options o = { .remediator = &fake.port };
	struct err e = { 0 };
	enum code c = remediate_round(&w.db, &o, 20, now_ms, &e);

	if (c && c != E_NOTFOUND)
		print_message("%s\n", e.msg);
	return c;
}

static const char *states(void)
{
	return estate_rows(&w,
		"SELECT rid, state, coalesce(remote, ''), automatic FROM _remediation_execution ORDER BY execution_id");
}

static void ask_for(int rid)
{
	char sql[256];

	snprintf(sql, sizeof(sql),
		"INSERT INTO _remediation_execution(account, region, rule, rid, invoked_ms, updated_ms) VALUES ('1', 'r', 'rule', %d, %lld, %lld)",
		rid, (long long)NOW, (long long)NOW);
	run(sql);
}

static void nothing_is_done_where_nothing_is_to_be_done(void **state)
{
	(void)state;
	found(1, "NON_COMPLIANT", NOW - SECOND);
	assert_int_equal(go(NOW), E_NOTFOUND);
	remedy("automatic", "0");
	assert_int_equal(go(NOW), E_NOTFOUND);
	assert_string_equal(states(), "");
}

static void what_is_asked_for_is_begun_and_asked_about_until_it_ends(void **state)
{
	(void)state;
	remedy("automatic", "0");
	found(1, "NON_COMPLIANT", NOW - SECOND);
	ask_for(1);
	assert_int_equal(go(NOW), E_OK);
	assert_string_equal(fake.last, "rule T a Mend r {\"Id\":[\"a\"],\"How\":[\"x\",\"y\"]}");
	assert_string_equal(states(), "1|IN_PROGRESS|remote-1|0\n");
	assert_int_equal(go(NOW + SECOND), E_NOTFOUND);
	assert_int_equal(fake.looks, 0);
	assert_int_equal(go(NOW + 6 * SECOND), E_OK);
	assert_int_equal(fake.looks, 1);
	fake.look_state = "SUCCEEDED";
	fake.steps = "[{\"Name\":\"one\",\"State\":\"SUCCEEDED\"}]";
	assert_int_equal(go(NOW + 12 * SECOND), E_OK);
	assert_string_equal(
		estate_rows(&w, "SELECT state, steps, updated_ms FROM _remediation_execution"),
		"SUCCEEDED|[{\"Name\":\"one\",\"State\":\"SUCCEEDED\"}]|1790845212000\n");
	assert_int_equal(go(NOW + 60 * SECOND), E_NOTFOUND);
	assert_int_equal(fake.starts, 1);
}

static void what_will_never_work_has_failed_and_says_why(void **state)
{
	(void)state;
	remedy("automatic", "0");
	ask_for(1);
	fake.start_fails = E_INVALID;
	assert_int_equal(go(NOW), E_OK);
	assert_string_equal(
		estate_rows(&w,
			"SELECT state, json_extract(steps, '$[0].State'), json_extract(steps, '$[0].ErrorMessage') FROM _remediation_execution"),
		"FAILED|FAILED|no such document\n");
}

static void what_may_work_later_is_tried_for_an_hour(void **state)
{
	(void)state;
	remedy("automatic", "0");
	ask_for(1);
	fake.start_fails = E_THROTTLED;
	assert_int_equal(go(NOW), E_OK);
	assert_string_equal(states(), "1|QUEUED||0\n");
	assert_int_equal(go(NOW + SECOND), E_NOTFOUND);
	assert_int_equal(go(NOW + 31 * SECOND), E_OK);
	assert_int_equal(fake.starts, 2);
	assert_int_equal(go(NOW + 3601 * SECOND), E_OK);
	assert_string_equal(states(), "1|FAILED||0\n");
}

static void one_that_cannot_be_asked_about_any_more_is_unknown(void **state)
{
	(void)state;
	remedy("automatic", "0");
	ask_for(1);
	assert_int_equal(go(NOW), E_OK);
	fake.look_fails = E_REMOTE;
	assert_int_equal(go(NOW + 6 * SECOND), E_OK);
	assert_string_equal(states(), "1|IN_PROGRESS|remote-1|0\n");
	fake.look_fails = E_NOTFOUND;
	assert_int_equal(go(NOW + 60 * SECOND), E_OK);
	assert_string_equal(states(), "1|UNKNOWN|remote-1|0\n");
}

static void an_automatic_one_runs_for_what_fails_and_no_other(void **state)
{
	(void)state;
	remedy("automatic, resource_type", "1, 'T'");
	found(1, "NON_COMPLIANT", NOW - SECOND);
	found(2, "COMPLIANT", NOW - SECOND);
	found(3, "NON_COMPLIANT", NOW - SECOND);
	assert_int_equal(go(NOW), E_OK);
	assert_string_equal(states(), "1|IN_PROGRESS|remote-1|1\n");
	assert_int_equal(go(NOW + SECOND), E_NOTFOUND);
	assert_int_equal(fake.starts, 1);
}

static void an_exception_keeps_it_from_being_tried_until_it_is_over(void **state)
{
	(void)state;
	remedy("automatic", "1");
	found(1, "NON_COMPLIANT", NOW - SECOND);
	run("INSERT INTO _remediation_exception VALUES ('1', 'r', 'rule', 'T', 'a', 'not now', 1790845260000)");
	assert_int_equal(go(NOW), E_NOTFOUND);
	assert_int_equal(go(NOW + 61 * SECOND), E_OK);
	assert_int_equal(fake.starts, 1);
}

static void it_is_tried_as_often_as_may_be_and_then_left_alone(void **state)
{
	(void)state;
	remedy("automatic, attempts, retry_s", "1, 2, 60");
	found(1, "NON_COMPLIANT", NOW - SECOND);
	fake.start_state = "FAILED";
	assert_int_equal(go(NOW), E_OK);
	assert_int_equal(go(NOW + 30 * SECOND), E_NOTFOUND);
	assert_int_equal(go(NOW + 61 * SECOND), E_OK);
	assert_int_equal(fake.starts, 2);
	assert_string_equal(estate_rows(&w, "SELECT id FROM _remediation_exception"), "");
	assert_int_equal(go(NOW + 122 * SECOND), E_NOTFOUND);
	assert_string_equal(estate_rows(&w, "SELECT id, message FROM _remediation_exception"),
		"a|It is still not compliant after 2 automatic remediations.\n");
	assert_int_equal(go(NOW + 1000 * SECOND), E_NOTFOUND);
	assert_int_equal(fake.starts, 2);
	/* It was mended otherwise, and broke again; nobody wants the exception any more. */
	found(1, "COMPLIANT", NOW + 1001 * SECOND);
	found(1, "NON_COMPLIANT", NOW + 1002 * SECOND);
	assert_int_equal(go(NOW + 1003 * SECOND), E_NOTFOUND);
	run("DELETE FROM _remediation_exception");
	assert_int_equal(go(NOW + 1004 * SECOND), E_OK);
	assert_int_equal(fake.starts, 3);
}

static void what_succeeded_waits_until_the_rule_has_judged_again(void **state)
{
	(void)state;
	remedy("automatic, attempts, retry_s", "1, 3, 10");
	found(1, "NON_COMPLIANT", NOW - SECOND);
	fake.start_state = "SUCCEEDED";
	assert_int_equal(go(NOW), E_OK);
	assert_int_equal(go(NOW + 600 * SECOND), E_NOTFOUND);
	assert_int_equal(fake.starts, 1);
	run("UPDATE _verdict SET recorded_ms = 1790845200000 + 700000");
	assert_int_equal(go(NOW + 701 * SECOND), E_OK);
	assert_int_equal(fake.starts, 2);
}

static void a_rule_mends_no_more_at_a_time_than_its_share(void **state)
{
	(void)state;
	remedy("automatic, controls",
		"1, '{\"SsmControls\":{\"ConcurrentExecutionRatePercentage\":10}}'");
	found(1, "NON_COMPLIANT", NOW - SECOND);
	found(2, "NON_COMPLIANT", NOW - SECOND);
	assert_int_equal(go(NOW), E_OK);
	assert_string_equal(states(), "1|IN_PROGRESS|remote-1|1\n2|QUEUED||1\n");
	fake.look_state = "SUCCEEDED";
	assert_int_equal(go(NOW + 6 * SECOND), E_OK);
	assert_string_equal(states(), "1|SUCCEEDED|remote-1|1\n2|IN_PROGRESS|remote-1|1\n");
}

static void who_dies_leaves_a_lease_that_runs_out(void **state)
{
	(void)state;
	remedy("automatic", "0");
	ask_for(1);
	run("UPDATE _remediation_execution SET due_ms = 1790845200000 + 600000");
	assert_int_equal(go(NOW), E_NOTFOUND);
	assert_int_equal(go(NOW + 601 * SECOND), E_OK);
	assert_int_equal(fake.starts, 1);
}

static void who_is_stopped_leaves_it_as_it_was(void **state)
{
	(void)state;
	remedy("automatic", "0");
	ask_for(1);
	fake.start_fails = E_CANCELED;
	assert_int_equal(go(NOW), E_CANCELED);
	assert_string_equal(states(), "1|QUEUED||0\n");
	fake.start_fails = E_OK;
	assert_int_equal(go(NOW), E_OK);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(nothing_is_done_where_nothing_is_to_be_done),
		CASE(what_is_asked_for_is_begun_and_asked_about_until_it_ends),
		CASE(what_will_never_work_has_failed_and_says_why),
		CASE(what_may_work_later_is_tried_for_an_hour),
		CASE(one_that_cannot_be_asked_about_any_more_is_unknown),
		CASE(an_automatic_one_runs_for_what_fails_and_no_other),
		CASE(an_exception_keeps_it_from_being_tried_until_it_is_over),
		CASE(it_is_tried_as_often_as_may_be_and_then_left_alone),
		CASE(what_succeeded_waits_until_the_rule_has_judged_again),
		CASE(a_rule_mends_no_more_at_a_time_than_its_share),
		CASE(who_dies_leaves_a_lease_that_runs_out),
		CASE(who_is_stopped_leaves_it_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
