/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/format.h"
#include "cli/plain.h"
#include "lib/unit.h"
#include <stdlib.h>
#include <string.h>

static struct cell real(double r)
{
	return (struct cell){ .kind = CELL_REAL, .r = r };
}

static struct cell blob(const char *p, size_t n)
{
	return (struct cell){ .kind = CELL_BLOB, .text = { p, n } };
}

struct shape {
	enum format format;
	size_t width;
	const char *columns;
	size_t rows;
};

static const char *const names[] = { "name", "n", "configuration" };

static const struct cell *row(size_t i)
{
	static struct cell rows[5][3];

	rows[0][0] = cell_text("web-1");
	rows[0][1] = cell_int(-7);
	rows[0][2] = cell_text("{\"a\":[1,2]}");
	rows[1][0] = cell_text("M\xc3\xbcller, \"Zo\xc3\xab\"\nLtd");
	rows[1][1] = cell_null();
	rows[1][2] = cell_text("{not json");
	rows[2][0] = cell_text("\xe6\x97\xa5\xe6\x9c\xac\t\x1b[31m");
	rows[2][1] = real(2);
	rows[2][2] = cell_null();
	rows[3][0] = cell_text("");
	rows[3][1] = real(0.5);
	rows[3][2] = cell_text("back\\slash");
	rows[4][0] = blob("\x00\xff", 2);
	rows[4][1] = cell_int(INT64_MAX);
	rows[4][2] = cell_text("bad \xff byte");
	return rows[i];
}

/* What a printer makes of the first rows; free() it. */
static char *print(const struct shape *s, struct err *e)
{
	char *out = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&out, &n);
	struct printer p;
	struct rows rows;

	printer_init(&p, s->format, f);
	p.width = s->width;
	p.columns = s->columns;
	rows = printer_rows(&p);
	if (!rows.begin(rows.ctx, names, 3, e)) {
		for (size_t i = 0; i < s->rows; i++)
			assert_int_equal(rows.row(rows.ctx, row(i), 3, e), E_OK);
		assert_int_equal(printer_end(&p, e), E_OK);
	}
	printer_release(&p);
	fclose(f);
	return out;
}

static void expect(struct shape s, const char *text)
{
	struct err e = { 0 };
	char *out = print(&s, &e);

	assert_int_equal(e.code, E_OK);
	assert_string_equal(out, text);
	free(out);
}

static void json_keeps_kinds_and_puts_documents_in(void **state)
{
	(void)state;
	expect((struct shape){ FORMAT_JSON, 0, NULL, 5 },
		"[{\"name\":\"web-1\",\"n\":-7,\"configuration\":{\"a\":[1,2]}},\n"
		" {\"name\":\"M\xc3\xbcller, \\\"Zo\xc3\xab\\\"\\nLtd\",\"n\":null,\"configuration\":\"{not json\"},\n"
		" {\"name\":\"\xe6\x97\xa5\xe6\x9c\xac\\t\\u001b[31m\",\"n\":2.0,\"configuration\":null},\n"
		" {\"name\":\"\",\"n\":0.5,\"configuration\":\"back\\\\slash\"},\n"
		" {\"name\":\"00ff\",\"n\":9223372036854775807,\"configuration\":\"bad \xef\xbf\xbd byte\"}]\n");
	expect((struct shape){ FORMAT_JSON, 0, NULL, 0 }, "[]\n");
	expect((struct shape){ FORMAT_JSONL, 0, "n,name", 1 }, "{\"n\":-7,\"name\":\"web-1\"}\n");
	expect((struct shape){ FORMAT_JSONL, 0, NULL, 0 }, "");
}

static void csv_quotes_what_needs_it(void **state)
{
	(void)state;
	expect((struct shape){ FORMAT_CSV, 0, NULL, 4 },
		"name,n,configuration\n"
		"web-1,-7,\"{\"\"a\"\":[1,2]}\"\n"
		"\"M\xc3\xbcller, \"\"Zo\xc3\xab\"\"\nLtd\",,{not json\n"
		"\xe6\x97\xa5\xe6\x9c\xac\t\x1b[31m,2.0,\n"
		",0.5,back\\slash\n");
	expect((struct shape){ FORMAT_CSV, 0, NULL, 0 }, "name,n,configuration\n");
}

