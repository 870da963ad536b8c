/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/tree.h"
#include "json/diff.h"
#include "json/path.h"

/* One line a row: "path op before after", a missing one as "-". */
static const char *rows_of(struct arena *a, const struct json *rows)
{
	struct buf b = BUF_INIT(1 << 16);
	const char *text;

	for (const struct json *r = rows->first; r; r = r->next) {
		const struct json *before = json_get(r, "before"), *after = json_get(r, "after");

		buf_printf(&b, "%s %s %s %s\n", json_get_text(r, "path").p,
			json_get_text(r, "op").p, before ? text_of(a, before) : "-",
			after ? text_of(a, after) : "-");
	}
	text = arena_text(a, buf_slice(&b));
	buf_release(&b);
	return text;
}

static void assert_diff(const char *before, const char *after, const char *wanted)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct json *x = before ? tree_of(&a, before) : NULL,
		    *y = after ? tree_of(&a, after) : NULL;
	struct json *rows = json_diff(&a, x, y);

	assert_non_null(rows);
	assert_string_equal(rows_of(&a, rows), wanted);
	if (x)
		assert_true(json_equal(x, tree_of(&a, before)));
	if (y)
		assert_true(json_equal(y, tree_of(&a, after)));
	tree_of(&a, text_of(&a, rows));
	arena_release(&a);
}

static void members_that_came_went_and_changed_are_told(void **state)
{
	(void)state;
	assert_diff(
		"{\"configuration\":{\"a\":1,\"b\":{\"x\":1},\"state\":{\"name\":\"running\"}}}",
		"{\"configuration\":{\"a\":1,\"c\":[],\"state\":{\"name\":\"stopped\"}}}",
		"configuration.b remove {\"x\":1} -\n"
		"configuration.c add - []\n"
		"configuration.state.name change \"running\" \"stopped\"\n");
}

static void a_change_of_kind_is_one_change(void **state)
{
	(void)state;
	assert_diff("{\"a\":{\"b\":1},\"c\":1}", "{\"a\":[1],\"c\":\"1\"}",
		"a change {\"b\":1} [1]\nc change 1 \"1\"\n");
	assert_diff("1", "2", " change 1 2\n");
}

