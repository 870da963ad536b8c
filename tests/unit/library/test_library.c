/* SPDX-License-Identifier: Apache-2.0 */
/* libsiltstone as an embedding program sees it: nothing but siltstone.h is used, and sqlite3.h to
 * do harm. */
#include "lib/scratch.h"
#include "lib/unit.h"
#include <pthread.h>
#include <siltstone.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define T0 INT64_C(1790000000000)

static struct scratch scratch;
static struct arena arena = ARENA_INIT(1 << 20);
static const char *path_of_s;
static struct siltstone *s;

static int make(void **state)
{
	(void)state;
	scratch_make(&scratch);
	path_of_s = scratch_path(&scratch, &arena, "s.db");
	return siltstone_open(path_of_s, SILTSTONE_CREATE, &s) != SILTSTONE_OK;
}

static int unmake(void **state)
{
	(void)state;
	siltstone_close(s);
	scratch_remove(&scratch);
	arena_release(&arena);
	return 0;
}

#define ok(call) assert_ok(call, #call)
static void assert_ok(enum siltstone_code c, const char *call)
{
	if (c)
		fail_msg("%s: %s: %s", call, siltstone_code_name(c), siltstone_message(s));
}

static enum siltstone_code put(
	struct siltstone_sweep *w, const char *id, const char *configuration, int64_t at_ms)
{
	struct siltstone_resource r = { .size = sizeof(r),
		.account = "acme",
		.type = "Acme::Rack::Server",
		.id = id,
		.captured_ms = at_ms,
		.configuration = configuration,
		.tags = "{\"owner\":\"ops\"}" };

	return siltstone_sweep_put(w, &r);
}

/* A sweep that sees @a, and @b where it is there. */
static struct siltstone_sum sweep(const char *a, const char *b, int64_t at_ms, const char *failure)
{
	struct siltstone_sum sum = { .size = sizeof(sum) };
	struct siltstone_sweep *w;

	ok(siltstone_sweep_begin(s, "inventory", &w));
	if (a)
		ok(put(w, "a", a, at_ms));
	if (b)
		ok(put(w, "b", b, at_ms));
	ok(siltstone_sweep_listed(w, "acme", NULL, "Acme::Rack::Server", failure));
	ok(siltstone_sweep_commit(w, &sum));
	siltstone_sweep_end(w);
	return sum;
}

/* The rows of a query, "a|b " for each; as of @at_ms where that is not 0. */
static const char *ask_at(const char *sql, int64_t at_ms)
{
	struct siltstone_rows *r;
	static char out[1024];
	size_t n = 0;

	out[0] = '\0';
	ok(siltstone_query(s, sql, &r));
	if (at_ms)
		siltstone_rows_as_of(r, at_ms);
	while (siltstone_rows_next(r)) {
		for (int i = 0; i < siltstone_rows_columns(r); i++) {
			const char *text = siltstone_rows_text(r, i);

			n += (size_t)snprintf(
				out + n, sizeof(out) - n, "%s%s", i ? "|" : "", text ? text : "-");
		}
		n += (size_t)snprintf(out + n, sizeof(out) - n, " ");
	}
	ok(siltstone_rows_end(r));
	return out;
}

static const char *ask(const char *sql)
{
	return ask_at(sql, 0);
}

static void what_is_recorded_is_there_for_every_moment(void **state)
{
	struct siltstone_sum sum;

	(void)state;
	sum = sweep("{\"cpus\":4}", "{\"cpus\":8}", T0, NULL);
	assert_int_equal(sum.created, 2);
	sum = sweep("{\"cpus\":16}", NULL, T0 + 60000, NULL);
	assert_int_equal(sum.changed, 1);
	assert_int_equal(sum.deleted, 1);
	assert_int_equal(sum.seen, 1);
	assert_string_equal(
		ask("SELECT resource_id, version, region FROM resources"), "a|2|global ");
	assert_string_equal(
		ask_at("SELECT resource_id, version FROM resources ORDER BY 1", T0 + 30000),
		"a|1 b|1 ");
	assert_string_equal(ask_at("SELECT resource_id FROM resources", SILTSTONE_NOW), "a ");
	assert_string_equal(ask_at("SELECT resource_id FROM resources", SILTSTONE_NOW - 1), "a ");
	assert_string_equal(ask_at("SELECT count(*) FROM resources", INT64_MIN), "0 ");
	assert_string_equal(ask("SELECT resource_id, property, before, after FROM changes WHERE "
				"property GLOB 'conf*.cpus'"),
		"a|configuration.cpus|4|16 ");
	assert_string_equal(ask("SELECT resource_id, value FROM tags"), "a|ops ");
}

