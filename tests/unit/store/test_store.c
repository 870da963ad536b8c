/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include "base/buf.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include "store/catalogue.h"
#include "store/migrate.h"
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NOW 1790000000000

static struct scratch scratch;
static struct arena arena = ARENA_INIT(1 << 20);

static int set_up(void **state)
{
	(void)state;
	scratch_make(&scratch);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	scratch_remove(&scratch);
	arena_release(&arena);
	return 0;
}

static const char *path(const char *name)
{
	return scratch_path(&scratch, &arena, name);
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(path(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
	assert_int_equal(fclose(f), 0);
}

static char *read_file(const char *name, size_t *n)
{
	FILE *f = fopen(path(name), "rb");
	char *p = arena_alloc(&arena, 1 << 18);

	assert_non_null(f);
	*n = fread(p, 1, 1 << 18, f);
	fclose(f);
	return p;
}

/* Every row of @sql as text, one line each. */
static void rows(sqlite3 *h, const char *sql, struct buf *out)
{
	sqlite3_stmt *st;

	assert_int_equal(sqlite3_prepare_v2(h, sql, -1, &st, NULL), SQLITE_OK);
	while (sqlite3_step(st) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(st); i++)
			buf_printf(out, "%s|",
				sqlite3_column_text(st, i)
					? (const char *)sqlite3_column_text(st, i)
					: "-");
		buf_char(out, '\n');
	}
	sqlite3_finalize(st);
}

static enum code open_new(struct db *db, const char *name, struct err *e)
{
	return store_open(db, path(name), DB_CREATE, NOW, e);
}

static void two_programs_may_make_the_same_new_store(void **state)
{
	struct err e = { 0 };
	struct db first, second;

	(void)state;
	/* The second has found the file empty when the first makes it a store. */
	assert_int_equal(db_open(&second, path("race.db"), DB_CREATE, &e), E_OK);
	assert_int_equal(open_new(&first, "race.db", &e), E_OK);
	assert_int_equal(migrate_create(&second, NOW, &e), E_CONFLICT);
	e = (struct err){ 0 };
	assert_int_equal(migrate_from(&second, 0, NOW, &e), E_OK);
	db_close(&first);
	db_close(&second);
	assert_int_equal(open_new(&first, "race.db", &e), E_OK);
	db_close(&first);
}

static void a_store_that_was_deleted_is_not_written_to(void **state)
{
	struct err e = { 0 };
	struct db db;

	(void)state;
	assert_int_equal(open_new(&db, "gone.db", &e), E_OK);
	assert_int_equal(unlink(path("gone.db")), 0);
	assert_int_equal(db_begin(&db, &e), E_IO);
	assert_non_null(strstr(e.msg, "moved or deleted"));
	db_close(&db);
}

static void a_new_store_can_be_opened_again(void **state)
{
	struct db db;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(open_new(&db, "new.db", &e), E_OK);
	assert_int_equal(catalogue_sync(&db, &e), E_OK);
	db_close(&db);
	assert_int_equal(store_open(&db, path("new.db"), DB_READ, NOW, &e), E_OK);
	assert_int_equal(store_check(&db, &e), E_OK);
	db_close(&db);
}

static void a_missing_store_is_not_made_by_reading(void **state)
{
	struct db db;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(store_open(&db, path("none.db"), DB_READ, NOW, &e), E_NOTFOUND);
	assert_true(e.hint[0]);
	assert_null(fopen(path("none.db"), "rb"));
}

static void a_foreign_database_is_refused_and_untouched(void **state)
{
	struct db db;
	struct err e = { 0 };
	sqlite3 *h;
	size_t before, after;
	char *was, *is;

	(void)state;
	assert_int_equal(sqlite3_open(path("foreign.db"), &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, "CREATE TABLE t(x)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(h);
	was = read_file("foreign.db", &before);
	assert_int_equal(store_open(&db, path("foreign.db"), DB_CREATE, NOW, &e), E_INVALID);
	is = read_file("foreign.db", &after);
	assert_int_equal(before, after);
	assert_memory_equal(was, is, before);
}

static void what_is_no_database_is_refused_and_untouched(void **state)
{
	const char *text =
		"This is somebody's letter, and long enough to be taken for a header of "
		"a database file, which it is not. It must stay as it is, whatever happens.";
	struct db db;
	struct err e = { 0 };
	size_t n;

	(void)state;
	write_file("letter.txt", text);
	assert_int_equal(store_open(&db, path("letter.txt"), DB_CREATE, NOW, &e), E_CORRUPT);
	assert_string_equal(read_file("letter.txt", &n), text);
}

static void a_newer_store_is_refused_by_name(void **state)
{
	struct db db;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(open_new(&db, "newer.db", &e), E_OK);
	assert_int_equal(db_script(&db, "t", "PRAGMA user_version=9000", &e), E_OK);
	db_close(&db);
	assert_int_equal(store_open(&db, path("newer.db"), DB_WRITE, NOW, &e), E_NEWER);
	assert_non_null(strstr(e.msg, "9000"));
	assert_non_null(strstr(e.msg, "written by siltstone"));
}

static void a_locked_store_is_busy(void **state)
{
	struct db db;
	struct err e = { 0 };
	sqlite3 *h;

	(void)state;
	assert_int_equal(open_new(&db, "locked.db", &e), E_OK);
	assert_int_equal(sqlite3_open(path("locked.db"), &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_busy_timeout(db.h, 10), SQLITE_OK);
	assert_int_equal(db_begin(&db, &e), E_BUSY);
	assert_true(e.hint[0]);
	sqlite3_close(h);
	db_close(&db);
}

static const char structure[] =
	"SELECT m.type, m.name, m.tbl_name, l.strict, l.wr, c.cid, c.name, c.type, c.\"notnull\", "
	"c.dflt_value, c.pk, c.hidden FROM sqlite_schema m JOIN pragma_table_list(m.name) l JOIN "
	"pragma_table_xinfo(m.name) c WHERE m.type IN ('table','view') AND l.schema='main' UNION ALL "
	"SELECT 'index', i.name, m.name, i.\"unique\", i.partial, x.seqno, x.name, x.coll, x.desc, "
	"x.key, NULL, NULL FROM sqlite_schema m JOIN pragma_index_list(m.name) i JOIN "
	"pragma_index_xinfo(i.name) x WHERE m.type='table' ORDER BY 1,2,3,6,7";

/* Comments, blanks and quotes differ between CREATE and ALTER; nothing else may. */
static void strip(struct buf *out, const char *sql)
{
	while (*sql) {
		if (strncmp(sql, "--", 2) == 0) {
			sql += strcspn(sql, "\n");
			continue;
		}
		if (!strchr(" \t\n\"", *sql))
			buf_char(out, *sql);
		sql++;
	}
}

static void describe(struct db *db, struct buf *out)
{
	struct buf text = BUF_INIT(1 << 20);

	rows(db->h, structure, out);
	rows(db->h, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name", &text);
	strip(out, text.p);
	rows(db->h, "SELECT number, name, sha256 FROM _migration ORDER BY number", out);
	rows(db->h, "SELECT * FROM pragma_user_version, pragma_application_id", out);
	buf_release(&text);
}

static void a_fresh_store_equals_a_migrated_one(void **state)
{
	struct buf fresh = BUF_INIT(1 << 20), migrated = BUF_INIT(1 << 20);
	struct db a, b;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(open_new(&a, "fresh.db", &e), E_OK);
	assert_int_equal(db_open(&b, path("migrated.db"), DB_CREATE, &e), E_OK);
	assert_int_equal(migrate_from(&b, 0, NOW, &e), E_OK);
	describe(&a, &fresh);
	describe(&b, &migrated);
	assert_true(fresh.n > 1000);
	assert_string_equal(fresh.p, migrated.p);
	db_close(&a);
	db_close(&b);
	buf_release(&fresh);
	buf_release(&migrated);
}

static void a_failed_migration_changes_nothing(void **state)
{
	struct buf before = BUF_INIT(1 << 20), after = BUF_INIT(1 << 20);
	struct db db;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(db_open(&db, path("half.db"), DB_CREATE, &e), E_OK);
	assert_int_equal(db_script(&db, "t", "CREATE TABLE _outbox(x)", &e), E_OK);
	rows(db.h, "SELECT name, sql FROM sqlite_schema ORDER BY 1", &before);
	assert_int_not_equal(migrate_from(&db, 0, NOW, &e), E_OK);
	rows(db.h, "SELECT name, sql FROM sqlite_schema ORDER BY 1", &after);
	assert_string_equal(before.p, after.p);
	db_close(&db);
	buf_release(&before);
	buf_release(&after);
}

static void the_users_own_type_survives_a_new_catalogue(void **state)
{
	struct buf out = BUF_INIT(1 << 16);
	struct db db;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(open_new(&db, "user.db", &e), E_OK);
	assert_int_equal(catalogue_sync(&db, &e), E_OK);
	assert_int_equal(
		db_script(&db, "t",
			"INSERT INTO _catalogue(name,doc) VALUES('mine', '[{\"type\":\"AWS::EC2::VPC\","
			"\"engine\":\"exec\"},{\"type\":\"ACME::Switch\",\"engine\":\"exec\"}]');"
			"UPDATE _catalogue SET doc = '[]' WHERE name = 'ec2';"
			"INSERT INTO _catalogue(name,origin,doc) VALUES('old','program',"
			"'[{\"type\":\"Old::Type\",\"engine\":\"exec\"}]')",
			&e),
		E_OK);
	assert_int_equal(catalogue_sync(&db, &e), E_OK);
	rows(db.h,
		"SELECT type, engine FROM _type WHERE type IN "
		"('AWS::EC2::VPC','ACME::Switch','AWS::EC2::Subnet','Old::Type') ORDER BY 1",
		&out);
	assert_string_equal(
		out.p, "ACME::Switch|exec|\nAWS::EC2::Subnet|native|\nAWS::EC2::VPC|exec|\n");
	db_close(&db);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_programs_may_make_the_same_new_store),
		cmocka_unit_test(a_store_that_was_deleted_is_not_written_to),
		cmocka_unit_test(a_new_store_can_be_opened_again),
		cmocka_unit_test(a_missing_store_is_not_made_by_reading),
		cmocka_unit_test(a_foreign_database_is_refused_and_untouched),
		cmocka_unit_test(what_is_no_database_is_refused_and_untouched),
		cmocka_unit_test(a_newer_store_is_refused_by_name),
		cmocka_unit_test(a_locked_store_is_busy),
		cmocka_unit_test(a_fresh_store_equals_a_migrated_one),
		cmocka_unit_test(a_failed_migration_changes_nothing),
		cmocka_unit_test(the_users_own_type_survives_a_new_catalogue),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
