/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "db/select.h"
#include "lib/unit.h"
#include <string.h>

struct world {
	struct db db;
	struct buf out; /* "a|b\n" for each row, names first */
	volatile sig_atomic_t stop;
};

static int make(void **state)
{
	static struct world w;
	struct err e = { 0 };

	w = (struct world){ .out = BUF_INIT(1 << 20) };
	*state = &w;
	if (db_open(&w.db, ":memory:", DB_CREATE, &e))
		return 1;
	return db_script(&w.db, "make",
		"CREATE TABLE animals(name TEXT, legs INTEGER);"
		"CREATE VIEW cats AS SELECT name, legs FROM animals WHERE legs = 4;"
		"INSERT INTO animals VALUES ('tom', 4), ('fish', 0), ('rex', 4);",
		&e);
}

static int unmake(void **state)
{
	struct world *w = *state;

	buf_release(&w->out);
	db_close(&w->db);
	return 0;
}

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct world *w = ctx;

	(void)e;
	for (size_t i = 0; i < n; i++)
		buf_printf(&w->out, "%s%s", i ? "|" : "", names[i]);
	buf_char(&w->out, '\n');
	return E_OK;
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct world *w = ctx;

	(void)e;
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(&w->out, '|');
		switch (cells[i].kind) {
		case CELL_NULL: buf_char(&w->out, '-'); break;
		case CELL_INT: buf_printf(&w->out, "%lld", (long long)cells[i].i); break;
		case CELL_REAL: buf_printf(&w->out, "%.2f", cells[i].r); break;
		case CELL_TEXT: buf_printf(&w->out, "'%.*s'", STR_ARG(cells[i].text)); break;
		case CELL_BLOB: buf_printf(&w->out, "%zu bytes", cells[i].text.n); break;
		}
	}
	buf_char(&w->out, '\n');
	return E_OK;
}

static enum code run(struct world *w, const struct select_query *q, struct err *e)
{
	struct rows rows = { begin, row, w };

	buf_clear(&w->out);
	*e = (struct err){ 0 };
	return select_run(&w->db, q, &rows, NULL, e);
}

static enum code ask(struct world *w, const char *sql, struct err *e)
{
	return run(w, &(struct select_query){ .sql = sql }, e);
}

static void rows_come_with_names_and_kinds(void **state)
{
	struct world *w = *state;
	struct err e;

	assert_int_equal(
		ask(w, "SELECT 1 AS a, 2.5 AS b, 'x' AS c, x'0102' AS d, NULL AS e", &e), E_OK);
	assert_string_equal(w->out.p, "a|b|c|d|e\n1|2.50|'x'|2 bytes|-\n");
	assert_int_equal(ask(w, "SELECT name FROM cats WHERE 0 -- none\n ; /* done */", &e), E_OK);
	assert_string_equal(w->out.p, "name\n");
	assert_int_equal(
		ask(w, "WITH t(x) AS (VALUES (1),(2)) SELECT sum(x) AS s FROM t", &e), E_OK);
	assert_int_equal(ask(w, "SELECT value FROM json_each('[7]')", &e), E_OK);
	assert_string_equal(w->out.p, "value\n7\n");
	assert_int_equal(ask(w, "SELECT name FROM pragma_table_info('animals')", &e), E_OK);
	assert_string_equal(w->out.p, "name\n'name'\n'legs'\n");
}

static void whatever_could_write_is_refused(void **state)
{
	static const char *const bad[] = { "DELETE FROM animals",
		"INSERT INTO animals VALUES ('x', 1)",
		"INSERT INTO animals VALUES ('x', 1) RETURNING name", "UPDATE animals SET legs = 5",
		"WITH t AS (SELECT 1) DELETE FROM animals", "DROP VIEW cats", "CREATE TABLE x(y)",
		"CREATE TEMP TABLE x(y)", "ATTACH 'x.db' AS x", "VACUUM", "VACUUM INTO 'x.db'",
		"PRAGMA query_only = OFF", "PRAGMA user_version = 7",
		"PRAGMA journal_mode = DELETE", "PRAGMA writable_schema = ON", "BEGIN IMMEDIATE",
		"SELECT load_extension('x')", "SELECT 1; DELETE FROM animals",
		"UPDATE sqlite_master SET sql = 'x'", "EXPLAIN DELETE FROM animals", "REINDEX",
		"ANALYZE", "", " ; ", "-- nothing" };
	struct world *w = *state;
	struct err e;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (ask(w, bad[i], &e) != E_INVALID)
			fail_msg("%s: %d %s", bad[i], e.code, e.msg);
	assert_int_equal(ask(w, "SELECT count(*) AS n, sum(legs) AS legs FROM animals", &e), E_OK);
	assert_string_equal(w->out.p, "n|legs\n3|8\n");
	/* And the connection can write again. */
	assert_int_equal(db_script(&w->db, "x", "DELETE FROM animals", &e), E_OK);
}

