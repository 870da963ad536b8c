/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep is recorded while everything that can fail fails, one occasion after the other. Whatever
 * happens: the code says so, the store is whole, and the next sweep brings it to the same end. */
#include "base/buf.h"
#include "base/must.h"
#include "core/record.h"
#include "lib/estate.h"
#include "lib/fault.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/catalogue.h"
#include "store/store.h"
#include "json/read.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define T0 INT64_C(1790000000000)

static struct scratch scratch;
static struct arena arena = ARENA_INIT(1 << 20);
static const char *path;

static enum code see(struct record *r, const char *type, const char *id, const char *cfg,
	int64_t at_ms, struct err *e)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct observation o = { .account = STR("1"),
		.region = STR("us-east-1"),
		.type = str_of(type),
		.id = str_of(id),
		.created_ms = INT64_MIN,
		.captured_ms = at_ms };
	enum code c = json_read(&a, str_of(cfg), &o.configuration, e);

	if (!c)
		c = record_stage(r, &o, e);
	arena_release(&a);
	return c;
}

static enum code gather(struct record *r, int64_t at_ms, const char *state, struct err *e)
{
	char cfg[256];
	enum code c;

	snprintf(cfg, sizeof(cfg), "{\"vpcId\":\"vpc-1\",\"state\":{\"name\":\"%s\"}}", state);
	c = see(r, "AWS::EC2::VPC", "vpc-1", "{\"vpcId\":\"vpc-1\"}", at_ms, e);
	return c ? c : see(r, "AWS::EC2::Instance", "i-1", cfg, at_ms, e);
}

/* Open, sweep, close; the first error, or E_OK. */
static enum code scenario(int64_t at_ms, const char *state, struct err *e)
{
	struct record_sum sum;
	struct record r;
	struct db db;
	enum code c = store_open(&db, path, DB_CREATE, at_ms, e);

	if (c)
		return c;
	c = record_begin(&r, &db, 0, at_ms, e);
	if (!c)
		c = gather(&r, at_ms, state, e);
	if (!c)
		c = record_settle(&r, at_ms, &sum, e);
	db_close(&db);
	return c;
}

static void must_answer(const char *sql, const char *want)
{
	sqlite3_stmt *st;
	sqlite3 *h;

	must(sqlite3_open(path, &h) == SQLITE_OK);
	must(sqlite3_prepare_v2(h, sql, -1, &st, NULL) == SQLITE_OK);
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
	const char *before = scratch_path(&scratch, &arena, "before.db");
	struct err e = { 0 }, again = { 0 };
	enum code c;
	bool fired;

	forget("-wal");
	forget("-shm");
	copy(before, path);
	fault_arm(kind, n, for_ever);
	c = scenario(T0 + 1000, "stopped", &e);
	fired = fault_disarm();
	if (!fired)
		assert_int_equal(c, E_OK);
	if (c)
		assert_true(
			e.msg[0] && (c == E_NOMEM || c == E_IO || c == E_FULL || c == E_TOOBIG));
	must_answer("PRAGMA integrity_check", "ok");
	must_answer(
		"SELECT count(*) FROM _item a JOIN _resource r USING(rid) WHERE r.last_item IS NULL",
		"0");
	assert_int_equal(scenario(T0 + 2000, "stopped", &again), E_OK);
	must_answer(
		"SELECT group_concat(version || event || at, ' ') FROM history WHERE resource_id = 'i-1' AND version = 1",
		"1created2026-09-21 14:13:20");
	must_answer("SELECT count(*) || max(version) FROM history WHERE resource_id = 'i-1'", "22");
	must_answer("SELECT count(*) FROM changes", "1");
	must_answer("SELECT count(*) FROM relationships WHERE target_rid IS NOT NULL", "1");
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

static void when_writing_fails(void **state)
{
	(void)state;
	every_fault(FAULT_IO);
}

static int set_up(void **state)
{
	struct err e = { 0 };
	struct db db;

	(void)state;
	fault_install();
	scratch_make(&scratch);
	path = strdup(scratch_path(&scratch, &arena, "store.db"));
	must(store_open(&db, path, DB_CREATE, T0, &e) == E_OK && catalogue_sync(&db, &e) == E_OK);
	db_close(&db);
	estate_thin(path);
	must(scenario(T0, "running", &e) == E_OK);
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