static void equal_documents_have_no_rows(void **state)
{
	static const char *const text =
		"{\"a\":[{\"id\":1},{\"id\":1},[2]],\"b\":{\"c\":null,\"d\":[\"x\",\"x\"]}}";

	(void)state;
	assert_diff(text, text, "");
	assert_diff("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "");
	assert_diff(NULL, NULL, "");
}

static void what_was_not_before_is_added_member_by_member(void **state)
{
	(void)state;
	assert_diff(NULL, "{\"b\":{\"c\":1},\"a\":2}", "a add - 2\nb add - {\"c\":1}\n");
	assert_diff("{\"b\":{\"c\":1},\"a\":2}", NULL, "a remove 2 -\nb remove {\"c\":1} -\n");
	assert_diff(NULL, "5", " add - 5\n");
}

static void elements_are_matched_by_what_names_them(void **state)
{
	(void)state;
	assert_diff("{\"securityGroups\":[{\"groupId\":\"sg-1\",\"groupName\":\"a\"},"
		    "{\"groupId\":\"sg-2\",\"groupName\":\"b\"}]}",
		"{\"securityGroups\":[{\"groupId\":\"sg-3\",\"groupName\":\"c\"},"
		"{\"groupId\":\"sg-1\",\"groupName\":\"z\"}]}",
		"securityGroups[sg-1].groupName change \"a\" \"z\"\n"
		"securityGroups[sg-2] remove {\"groupId\":\"sg-2\",\"groupName\":\"b\"} -\n"
		"securityGroups[sg-3] add - {\"groupId\":\"sg-3\",\"groupName\":\"c\"}\n");
	assert_diff("{\"tags\":[{\"key\":\"env\",\"value\":\"dev\"}]}",
		"{\"tags\":[{\"key\":\"env\",\"value\":\"prod\"}]}",
		"tags[env].value change \"dev\" \"prod\"\n");
	assert_diff("{\"Tags\":[{\"Key\":\"env\",\"Value\":\"dev\"}]}", "{\"Tags\":[]}",
		"Tags[env] remove {\"Key\":\"env\",\"Value\":\"dev\"} -\n");
	assert_diff("[{\"ruleNumber\":100,\"x\":1}]", "[{\"ruleNumber\":100,\"x\":2}]",
		"[100].x change 1 2\n");
}

static void a_name_that_two_elements_share_names_none(void **state)
{
	(void)state;
	assert_diff("[{\"volumeId\":\"v\",\"instanceId\":\"i-1\",\"x\":1},"
		    "{\"volumeId\":\"v\",\"instanceId\":\"i-2\"}]",
		"[{\"volumeId\":\"v\",\"instanceId\":\"i-1\",\"x\":2},"
		"{\"volumeId\":\"v\",\"instanceId\":\"i-2\"}]",
		"[i-1].x change 1 2\n");
	assert_diff("[{\"id\":1,\"x\":1},{\"id\":1,\"x\":2}]", "[{\"id\":1,\"x\":1}]",
		"[] remove {\"id\":1,\"x\":2} -\n");
}

static void unnamed_elements_are_a_multiset(void **state)
{
	(void)state;
	assert_diff("{\"ipPermissions\":[{\"fromPort\":22},{\"fromPort\":80},{\"fromPort\":80}]}",
		"{\"ipPermissions\":[{\"fromPort\":80},{\"fromPort\":443}]}",
		"ipPermissions[] remove {\"fromPort\":22} -\n"
		"ipPermissions[] remove {\"fromPort\":80} -\n"
		"ipPermissions[] add - {\"fromPort\":443}\n");
	assert_diff("[[1],{\"id\":1}]", "[{\"id\":1},[2]]", "[] remove [1] -\n[] add - [2]\n");
}

static void scalars_are_matched_by_value(void **state)
{
	(void)state;
	assert_diff("{\"ipRanges\":[\"10.0.0.0/8\",\"a\",\"a\",1,null]}",
		"{\"ipRanges\":[\"a\",\"1\",true]}",
		"ipRanges[10.0.0.0/8] remove \"10.0.0.0/8\" -\n"
		"ipRanges[1] remove 1 -\n"
		"ipRanges[1] add - \"1\"\n"
		"ipRanges[a] remove \"a\" -\n"
		"ipRanges[null] remove null -\n"
		"ipRanges[true] add - true\n");
}

static void a_mere_change_of_order_is_told_as_one(void **state)
{
	(void)state;
	assert_diff("{\"command\":[\"a\",\"b\"]}", "{\"command\":[\"b\",\"a\"]}",
		"command change [\"a\",\"b\"] [\"b\",\"a\"]\n");
	assert_diff("{\"x\":[{\"id\":1},{\"id\":2}]}", "{\"x\":[{\"id\":2},{\"id\":1}]}",
		"x change [{\"id\":1},{\"id\":2}] [{\"id\":2},{\"id\":1}]\n");
}

static void relationships_are_named_by_what_they_lead_to(void **state)
{
	(void)state;
	assert_diff(
		"{\"relationships\":[{\"name\":\"Is contained in Vpc\",\"resourceId\":\"vpc-1\","
		"\"resourceType\":\"AWS::EC2::VPC\"},{\"name\":\"Is associated with \","
		"\"resourceId\":\"k\",\"resourceType\":\"AWS::KMS::Key\"}]}",
		"{\"relationships\":[{\"name\":\"Is associated with \",\"resourceId\":\"k\","
		"\"resourceName\":\"alias\",\"resourceType\":\"AWS::KMS::Key\"}]}",
		"relationships[Is associated with k].resourceName add - \"alias\"\n"
		"relationships[Is contained in Vpc vpc-1] remove {\"name\":\"Is contained in Vpc\","
		"\"resourceId\":\"vpc-1\",\"resourceType\":\"AWS::EC2::VPC\"} -\n");
	assert_diff(
		"{\"relationships\":[{\"name\":\"Has \",\"resourceName\":\"x\",\"resourceType\":\"A\"},"
		"{\"name\":\"Has \",\"resourceName\":\"x\",\"resourceType\":\"B\"}]}",
		"{\"relationships\":[{\"name\":\"Has \",\"resourceName\":\"x\",\"resourceType\":\"A\"}]}",
		"relationships[Has B x] remove {\"name\":\"Has \",\"resourceName\":\"x\","
		"\"resourceType\":\"B\"} -\n");
}

static void odd_names_stand_in_quotes(void **state)
{
	(void)state;
	assert_diff("{\"a.b\":{\"c[d]\":1,\"\":1,\"e\\\"f\":1,\"n\\nl\":1}}",
		"{\"a.b\":{\"c[d]\":2,\"\":2,\"e\\\"f\":2,\"n\\nl\":2}}",
		"\"a.b\".\"\" change 1 2\n"
		"\"a.b\".\"c[d]\" change 1 2\n"
		"\"a.b\".\"e\\\"f\" change 1 2\n"
		"\"a.b\".\"n\\nl\" change 1 2\n");
	assert_diff("[\"a]\",\"\"]", "[]", "[\"\"] remove \"\" -\n[\"a]\"] remove \"a]\" -\n");
}

/* "é", @n times. */
static void add_accents(struct buf *b, size_t n)
{
	while (n--)
		buf_text(b, "\xc3\xa9");
}

static void long_names_are_cut_between_characters(void **state)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct buf before = BUF_INIT(1024), wanted = BUF_INIT(1024);
	struct json *rows;

	(void)state;
	buf_text(&before, "[\"x");
	add_accents(&before, 120);
	buf_text(&before, "\"]");
	buf_text(&wanted, "[x");
	add_accents(&wanted, 79);
	buf_text(&wanted, "\xe2\x80\xa6]");
	rows = json_diff(&a, tree_of(&a, before.p), tree_of(&a, "[]"));
	assert_string_equal(json_get_text(rows->first, "path").p, wanted.p);
	buf_release(&before);
	buf_release(&wanted);
	arena_release(&a);
}