static void a_listing_that_failed_deletes_nothing(void **state)
{
	(void)state;
	sweep("{\"cpus\":4}", "{\"cpus\":8}", T0, NULL);
	assert_int_equal(sweep("{\"cpus\":4}", NULL, T0 + 1000, "the rack is offline").deleted, 0);
	assert_string_equal(ask("SELECT count(*) FROM resources"), "2 ");
	assert_int_equal(sweep(NULL, NULL, T0 + 2000, NULL).deleted, 2);
}

static void a_sweep_that_is_not_committed_leaves_nothing(void **state)
{
	struct siltstone_sweep *w;

	(void)state;
	ok(siltstone_sweep_begin(s, "inventory", &w));
	ok(put(w, "a", "{}", T0));
	assert_string_equal(ask("SELECT count(*) FROM resources"), "0 ");
	siltstone_sweep_end(w);
	assert_string_equal(ask("SELECT count(*) FROM history"), "0 ");
}

static void what_is_wrong_with_a_resource_is_told_and_the_sweep_goes_on(void **state)
{
	struct siltstone_resource r = {
		.size = sizeof(r), .account = "acme", .type = "T", .id = "x"
	};
	struct siltstone_sweep *w;

	(void)state;
	ok(siltstone_sweep_begin(s, "inventory", &w));
	assert_int_equal(put(w, "a", "[1]", T0), SILTSTONE_INVALID);
	assert_string_equal(siltstone_message(s),
		"Acme::Rack::Server \"a\": the configuration is not a JSON object");
	assert_int_equal(put(w, "a", "{\"x\":", T0), SILTSTONE_INVALID);
	assert_int_equal(put(w, NULL, "{}", T0), SILTSTONE_INVALID);
	assert_string_equal(siltstone_message(s), "a resource without an id");
	assert_int_equal(put(w, "\xff", "{}", T0), SILTSTONE_INVALID);
	assert_int_equal(siltstone_sweep_put(w, &r), SILTSTONE_INVALID);
	r.configuration = "{}";
	r.tags = "{\"n\":1}";
	assert_int_equal(siltstone_sweep_put(w, &r), SILTSTONE_INVALID);
	/* A program that knows less of the struct than the library: what is behind is not looked at. */
	r.size = offsetof(struct siltstone_resource, supplementary);
	ok(siltstone_sweep_put(w, &r));
	r.size = 8;
	assert_int_equal(siltstone_sweep_put(w, &r), SILTSTONE_INVALID);
	ok(siltstone_sweep_commit(w, NULL));
	assert_int_equal(put(w, "late", "{}", T0), SILTSTONE_INVALID);
	assert_string_equal(siltstone_message(s), "the sweep is over");
	assert_int_equal(siltstone_sweep_commit(w, NULL), SILTSTONE_INVALID);
	siltstone_sweep_end(w);
	assert_string_equal(ask("SELECT resource_id FROM resources"), "x ");
}

static void a_sum_is_filled_as_far_as_the_caller_knows_it(void **state)
{
	struct siltstone_sum sum = { .size = offsetof(struct siltstone_sum, changed),
		.changed = 77 };
	struct siltstone_sweep *w;

	(void)state;
	ok(siltstone_sweep_begin(s, "inventory", &w));
	ok(put(w, "a", "{}", T0));
	ok(siltstone_sweep_commit(w, &sum));
	siltstone_sweep_end(w);
	assert_int_equal(sum.created, 1);
	assert_int_equal(sum.changed, 77);
}

