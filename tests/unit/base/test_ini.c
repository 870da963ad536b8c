/* SPDX-License-Identifier: Apache-2.0 */
#include "base/ini.h"

#include "lib/scratch.h"
#include "lib/unit.h"
#include <stdio.h>
#include <string.h>

static enum code parse(struct ini *f, const char *text, struct err *e)
{
	*f = (struct ini)INI_INIT;
	f->verbatim = "credential_process";
	memset(e, 0, sizeof(*e));
	return ini_parse(f, str_of(text), "file", e);
}

static void assert_value(
	const struct ini *f, const char *section, const char *name, const char *value)
{
	struct str got = ini_get(f, str_of(section), name);

	if (!value) {
		assert_null(got.p);
		return;
	}
	assert_int_equal(got.n, strlen(value));
	assert_memory_equal(got.p, value, got.n);
}

static void values_are_found_by_section_and_name(void **state)
{
	struct ini f;
	struct err e;

	(void)state;
	assert_int_equal(
		parse(&f,
			"\xef\xbb\xbf# top\r\n[default]\r\nRegion = eu-west-1\r\nempty =\r\n"
			"; comment\n[ profile   \"my prod\" ] # why\nregion=us-east-1\n"
			"key\t=  a=b==  \n[default]\noutput = json\n",
			&e),
		E_OK);
	assert_value(&f, "default", "region", "eu-west-1");
	assert_value(&f, "default", "output", "json");
	assert_value(&f, "default", "empty", NULL);
	assert_value(&f, "default", "key", NULL);
	assert_value(&f, "profile my prod", "region", "us-east-1");
	assert_value(&f, "profile my prod", "key", "a=b==");
	assert_value(&f, "my prod", "region", NULL);
	assert_true(ini_has(&f, STR("default")));
	assert_false(ini_has(&f, STR("profile")));
	ini_release(&f);
}

static void the_last_of_equal_names_counts(void **state)
{
	struct ini f;
	struct err e;

	(void)state;
	assert_int_equal(parse(&f, "[a]\nx = 1\nx = 2\n[b]\nx = 9\n[a]\nx = 3", &e), E_OK);
	assert_value(&f, "a", "x", "3");
	assert_value(&f, "b", "x", "9");
	ini_release(&f);
}

static void comments_behind_values_are_left_out_but_not_of_commands(void **state)
{
	struct ini f;
	struct err e;

	(void)state;
	assert_int_equal(parse(&f,
				 "[a]\nx = 1 # one\ny = 2\t; two\nz = a#b;c\nw = # nothing\n"
				 "credential_process = get \"# 1\" ; x\n",
				 &e),
		E_OK);
	assert_value(&f, "a", "x", "1");
	assert_value(&f, "a", "y", "2");
	assert_value(&f, "a", "z", "a#b;c");
	assert_value(&f, "a", "w", NULL);
	assert_value(&f, "a", "credential_process", "get \"# 1\" ; x");
	ini_release(&f);
}

static void groups_have_members(void **state)
{
	struct ini f;
	struct err e;

	(void)state;
	assert_int_equal(parse(&f,
				 "[services dev]\nec2 =\n  endpoint_url = http://a\n  other = 1\n"
				 "s3 =\n\n    # why\n    endpoint_url = http://b\nplain = 2\n",
				 &e),
		E_OK);
	assert_value(&f, "services dev", "ec2.endpoint_url", "http://a");
	assert_value(&f, "services dev", "ec2.other", "1");
	assert_value(&f, "services dev", "s3.endpoint_url", "http://b");
	assert_value(&f, "services dev", "plain", "2");
	assert_value(&f, "services dev", "endpoint_url", NULL);
	ini_release(&f);
}

static void a_section_indented_as_a_whole_has_values_of_its_own(void **state)
{
	struct ini f;
	struct err e;

	(void)state;
	assert_int_equal(parse(&f, "[a]\n  x = 1\n  y = 2\n[b]\n\tz = 3\n", &e), E_OK);
	assert_value(&f, "a", "x", "1");
	assert_value(&f, "a", "y", "2");
	assert_value(&f, "b", "z", "3");
	ini_release(&f);
}

static void an_indented_line_goes_on_with_the_value(void **state)
{
	struct ini f;
	struct err e;

	(void)state;
	assert_int_equal(parse(&f, "[a]\nx = one\n  two\ny = 2\n", &e), E_OK);
	assert_value(&f, "a", "x", "one\n  two");
	assert_value(&f, "a", "y", "2");
	ini_release(&f);
}

static void malformed_lines_are_told_by_number_and_never_quoted(void **state)
{
	static const struct {
		const char *text, *line;
	} bad[] = {
		{ "x = hush\n", "line 1" },
		{ "[a\nx = 1\n", "line 1" },
		{ "[]\n", "line 1" },
		{ "[a] hush\n", "line 1" },
		{ "[a]\n\nhush\n", "line 3" },
		{ "[a]\n= hush\n", "line 2" },
		{ "[a]\ng =\n  hush\n", "line 3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct ini f;
		struct err e;

		assert_int_equal(parse(&f, bad[i].text, &e), E_INVALID);
		assert_non_null(strstr(e.msg, "\"file\""));
		assert_non_null(strstr(e.msg, bad[i].line));
		assert_null(strstr(e.msg, "hush"));
		ini_release(&f);
	}
}

static void zero_bytes_and_giants_are_refused(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct ini f = INI_INIT;
	struct scratch dir;
	struct err e = { 0 };
	const char *path;
	FILE *out;

	(void)state;
	assert_int_equal(ini_parse(&f, STR("[a]\nx = 1\0\n"), "file", &e), E_INVALID);
	ini_release(&f);
	scratch_make(&dir);
	path = scratch_path(&dir, &a, "big");
	out = fopen(path, "w");
	assert_non_null(out);
	for (int i = 0; i < 200000; i++)
		fputs("# 456789\n", out);
	fclose(out);
	e = (struct err){ 0 };
	assert_int_equal(ini_read(&f, path, &e), E_TOOBIG);
	ini_release(&f);
	e = (struct err){ 0 };
	assert_int_equal(ini_read(&f, scratch_path(&dir, &a, "missing"), &e), E_NOTFOUND);
	ini_release(&f);
	ini_release(NULL);
	scratch_remove(&dir);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_are_found_by_section_and_name),
		cmocka_unit_test(the_last_of_equal_names_counts),
		cmocka_unit_test(comments_behind_values_are_left_out_but_not_of_commands),
		cmocka_unit_test(groups_have_members),
		cmocka_unit_test(a_section_indented_as_a_whole_has_values_of_its_own),
		cmocka_unit_test(an_indented_line_goes_on_with_the_value),
		cmocka_unit_test(malformed_lines_are_told_by_number_and_never_quoted),
		cmocka_unit_test(zero_bytes_and_giants_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
