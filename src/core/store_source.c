/* SPDX-License-Identifier: Apache-2.0 */
#include "core/store_source.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/path.h"
#include "store/item_part.h"
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
	struct item_reader items;
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

struct listing {
	const struct store_source *source;
	object_entry_fn *fn;
	void *ctx;
};

static enum code tell_part(void *ctx, const struct item_part *p, struct err *e)
{
	const struct listing *l = ctx;
	struct arena a = ARENA_INIT((size_t)1 << 20);
	const int64_t begin = (p->first - 1) / STORE_SOURCE_ITEMS * STORE_SOURCE_ITEMS + 1;
	const struct object_entry o = {
		.name = arena_printf(&a, "%s/items-%" PRId64 ".jsonl", l->source->path, begin).p,
		.key = arena_printf(&a, "%" PRId64 " %" PRId64, p->first, p->last).p,
		.stamp = arena_printf(
			&a, "%" PRId64 " %" PRId64 " %.*s", p->n, p->last, STR_ARG(p->digest))
				 .p,
		.bytes = -1
	};

	if (arena_ok(&a))
		l->fn(l->ctx, &o, e);
	else
		err_nomem(e);
	arena_release(&a);
	return e->code;
}

static enum code list(struct object_source *port, object_entry_fn *fn, void *ctx, struct err *e)
{
	const struct store_source *s = (const struct store_source *)port;
	struct listing l = { s, fn, ctx };
	struct db db;

	if (store_open(&db, s->path, DB_READ, s->now_ms, e))
		return e->code;
	item_parts(&db, STORE_SOURCE_ITEMS, tell_part, &l, e);
	db_close(&db);
	return e->code;
}

/* The next item into s->line, with a line end. E_NOTFOUND: there is none. */
static enum code next_line(struct store_stream *s, struct err *e)
{
	enum code c = item_reader_next(&s->items, &s->line, e);

	s->given = 0;
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

	item_reader_close(&s->items);
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
	int64_t first;

	if (!s)
		return err_nomem(e);
	*s = (struct store_stream){ .port = { read_stream, close_stream },
		.line = BUF_INIT(ITEM_TEXT_MAX_BYTES) };
	if (store_open(&s->db, source->path, DB_READ, source->now_ms, e)) {
		mem_free(s);
		return e->code;
	}
	first = strtoll(o->key, &end, 10);
	item_reader_open(&s->items, &s->db, first, strtoll(end, NULL, 10));
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