static void one_resource_is_found_and_told(void **state)
{
	const char *json = NULL;
	int64_t rid = 0;

	(void)state;
	sweep("{\"cpus\":4}", "{\"cpus\":8}", T0, NULL);
	sweep("{\"cpus\":16}", NULL, T0 + 60000, NULL);
	ok(siltstone_find(s, "a", &rid));
	ok(siltstone_item(s, rid, SILTSTONE_NOW, &json));
	assert_non_null(strstr(json, "\"configuration\":{\"cpus\":16}"));
	assert_non_null(strstr(json, "\"resourceType\":\"Acme::Rack::Server\""));
	ok(siltstone_item(s, rid, T0 + 1, &json));
	assert_non_null(strstr(json, "\"configuration\":{\"cpus\":4}"));
	ok(siltstone_item_version(s, rid, 2, &json));
	assert_non_null(strstr(json, "\"cpus\":16"));
	ok(siltstone_diff(s, rid, 1, 2, &json));
	assert_string_equal(json,
		"[{\"path\":\"configuration.cpus\",\"op\":\"change\",\"before\":4,\"after\":16}]");
	assert_int_equal(siltstone_item(s, rid, T0 - 1, &json), SILTSTONE_NOTFOUND);
	assert_int_equal(siltstone_item(s, rid, INT64_MIN, &json), SILTSTONE_NOTFOUND);
	assert_int_equal(siltstone_item_version(s, rid, 3, &json), SILTSTONE_NOTFOUND);
	assert_int_equal(siltstone_diff(s, rid, 1, 9, &json), SILTSTONE_NOTFOUND);
	assert_int_equal(siltstone_find(s, "nobody", &rid), SILTSTONE_NOTFOUND);
	assert_int_equal(siltstone_failure(s), SILTSTONE_NOTFOUND);
	assert_string_not_equal(siltstone_hint(s), "");
	/* What is gone has an item that says so, and a difference that is all of it. */
	ok(siltstone_find(s, "b", &rid));
	ok(siltstone_item(s, rid, SILTSTONE_NOW, &json));
	assert_non_null(strstr(json, "ResourceDeleted"));
	ok(siltstone_diff(s, rid, 1, 2, &json));
	assert_non_null(strstr(json, "\"op\":\"remove\",\"before\":{\"cpus\":8}"));
}

static void values_have_their_kinds(void **state)
{
	struct siltstone_rows *r;

	(void)state;
	ok(siltstone_query(s,
		"SELECT :i AS i, @r AS r, $t AS t, NULL AS n, x'00ff' AS b, 'a' || char(0) || 'b', :z",
		&r));
	siltstone_rows_bind_int(r, "i", -5);
	siltstone_rows_bind_real(r, "r", 2.5);
	siltstone_rows_bind_text(r, "t", "Zo\xc3\xab");
	siltstone_rows_bind_text(r, "z", NULL);
	assert_int_equal(siltstone_rows_next(r), 1);
	assert_int_equal(siltstone_rows_columns(r), 7);
	assert_string_equal(siltstone_rows_name(r, 4), "b");
	assert_null(siltstone_rows_name(r, 7));
	assert_int_equal(siltstone_rows_kind(r, 0), SILTSTONE_INTEGER);
	assert_int_equal(siltstone_rows_int(r, 0), -5);
	assert_string_equal(siltstone_rows_text(r, 0), "-5");
	assert_int_equal(siltstone_rows_kind(r, 1), SILTSTONE_REAL);
	assert_true(siltstone_rows_real(r, 1) == 2.5);
	assert_int_equal(siltstone_rows_int(r, 1), 2);
	assert_string_equal(siltstone_rows_text(r, 1), "2.5");
	assert_string_equal(siltstone_rows_text(r, 2), "Zo\xc3\xab");
	assert_null(siltstone_rows_text(r, 3));
	assert_int_equal(siltstone_rows_kind(r, 3), SILTSTONE_NULL);
	assert_int_equal(siltstone_rows_kind(r, 4), SILTSTONE_BLOB);
	assert_int_equal(siltstone_rows_bytes(r, 4), 2);
	assert_int_equal((unsigned char)siltstone_rows_text(r, 4)[1], 0xff);
	assert_int_equal(siltstone_rows_bytes(r, 5), 3);
	assert_null(siltstone_rows_text(r, 6));
	assert_int_equal(siltstone_rows_kind(r, -1), SILTSTONE_NULL);
	assert_int_equal(siltstone_rows_next(r), 0);
	/* The names outlive the rows. */
	assert_null(siltstone_rows_text(r, 0));
	assert_string_equal(siltstone_rows_name(r, 0), "i");
	assert_int_equal(siltstone_rows_next(r), 0);
	ok(siltstone_rows_end(r));
}

