/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rule_text.h"

#include "base/asset.h"
#include "lib/estate.h"
#include "lib/unit.h"
#include "store/judge.h"

static struct estate w;
static struct arena a = ARENA_INIT(1 << 20);

static int set_up(void **state)
{
	(void)state;
	estate_open(&w, ":memory:");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	estate_close(&w);
	arena_release(&a);
	return 0;
}

static void a_header_says_what_a_statement_is(void **state)
{
	struct rule_text t;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
		rule_text_read(&a,
			"-- rules: A_B, C\n--rules: D\n\n-- types: AWS::S3::Bucket\n"
			"-- reads: AWS::EC2::VPC , Org::Own::Type\n-- text:  what it is for \n"
			"-- any other comment\nSELECT 1\n-- types: not a header any more\n",
			&t, &e),
		E_OK);
	assert_true(str_is(t.rules, "A_B,C,D"));
	assert_true(str_is(t.types, "AWS::S3::Bucket"));
	assert_true(str_is(t.reads, "AWS::EC2::VPC,Org::Own::Type"));
	assert_true(str_is(t.text, "what it is for"));
	assert_int_equal(rule_text_read(&a, "SELECT 1", &t, &e), E_OK);
	assert_null(t.rules.p);
	assert_null(t.types.p);
}

static void a_list_of_nothing_is_refused(void **state)
{
	const char *const wrong[] = { "-- types:\n", "-- reads: A,,B\n", "-- rules: A B\n",
		"-- types: A, 'B'\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct rule_text t;
		struct err e = { 0 };

		assert_int_equal(rule_text_read(&a, wrong[i], &t, &e), E_INVALID);
	}
}

static void lists_are_known_by_whole_names(void **state)
{
	(void)state;
	assert_true(rule_text_lists(STR("A,BC,D"), STR("BC")));
	assert_true(rule_text_lists(STR("A,BC,D"), STR("D")));
	assert_false(rule_text_lists(STR("A,BC,D"), STR("B")));
	assert_false(rule_text_lists(STR_NONE, STR("B")));
	assert_true(str_is(rule_text_json(&a, STR("A,BC")), "[\"A\",\"BC\"]"));
	assert_true(str_is(rule_text_json(&a, STR("")), "[]"));
	assert_null(rule_text_json(&a, STR_NONE).p);
}

/* The files that come with the program. */

static void rule_file(const char *file, const struct rule_text *t)
{
	char stem[256];
	size_t n = 0;

	for (; n < t->rules.n && t->rules.p[n] != ',' && n < sizeof(stem) - 1; n++) {
		char c = t->rules.p[n];

		stem[n] = c == '_' ? '-' : (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	stem[n] = '\0';
	if (!str_is(t->name, stem))
		fail_msg("%s is not called like the first of its rules, %s", file, stem);
	if (!t->text.n)
		fail_msg("%s does not say what it checks", file);
}

static void known_rules(const char *file, const struct rule_text *t)
{
	for (struct str rest = t->rules; rest.n;) {
		struct str one = { rest.p, str_find(rest, ',') };
		const char *sql = arena_printf(&a,
			"SELECT count(*) FROM _managed_rule WHERE identifier = '%.*s'",
			STR_ARG(one))
					  .p;
		struct rule_text found;
		struct err e = { 0 };

		if (strcmp(estate_rows(&w, sql), "1\n") != 0)
			fail_msg("%s: there is no rule %.*s", file, STR_ARG(one));
		assert_int_equal(rule_text_find(&a, one, &found, &e), E_OK);
		if (!str_eq(found.name, t->name))
			fail_msg("%.*s is in %s and in %.*s", STR_ARG(one), file,
				STR_ARG(found.name));
		rest = str_from(rest, one.n + 1);
	}
}

static void statement(const char *file, const struct rule_text *t)
{
	unsigned reads = 0;
	struct err e = { 0 };

	if (judge_reads(&w.db, t->sql, &reads, &e))
		fail_msg("%s: %s", file, e.msg);
	/* Who looks around must say at what: else a change of it goes unseen. */
	if ((reads & JUDGE_READS_ESTATE) && !t->reads.n)
		fail_msg("%s looks at the estate, and does not say at what (-- reads:)", file);
}

static enum code check(void *ctx, const struct rule_text *t, struct err *e)
{
	const char *file = arena_text(&a, t->name);

	(void)e;
	++*(int *)ctx;
	if (!t->rules.n)
		fail_msg("%s evaluates no rule", file);
	rule_file(file, t);
	known_rules(file, t);
	statement(file, t);
	arena_release(&a);
	return E_OK;
}

static void every_file_is_a_rule_of_its_own_that_only_reads(void **state)
{
	struct err e = { 0 };
	int n = 0, files = 0;

	(void)state;
	for (const struct asset *f = NULL; (f = asset_next(f, "schema/rules/"));)
		files++;
	assert_int_equal(rule_text_walk(check, &n, &e), E_OK);
	assert_int_equal(n, files);
	assert_true(n > 50);
}

static void what_no_file_evaluates_is_not_found(void **state)
{
	struct rule_text t;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(rule_text_find(&a, STR("S3_BUCKET"), &t, &e), E_NOTFOUND);
	assert_int_equal(e.code, E_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_says_what_a_statement_is),
		cmocka_unit_test(a_list_of_nothing_is_refused),
		cmocka_unit_test(lists_are_known_by_whole_names),
		cmocka_unit_test(every_file_is_a_rule_of_its_own_that_only_reads),
		cmocka_unit_test(what_no_file_evaluates_is_not_found),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
