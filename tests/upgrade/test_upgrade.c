/* SPDX-License-Identifier: Apache-2.0 */
/* Stores that earlier programs wrote (vN.sql), opened by this one; items.jsonl is what the program of
 * schema 2 showed of them; that of schema 3 has one more and has them sealed. */
#include "base/time.h"
#include "lib/estate.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/item.h"
#include "store/store.h"
#include "store/verify.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW INT64_C(1793000000000)

struct scene {
	struct scratch scratch;
	struct arena arena;
	const char *path;
	int schema;
};

static const char *read_file(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "rb");
	char *text = arena_alloc(a, 1 << 20);
	size_t n;

	if (!f)
		fail_msg("%s cannot be read", path);
	assert_non_null(text);
	n = fread(text, 1, (1 << 20) - 1, f);
	fclose(f);
	assert_in_range(n, 1000, (1 << 20) - 2);
	return text;
}

static void execute(const char *path, const char *sql)
{
	sqlite3 *h;
	char *why = NULL;

	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	if (sqlite3_exec(h, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s", why);
	sqlite3_close(h);
}

static int set_up(void **state)
{
	static struct scene scene;
	const int *schema = *state;
	const char *dump;

	scene = (struct scene){ .arena = ARENA_INIT(64 << 20), .schema = *schema };
	dump = arena_printf(&scene.arena, "%s/upgrade/v%d.sql", TESTS_DIR, *schema).p;
	scratch_make(&scene.scratch);
	scene.path = scratch_path(&scene.scratch, &scene.arena, "old.db");
	execute(scene.path, read_file(&scene.arena, dump));
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	scratch_remove(&s->scratch);
	arena_release(&s->arena);
	return 0;
}

/* Every row as text, by a connection of its own. */
static const char *rows(struct scene *s, const char *path, const char *sql)
{
	struct buf out = BUF_INIT(16 << 20);
	sqlite3_stmt *st = NULL;
	const char *text;
	sqlite3 *h;

	assert_int_equal(sqlite3_open_v2(path, &h, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	if (sqlite3_prepare_v2(h, sql, -1, &st, NULL) != SQLITE_OK)
		fail_msg("%s: %s", sql, sqlite3_errmsg(h));
	while (sqlite3_step(st) == SQLITE_ROW)
		for (int i = 0, n = sqlite3_column_count(st); i < n; i++) {
			const char *p = (const char *)sqlite3_column_text(st, i);

			buf_text(&out, p ? p : "-");
			buf_char(&out, i + 1 < n ? '|' : '\n');
		}
	sqlite3_finalize(st);
	sqlite3_close(h);
	text = arena_text(&s->arena, buf_slice(&out));
	buf_release(&out);
	return text;
}

static int version_of(struct scene *s, const char *path)
{
	return (int)strtol(rows(s, path, "PRAGMA user_version"), NULL, 10);
}

static void upgrade(struct scene *s)
{
	struct db db;
	struct err e = { 0 };

	if (store_open(&db, s->path, DB_WRITE, NOW, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(store_check(&db, &e), E_OK);
	db_close(&db);
}

static const char *const tables[] = {
	"SELECT rid, account, region, type, id, name, arn, last_item, deleted, hex(content) FROM _resource ORDER BY rid",
	"SELECT item_id, rid, version, captured_ms, recorded_ms, until_ms, status, document_id, n_changes FROM _item ORDER BY item_id",
	"SELECT document_id, base, hex(sha256), body FROM _document ORDER BY document_id",
	"SELECT item_id, changes FROM _diff ORDER BY item_id",
	"SELECT rid, name, target_type, target_id, link, since_ms, until_ms FROM _edge ORDER BY edge_id",
	"SELECT rid, key, value, since_ms, until_ms FROM _tag ORDER BY tag_id",
	"SELECT sweep_ms, account, region, type, outcome, reason, seen FROM _coverage ORDER BY coverage_id",
	"SELECT day, type, event, n FROM _activity ORDER BY day, type, event",
	"SELECT name, kind, settings, kept FROM _source ORDER BY name",
	/* These are there since schema 2. */
	"SELECT name, target, frequency, history_at_ms, snapshot_at_ms, history_event, history_status, snapshot_status FROM _channel ORDER BY name",
	"SELECT delivery_id, channel, kind, account, region, snapshot_id, due_ms, done_ms, key, items, bytes FROM _delivery ORDER BY delivery_id",
	"SELECT event_id, at_ms, kind, item_id, account, region, payload FROM _event ORDER BY event_id",
	"SELECT name, kind, target, settings, cursor, tries, error_code, error FROM _sink ORDER BY name",
	/* These are there since schema 3. */
	"SELECT seal_id, first_item, last_item, n, sealed_ms, hex(items), hex(previous), hex(digest) FROM _seal ORDER BY seal_id",
	"SELECT name, days FROM _retention ORDER BY name",
	"SELECT name, stamp, items, new_items, done_ms FROM _import ORDER BY name",
	"SELECT name, role_arn, every_ms, recording, next_ms FROM _recorder",
	"SELECT item_id, hex(digest), state_id, name, arn, extra FROM _item ORDER BY item_id",
};
enum {
	TABLES = sizeof(tables) / sizeof(*tables),
	TABLES_OF_2 = TABLES - 5,
	TABLES_OF_1 = TABLES_OF_2 - 4
};

static size_t tables_of(int schema)
{
	return schema == 1 ? TABLES_OF_1 : schema == 2 ? TABLES_OF_2 : TABLES;
}

static void an_older_store_is_upgraded_and_loses_nothing(void **state)
{
	struct scene *s = *state;
	const size_t n = tables_of(s->schema);
	const char *before[TABLES];

	for (size_t i = 0; i < n; i++) {
		before[i] = rows(s, s->path, tables[i]);
		assert_true(before[i][0] != '\0');
	}
	assert_true(strlen(before[1]) > 400);
	upgrade(s);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(rows(s, s->path, tables[i]), before[i]);
	assert_int_equal(version_of(s, s->path), store_schema());
	assert_string_equal(rows(s, s->path, "PRAGMA integrity_check"), "ok\n");
	assert_string_equal(rows(s, s->path, "PRAGMA foreign_key_check"), "");
	assert_string_equal(
		rows(s, s->path, "SELECT number FROM _migration ORDER BY 1 LIMIT 2"), "1\n2\n");
	/* Its types have their views. */
	assert_string_equal(
		rows(s, s->path,
			"SELECT name FROM sqlite_schema WHERE type = 'view' AND name GLOB 'aws_*' ORDER BY 1 LIMIT 2"),
		"aws_ec2_instance\naws_ec2_subnet\n");
}

static void its_recorder_records_what_it_did(void **state)
{
	struct scene *s = *state;

	upgrade(s);
	assert_string_equal(
		rows(s, s->path,
			"SELECT recorder, strategy, types, globals, frequency, every_seconds FROM recorder"),
		s->schema == 1 ? ""
		: s->schema == 2
			? "default|INCLUSION_BY_RESOURCE_TYPES|AWS::EC2::*|-|CONTINUOUS|600\n"
			: "default|INCLUSION_BY_RESOURCE_TYPES|AWS::EC2::*,AWS::S3::Bucket|-|CONTINUOUS|900\n");
	assert_string_equal(rows(s, s->path, "SELECT length(suffix) FROM _recorder"),
		s->schema == 1 ? "" : "16\n");
	assert_string_equal(
		rows(s, s->path, "SELECT count(*) FROM _item WHERE event = 'deleted'"), "1\n");
}

static void fail_of(void *ctx, const struct verify_finding *f)
{
	(void)ctx;
	fail_msg("item %lld: %s", (long long)f->item_id, f->text);
}

static void everything_in_it_fits(void **state)
{
	struct scene *s = *state;
	const struct verify_options options = { .found = fail_of };
	struct verify_sum sum;
	struct err e = { 0 };
	struct db db;

	upgrade(s);
	assert_int_equal(store_open(&db, s->path, DB_READ, NOW, &e), E_OK);
	assert_int_equal(verify_run(&db, &options, &sum, &e), E_OK);
	db_close(&db);
	assert_int_equal(sum.items, s->schema < 3 ? 8 : 9);
	assert_int_equal(sum.findings, 0);
	/* What nobody sealed then is sealed by the next commit. */
	assert_int_equal(sum.unsealed, s->schema < 3 ? 8 : 0);
}

static enum code add_body(void *ctx, struct str body, struct err *e)
{
	(void)e;
	buf_str(ctx, body);
	buf_char(ctx, '\n');
	return E_OK;
}

static void its_items_read_back_as_they_did(void **state)
{
	struct scene *s = *state;
	struct item_walk all = { .until_ms = INT64_MAX };
	struct buf got = BUF_INIT(1 << 20);
	struct err e = { 0 };
	const char *before, *then;
	struct db db;

	upgrade(s);
	assert_int_equal(store_open(&db, s->path, DB_READ, NOW, &e), E_OK);
	assert_int_equal(item_files(&db, &all, add_body, &got, &e), E_OK);
	db_close(&db);
	before = read_file(&s->arena, TESTS_DIR "/upgrade/items.jsonl");
	then = arena_text(&s->arena, buf_slice(&got));
	assert_memory_equal(then, before, strlen(before));
	assert_int_equal(strlen(then) > strlen(before), s->schema > 2);
	buf_release(&got);
}

static const char *copy_path(struct scene *s)
{
	char stamp[TIME_ISO_BYTES];
	struct str name = arena_printf(
		&s->arena, "old.db.before-schema-%d-%s", s->schema + 1, time_stamp(NOW, stamp));

	return scratch_path(&s->scratch, &s->arena, name.p);
}

static void a_copy_of_what_was_there_stays_beside_it(void **state)
{
	struct scene *s = *state;
	const char *copy = copy_path(s);

	upgrade(s);
	assert_int_equal(version_of(s, copy), s->schema);
	assert_string_equal(rows(s, copy, tables[1]), rows(s, s->path, tables[1]));
}

static void the_copy_of_an_earlier_try_is_left_alone(void **state)
{
	struct scene *s = *state;
	const char *earlier = scratch_path(&s->scratch, &s->arena,
		arena_printf(&s->arena, "old.db.before-schema-%d-20200101T000000Z", s->schema + 1)
			.p);
	FILE *f = fopen(earlier, "wb");
	char text[16] = "";

	assert_non_null(f);
	assert_int_equal(fwrite("half a copy", 1, 11, f), 11);
	fclose(f);
	upgrade(s);
	assert_int_equal(version_of(s, copy_path(s)), s->schema);
	f = fopen(earlier, "rb");
	assert_non_null(f);
	assert_int_equal(fread(text, 1, sizeof(text), f), 11);
	fclose(f);
	assert_string_equal(text, "half a copy");
}

static void it_goes_on_recording(void **state)
{
	struct scene *s = *state;
	struct estate w;

	estate_open(&w, s->path);
	estate_begin(&w, NOW);
	estate_see(&w, "AWS::EC2::VPC", "vpc-new", NULL, "{\"vpcId\":\"vpc-new\"}", NULL);
	estate_settle(&w);
	/* What was recorded before there were events is not told of afterwards. */
	assert_string_equal(
		estate_rows(&w,
			"SELECT count(*), max(r.id) FROM _event e JOIN _item i USING (item_id) JOIN _resource r USING (rid)"),
		s->schema == 1 ? "1|vpc-new\n" : "9|vpc-new\n");
	estate_close(&w);
}

static int schemas[] = { 1, 2, 3 };

#define CASE(f, i)                                                                                 \
	{                                                                                          \
		"schema " #i ": " #f, f, set_up, tear_down, &schemas[(i)-1]                        \
	}
#define CASES(i)                                                                                   \
	CASE(an_older_store_is_upgraded_and_loses_nothing, i), CASE(everything_in_it_fits, i),     \
		CASE(its_items_read_back_as_they_did, i),                                          \
		CASE(its_recorder_records_what_it_did, i),                                         \
		CASE(a_copy_of_what_was_there_stays_beside_it, i),                                 \
		CASE(the_copy_of_an_earlier_try_is_left_alone, i), CASE(it_goes_on_recording, i)

int main(void)
{
	const struct CMUnitTest tests[] = { CASES(1), CASES(2), CASES(3) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
