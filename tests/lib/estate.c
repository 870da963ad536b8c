/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/estate.h"

#include "base/must.h"
#include "store/catalogue.h"
#include "store/store.h"
#include "json/read.h"
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#define ACCOUNT "123456789012"

static struct buf out = BUF_INIT(16 << 20);

static void ok(enum code c, const struct err *e)
{
	if (c)
		fprintf(stderr, "estate: %s\n", e->msg);
	must(c == E_OK);
}

void estate_open(struct estate *w, const char *path)
{
	struct err e = { 0 };

	*w = (struct estate){ .now_ms = 1790000000000 };
	ok(store_open(&w->db, path, DB_CREATE, w->now_ms, &e), &e);
	ok(catalogue_sync(&w->db, &e), &e);
}

void estate_close(struct estate *w)
{
	db_close(&w->db);
	buf_release(&out);
}

void estate_thin(const char *path)
{
	sqlite3 *h = NULL;

	must(sqlite3_open(path, &h) == SQLITE_OK);
	must(sqlite3_exec(h, "DELETE FROM _catalogue WHERE name NOT IN ('ec2', 'iam'); VACUUM;",
		     NULL, NULL, NULL) == SQLITE_OK);
	must(sqlite3_close(h) == SQLITE_OK);
}

void estate_begin(struct estate *w, int64_t at_ms)
{
	struct err e = { 0 };

	w->now_ms = at_ms;
	ok(record_begin(&w->record, &w->db, 0, at_ms, &e), &e);
}

static void see(struct estate *w, struct observation *o, const char *configuration,
	const char *parts, const char *tags)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct err e = { 0 };

	ok(json_read(&a, str_of(configuration), &o->configuration, &e), &e);
	if (parts)
		ok(json_read(&a, str_of(parts), &o->supplementary, &e), &e);
	if (tags)
		ok(json_read(&a, str_of(tags), &o->tags, &e), &e);
	o->account = STR(ACCOUNT);
	o->region = str_starts(o->type, STR("AWS::IAM::")) ? STR("global") : STR("us-east-1");
	o->az = STR("Not Applicable");
	o->created_ms = INT64_MIN;
	o->captured_ms = w->now_ms;
	ok(record_stage(&w->record, o, &e), &e);
	arena_release(&a);
}

void estate_see(struct estate *w, const char *type, const char *id, const char *name,
	const char *configuration, const char *tags)
{
	char arn[512];
	struct observation o = { .type = str_of(type), .id = str_of(id), .name = str_of(name) };

	snprintf(arn, sizeof(arn), "arn:aws:test:::%s/%s", type, name ? name : id);
	o.arn = str_of(arn);
	see(w, &o, configuration, NULL, tags);
}

void estate_see_parts(struct estate *w, const char *type, const char *id, const char *configuration,
	const char *parts)
{
	struct observation o = { .type = str_of(type), .id = str_of(id) };

	see(w, &o, configuration, parts, NULL);
}

struct gone_list {
	int64_t rid[64];
	size_t n;
};

static enum code collect(void *ctx, const struct unseen *u, struct err *e)
{
	struct gone_list *l = ctx;

	(void)e;
	must(l->n < 64);
	l->rid[l->n++] = u->rid;
	return E_OK;
}

void estate_gone(struct estate *w, const char *type)
{
	struct gone_list l = { .n = 0 };
	struct err e = { 0 };

	ok(record_unseen(&w->record, STR(ACCOUNT), STR_NONE, str_of(type), collect, &l, &e), &e);
	for (size_t i = 0; i < l.n; i++)
		ok(record_stage_gone(&w->record, l.rid[i], w->now_ms, &e), &e);
}

void estate_settle(struct estate *w)
{
	struct err e = { 0 };

	ok(record_settle(&w->record, w->now_ms, &w->sum, &e), &e);
}

const char *estate_rows(struct estate *w, const char *sql)
{
	sqlite3_stmt *st = NULL;

	buf_clear(&out);
	if (sqlite3_prepare_v2(w->db.h, sql, -1, &st, NULL) != SQLITE_OK)
		fprintf(stderr, "estate: %s\n", sqlite3_errmsg(w->db.h));
	must(st);
	while (sqlite3_step(st) == SQLITE_ROW)
		for (int i = 0, n = sqlite3_column_count(st); i < n; i++) {
			const char *p = (const char *)sqlite3_column_text(st, i);

			buf_text(&out, p ? p : "-");
			buf_char(&out, i + 1 < n ? '|' : '\n');
		}
	sqlite3_finalize(st);
	return out.p;
}
