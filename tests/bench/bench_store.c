/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench_store DIR RESOURCES ROUNDS - one estate (bench/estate.h), written by several means in turns.
 *
 * Round 1 has all resources, each one behind it those that changed. In each, what was seen goes
 * into raw.db (rows of type, id, time, text: what SQLite can do), plain.db (the same with what a history
 * table needs: indices, and until when), and store.db, from trees to what is committed; then the
 * same is recorded once more, with nothing new. Leaves the files there, and for others to read items.tsv
 * (round, time, type, id, document) and history/ (AWS Config's files). Prints, for each round:
 *
 *     MEANS ITEMS BYTES SECONDS PROCESSOR-SECONDS
 */
#include "base/arena.h"
#include "base/must.h"
#include "base/time.h"
#include "bench/estate.h"
#include "core/record.h"
#include "store/catalogue.h"
#include "store/store.h"
#include "json/canon.h"
#include "json/read.h"
#include "json/write.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define T0       INT64_C(1780000000000)
#define STEP_MS  (INT64_C(6) * 3600000)
#define BATCH    5000
#define FOREVER  INT64_C(253402300799000)
#define MAX_PATH 4096

struct seen {
	const char *type, *id;
	struct str arn, configuration, tags, text;
};

struct round {
	struct arena a;
	struct seen *seen;
	int n, no;
	int64_t at_ms;
	size_t bytes;
};

struct bench {
	const char *dir;
	struct estate estate;
	struct db store;
	sqlite3 *raw, *plain;
	sqlite3_stmt *raw_add, *plain_close, *plain_add;
	FILE *tsv;
};

struct clock {
	double seconds, cpu;
};

static double read_clock(clockid_t id)
{
	struct timespec t;

	must(clock_gettime(id, &t) == 0);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct clock now(void)
{
	return (struct clock){ read_clock(CLOCK_MONOTONIC), read_clock(CLOCK_PROCESS_CPUTIME_ID) };
}

static void say(const char *means, const struct round *r, struct clock began)
{
	struct clock t = now();

	printf("%s %d %zu %.6f %.6f\n", means, r->n, r->bytes, t.seconds - began.seconds,
		t.cpu - began.cpu);
	fflush(stdout);
}

static void ok(enum code c, const struct err *e)
{
	if (c)
		fprintf(stderr, "bench_store: %s\n", e->msg);
	must(c == E_OK);
}

static const char *path_in(const struct bench *b, struct arena *a, const char *name)
{
	return arena_printf(a, "%s/%s", b->dir, name).p;
}

static void run(sqlite3 *h, const char *sql)
{
	if (sqlite3_exec(h, sql, NULL, NULL, NULL) != SQLITE_OK)
		fprintf(stderr, "bench_store: %s\n", sqlite3_errmsg(h));
	must(sqlite3_errcode(h) == SQLITE_OK);
}

static sqlite3 *open_plainly(const char *path, const char *schema)
{
	sqlite3 *h;

	must(sqlite3_open(path, &h) == SQLITE_OK);
	run(h, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;");
	run(h, schema);
	return h;
}

static sqlite3_stmt *prepare(sqlite3 *h, const char *sql)
{
	sqlite3_stmt *st;

	must(sqlite3_prepare_v2(h, sql, -1, &st, NULL) == SQLITE_OK);
	return st;
}

static void open_all(struct bench *b, int n)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct err e = { 0 };

	estate_init(&b->estate, n, 1);
	ok(store_open(&b->store, path_in(b, &a, "store.db"), DB_CREATE, T0, &e), &e);
	ok(catalogue_sync(&b->store, &e), &e);
	b->raw = open_plainly(path_in(b, &a, "raw.db"),
		"CREATE TABLE item(type TEXT, id TEXT, at INTEGER, body TEXT)");
	b->plain = open_plainly(path_in(b, &a, "plain.db"),
		"CREATE TABLE item(type TEXT, id TEXT, since INTEGER, until INTEGER, body TEXT);"
		"CREATE INDEX item_id ON item(type, id, since); CREATE INDEX item_since ON item(since)");
	b->raw_add = prepare(b->raw, "INSERT INTO item VALUES(?1, ?2, ?3, ?4)");
	b->plain_add =
		prepare(b->plain, "INSERT INTO item VALUES(?1, ?2, ?3, 253402300799000, ?4)");
	b->plain_close = prepare(b->plain,
		"UPDATE item SET until = ?3 WHERE type = ?1 AND id = ?2 AND since ="
		" (SELECT max(since) FROM item WHERE type = ?1 AND id = ?2)");
	b->tsv = fopen(path_in(b, &a, "items.tsv"), "w");
	must(b->tsv && mkdir(path_in(b, &a, "history"), 0777) == 0);
	arena_release(&a);
}

static void close_all(struct bench *b)
{
	sqlite3_finalize(b->raw_add);
	sqlite3_finalize(b->plain_add);
	sqlite3_finalize(b->plain_close);
	must(sqlite3_close(b->raw) == SQLITE_OK && sqlite3_close(b->plain) == SQLITE_OK);
	must(fclose(b->tsv) == 0);
	db_close(&b->store);
	estate_release(&b->estate);
}

static void bind(sqlite3_stmt *st, const struct round *r, const struct seen *s, bool body)
{
	sqlite3_bind_text(st, 1, s->type, -1, SQLITE_STATIC);
	sqlite3_bind_text(st, 2, s->id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(st, 3, r->at_ms);
	if (body)
		sqlite3_bind_text(st, 4, s->text.p, (int)s->text.n, SQLITE_STATIC);
	must(sqlite3_step(st) == SQLITE_DONE);
	sqlite3_reset(st);
}

static void write_raw(struct bench *b, const struct round *r)
{
	struct clock began = now();

	for (int i = 0; i < r->n; i++) {
		if (i % BATCH == 0)
			run(b->raw, "BEGIN");
		bind(b->raw_add, r, &r->seen[i], true);
		if (i % BATCH == BATCH - 1 || i == r->n - 1)
			run(b->raw, "COMMIT");
	}
	say("raw", r, began);
}

static void write_plain(struct bench *b, const struct round *r)
{
	struct clock began = now();

	for (int i = 0; i < r->n; i++) {
		if (i % BATCH == 0)
			run(b->plain, "BEGIN");
		if (r->no > 1)
			bind(b->plain_close, r, &r->seen[i], false);
		bind(b->plain_add, r, &r->seen[i], true);
		if (i % BATCH == BATCH - 1 || i == r->n - 1)
			run(b->plain, "COMMIT");
	}
	say("plain", r, began);
}

/* As a service's page that was read: trees, in the order in which they came. */
static struct observation *parse(struct arena *a, const struct round *r, int64_t at_ms)
{
	struct observation *all = arena_alloc(a, (size_t)r->n * sizeof(*all));
	struct err e = { 0 };

	must(all != NULL);
	for (int i = 0; i < r->n; i++) {
		const struct seen *s = &r->seen[i];

		all[i] = (struct observation){ .account = STR(ESTATE_ACCOUNT),
			.region = STR(ESTATE_REGION),
			.type = str_of(s->type),
			.id = str_of(s->id),
			.arn = s->arn,
			.az = STR(ESTATE_AZ),
			.created_ms = T0 - STEP_MS,
			.captured_ms = at_ms };
		ok(json_read(a, s->configuration, &all[i].configuration, &e), &e);
		ok(json_read(a, s->tags, &all[i].tags, &e), &e);
	}
	return all;
}

static void record(struct bench *b, const struct round *r, bool again)
{
	const int64_t at_ms = r->at_ms + (again ? STEP_MS / 2 : 0);
	struct arena a = ARENA_INIT((size_t)8 << 30);
	struct observation *all = parse(&a, r, at_ms);
	struct record_sum sum;
	struct record recording;
	struct err e = { 0 };
	struct clock began = now();

	ok(record_begin(&recording, &b->store, 0, at_ms, &e), &e);
	for (int i = 0; i < r->n; i++)
		ok(record_stage(&recording, &all[i], &e), &e);
	ok(record_settle(&recording, at_ms, &sum, &e), &e);
	say(again ? "same" : r->no == 1 ? "new" : "changed", r, began);
	must((again ? sum.unchanged : r->no == 1 ? sum.created : sum.changed) == r->n);
	arena_release(&a);
}

/* The document as it is stored: members in their order. */
static struct str document(struct arena *a, const struct sight *s)
{
	struct str text = arena_printf(a,
		"{\"configuration\":%.*s,\"relationships\":%.*s,\"supplementaryConfiguration\":{},\"tags\":%.*s}",
		STR_ARG(buf_slice(&s->configuration)), STR_ARG(buf_slice(&s->relationships)),
		STR_ARG(buf_slice(&s->tags)));
	struct json *v = NULL;
	struct err e = { 0 };

	ok(json_read(a, text, &v, &e), &e);
	return json_canon_text(a, v);
}

static void look(struct bench *b, struct round *r)
{
	struct arena scratch = ARENA_INIT(1 << 24);
	struct sight sight = SIGHT_INIT;

	r->a = (struct arena)ARENA_INIT((size_t)8 << 30);
	r->seen = arena_alloc(&r->a, (size_t)b->estate.n * sizeof(*r->seen));
	must(r->seen != NULL);
	for (int i = 0; i < b->estate.n; i++) {
		struct seen *s = &r->seen[r->n];

		if (r->no > 1 && !estate_change(&b->estate, i))
			continue;
		estate_see(&b->estate, i, &sight);
		*s = (struct seen){ sight.type, arena_text(&r->a, str_of(sight.id)),
			arena_str(&r->a, str_of(sight.arn)),
			arena_str(&r->a, buf_slice(&sight.configuration)),
			arena_str(&r->a, buf_slice(&sight.tags)),
			arena_str(&r->a, document(&scratch, &sight)) };
		must(arena_ok(&r->a));
		r->bytes += s->text.n;
		r->n++;
		arena_release(&scratch);
	}
	sight_release(&sight);
}

static void write_files(struct bench *b, const struct round *r)
{
	char at[TIME_ISO_BYTES], path[MAX_PATH];
	FILE *f;

	snprintf(path, sizeof(path), "%s/history/%04d.json", b->dir, r->no);
	f = fopen(path, "w");
	must(f != NULL);
	fprintf(f, "{\"fileVersion\":\"1.0\",\"configurationItems\":[");
	for (int i = 0; i < r->n; i++) {
		const struct seen *s = &r->seen[i];

		fprintf(b->tsv, "%d\t%lld\t%s\t%s\t%s\n", r->no, (long long)r->at_ms, s->type,
			s->id, s->text.p);
		fprintf(f,
			"%s{\"configurationItemVersion\":\"1.3\",\"configurationItemCaptureTime\":\"%s\",\"configurationStateId\":%lld,"
			"\"awsAccountId\":\"%s\",\"configurationItemStatus\":\"%s\",\"resourceType\":\"%s\",\"resourceId\":\"%s\",\"ARN\":\"%s\","
			"\"awsRegion\":\"%s\",\"availabilityZone\":\"%s\",\"configurationStateMd5Hash\":\"\",\"relatedEvents\":[],%s",
			i ? "," : "", time_iso(r->at_ms, at), (long long)r->at_ms, ESTATE_ACCOUNT,
			r->no == 1 ? "ResourceDiscovered" : "OK", s->type, s->id, s->arn.p,
			ESTATE_REGION, ESTATE_AZ, s->text.p + 1);
	}
	fprintf(f, "]}");
	must(fclose(f) == 0);
}

static void measure(struct bench *b, int no)
{
	struct round r = { .no = no, .at_ms = T0 + no * STEP_MS };

	look(b, &r);
	if (!r.n)
		return;
	/* In turns, so that nobody always comes first. */
	if (no % 2)
		write_raw(b, &r);
	record(b, &r, false);
	if (no % 2 == 0)
		write_raw(b, &r);
	record(b, &r, true);
	write_plain(b, &r);
	write_files(b, &r);
	arena_release(&r.a);
}

/* What was recorded is what was seen. */
static void check(struct bench *b)
{
	struct arena a = ARENA_INIT(1 << 24);
	struct sight sight = SIGHT_INIT;
	sqlite3_stmt *st = prepare(b->store.h,
		"SELECT d.document FROM _resource r JOIN _item_document d ON d.item_id = r.last_item WHERE r.id = ?1");

	for (int i = 0; i < b->estate.n; i += 1 + b->estate.n / 500) {
		struct str text;

		estate_see(&b->estate, i, &sight);
		text = document(&a, &sight);
		sqlite3_bind_text(st, 1, sight.id, -1, SQLITE_STATIC);
		must(sqlite3_step(st) == SQLITE_ROW);
		if (strcmp((const char *)sqlite3_column_text(st, 0), text.p) != 0)
			fprintf(stderr, "bench_store: seen %s\nrecorded %s\n", text.p,
				(const char *)sqlite3_column_text(st, 0));
		must(strcmp((const char *)sqlite3_column_text(st, 0), text.p) == 0);
		sqlite3_reset(st);
		arena_release(&a);
	}
	sqlite3_finalize(st);
	sight_release(&sight);
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };
	int n, rounds;

	must(argc == 4);
	b.dir = argv[1];
	n = (int)strtol(argv[2], NULL, 10);
	rounds = (int)strtol(argv[3], NULL, 10);
	open_all(&b, n);
	for (int no = 1; no <= rounds; no++)
		measure(&b, no);
	check(&b);
	close_all(&b);
	return 0;
}