static void tsv_has_one_line_a_row(void **state)
{
	(void)state;
	expect((struct shape){ FORMAT_TSV, 0, "name,configuration", 4 },
		"name\tconfiguration\n"
		"web-1\t{\"a\":[1,2]}\n"
		"M\xc3\xbcller, \"Zo\xc3\xab\"\\nLtd\t{not json\n"
		"\xe6\x97\xa5\xe6\x9c\xac\\t\x1b[31m\t\n"
		"\tback\\\\slash\n");
}

static void tables_align_and_show_no_control_characters(void **state)
{
	(void)state;
	expect((struct shape){ FORMAT_TABLE, 0, "name,n", 4 },
		"name                n\n"
		"web-1               -7\n"
		"M\xc3\xbcller, \"Zo\xc3\xab\"\\nLtd\n"
		"\xe6\x97\xa5\xe6\x9c\xac\\t\\u001b[31m    2.0\n"
		"                    0.5\n");
	expect((struct shape){ FORMAT_TABLE, 0, NULL, 0 }, "");
}

static void tables_fit_the_terminal(void **state)
{
	(void)state;
	expect((struct shape){ FORMAT_TABLE, 17, "name,n", 3 },
		"name          n\n"
		"web-1         -7\n"
		"M\xc3\xbcller\xe2\x80\xa6\\nLtd\n"
		"\xe6\x97\xa5\xe6\x9c\xac\\t\xe2\x80\xa6\x62[31m  2.0\n");
	/* Nothing gets narrower than can be read. */
	expect((struct shape){ FORMAT_TABLE, 1, "name,configuration", 1 },
		"name   confi\xe2\x80\xa6\n"
		"web-1  {\"a\":\xe2\x80\xa6\n");
}

static void columns_that_are_not_there_are_named(void **state)
{
	struct err e = { 0 };
	char *out = print(&(struct shape){ FORMAT_CSV, 0, "nmae", 0 }, &e);

	(void)state;
	assert_int_equal(e.code, E_INVALID);
	assert_string_equal(e.msg, "there is no column \"nmae\"");
	assert_string_equal(e.hint, "did you mean \"name\"?");
	free(out);
}

static void long_tables_flow(void **state)
{
	struct err e = { 0 };
	char *out = print(&(struct shape){ FORMAT_TABLE, 0, "n", 5 }, &e);
	size_t n = 0;
	FILE *f;
	struct printer p;
	struct rows rows;

	(void)state;
	free(out);
	f = open_memstream(&out, &n);
	printer_init(&p, FORMAT_TABLE, f);
	rows = printer_rows(&p);
	rows.begin(rows.ctx, names, 3, &e);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(rows.row(rows.ctx, row(0), 3, &e), E_OK);
	fflush(f);
	/* Most of it is out before the end. */
	assert_true(n > 10000);
	assert_int_equal(printer_end(&p, &e), E_OK);
	fflush(f);
	assert_int_equal(n, 1001 * strlen("web-1  -7  {\"a\":[1,2]}\n") + 2);
	printer_release(&p);
	fclose(f);
	free(out);
}

static void width_counts_columns_not_bytes(void **state)
{
	struct str s = STR("a\xcc\x81\xe6\x97\xa5\xff");

	(void)state;
	assert_int_equal(plain_width(s), 4);
	assert_int_equal(plain_cut(s, 2).n, 3);
	assert_int_equal(plain_cut(s, 3).n, 6);
	assert_int_equal(plain_cut(s, 0).n, 0);
	assert_int_equal(plain_width(STR("")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_keeps_kinds_and_puts_documents_in),
		cmocka_unit_test(csv_quotes_what_needs_it),
		cmocka_unit_test(tsv_has_one_line_a_row),
		cmocka_unit_test(tables_align_and_show_no_control_characters),
		cmocka_unit_test(tables_fit_the_terminal),
		cmocka_unit_test(columns_that_are_not_there_are_named),
		cmocka_unit_test(long_tables_flow),
		cmocka_unit_test(width_counts_columns_not_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
