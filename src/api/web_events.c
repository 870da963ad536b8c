/* SPDX-License-Identifier: Apache-2.0 */
#include "api/web_events.h"

#include "api/cell_text.h"
#include "api/web_ask.h"
#include "base/must.h"
#include "core/event_facts.h"
#include "json/write.h"

#define ARENA_MAX    ((size_t)1 << 20)
#define EVENT_BYTES  ((size_t)256 << 20)
/* Events that are looked at before whoever waits for the worker has its turn. */
#define EVENTS_BATCH 500
#define TIMEOUT_MS   10000

/* What is asked for */

static const struct web_route *route_of_events(void)
{
	for (size_t i = 0; i < n_web_routes; i++)
		if (web_routes[i].kind == WEB_LIVE)
			return &web_routes[i];
	return NULL;
}

static enum code whole(const char *name, const char *text, int64_t *out, struct err *e)
{
	size_t n = 0;

	for (*out = 0; text[n] >= '0' && text[n] <= '9' && n < 18; n++)
		*out = *out * 10 + (text[n] - '0');
	if (n && !text[n])
		return E_OK;
	return err_set(e, E_INVALID, "%s is to be the id of an event, not \"%.80s\"", name, text);
}

static enum code find(struct web_events *s, struct reader *r, const char *id, struct err *e)
{
	struct resource *found = arena_alloc(&s->arena, RESOURCE_SEARCH_MAX * sizeof(*found));
	size_t n;

	if (!found)
		return err_nomem(e);
	if (read_find(r, id, &s->arena, found, &n, e))
		return e->code;
	s->filter.rid = found[0].rid;
	return E_OK;
}

static const char *kept(struct web_events *s, const struct web_ask *ask, enum web_param param)
{
	const char *value = web_given(ask, param);

	return value ? arena_text(&s->arena, str_of(value)) : NULL;
}

/* A type that is not there yet may come. */
static const char *types_of(struct web_events *s, struct db *db, const char *word)
{
	const char *types = NULL;
	struct err ignored = { 0 };

	if (!word || strstr(word, "::"))
		return word;
	if (resource_types(db, word, &s->arena, &types, &ignored) == E_OK)
		return types;
	return arena_printf(&s->arena, "*::%s", word).p;
}

static enum code read_filters(struct web_events *s, struct web_ask *ask, const char *last)
{
	const char *after = last ? last : web_given(ask, WEB_PARAM_AFTER);
	const char *id = web_given(ask, WEB_PARAM_ID);
	struct db *db = ask->reader.db;

	s->filter.types = types_of(s, db, kept(s, ask, WEB_PARAM_TYPE));
	s->filter.account = kept(s, ask, WEB_PARAM_ACCOUNT);
	s->filter.region = kept(s, ask, WEB_PARAM_REGION);
	s->filter.actor = kept(s, ask, WEB_PARAM_ACTOR);
	s->filter.property = kept(s, ask, WEB_PARAM_PROPERTY);
	s->where = kept(s, ask, WEB_PARAM_WHERE);
	if ((id && find(s, &ask->reader, id, ask->e)) ||
		(s->where && predicate_check(db, s->where, ask->e)))
		return ask->e->code;
	if (!after)
		return event_newest(db, &s->after, ask->e);
	return whole(last ? "Last-Event-ID" : "after", after, &s->after, ask->e);
}

enum code web_events_open(struct web_events *s, struct db *db, const struct web_request *q,
	const char *last, struct err *e)
{
	struct web_ask ask = { .request = q,
		.route = route_of_events(),
		.arena = ARENA_INIT(ARENA_MAX),
		.e = e,
		.reader = { .db = db,
			.now_ms = q->now_ms,
			.at_ms = q->now_ms,
			.timeout_ms = TIMEOUT_MS,
			.stop = q->stop } };
	size_t mark = str_find(q->target, '?');

	*s = (struct web_events){ .arena = ARENA_INIT(ARENA_MAX) };
	must(ask.route);
	if (!web_given_read(&ask, str_from(q->target, mark + 1), false) &&
		!read_filters(s, &ask, last) && !arena_ok(&s->arena))
		err_nomem(e);
	arena_release(&ask.arena);
	return e->code;
}

void web_events_release(struct web_events *s)
{
	arena_release(&s->arena);
}

