/* SPDX-License-Identifier: Apache-2.0 */
#include "net/guard.h"

#include "lib/scratch.h"
#include "lib/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A stand-in for cfn-guard 3: keeps what it was called with, and answers as it is told. */
#define SCRIPT                                                                                     \
	"#!/bin/sh\n"                                                                              \
	"d=$(dirname \"$0\")\n"                                                                    \
	"echo \"$*\" > \"$d/called\"\n"                                                            \
	"cat > \"$d/input\"\n"                                                                     \
	"cat \"$d/answer\"\n"                                                                      \
	"cat \"$d/errors\" >&2\n"                                                                  \
	"exit $(cat \"$d/status\")\n"

static struct scratch s;
static struct arena a = ARENA_INIT(1 << 20);
static struct buf annotation = BUF_INIT(4096);
static struct guard guard;
static struct err e;
static enum policy_result result;

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(scratch_path(&s, &a, name), "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static const char *read_file(const char *name)
{
	static char text[4096];
	FILE *f = fopen(scratch_path(&s, &a, name), "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static int set_up(void **state)
{
	(void)state;
	scratch_make(&s);
	write_file("cfn-guard", SCRIPT);
	chmod(scratch_path(&s, &a, "cfn-guard"), 0755);
	guard = guard_make();
	guard.program = scratch_path(&s, &a, "cfn-guard");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_release(&annotation);
	scratch_remove(&s);
	arena_release(&a);
	return 0;
}

static enum code ask(const char *answer, const char *errors, const char *status)
{
	const struct policy p = { .text = STR("let own = 1\nrule tagged { tags exists }\n"),
		.parameters = STR("{\"size\":\"1\\\"0\",\"own\":\"2\",\"not-a-name\":\"3\"}"),
		.item = STR("{\"resourceType\":\"AWS::EC2::VPC\"}"),
		.deadline_ms = 10000 };

	write_file("answer", answer);
	write_file("errors", errors);
	write_file("status", status);
	e = (struct err){ 0 };
	return guard.runner.evaluate(&guard.runner, &p, &result, &annotation, &e);
}

static void what_passes_is_compliant(void **state)
{
	(void)state;
	assert_int_equal(
		ask("[{\"name\":\"DATA_STDIN[1]\",\"metadata\":{},\"status\":\"PASS\","
		    "\"not_compliant\":[],\"not_applicable\":[],\"compliant\":[\"tagged\"]}]",
			"", "0"),
		E_OK);
	assert_int_equal(result, POLICY_COMPLIANT);
	assert_string_equal(annotation.p, "");
	assert_string_equal(read_file("called"),
		"validate --payload --structured --output-format json --show-summary none\n");
}

static void parameters_are_variables_the_policy_does_not_define(void **state)
{
	(void)state;
	ask("[{\"status\":\"PASS\"}]", "", "0");
	assert_string_equal(read_file("input"),
		"{\"rules\":[\"let size = \\\"1\\\\\\\"0\\\"\\nlet own = 1\\nrule tagged { tags exists }\\n\"],"
		"\"data\":[\"{\\\"resourceType\\\":\\\"AWS::EC2::VPC\\\"}\"]}");
}

static void what_fails_is_told_with_its_rule_and_message(void **state)
{
	(void)state;
	assert_int_equal(
		ask("[{\"status\":\"FAIL\",\"not_compliant\":["
		    "{\"Rule\":{\"name\":\"tagged\",\"messages\":{\"custom_message\":null,\"error_message\":null},"
		    "\"checks\":[{\"Clause\":{\"Unary\":{\"messages\":{\"custom_message\":\" has no tags \","
		    "\"error_message\":\"Check was not compliant\"}}}}]}},"
		    "{\"Rule\":{\"name\":\"sized\",\"checks\":[{\"Clause\":{\"messages\":{\"custom_message\":null,"
		    "\"error_message\":\"too small\"}}}]}}]}]",
			"", "19"),
		E_OK);
	assert_int_equal(result, POLICY_NON_COMPLIANT);
	assert_string_equal(annotation.p, "tagged: has no tags; sized: too small");
}

static void what_is_skipped_is_not_for_it(void **state)
{
	(void)state;
	assert_int_equal(
		ask("[{\"status\":\"SKIP\",\"not_applicable\":[\"tagged\"]}]", "", "0"), E_OK);
	assert_int_equal(result, POLICY_NOT_APPLICABLE);
}

static void a_policy_that_is_not_understood_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(ask("", "Parse Error on ruleset file at line 1", "5"), E_REMOTE);
	assert_non_null(strstr(e.msg, "Parse Error on ruleset file at line 1"));
	assert_int_equal(ask("[{\"status\":\"MAYBE\"}]", "", "0"), E_REMOTE);
	assert_int_equal(ask("[{\"status\":", "", "0"), E_INVALID);
	assert_int_equal(ask("", "", "0"), E_REMOTE);
}

static void a_program_that_is_not_there_is_said_to_be_missing(void **state)
{
	struct guard none = guard_make();
	const struct policy p = {
		.text = STR("rule x {}"), .item = STR("{}"), .deadline_ms = 10000
	};

	(void)state;
	none.program = "cfn-guard-that-nobody-has";
	e = (struct err){ 0 };
	assert_int_equal(
		none.runner.evaluate(&none.runner, &p, &result, &annotation, &e), E_UNSUPPORTED);
	assert_string_equal(e.msg, "cfn-guard is not installed");
}

static void one_that_takes_too_long_is_ended(void **state)
{
	const struct policy p = { .text = STR("rule x {}"), .item = STR("{}"), .deadline_ms = 50 };

	(void)state;
	write_file("cfn-guard", "#!/bin/sh\nsleep 20\n");
	e = (struct err){ 0 };
	assert_int_equal(
		guard.runner.evaluate(&guard.runner, &p, &result, &annotation, &e), E_TOOBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_passes_is_compliant),
		cmocka_unit_test(parameters_are_variables_the_policy_does_not_define),
		cmocka_unit_test(what_fails_is_told_with_its_rule_and_message),
		cmocka_unit_test(what_is_skipped_is_not_for_it),
		cmocka_unit_test(a_policy_that_is_not_understood_is_an_error),
		cmocka_unit_test(a_program_that_is_not_there_is_said_to_be_missing),
		cmocka_unit_test(one_that_takes_too_long_is_ended),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