static enum siltstone_code outcome(const char *sql)
{
	struct siltstone_rows *r;

	ok(siltstone_query(s, sql, &r));
	while (siltstone_rows_next(r))
		;
	return siltstone_rows_end(r);
}

static void a_query_can_only_read(void **state)
{
	(void)state;
	sweep("{}", NULL, T0, NULL);
	assert_int_equal(outcome("DELETE FROM _item"), SILTSTONE_INVALID);
	assert_int_equal(outcome("SELECT 1; SELECT 2"), SILTSTONE_INVALID);
	assert_int_equal(outcome("ATTACH 'x' AS y"), SILTSTONE_INVALID);
	assert_int_equal(outcome("SELECT load_extension('x')"), SILTSTONE_INVALID);
	assert_int_equal(outcome("SELECT :missing"), SILTSTONE_INVALID);
	assert_int_equal(outcome("SELECT nmae FROM resources"), SILTSTONE_INVALID);
	assert_non_null(strstr(siltstone_message(s), "no such column: nmae"));
	assert_string_equal(siltstone_hint(s), "did you mean \"name\"?");
	assert_int_equal(outcome(""), SILTSTONE_INVALID);
	assert_string_equal(ask("SELECT count(*) FROM _item"), "1 ");
}

static void rows_do_not_get_in_each_others_way(void **state)
{
	struct siltstone_rows *x, *y, *past;
	int64_t rid;

	(void)state;
	sweep("{\"cpus\":4}", "{\"cpus\":8}", T0, NULL);
	ok(siltstone_query(s, "SELECT resource_id FROM resources ORDER BY 1", &x));
	ok(siltstone_query(s, "SELECT resource_id FROM resources ORDER BY 1 DESC", &y));
	ok(siltstone_query(s, "SELECT count(*) FROM resources", &past));
	siltstone_rows_as_of(past, T0 - 1000);
	assert_int_equal(siltstone_rows_next(x), 1);
	assert_int_equal(siltstone_rows_next(y), 1);
	assert_int_equal(siltstone_rows_next(past), 1);
	/* Recording and reading go on meanwhile; open rows see what was there. */
	sweep(NULL, "{\"cpus\":9}", T0 + 1000, NULL);
	ok(siltstone_find(s, "b", &rid));
	assert_string_equal(siltstone_rows_text(x, 0), "a");
	assert_string_equal(siltstone_rows_text(y, 0), "b");
	assert_string_equal(siltstone_rows_text(past, 0), "0");
	assert_int_equal(siltstone_rows_next(x), 1);
	assert_string_equal(siltstone_rows_text(x, 0), "b");
	assert_string_equal(siltstone_rows_text(y, 0), "b");
	ok(siltstone_rows_end(y));
	ok(siltstone_rows_end(x));
	ok(siltstone_rows_end(past));
	assert_string_equal(ask("SELECT resource_id FROM resources"), "b ");
}

#define ENDLESS                                                                                    \
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