void web_events_greet(const struct web_events *s, struct buf *out)
{
	buf_printf(out, "retry: 2000\nid: %lld\n\n", (long long)s->after);
}

/* One event, of which every changed property is a row */

struct telling {
	struct buf *out;
	const char *const *names;
	size_t rows;
	bool changes; /* there are some */
};

static bool is_change(const char *name)
{
	return strcmp(name, "op") == 0 || strcmp(name, "property") == 0 ||
	       strcmp(name, "before") == 0 || strcmp(name, "after") == 0;
}

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct telling *t = ctx;

	(void)n;
	(void)e;
	t->names = names;
	return E_OK;
}

static void write_members(struct telling *t, const struct cell *cells, size_t n, bool changes)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (is_change(t->names[i]) != changes)
			continue;
		if (any)
			buf_char(t->out, ',');
		json_write_string(t->out, str_of(t->names[i]));
		buf_char(t->out, ':');
		cell_json(t->out, t->names[i], &cells[i]);
		any = true;
	}
}

static bool tells_change(const struct telling *t, const struct cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(t->names[i], "op") == 0)
			return cells[i].kind != CELL_NULL;
	return false;
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct telling *t = ctx;

	if (!t->rows++) {
		buf_printf(t->out, "id: %lld\nevent: change\ndata: {", (long long)cells[0].i);
		write_members(t, cells, n, false);
		buf_text(t->out, ",\"changes\":[");
	}
	if (tells_change(t, cells, n)) {
		buf_text(t->out, t->changes ? ",{" : "{");
		write_members(t, cells, n, true);
		buf_char(t->out, '}');
		t->changes = true;
	}
	return buf_ok(t->out) ? E_OK : err_set(e, E_TOOBIG, "an event is too large");
}

static enum code wants(struct web_events *s, struct db *db, const struct event *event,
	struct arena *a, bool *out, struct err *e)
{
	struct predicate_facts facts;

	*out = true;
	if (!s->where)
		return E_OK;
	if (event_facts(db, event, a, &facts, e))
		return e->code;
	return predicate_holds(db, s->where, &facts, out, e);
}

static enum code tell(
	struct web_events *s, struct reader *r, int64_t event_id, struct buf *out, struct err *e)
{
	struct telling t = { .out = out };
	struct rows rows = { begin, row, &t };

	s->filter.event = event_id;
	if (read_follow(r, &s->filter, &rows, e))
		return e->code;
	if (t.rows)
		buf_text(out, "]}\n\n");
	return E_OK;
}

/* Events in their order */

struct taken {
	struct arena *a;
	struct event event;
};

static struct str keep(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NONE;
}

static enum code take(void *ctx, const struct event *event, struct err *e)
{
	struct taken *t = ctx;

	t->event = *event;
	t->event.kind = keep(t->a, event->kind);
	t->event.account = keep(t->a, event->account);
	t->event.region = keep(t->a, event->region);
	t->event.payload = keep(t->a, event->payload);
	return arena_ok(t->a) ? E_OK : err_nomem(e);
}

/* E_NOTFOUND, @e left alone: there is none behind. */
static enum code next(struct web_events *s, struct reader *r, struct buf *out, struct err *e)
{
	struct arena a = ARENA_INIT(EVENT_BYTES);
	struct taken t = { .a = &a };
	bool wanted = false;
	enum code c = event_walk(r->db, s->after, 1, take, &t, e);

	if (!c)
		c = wants(s, r->db, &t.event, &a, &wanted, e);
	if (!c && wanted)
		c = tell(s, r, t.event.event_id, out, e);
	if (!c)
		s->after = t.event.event_id;
	arena_release(&a);
	return c;
}

enum code web_events_next(struct web_events *s, struct db *db, const volatile sig_atomic_t *stop,
	struct buf *out, bool *more, struct err *e)
{
	struct reader r = { .db = db, .timeout_ms = TIMEOUT_MS, .stop = stop };

	*more = true;
	for (int i = 0; i < EVENTS_BATCH && out->n < WEB_EVENTS_BYTES; i++) {
		enum code c = next(s, &r, out, e);

		if (c == E_NOTFOUND && !e->code) {
			*more = false;
			return E_OK;
		}
		if (c)
			return c;
	}
	return buf_ok(out) ? E_OK : err_nomem(e);
}
