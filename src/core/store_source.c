/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store_source.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/path.h"
#include "store/item_text.h"
#include "store/store.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct store_source {
	struct object_source port; /* first, so that one pointer is both */
	int64_t now_ms;
	char path[];
};

struct store_stream {
	struct object_stream port;
	struct db db; /* its own, as every stream is read by a thread of its own */
	struct stmt st;
	bool ended;
	struct buf line; /* the item at hand, and how much of it was given */
	size_t given;
};

bool store_source_is(const char *path)
{
	char head[16] = "";
	FILE *f = fopen(path, "rbe");
	size_t n = f ? fread(head, 1, sizeof(head), f) : 0;

	if (f)
		(void)fclose(f);
	return n == sizeof(head) && memcmp(head, "SQLite format 3", sizeof(head)) == 0;
}

static enum code tell_part(const struct store_source *s, const struct stmt *st, object_entry_fn *fn,
	void *ctx, struct err *e)
{
	struct arena a = ARENA_INIT((size_t)1 << 20);
	const int64_t first = stmt_col_int(st, store_source_parts_first);
	const int64_t last = stmt_col_int(st, store_source_parts_last);
	const int64_t begin = (first - 1) / STORE_SOURCE_ITEMS * STORE_SOURCE_ITEMS + 1;
	const struct object_entry o = {
		.name = arena_printf(&a, "%s/items-%" PRId64 ".jsonl", s->path, begin).p,
		.key = arena_printf(&a, "%" PRId64 " %" PRId64, first, last).p,
		.stamp = arena_printf(&a, "%" PRId64 " %" PRId64 " %.*s",
			stmt_col_int(st, store_source_parts_n), last,
			STR_ARG(stmt_col_str(st, store_source_parts_digest)))
				 .p,
		.bytes = -1
	};

	if (arena_ok(&a))
		fn(ctx, &o, e);
	else
		err_nomem(e);
	arena_release(&a);
	return e->code;
}

static enum code list(struct object_source *port, object_entry_fn *fn, void *ctx, struct err *e)
{
	const struct store_source *s = (const struct store_source *)port;
	struct db db;
	struct stmt st;
	enum code c = store_open(&db, s->path, DB_READ, s->now_ms, e);

	if (c)
		return c;
	st = stmt_begin(&db, SQL_STORE_SOURCE_PARTS);
	stmt_int(&st, store_source_parts__size, STORE_SOURCE_ITEMS);
	while (!c && !(c = stmt_step(&st, e)))
		c = tell_part(s, &st, fn, ctx, e);
	stmt_end(&st);
	db_close(&db);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

/* The next item into s->line, with a line end. E_NOTFOUND: there is none. */
static enum code next_line(struct store_stream *s, struct err *e)
{
	enum code c = stmt_step(&s->st, e);

	s->given = 0;
	buf_clear(&s->line);
	if (!c)
		c = item_text(&s->st, &s->line, e);
	if (!c)
		buf_char(&s->line, '\n');
	return c || buf_ok(&s->line) ? c : err_nomem(e);
}

static enum code read_stream(struct object_stream *port, size_t n, struct buf *out, struct err *e)
{
	struct store_stream *s = (struct store_stream *)port;
	enum code c = E_OK;

	buf_clear(out);
	while (!s->ended && out->n < n) {
		const size_t left = s->line.n - s->given, room = n - out->n;

		if (left) {
			buf_add(out, s->line.p + s->given, left < room ? left : room);
			s->given += left < room ? left : room;
			continue;
		}
		c = next_line(s, e);
		if (c == E_NOTFOUND && !e->code)
			s->ended = true;
		else if (c)
			return c;
	}
	return buf_ok(out) ? E_OK : err_nomem(e);
}

static void close_stream(struct object_stream *port)
{
	struct store_stream *s = (struct store_stream *)port;

	stmt_end(&s->st);
	db_close(&s->db);
	buf_release(&s->line);
	mem_free(s);
}

static enum code open_stream(struct object_source *port, const struct object_entry *o,
	struct object_stream **out, struct err *e)
{
	const struct store_source *source = (const struct store_source *)port;
	struct store_stream *s = mem_alloc(sizeof(*s));
	char *end = NULL;

	if (!s)
		return err_nomem(e);
	*s = (struct store_stream){ .port = { read_stream, close_stream },
		.line = BUF_INIT(ITEM_TEXT_MAX_BYTES) };
	if (store_open(&s->db, source->path, DB_READ, source->now_ms, e)) {
		mem_free(s);
		return e->code;
	}
	s->st = stmt_begin(&s->db, SQL_STORE_SOURCE_ITEMS);
	stmt_int(&s->st, store_source_items__first, strtoll(o->key, &end, 10));
	stmt_int(&s->st, store_source_items__last, strtoll(end, NULL, 10));
	*out = &s->port;
	return E_OK;
}

static void free_source(struct object_source *port)
{
	mem_free(port);
}

enum code store_source_open(
	struct object_source **out, const char *path, int64_t now_ms, struct err *e)
{
	/* The whole path: what was read is known from wherever it is named. */
	char *whole = path_whole(path);
	const size_t n = strlen(whole ? whole : path);
	struct store_source *s = mem_alloc(sizeof(*s) + n + 1);

	if (!s) {
		mem_free(whole);
		return err_nomem(e);
	}
	s->port = (struct object_source){ list, open_stream, free_source };
	s->now_ms = now_ms;
	memcpy(s->path, whole ? whole : path, n + 1);
	mem_free(whole);
	*out = &s->port;
	return E_OK;
}
