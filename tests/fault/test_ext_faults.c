/* SPDX-License-Identifier: Apache-2.0 */
/* The extension while memory runs out, ours or SQLite's, one occasion after the other: every query says so
 * or is right, and the connection can be closed. */
#include "lib/fault.h"
#include "lib/unit.h"
#include <sqlite3.h>

int sqlite3_siltstone_init(sqlite3 *db, char **message, const struct sqlite3_api_routines *api);

static const struct {
	const char *sql, *want;
} queries[] = {
	{ "SELECT silt_canon('{\"b\":[1,{\"d\":1,\"c\":2}],\"a\":null}')",
		"{\"b\":[1,{\"c\":2,\"d\":1}]}" },
	{ "SELECT silt_diff('{\"a\":[{\"id\":1}]}', '{\"a\":[]}')",
		"[{\"path\":\"a[1]\",\"op\":\"remove\",\"before\":{\"id\":1}}]" },
	{ "SELECT length(silt_config_diff('{\"configuration\":{\"a\":1}}', NULL)) > 100", "1" },
	{ "SELECT group_concat(property || before || after) FROM silt_changes('{\"a\":1,\"b\":[1]}', '{\"a\":2.5,\"b\":{}}')",
		"a12.5,b[1]{}" },
	{ "SELECT silt_document(1), silt_document(rid, 1) FROM _resource", "{\"v\":1}" },
	{ "SELECT silt_at(rid, '2026-09-21 14:13:20') FROM _resource", "{\"c\":1}" },
	{ "SELECT silt_ago('1d') < silt_ago('1h')", "1" },
};

/* The first column of the first row must be @want, where it does not fail; the SQLite code. */
static int answer(sqlite3 *db, const char *sql, const char *want)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		const char *text = (const char *)sqlite3_column_text(st, 0);

		if (text)
			assert_string_equal(text, want);
		rc = text ? SQLITE_OK : SQLITE_NOMEM;
	}
	sqlite3_finalize(st);
	return rc;
}

static int make_store(sqlite3 *db)
{
	return sqlite3_exec(db,
		"CREATE TABLE _resource(rid INTEGER PRIMARY KEY, last_item); INSERT INTO _resource VALUES (1, 11);"
		"CREATE TABLE _item(item_id INTEGER PRIMARY KEY, rid, version); INSERT INTO _item VALUES (11, 1, 1);"
		"CREATE TABLE _item_document(item_id, document); INSERT INTO _item_document VALUES (11, '{\"v\":1}');"
		"CREATE TABLE resources_at(rid, version, t); INSERT INTO resources_at VALUES (1, 1, 1790000000);"
		"CREATE TABLE configs(rid, version, configuration); INSERT INTO configs VALUES (1, 1, '{\"c\":1}');",
		NULL, NULL, NULL);
}

static int scenario(void)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open(":memory:", &db);

	if (rc == SQLITE_OK)
		rc = make_store(db);
	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries) && rc == SQLITE_OK; i++)
		rc = answer(db, queries[i].sql, queries[i].want);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return rc;
}

static void every_fault(enum fault_kind kind)
{
	bool fired = true;
	long n;

	for (n = 0; fired; n += kind == FAULT_SQLITE ? 1 + n / 200 : 1) {
		int rc;

		fault_arm(kind, n, false);
		rc = scenario();
		fired = fault_disarm();
		if (!fired)
			assert_int_equal(rc, SQLITE_OK);
	}
	assert_true(n > 20);
}

static void when_our_memory_fails(void **state)
{
	(void)state;
	every_fault(FAULT_MEMORY);
}

static void when_sqlites_memory_fails(void **state)
{
	(void)state;
	every_fault(FAULT_SQLITE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_our_memory_fails),
		cmocka_unit_test(when_sqlites_memory_fails),
	};

	fault_install();
	sqlite3_auto_extension((void (*)(void))sqlite3_siltstone_init);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
