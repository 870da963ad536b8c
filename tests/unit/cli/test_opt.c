/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/opt.h"
#include "lib/unit.h"
#include <string.h>

#define WORDS_MAX 16

/* Splits @line at blanks into @argv, "x" in front. */
static int split(char *line, char **argv)
{
	static char program[] = "x";
	char *save = NULL;
	int n = 0;

	argv[n++] = program;
	for (char *p = strtok_r(line, " ", &save); p; p = strtok_r(NULL, " ", &save))
		argv[n++] = p;
	argv[n] = NULL;
	return n;
}

static enum code parse(struct options *o, opt_set takes, const char *line, int *rest, struct err *e)
{
	/* Texts of the options point into it. */
	static char words[256];
	char *argv[WORDS_MAX + 1];
	struct words w = { 0, argv };
	enum code c;

	snprintf(words, sizeof(words), "%s", line);
	w.n = split(words, argv);
	*o = (struct options){ 0 };
	*e = (struct err){ 0 };
	c = opt_parse(o, takes, &w, false, e);

	*rest = w.n;
	return c;
}

static void options_are_found_wherever_they_stand(void **state)
{
	struct options o;
	struct err e;
	int rest;

	(void)state;
	assert_int_equal(parse(&o, OPT_GLOBAL | OPT(COUNT) | OPT(AS_OF),
				 "a -n 3 b --as-of=2h --quiet c", &rest, &e),
		E_OK);
	assert_int_equal(rest, 3);
	assert_string_equal(opt_text(&o, OPT_COUNT), "3");
	assert_string_equal(opt_text(&o, OPT_AS_OF), "2h");
	assert_string_equal(opt_text(&o, OPT_QUIET), "");
	assert_null(opt_text(&o, OPT_STORE));
}

static void the_last_of_several_counts_and_lists_keep_all(void **state)
{
	struct options o;
	struct err e;
	size_t at = 0;
	int rest;

	(void)state;
	assert_int_equal(
		parse(&o, OPT_GLOBAL | OPT(TAG), "-s a --tag x=1 -s b --tag y", &rest, &e), E_OK);
	assert_string_equal(opt_text(&o, OPT_STORE), "b");
	assert_string_equal(opt_next(&o, OPT_TAG, &at), "x=1");
	assert_string_equal(opt_next(&o, OPT_TAG, &at), "y");
	assert_null(opt_next(&o, OPT_TAG, &at));
}

static void mistakes_are_named_with_what_was_meant(void **state)
{
	static const struct {
		const char *line, *msg, *hint;
	} cases[] = {
		{ "--fromat x", "there is no option \"--fromat\" here", "did you mean --format?" },
		{ "--fromat=x", "there is no option \"--fromat\" here", "did you mean --format?" },
		{ "-Z", "there is no option \"-Z\" here", "--help lists the options" },
		{ "-qZ", "there is no option \"-Z\" here", "--help lists the options" },
		{ "--store", "option --store needs an argument", "--help says which" },
		{ "--since 2h", "there is no option \"--since\" here", "--help lists the options" },
	};
	struct options o;
	struct err e;
	int rest;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(parse(&o, OPT_GLOBAL, cases[i].line, &rest, &e), E_INVALID);
		assert_string_equal(e.msg, cases[i].msg);
		assert_string_equal(e.hint, cases[i].hint);
	}
}

static void more_options_than_fit_are_refused(void **state)
{
	static char program[] = "x", flag[] = "-q";
	char *argv[OPT_GIVEN_MAX + 3] = { program };
	struct options o = { 0 };
	struct err e = { 0 };
	struct words w = { OPT_GIVEN_MAX + 2, argv };

	(void)state;
	for (int i = 1; i <= OPT_GIVEN_MAX + 1; i++)
		argv[i] = flag;
	assert_int_equal(opt_parse(&o, OPT_GLOBAL, &w, false, &e), E_TOOBIG);
}

static void numbers_are_whole_and_not_negative(void **state)
{
	static const char *const bad[] = { "--limit=-1", "--limit=x", "--limit=1x",
		"--limit=", "--limit=99999999999999999999" };
	struct options o;
	struct err e;
	int64_t n;
	int rest;

	(void)state;
	parse(&o, OPT(LIMIT), "--limit 12", &rest, &e);
	assert_int_equal(opt_number(&o, OPT_LIMIT, 5, &n, &e), E_OK);
	assert_int_equal(n, 12);
	parse(&o, OPT(LIMIT), "", &rest, &e);
	assert_int_equal(opt_number(&o, OPT_LIMIT, 5, &n, &e), E_OK);
	assert_int_equal(n, 5);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		parse(&o, OPT(LIMIT), bad[i], &rest, &e);
		assert_int_equal(opt_number(&o, OPT_LIMIT, 5, &n, &e), E_INVALID);
	}
}

static void the_tables_are_consistent(void **state)
{
	(void)state;
	assert_true((size_t)OPT_IDS <= 8 * sizeof(opt_set));
	for (int i = 0; i < OPT_IDS; i++) {
		assert_true((opts[i].kind == OPT_FLAG) == (opts[i].arg == NULL));
		for (int k = 0; k < i; k++) {
			assert_string_not_equal(opts[i].name, opts[k].name);
			assert_true(!opts[i].letter || opts[i].letter != opts[k].letter);
		}
	}
	for (const struct command *k = commands; k->name; k++) {
		assert_non_null(k->run);
		assert_non_null(k->examples[0].line);
		assert_true((k->takes & OPT_GLOBAL) == 0);
		assert_true(k->args_min <= k->args_max);
		for (size_t i = 0; i < 4 && k->examples[i].line; i++)
			assert_memory_equal(k->examples[i].line, k->name, strlen(k->name));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_found_wherever_they_stand),
		cmocka_unit_test(the_last_of_several_counts_and_lists_keep_all),
		cmocka_unit_test(mistakes_are_named_with_what_was_meant),
		cmocka_unit_test(more_options_than_fit_are_refused),
		cmocka_unit_test(numbers_are_whole_and_not_negative),
		cmocka_unit_test(the_tables_are_consistent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