static void a_query_that_takes_too_long_ends(void **state)
{
	struct siltstone_rows *r;

	(void)state;
	ok(siltstone_query(s, ENDLESS, &r));
	siltstone_rows_timeout(r, 20);
	assert_int_equal(siltstone_rows_next(r), 0);
	assert_int_equal(siltstone_rows_end(r), SILTSTONE_TOOBIG);
	assert_string_equal(ask("SELECT 1"), "1 ");
}

static void *cancel(void *ctx)
{
	const int *started = ctx;
	char byte;

	/* The query has said through the pipe that it is about to run. */
	if (read(*started, &byte, 1) == 1)
		siltstone_cancel(s);
	return NULL;
}

static void another_thread_can_end_a_query(void **state)
{
	struct siltstone_rows *r;
	pthread_t thread;
	int pipe_fds[2];

	(void)state;
	assert_int_equal(pipe(pipe_fds), 0);
	assert_int_equal(pthread_create(&thread, NULL, cancel, &pipe_fds[0]), 0);
	ok(siltstone_query(s, ENDLESS, &r));
	assert_int_equal(write(pipe_fds[1], "x", 1), 1);
	assert_int_equal(siltstone_rows_next(r), 0);
	assert_int_equal(siltstone_rows_end(r), SILTSTONE_CANCELED);
	pthread_join(thread, NULL);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	assert_true(siltstone_code_is_transient(SILTSTONE_CANCELED));
	/* What is begun later is not concerned. */
	assert_string_equal(ask("SELECT 1"), "1 ");
}

#define WORKERS 4
#define ROUNDS  5

/* A program within the program: its own handle, resources of its own, and looks at those of all. */
static void *work(void *ctx)
{
	const char *name = ctx;
	struct siltstone *mine;
	char configuration[64];
	enum siltstone_code c = siltstone_open(path_of_s, SILTSTONE_WRITE, &mine);

	for (int i = 0; i < ROUNDS && !c; i++) {
		struct siltstone_resource r = { .size = sizeof(r),
			.account = name,
			.type = "Acme::Rack::Server",
			.id = "one",
			.configuration = configuration };
		struct siltstone_sweep *w = NULL;
		struct siltstone_rows *rows;
		int64_t rid;

		snprintf(configuration, sizeof(configuration), "{\"round\":%d}", i);
		c = siltstone_sweep_begin(mine, name, &w);
		if (!c)
			c = siltstone_sweep_put(w, &r);
		if (!c)
			c = siltstone_sweep_listed(w, name, NULL, r.type, NULL);
		if (!c)
			c = siltstone_sweep_commit(w, NULL);
		siltstone_sweep_end(w);
		if (!c)
			c = siltstone_query(mine, "SELECT * FROM changes", &rows);
		while (!c && siltstone_rows_next(rows))
			;
		if (!c)
			c = siltstone_rows_end(rows);
		if (!c && siltstone_find(mine, "nobody", &rid) != SILTSTONE_NOTFOUND)
			c = siltstone_failure(mine);
	}
	if (c)
		fprintf(stderr, "%s: %s\n", name, siltstone_message(mine));
	siltstone_close(mine);
	return c ? ctx : NULL;
}

static void threads_with_handles_of_their_own_do_not_meet(void **state)
{
	static char names[WORKERS][2] = { "a", "b", "c", "d" };
	pthread_t threads[WORKERS];
	void *failed;

	(void)state;
	for (int i = 0; i < WORKERS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, work, names[i]), 0);
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_string_equal(
		ask("SELECT account, max(version) FROM history GROUP BY 1"), "a|5 b|5 c|5 d|5 ");
}

static void who_was_canceled_stays_so_when_another_query_begins(void **state)
{
	struct siltstone_rows *r;

	(void)state;
	ok(siltstone_query(s, "VALUES (1), (2)", &r));
	assert_int_equal(siltstone_rows_next(r), 1);
	siltstone_cancel(s);
	assert_string_equal(ask("SELECT 1"), "1 ");
	assert_int_equal(siltstone_rows_next(r), 0);
	assert_int_equal(siltstone_rows_end(r), SILTSTONE_CANCELED);
}