static void parameters_are_bound_by_name(void **state)
{
	struct world *w = *state;
	struct select_value values[] = { { "legs", cell_int(4) }, { "who", cell_text("rex") } };
	struct select_query q = {
		.sql = "SELECT name FROM animals WHERE legs = :legs AND name = @who",
		.values = values,
		.n_values = 2
	};
	struct err e;

	assert_int_equal(run(w, &q, &e), E_OK);
	assert_string_equal(w->out.p, "name\n'rex'\n");
	q.n_values = 1;
	assert_int_equal(run(w, &q, &e), E_INVALID);
	assert_string_equal(e.msg, "the query's parameter @who has no value");
	q.sql = "SELECT 1";
	assert_int_equal(run(w, &q, &e), E_INVALID);
	assert_string_equal(e.msg, "the query has no parameter :legs");
	q.sql = "SELECT ?";
	q.n_values = 0;
	assert_int_equal(run(w, &q, &e), E_INVALID);
	q.sql = "SELECT :nothing IS NULL AS x";
	q.open_values = true;
	q.n_values = 2;
	assert_int_equal(run(w, &q, &e), E_OK);
	assert_string_equal(w->out.p, "x\n1\n");
}

static void mistakes_come_with_the_nearest_name(void **state)
{
	static const struct {
		const char *sql, *msg, *hint;
	} cases[] = {
		{ "SELEC 1", "the query was not understood: near \"SELEC\": syntax error", "" },
		{ "SELECT * FROM catz", "the query was not understood: no such table: catz",
			"did you mean \"cats\"?" },
		{ "SELECT a.nmae FROM animals a",
			"the query was not understood: no such column: a.nmae",
			"did you mean \"name\"?" },
		{ "SELECT LEG FROM animals", "the query was not understood: no such column: LEG",
			"did you mean \"legs\"?" },
		{ "SELECT zzzzzzz FROM animals",
			"the query was not understood: no such column: zzzzzzz", "" },
	};
	struct world *w = *state;
	struct err e;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(ask(w, cases[i].sql, &e), E_INVALID);
		assert_string_equal(e.msg, cases[i].msg);
		assert_string_equal(e.hint, cases[i].hint);
	}
}

static void limits_and_stops_are_obeyed(void **state)
{
	const char *endless =
		"WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t";
	struct world *w = *state;
	struct rows rows = { begin, row, w };
	struct select_query q = { .sql = "SELECT name FROM animals", .limit = 2 };
	struct err e = { 0 };
	bool truncated;

	buf_clear(&w->out);
	assert_int_equal(select_run(&w->db, &q, &rows, &truncated, &e), E_OK);
	assert_true(truncated);
	assert_string_equal(w->out.p, "name\n'tom'\n'fish'\n");
	q.limit = 3;
	assert_int_equal(select_run(&w->db, &q, &rows, &truncated, &e), E_OK);
	assert_false(truncated);
	q = (struct select_query){ .sql = endless, .timeout_ms = 20 };
	assert_int_equal(run(w, &q, &e), E_TOOBIG);
	assert_string_equal(e.msg, "the query took longer than 0.02 s");
	w->stop = 1;
	q = (struct select_query){ .sql = endless, .stop = &w->stop };
	assert_int_equal(run(w, &q, &e), E_CANCELED);
	assert_int_equal(ask(w, "SELECT 1", &e), E_OK);
}

static enum code refuse(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	(void)ctx;
	(void)cells;
	(void)n;
	return err_set(e, E_FULL, "enough");
}

static void the_receiver_can_end_it(void **state)
{
	struct world *w = *state;
	struct rows rows = { begin, refuse, w };
	struct err e = { 0 };

	assert_int_equal(
		select_run(&w->db, &(struct select_query){ .sql = "SELECT 1" }, &rows, NULL, &e),
		E_FULL);
	assert_string_equal(e.msg, "enough");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_come_with_names_and_kinds),
		TEST(whatever_could_write_is_refused),
		TEST(parameters_are_bound_by_name),
		TEST(mistakes_come_with_the_nearest_name),
		TEST(limits_and_stops_are_obeyed),
		TEST(the_receiver_can_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