static void rows_are_sorted_by_path(void **state)
{
	(void)state;
	assert_diff("{\"a\":{\"z\":1},\"a!\":1,\"b\":1}", "{\"a\":{\"z\":2},\"a!\":2,\"b\":2}",
		"a! change 1 2\na.z change 1 2\nb change 1 2\n");
}

static void want_of_memory_gives_null(void **state)
{
	struct arena a = ARENA_INIT(1 << 16), none = ARENA_INIT(16);

	(void)state;
	assert_null(json_diff(&none, tree_of(&a, "[1]"), tree_of(&a, "[2]")));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_that_came_went_and_changed_are_told),
		cmocka_unit_test(a_change_of_kind_is_one_change),
		cmocka_unit_test(equal_documents_have_no_rows),
		cmocka_unit_test(what_was_not_before_is_added_member_by_member),
		cmocka_unit_test(elements_are_matched_by_what_names_them),
		cmocka_unit_test(a_name_that_two_elements_share_names_none),
		cmocka_unit_test(unnamed_elements_are_a_multiset),
		cmocka_unit_test(scalars_are_matched_by_value),
		cmocka_unit_test(a_mere_change_of_order_is_told_as_one),
		cmocka_unit_test(relationships_are_named_by_what_they_lead_to),
		cmocka_unit_test(odd_names_stand_in_quotes),
		cmocka_unit_test(long_names_are_cut_between_characters),
		cmocka_unit_test(rows_are_sorted_by_path),
		cmocka_unit_test(want_of_memory_gives_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
