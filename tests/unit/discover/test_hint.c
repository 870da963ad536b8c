/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/hint.h"

#include "lib/unit.h"

#define RECORD                                                                                             \
	"{\"eventVersion\":\"1.09\",\"eventSource\":\"ec2.amazonaws.com\",\"eventName\":\"CreateVolume\"," \
	"\"eventID\":\"e-1\",\"eventTime\":\"2026-10-01T10:00:00Z\",\"awsRegion\":\"eu-west-1\","          \
	"\"recipientAccountId\":\"123456789012\",\"sourceIPAddress\":\"198.51.100.7\","                    \
	"\"userIdentity\":{\"arn\":\"arn:aws:iam::123456789012:user/alice\",\"accountId\":\"1\"}"
#define BRIDGED                                                                                                      \
	"{\"version\":\"0\",\"id\":\"b-1\",\"detail-type\":\"AWS API Call via CloudTrail\",\"source\":\"aws.ec2\","  \
	"\"account\":\"123456789012\",\"time\":\"2026-10-01T10:00:02Z\",\"region\":\"eu-west-1\",\"detail\":" RECORD \
	"}}"

struct world {
	struct arena a;
	struct hints hints;
	struct err e;
};

static int open_world(void **state)
{
	static struct world w;

	w = (struct world){ .a = ARENA_INIT(16 << 20) };
	w.hints = (struct hints)HINTS_INIT(w.hints, &w.a);
	*state = &w;
	return 0;
}

static int close_world(void **state)
{
	struct world *w = *state;

	arena_release(&w->a);
	return 0;
}

static const struct hint *only(struct world *w, const char *text)
{
	assert_int_equal(hints_add(&w->hints, str_of(text), 7, &w->e), E_OK);
	assert_int_equal(w->hints.n, 1);
	assert_int_equal(w->hints.n_strange, 0);
	assert_int_equal(w->hints.first->message, 7);
	return w->hints.first;
}

static void a_record_tells_who_did_what_from_where_and_when(void **state)
{
	const struct hint *h = only(*state, RECORD ",\"readOnly\":false}");

	assert_true(h->is_change);
	assert_true(str_is(h->cause.event_id, "e-1"));
	assert_true(str_is(h->cause.event_source, "ec2.amazonaws.com"));
	assert_true(str_is(h->cause.event_name, "CreateVolume"));
	assert_true(str_is(h->cause.actor, "arn:aws:iam::123456789012:user/alice"));
	assert_true(str_is(h->cause.source_ip, "198.51.100.7"));
	assert_true(str_is(h->cause.account, "123456789012"));
	assert_true(str_is(h->cause.region, "eu-west-1"));
	assert_int_equal(h->cause.at_ms, INT64_C(1790848800000));
	assert_null(h->envelope);
}

static void what_was_refused_or_only_read_changes_nothing(void **state)
{
	static const char *const texts[] = { RECORD ",\"errorCode\":\"AccessDenied\"}",
		RECORD ",\"readOnly\":true}", RECORD ",\"readOnly\":\"true\"}" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_false(only(*state, texts[i])->is_change);
		close_world(state);
		open_world(state);
	}
}

static void a_bridged_call_is_the_record_within(void **state)
{
	const struct hint *h = only(*state, BRIDGED);

	assert_true(str_is(h->cause.event_id, "e-1"));
	assert_true(str_is(json_get_text(h->envelope, "id"), "b-1"));
}

static void an_event_of_a_service_is_known_by_its_detail_type(void **state)
{
	const struct hint *h = only(*state,
		"{\"detail-type\":\"EC2 Instance State-change Notification\",\"source\":\"aws.ec2\","
		"\"account\":\"1\",\"detail\":{\"instance-id\":\"i-1\"}}");

	assert_true(str_is(h->cause.event_name, "EC2 Instance State-change Notification"));
	assert_true(str_starts(h->cause.event_id, STR("sha256:")));
	assert_false(h->cause.actor.n);
	assert_int_equal(h->cause.at_ms, INT64_MIN);
	assert_true(str_is(json_get_text(h->record, "instance-id"), "i-1"));
}

static void a_service_that_acts_for_itself_is_named(void **state)
{
	const struct hint *h = only(*state,
		"{\"eventVersion\":\"1.09\",\"eventSource\":\"a\",\"eventName\":\"b\",\"eventID\":\"c\","
		"\"userIdentity\":{\"type\":\"AWSService\",\"invokedBy\":\"autoscaling.amazonaws.com\"}}");

	assert_true(str_is(h->cause.actor, "autoscaling.amazonaws.com"));
}

static void wrappings_are_taken_off(void **state)
{
	struct world *w = *state;

	assert_int_equal(
		hints_add(&w->hints, STR("{\"Records\":[" RECORD "}," RECORD "}]}"), 1, &w->e),
		E_OK);
	assert_int_equal(
		hints_add(&w->hints,
			STR("{\"Type\":\"Notification\",\"Message\":"
			    "\"{\\\"eventVersion\\\":\\\"1\\\",\\\"eventSource\\\":\\\"s\\\","
			    "\\\"eventName\\\":\\\"n\\\"}\"}"),
			2, &w->e),
		E_OK);
	assert_int_equal(w->hints.n, 3);
	assert_int_equal(w->hints.n_strange, 0);
}

static void what_is_no_event_is_counted_however_deep(void **state)
{
	struct world *w = *state;
	static const char *const texts[] = { "{}", "17", "\"words\"", "[null]",
		"{\"Records\":[{\"eventSource\":\"aws:s3\",\"eventName\":\"ObjectCreated:Put\"}]}",
		"[[[[[[[[[" RECORD "}]]]]]]]]]", "{\"Message\":\"no JSON\"}",
		"{\"detail-type\":\"x\",\"detail\":\"y\"}" };
	size_t n = sizeof(texts) / sizeof(*texts);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(hints_add(&w->hints, str_of(texts[i]), i, &w->e), E_OK);
	assert_int_equal(w->hints.n, 0);
	assert_int_equal(w->hints.n_strange, n);
	assert_int_equal(hints_add(&w->hints, STR("{\"a\":"), 9, &w->e), E_INVALID);
}

static void a_file_is_one_value_or_one_a_line(void **state)
{
	struct world *w = *state;

	assert_int_equal(
		hints_add_lines(&w->hints, STR("\n" RECORD "}\n\n  " BRIDGED "\n"), &w->e), E_OK);
	assert_int_equal(w->hints.n, 2);
	assert_int_equal(
		hints_add_lines(&w->hints, STR("{\n\"Records\":\n[" RECORD "}]}\n"), &w->e), E_OK);
	assert_int_equal(w->hints.n, 3);
	assert_int_not_equal(hints_add_lines(&w->hints, STR(RECORD "}\n{\"a\":\n"), &w->e), E_OK);
	assert_non_null(strstr(w->e.msg, "line 2"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
		CASE(a_record_tells_who_did_what_from_where_and_when),
		CASE(what_was_refused_or_only_read_changes_nothing),
		CASE(a_bridged_call_is_the_record_within),
		CASE(an_event_of_a_service_is_known_by_its_detail_type),
		CASE(a_service_that_acts_for_itself_is_named),
		CASE(wrappings_are_taken_off),
		CASE(what_is_no_event_is_counted_however_deep),
		CASE(a_file_is_one_value_or_one_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