static void calls_out_of_turn_are_errors(void **state)
{
	struct siltstone_rows *r;
	struct siltstone *none = NULL;
	struct siltstone_sweep *w = NULL;
	int64_t rid;

	(void)state;
	assert_int_equal(siltstone_query(NULL, "SELECT 1", &r), SILTSTONE_INVALID);
	assert_int_equal(siltstone_query(s, NULL, &r), SILTSTONE_INVALID);
	assert_int_equal(siltstone_find(s, NULL, &rid), SILTSTONE_INVALID);
	assert_int_equal(siltstone_find(s, "", &rid), SILTSTONE_INVALID);
	assert_int_equal(siltstone_sweep_put(NULL, NULL), SILTSTONE_INVALID);
	assert_int_equal(siltstone_sweep_begin(s, "", &w), SILTSTONE_INVALID);
	assert_int_equal(siltstone_rows_next(NULL), 0);
	assert_int_equal(siltstone_rows_end(NULL), SILTSTONE_OK);
	siltstone_sweep_end(NULL);
	siltstone_close(NULL);
	siltstone_cancel(NULL);
	ok(siltstone_query(s, "VALUES (1), (2)", &r));
	assert_int_equal(siltstone_rows_next(r), 1);
	siltstone_rows_bind_int(r, "late", 1);
	assert_int_equal(siltstone_rows_next(r), 0);
	assert_int_equal(siltstone_rows_end(r), SILTSTONE_INVALID);
	/* A handle that could not be opened goes on saying why. */
	assert_int_equal(
		siltstone_open(scratch_path(&scratch, &arena, "none.db"), SILTSTONE_READ, &none),
		SILTSTONE_NOTFOUND);
	assert_non_null(strstr(siltstone_message(none), "none.db"));
	assert_int_equal(siltstone_query(none, "SELECT 1", &r), SILTSTONE_NOTFOUND);
	assert_non_null(strstr(siltstone_message(none), "none.db"));
	siltstone_close(none);
	assert_int_equal(siltstone_open(NULL, SILTSTONE_READ, &none), SILTSTONE_INVALID);
	siltstone_close(none);
	assert_int_equal(siltstone_open("x", (enum siltstone_mode)9, &none), SILTSTONE_INVALID);
	siltstone_close(none);
}

static void a_handle_for_reading_records_nothing(void **state)
{
	struct siltstone *reader;
	struct siltstone_sweep *w;

	(void)state;
	ok(siltstone_open(scratch_path(&scratch, &arena, "s.db"), SILTSTONE_READ, &reader));
	assert_int_equal(siltstone_sweep_begin(reader, "inventory", &w), SILTSTONE_INVALID);
	assert_non_null(strstr(siltstone_message(reader), "opened for reading only"));
	siltstone_close(reader);
}

static void a_snapshot_is_one_file(void **state)
{
	const char *path = scratch_path(&scratch, &arena, "out.json.gz");
	char text[4096] = "";
	gzFile f;

	(void)state;
	sweep("{\"cpus\":4}", NULL, T0, NULL);
	sweep("{\"cpus\":8}", NULL, T0 + 60000, NULL);
	/* What has no region is in the file of us-east-1 where there is no other. */
	ok(siltstone_snapshot(s, "acme", "us-east-1", SILTSTONE_NOW, path));
	f = gzopen(path, "rb");
	assert_non_null(f);
	assert_true(gzread(f, text, sizeof(text) - 1) > 0);
	gzclose(f);
	assert_non_null(strstr(text, "\"configSnapshotId\":"));
	assert_non_null(strstr(text, "\"configuration\":{\"cpus\":8}"));
	/* Again, in its place, for another moment. */
	ok(siltstone_snapshot(s, "acme", "us-east-1", T0 + 1, path));
	f = gzopen(path, "rb");
	assert_non_null(f);
	assert_true(gzread(f, text, sizeof(text) - 1) > 0);
	gzclose(f);
	assert_non_null(strstr(text, "\"configuration\":{\"cpus\":4}"));
	assert_int_equal(
		siltstone_snapshot(s, "acme", "us-east-1", INT64_MIN, path), SILTSTONE_NOTFOUND);
	assert_int_equal(siltstone_snapshot(s, "nobody", "us-east-1", SILTSTONE_NOW, path),
		SILTSTONE_NOTFOUND);
	assert_int_equal(siltstone_snapshot(s, "acme", "us-east-1", SILTSTONE_NOW,
				 scratch_path(&scratch, &arena, "no/such/folder.gz")),
		SILTSTONE_NOTFOUND);
	assert_int_equal(
		siltstone_snapshot(s, "acme", NULL, SILTSTONE_NOW, path), SILTSTONE_INVALID);
}

