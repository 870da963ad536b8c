/* SPDX-License-Identifier: Apache-2.0 */
/* siltstone.so as SQLite has it: loaded from its file. */
#include "lib/unit.h"
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static sqlite3 *db;

static int load(void **state)
{
	(void)state;
	return sqlite3_open(":memory:", &db) ||
	       sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 1, NULL) ||
	       sqlite3_load_extension(db, EXTENSION, NULL, NULL);
}

static int unload(void **state)
{
	(void)state;
	/* Nothing of ours is left open in it. */
	return sqlite3_close(db);
}

/* Every row of a query, "a|b;" for each, or "error: ...". */
static const char *ask(const char *sql)
{
	static char out[4096];
	sqlite3_stmt *st;
	size_t n = 0;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

	out[0] = '\0';
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = sqlite3_step(st);
		for (int i = 0; rc == SQLITE_ROW && i < sqlite3_column_count(st); i++) {
			const char *text = (const char *)sqlite3_column_text(st, i);

			n += (size_t)snprintf(
				out + n, sizeof(out) - n, "%s%s", i ? "|" : "", text ? text : "-");
		}
		if (rc == SQLITE_ROW)
			n += (size_t)snprintf(out + n, sizeof(out) - n, ";");
	}
	if (rc != SQLITE_DONE)
		snprintf(out, sizeof(out), "error: %s", sqlite3_errmsg(db));
	sqlite3_finalize(st);
	return out;
}

#define gives(sql, want) assert_string_equal(ask(sql), want)

static void canonical_form_is_sorted_and_without_nulls(void **state)
{
	(void)state;
	gives("SELECT silt_canon('{\"b\":1.50,\"a\":null,\"c\":[null,{\"z\":1,\"y\":2}]}')",
		"{\"b\":1.50,\"c\":[null,{\"y\":2,\"z\":1}]};");
	gives("SELECT silt_canon(NULL), silt_canon(7), silt_canon(' \"x\" ')", "-|7|\"x\";");
	gives("SELECT silt_canon('{\"a\":1,\"a\":2}')",
		"error: silt_canon: read JSON: the name \"a\" stands twice in the object that ends at byte 13");
	assert_non_null(strstr(ask("SELECT silt_canon('{} {}')"), "error: silt_canon"));
	assert_non_null(strstr(ask("SELECT silt_canon(x'22ff22')"), "error: silt_canon"));
	assert_non_null(strstr(ask("SELECT silt_canon('')"), "error: silt_canon"));
}

static void a_difference_knows_the_elements_of_lists(void **state)
{
	(void)state;
	gives("SELECT silt_diff('{\"g\":[{\"id\":\"a\",\"n\":1},{\"id\":\"b\",\"n\":2}]}',"
	      " '{\"g\":[{\"id\":\"b\",\"n\":3},{\"id\":\"a\",\"n\":1}]}')",
		"[{\"path\":\"g[b].n\",\"op\":\"change\",\"before\":2,\"after\":3}];");
	gives("SELECT silt_diff('{\"a\":1}', '{\"a\":1,\"b\":null}')", "[];");
	gives("SELECT silt_diff(NULL, NULL), silt_config_diff(NULL, NULL)", "-|-;");
	gives("SELECT silt_diff(NULL, '{\"a\":1}')",
		"[{\"path\":\"a\",\"op\":\"add\",\"after\":1}];");
	assert_non_null(strstr(ask("SELECT silt_diff('{', '{}')"), "the first document: "));
	assert_non_null(strstr(ask("SELECT silt_diff('{}', '}')"), "the second document: "));
}

static void a_difference_in_the_words_of_aws(void **state)
{
	(void)state;
	gives("SELECT silt_config_diff('{\"configuration\":{\"state\":\"on\"}}', '{\"configuration\":{\"state\":\"off\"}}')",
		"{\"changedProperties\":{\"Configuration.State\":{\"previousValue\":\"on\","
		"\"updatedValue\":\"off\",\"changeType\":\"UPDATE\"}},\"changeType\":\"UPDATE\"};");
	assert_non_null(strstr(ask("SELECT silt_config_diff('{}', '{}')"),
		"the first document has no configuration"));
	assert_non_null(strstr(ask("SELECT silt_config_diff('[]', NULL)"), "has no configuration"));
}

#define PAIR                                                                                       \
	"'{\"a\":1,\"b\":true,\"f\":1.5,\"n\":99999999999999999999,\"o\":{\"k\":1},\"s\":\"x\"}'," \
	"'{\"a\":2,\"b\":false,\"f\":2.5e3,\"s\":\"y\"}'"

static void changes_are_rows_with_values_of_their_kind(void **state)
{
	(void)state;
	gives("SELECT property, op, typeof(before), before, typeof(after), after FROM silt_changes(" PAIR
	      ")",
		"a|change|integer|1|integer|2;b|change|integer|1|integer|0;"
		"f|change|real|1.5|real|2500.0;n|remove|real|1.0e+20|null|-;"
		"o|remove|text|{\"k\":1}|null|-;s|change|text|x|text|y;");
	gives("SELECT rowid, property FROM silt_changes(" PAIR ") WHERE op = 'change' LIMIT 2",
		"0|a;1|b;");
	gives("SELECT count(*) FROM silt_changes(NULL, NULL)", "0;");
	/* The arguments can be asked for, and come from another table. */
	gives("SELECT c.a, c.b, c.property FROM (SELECT '{}' AS x, '{\"k\":1}' AS y UNION ALL SELECT '{}', '{\"l\":1}') t"
	      " JOIN silt_changes(t.x, t.y) c",
		"{}|{\"k\":1}|k;{}|{\"l\":1}|l;");
	gives("SELECT property FROM silt_changes WHERE b = '{\"k\":1}' AND a = '{}'", "k;");
}

