/* SPDX-License-Identifier: Apache-2.0 */
/* Rules are evaluated while everything that can fail fails, one occasion after the other. Whatever happens: the code says
 * so, no rule is blamed for it, and the next evaluation comes to the same end, of which everybody is told once. */
#include "base/must.h"
#include "core/evaluate.h"
#include "lib/estate.h"
#include "lib/fault.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/store.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define T0    INT64_C(1790000000000)
#define PLACE "'123456789012', 'us-east-1', "

static struct scratch scratch;
static struct arena arena = ARENA_INIT(1 << 20);
static const char *path;

/* What was there is judged by a new rule, what has changed since by another one and by a function. */
static const char world[] =
	"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, policy, scope, details, state_ms, created_ms, changed_ms) "
	"SELECT " PLACE
	"value, 'id-' || value, 'arn:' || value, 'CUSTOM_POLICY', json_object('PolicyRuntime', 'sql', 'PolicyText', '-- types: AWS::EC2::VPC, AWS::EC2::Instance\n-- reads: AWS::EC2::Instance\n"
	"SELECT item_id, iif(configuration ->> ''$.n'' = 1, ''COMPLIANT'', ''NON_COMPLIANT'') AS result, ''n is '' || (configuration ->> ''$.n'') AS annotation FROM item"
	" WHERE EXISTS (SELECT 1 FROM estate) AND NOT EXISTS (SELECT 1 FROM link)'), '{\"TagKey\":\"env\"}', "
	"'[{\"MessageType\":\"ConfigurationItemChangeNotification\"}]', 1, 1, 1 FROM json_each('[\"new\",\"old\"]');"
	"INSERT INTO _config_rule(account, region, name, rule_id, arn, owner, identifier, details, state_ms, created_ms, changed_ms) "
	"VALUES (" PLACE
	"'function', 'id-function', 'arn:f', 'CUSTOM_LAMBDA', 'f', '[{\"MessageType\":\"ConfigurationItemChangeNotification\"}]', 1, 1, 1);"
	"INSERT INTO _verdict(rid, rule, result, since_ms, account, region, ordering_ms, recorded_ms, invoked_ms) "
	"SELECT rid, 'old', 'COMPLIANT', 5, " PLACE
	"5, 5, 5 FROM _resource WHERE type = 'AWS::EC2::VPC';"
	"INSERT INTO _coverage(sweep_ms, account, region, type, started_ms, ended_ms, outcome, seen, written, calls) VALUES (1, " PLACE
	"'AWS::EC2::Instance', 1, 2, 'complete', 0, 0, 1);"
	"UPDATE _rule_status SET wanted_ms = NULL WHERE rule_id <> 'id-new'";

static const char end[] =
	"SELECT (SELECT group_concat(x, ' ') FROM (SELECT v.rule || r.id || v.result || coalesce(v.annotation, '') AS x FROM _verdict v JOIN _resource r USING (rid) "
	"WHERE v.until_ms = 253402300799000 ORDER BY 1)) || '; told ' || (SELECT count(*) FROM _event WHERE kind = 'ComplianceChangeNotification') || "
	"'; left ' || (SELECT count(*) FROM _invocation) || '; errors ' || (SELECT count(error) FROM _rule_status) || '; ' || (SELECT count(*) FROM _rule_status WHERE wanted_ms IS NOT NULL)";

static enum code scenario(int64_t at_ms, struct err *e)
{
	const struct evaluate_options o = { 0 };
	struct evaluate_sum sum;
	struct db db;
	enum code c = store_open(&db, path, DB_WRITE, at_ms, e);

	while (!c)
		c = evaluate_due(&db, &o, at_ms, &sum, e);
	db_close(&db);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static void must_end(const char *want)
{
	sqlite3_stmt *st;
	sqlite3 *h;

	must(sqlite3_open(path, &h) == SQLITE_OK);
	must(sqlite3_prepare_v2(h, end, -1, &st, NULL) == SQLITE_OK);
	must(sqlite3_step(st) == SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(st, 0), want);
	sqlite3_finalize(st);
	sqlite3_close(h);
}

static void copy(const char *from, const char *to)
{
	struct buf b = BUF_INIT(16 << 20);
	char piece[8192];
	FILE *f = fopen(from, "rb");
	size_t n;

	must(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&b, piece, n);
	fclose(f);
	f = fopen(to, "wb");
	must(f && fwrite(b.p, 1, b.n, f) == b.n && fclose(f) == 0);
	buf_release(&b);
}

static void forget(const char *suffix)
{
	unlink(arena_printf(&arena, "%s%s", path, suffix).p);
}

/* One run with the n-th fault; true when the fault did not happen any more. */
static bool run(enum fault_kind kind, long n, bool for_ever)
{
	struct err e = { 0 }, again = { 0 };
	enum code c;
	bool fired;

	forget("-wal");
	forget("-shm");
	copy(scratch_path(&scratch, &arena, "before.db"), path);
	fault_arm(kind, n, for_ever);
	c = scenario(T0 + 1000, &e);
	fired = fault_disarm();
	if (!fired)
		assert_int_equal(c, E_OK);
	if (c)
		assert_true(e.code == c && e.msg[0]);
	must(scenario(T0 + 2000, &again) == E_OK);
	must_end("newvpc-1NON_COMPLIANTn is 2 newvpc-2COMPLIANTn is 1 oldvpc-1NON_COMPLIANTn is 2 "
		 "oldvpc-2COMPLIANTn is 1; told 3; left 1; errors 0; 0");
	arena_release(&arena);
	return !fired;
}

static void every_fault(enum fault_kind kind)
{
	long n = 0;

	for (int for_ever = 0; for_ever < 2; for_ever++) {
		for (n = 0; !run(kind, n, for_ever); n = fault_next(kind, n))
			;
		print_message("%ld occasions%s\n", n, for_ever ? ", for ever" : "");
	}
	assert_true(n > 5);
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

static void when_writing_fails(void **state)
{
	(void)state;
	every_fault(FAULT_IO);
}

static void build(void)
{
	struct estate w;

	estate_open(&w, path);
	estate_begin(&w, T0);
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", NULL, "{\"n\":1}", "{\"env\":\"a\"}");
	estate_see(&w, "AWS::EC2::VPC", "vpc-2", NULL, "{\"n\":1}", "{\"env\":\"a\"}");
	estate_settle(&w);
	estate_rows(&w, "UPDATE _evaluator SET item_id = (SELECT max(item_id) FROM _item)");
	estate_begin(&w, T0 + 10);
	estate_see(&w, "AWS::EC2::VPC", "vpc-1", NULL, "{\"n\":2}", "{\"env\":\"a\"}");
	estate_settle(&w);
	must(sqlite3_exec(w.db.h, world, NULL, NULL, NULL) == SQLITE_OK);
	estate_close(&w);
}

static int set_up(void **state)
{
	(void)state;
	fault_install();
	scratch_make(&scratch);
	path = strdup(scratch_path(&scratch, &arena, "store.db"));
	build();
	estate_thin(path);
	copy(path, scratch_path(&scratch, &arena, "before.db"));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&scratch);
	free((void *)(intptr_t)path);
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_our_memory_fails),
		cmocka_unit_test(when_sqlites_memory_fails),
		cmocka_unit_test(when_writing_fails),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