static void a_copy_is_written_where_something_changed(void **state)
{
	const char *path = scratch_path(&scratch, &arena, "copy.db");
	char magic[16] = "";
	int written = 7;
	FILE *f;

	(void)state;
	sweep("{\"cpus\":4}", NULL, T0, NULL);
	ok(siltstone_publish(s, path, &written));
	assert_int_equal(written, 1);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fread(magic, 1, 16, f), 16);
	fclose(f);
	assert_string_equal(magic, "SQLite format 3");
	ok(siltstone_publish(s, path, &written));
	assert_int_equal(written, 0);
	sweep("{\"cpus\":8}", NULL, T0 + 1000, NULL);
	ok(siltstone_publish(s, path, NULL));
	/* Never over the store itself, or anything else that is no copy. */
	assert_int_equal(siltstone_publish(s, scratch_path(&scratch, &arena, "s.db"), &written),
		SILTSTONE_CONFLICT);
	assert_int_equal(written, 0);
	assert_int_equal(siltstone_publish(s, NULL, NULL), SILTSTONE_INVALID);
	assert_string_equal(ask("SELECT count(*) FROM history"), "2 ");
}

/* Behind the library's back. */
static void change(const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path_of_s, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void what_was_tampered_with_is_found(void **state)
{
	int64_t findings = 7;

	(void)state;
	sweep("{\"cpus\":4}", "{\"cpus\":8}", T0, NULL);
	sweep("{\"cpus\":16}", NULL, T0 + 60000, NULL);
	ok(siltstone_verify(s, &findings));
	assert_int_equal(findings, 0);
	change("UPDATE _document SET body = replace(body, '\"cpus\":8', '\"cpus\":9')");
	assert_int_equal(siltstone_verify(s, &findings), SILTSTONE_CORRUPT);
	assert_true(findings >= 1);
	assert_non_null(strstr(siltstone_message(s), "Acme::Rack::Server \"b\", version 1: "));
	assert_int_equal(siltstone_verify(s, NULL), SILTSTONE_CORRUPT);
	assert_int_equal(siltstone_verify(NULL, NULL), SILTSTONE_INVALID);
	change("UPDATE _document SET body = replace(body, '\"cpus\":9', '\"cpus\":8')");
	ok(siltstone_verify(s, &findings));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, unmake)
		CASE(what_is_recorded_is_there_for_every_moment),
		CASE(a_listing_that_failed_deletes_nothing),
		CASE(a_sweep_that_is_not_committed_leaves_nothing),
		CASE(what_is_wrong_with_a_resource_is_told_and_the_sweep_goes_on),
		CASE(a_sum_is_filled_as_far_as_the_caller_knows_it),
		CASE(one_resource_is_found_and_told),
		CASE(values_have_their_kinds),
		CASE(a_query_can_only_read),
		CASE(rows_do_not_get_in_each_others_way),
		CASE(a_query_that_takes_too_long_ends),
		CASE(another_thread_can_end_a_query),
		CASE(threads_with_handles_of_their_own_do_not_meet),
		CASE(who_was_canceled_stays_so_when_another_query_begins),
		CASE(calls_out_of_turn_are_errors),
		CASE(a_handle_for_reading_records_nothing),
		CASE(a_snapshot_is_one_file),
		CASE(a_copy_is_written_where_something_changed),
		CASE(what_was_tampered_with_is_found),
#undef CASE
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