static void what_is_missing_is_told(void **state)
{
	(void)state;
	gives("SELECT * FROM silt_changes",
		"error: silt_changes needs two documents, the one before and the one after");
	gives("SELECT * FROM silt_changes('{}')",
		"error: silt_changes needs two documents, the one before and the one after");
	gives("SELECT * FROM silt_changes('{}', '{}', '{}')",
		"error: too many arguments on silt_changes() - max 2");
	assert_non_null(strstr(ask("SELECT * FROM silt_changes('{}', 'x')"),
		"error: silt_changes: the second document: "));
	gives("SELECT silt_document(1)",
		"error: silt_document: is this a Siltstone store? no such table: _resource");
	gives("SELECT silt_document(NULL), silt_at(1, NULL), silt_at(NULL, 'x')", "-|-|-;");
}

static void ago_is_a_moment(void **state)
{
	(void)state;
	gives("SELECT abs(silt_ago('3d') - strftime('%s', 'now', '-3 days')) < 5,"
	      " abs(silt_ago(' 1d12h ') - strftime('%s', 'now', '-36 hours')) < 5, silt_ago(NULL), typeof(silt_ago('0s'))",
		"1|1|-|integer;");
	assert_non_null(strstr(ask("SELECT silt_ago('3')"), "error: silt_ago"));
	assert_non_null(strstr(ask("SELECT silt_ago('')"), "error: silt_ago"));
	assert_non_null(strstr(ask("SELECT silt_ago('3 fortnights')"), "error: silt_ago"));
	assert_non_null(strstr(ask("SELECT silt_ago('999999999999y')"), "error: silt_ago"));
	assert_non_null(strstr(ask("SELECT silt_ago('900y900y')"), "error: silt_ago"));
}

/* A store as small as the functions need it. */
static void make_store(void)
{
	assert_int_equal(
		sqlite3_exec(db,
			"CREATE TABLE _resource(rid INTEGER PRIMARY KEY, last_item);"
			"CREATE TABLE _item(item_id INTEGER PRIMARY KEY, rid, version);"
			"CREATE TABLE _item_document(item_id, document);"
			"INSERT INTO _resource VALUES (1, 12), (2, 21);"
			"INSERT INTO _item VALUES (11, 1, 1), (12, 1, 2), (21, 2, 1);"
			"INSERT INTO _item_document VALUES (11, '{\"v\":1}'), (12, '{\"v\":2}');"
			"CREATE TABLE resources_at(rid, version, t); CREATE TABLE configs(rid, version, configuration);"
			"INSERT INTO resources_at VALUES (1, 1, 1790000000), (1, 2, 1790000060), (1, 2, 1790000060250);"
			"INSERT INTO configs VALUES (1, 1, '{\"c\":1}'), (1, 2, '{\"c\":2}');",
			NULL, NULL, NULL),
		SQLITE_OK);
}

static void documents_come_from_the_store(void **state)
{
	(void)state;
	make_store();
	gives("SELECT silt_document(1), silt_document(1, 1), silt_document(1, 3), silt_document(2), silt_document(9)",
		"{\"v\":2}|{\"v\":1}|-|-|-;");
	gives("SELECT rid, silt_document(rid), silt_document(rid, 1) FROM _resource",
		"1|{\"v\":2}|{\"v\":1};2|-|-;");
	gives("SELECT silt_at(1, 1790000000), silt_at(1, '2026-09-21 14:14:20'), silt_at(1, '2026-09-21T14:14:20.250Z'), silt_at(1, 5)",
		"{\"c\":1}|{\"c\":2}|{\"c\":2}|-;");
	assert_non_null(strstr(ask("SELECT silt_at(1, 'whenever')"), "\"whenever\" is no moment"));
	/* The same statement for every row where the moment is one. */
	gives("SELECT group_concat(silt_at(rid, 1790000000)) FROM _resource", "{\"c\":1};");
	/* Not from a view: such a file may be anybody's. */
	assert_int_equal(
		sqlite3_exec(db, "CREATE VIEW v AS SELECT silt_document(1)", NULL, NULL, NULL),
		SQLITE_OK);
	gives("SELECT * FROM v", "error: unsafe use of silt_document()");
	assert_int_equal(
		sqlite3_exec(db,
			"CREATE VIEW w AS SELECT silt_canon('{}') AS x, property FROM silt_changes('{}', '{\"k\":1}')",
			NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	gives("SELECT * FROM w", "{}|k;");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, load, unload)
		CASE(canonical_form_is_sorted_and_without_nulls),
		CASE(a_difference_knows_the_elements_of_lists),
		CASE(a_difference_in_the_words_of_aws),
		CASE(changes_are_rows_with_values_of_their_kind),
		CASE(what_is_missing_is_told),
		CASE(ago_is_a_moment),
		CASE(documents_come_from_the_store),
#undef CASE
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
