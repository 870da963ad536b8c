/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_estate STORE - record observations from standard input, without any network.
 *
 * One JSON object a line: at (milliseconds), type, id, account, region, az, configuration, tags; or gone. An empty
 * line ends a sweep. All of it goes the way that a sweep's goes.
 */
#include "base/must.h"
#include "core/record.h"
#include "store/catalogue.h"
#include "store/store.h"
#include "json/json.h"
#include "json/read.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

struct loading {
	struct db db;
	struct record record;
	sqlite3_stmt *find;
	int64_t now_ms, items;
	bool open;
};

static void ok(enum code c, const struct err *e)
{
	if (c)
		fprintf(stderr, "load_estate: %s\n", e->msg);
	must(c == E_OK);
}

static void bind(sqlite3_stmt *st, int at, struct str s)
{
	must(sqlite3_bind_text(st, at, s.p, (int)s.n, SQLITE_STATIC) == SQLITE_OK);
}

static void see_gone(struct loading *l, const struct json *v)
{
	struct err e = { 0 };

	bind(l->find, 1, json_get_text(v, "type"));
	bind(l->find, 2, json_get_text(v, "id"));
	bind(l->find, 3, json_get_text(v, "account"));
	bind(l->find, 4, json_get_text(v, "region"));
	must(sqlite3_step(l->find) == SQLITE_ROW);
	ok(record_stage_gone(&l->record, sqlite3_column_int64(l->find, 0), l->now_ms, &e), &e);
	sqlite3_reset(l->find);
}

static void see(struct loading *l, struct json *v)
{
	struct observation o = { .type = json_get_text(v, "type"),
		.id = json_get_text(v, "id"),
		.account = json_get_text(v, "account"),
		.region = json_get_text(v, "region"),
		.az = json_get_text(v, "az"),
		.created_ms = INT64_MIN,
		.captured_ms = l->now_ms,
		.configuration = json_get(v, "configuration"),
		.tags = json_get(v, "tags") };
	struct err e = { 0 };

	ok(record_stage(&l->record, &o, &e), &e);
}

static void end_sweep(struct loading *l)
{
	struct record_sum sum;
	struct err e = { 0 };

	if (!l->open)
		return;
	ok(record_settle(&l->record, l->now_ms, &sum, &e), &e);
	l->items += sum.created + sum.changed + sum.deleted;
	l->open = false;
}

static void take(struct loading *l, struct str line)
{
	struct arena a = ARENA_INIT(16 << 20);
	struct json *v = NULL;
	struct err e = { 0 };

	if (!line.n) {
		end_sweep(l);
		return;
	}
	ok(json_read(&a, line, &v, &e), &e);
	l->now_ms = json_get_int(v, "at", 0);
	if (!l->open)
		ok(record_begin(&l->record, &l->db, 0, l->now_ms, &e), &e);
	l->open = true;
	if (json_get_flag(v, "gone"))
		see_gone(l, v);
	else
		see(l, v);
	arena_release(&a);
}

int main(int argc, char **argv)
{
	struct loading l = { 0 };
	struct err e = { 0 };
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	must(argc == 2);
	ok(store_open(&l.db, argv[1], DB_CREATE, 1787000000000, &e), &e);
	ok(catalogue_sync(&l.db, &e), &e);
	must(sqlite3_prepare_v2(l.db.h,
		     "SELECT rid FROM _resource WHERE type = ?1 AND id = ?2 AND account = ?3 AND region = ?4",
		     -1, &l.find, NULL) == SQLITE_OK);
	while ((n = getline(&line, &size, stdin)) > 0)
		take(&l, (struct str){ line, (size_t)n - (line[n - 1] == '\n') });
	end_sweep(&l);
	free(line);
	sqlite3_finalize(l.find);
	db_close(&l.db);
	printf("%lld\n", (long long)l.items);
	return 0;
}
