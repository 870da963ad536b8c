/* SPDX-License-Identifier: Apache-2.0 */
#include "core/notify.h"

#include "base/arena.h"
#include "base/failpoint.h"
#include "base/must.h"
#include "base/time.h"
#include "core/event_facts.h"
#include "core/gzip_file.h"
#include "core/notice.h"
#include "store/event.h"
#include "store/item.h"
#include "json/read.h"
#include "json/write.h"

/* Longer than one wave takes with all its repeats; it is renewed after each. */
#define LEASE_MS     INT64_C(300000)
/* Events told together, and how large they may be together: what is kept in memory. */
#define WAVE_EVENTS  80
/* The first wave of a round is one event, so that whoever is not there is asked once; each is so many times the
 * one before it. */
#define WAVE_GROWTH  8
#define WAVE_BYTES   (4u << 20)
#define WAVE_MEMORY  (1u << 20)
#define FIRST_MS     INT64_C(30000)
#define GIVE_UP_MS   INT64_C(86400000)
#define EVENT_BYTES  (256u << 20)
/* What the other side counts besides the body: subject, names, ids. */
#define AROUND_BYTES 1024

#define ITEM_KIND "ConfigurationItemChangeNotification"

int64_t notify_backoff_ms(int64_t tries)
{
	int64_t ms = FIRST_MS;

	while (--tries > 0 && ms < SINK_WAIT_MAX_MS)
		ms *= 2;
	return ms < SINK_WAIT_MAX_MS ? ms : SINK_WAIT_MAX_MS;
}

/* What was waited for an event that failed so often. */
static bool waited_enough(int64_t tries)
{
	int64_t sum = 0;

	for (int64_t i = 1; i <= tries && sum < GIVE_UP_MS; i++)
		sum += notify_backoff_ms(i);
	return sum >= GIVE_UP_MS;
}

/* One round over one sink. */
struct round {
	struct db *db;
	const struct notify_ports *ports;
	struct sink sink;
	struct publisher *publisher;
	int64_t begun_ms, ticks;
	int64_t seen;  /* events up to here need nothing more */
	int64_t tries; /* failures so far of the event behind it */
	struct wave *wave;
	size_t width; /* events of the next wave, at most */
};

static int64_t now(const struct round *r)
{
	return r->begun_ms + time_ticks_ms() - r->ticks;
}

/* An event and its item, for as long as it is being told. */
struct telling {
	struct arena a;
	struct event event;
	bool found;
	bool wanted;
	int64_t rid; /* 0: it is about no resource */
	struct notice notice;
	struct message message;
};
#define TELLING_INIT                                                                               \
	{                                                                                          \
		.a = ARENA_INIT(EVENT_BYTES), .notice = NOTICE_INIT                                \
	}

/* Events that follow each other, no two of them about the same resource: it does not matter which of them
 * is told first. */
struct wave {
	struct telling events[WAVE_EVENTS];
	struct err each[WAVE_EVENTS]; /* what became of it */
	size_t n;
	struct message messages[WAVE_EVENTS]; /* of those that are to be told */
	struct err answers[WAVE_EVENTS];
	size_t of[WAVE_EVENTS]; /* which event a message is of */
	size_t n_messages;
};

static void release(struct telling *t)
{
	notice_release(&t->notice);
	arena_release(&t->a);
}

static struct str keep(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NONE;
}

static enum code take_event(void *ctx, const struct event *event, struct err *e)
{
	struct telling *t = ctx;

	t->event = *event;
	t->event.kind = keep(&t->a, event->kind);
	t->event.account = keep(&t->a, event->account);
	t->event.region = keep(&t->a, event->region);
	t->event.payload = keep(&t->a, event->payload);
	t->found = true;
	return arena_ok(&t->a) ? E_OK : err_nomem(e);
}

/* The event behind @after: not while it is being sent, so that no read snapshot is held. E_NOTFOUND. */
static enum code next_event(struct db *db, int64_t after, struct telling *t, struct err *e)
{
	return event_walk(db, after, 1, take_event, t, e);
}

static enum code wants(struct round *r, struct telling *t, bool *out, struct err *e)
{
	struct predicate_facts f;
	enum code c;

	*out = true;
	if (!r->sink.predicate)
		return E_OK;
	c = event_facts(r->db, &t->event, &t->a, &f, e);
	return c ? c : predicate_holds(r->db, r->sink.predicate, &f, out, e);
}

/* What is too large */

static bool is_limited(const struct sink *s)
{
	return strcmp(s->kind, "webhook") != 0 && strcmp(s->kind, "file") != 0;
}

static bool is_too_large(const struct round *r, const struct telling *t)
{
	return is_limited(&r->sink) && str_is(t->event.kind, ITEM_KIND) &&
	       t->notice.body.n + t->notice.subject.n + AROUND_BYTES > NOTICE_MAX_BYTES;
}

/* Spec section 3.1. All of it is the item's own, so that a second try writes the same object. */
static enum code key_of(struct db *db, struct telling *t, const char **key, struct err *e)
{
	const struct str region = str_of(t->notice.region);
	struct item_change i;
	struct time_fields at;
	char stamp[TIME_ISO_BYTES];

	if (item_change(db, &t->a, t->event.item_id, &i, e))
		return e->code;
	at = time_split(i.captured_ms);
	*key = arena_printf(&t->a,
		"AWSLogs/%.*s/Config/%.*s/%d/%d/%d/OversizedChangeNotification/%.*s/%.*s/"
		"%.*s_Config_%.*s_ChangeNotification_%.*s_%.*s_%s_%lld.json.gz",
		STR_ARG(i.account), STR_ARG(region), at.year, at.month, at.day, STR_ARG(i.type),
		STR_ARG(i.id), STR_ARG(i.account), STR_ARG(region), STR_ARG(i.type), STR_ARG(i.id),
		time_stamp(i.captured_ms, stamp), (long long)i.captured_ms)
		       .p;
	return arena_ok(&t->a) ? E_OK : err_nomem(e);
}

static enum code put_object(
	struct object_store *store, const char *key, struct str body, struct err *e)
{
	struct gzip_file f;
	struct object o = {
		.key = key, .content_type = "application/json", .content_encoding = "gzip"
	};
	enum code c = gzip_file_open(&f, e);

	if (c)
		return c;
	c = gzip_file_add(&f, body, e);
	if (!c)
		c = gzip_file_finish(&f, e);
	if (!c) {
		o.fd = f.fd;
		o.bytes = f.bytes;
		memcpy(o.sha256, f.sha256, sizeof(o.sha256));
		c = store->put(store, &o, e);
	}
	gzip_file_close(&f);
	return c;
}

/* "bucket/key", with what the store puts before the key. */
static const char *location_of(
	struct arena *a, struct object_store *store, const char *bucket, const char *key)
{
	const struct str where = str_of(store->where(store, key));

	if (str_starts(where, STR("s3://")))
		return arena_text(a, str_from(where, 5));
	return arena_printf(a, "%s/%s", bucket, key).p;
}

static const char *aws_code(enum code c)
{
	return c == E_NOTFOUND ? "NoSuchBucket" : c == E_DENIED ? "AccessDenied" : code_name(c);
}

/* The notice of what could not be stored: later tries would find the same. */
static enum code write_failed(
	struct round *r, struct telling *t, const char *bucket, enum code why, struct err *e)
{
	struct notice *n = &t->notice;
	const struct str text = arena_printf(&t->a,
		"Failed to deliver notification to bucket: %s for account %s in region %s.",
		bucket ? bucket : "(none)", n->account, n->region);

	return notice_write_oversized(n, r->db, &t->event, NULL, aws_code(why), text.p, now(r), e);
}

static enum code store_oversized(struct round *r, struct telling *t, struct err *e)
{
	struct object_store *store = NULL;
	const char *bucket = NULL, *key = NULL;
	struct err none = { 0 };
	enum code c = key_of(r->db, t, &key, e);

	if (c)
		return c;
	if (r->ports->oversized)
		c = r->ports->oversized(r->ports->ctx, &r->sink, &store, &bucket, &none);
	if (!c && !store)
		c = E_NOTFOUND;
	else if (!c)
		c = put_object(store, key, buf_slice(&t->notice.body), &none);
	if (c && code_is_transient(c)) {
		*e = none;
		return err_add(e, "store what is too large to be told");
	}
	if (c)
		return write_failed(r, t, bucket, c, e);
	failpoint("notify.after_oversized");
	return notice_write_oversized(&t->notice, r->db, &t->event,
		location_of(&t->a, store, bucket, key), NULL, NULL, now(r), e);
}

/* What is to be published of an event. */
static enum code write_message(struct round *r, struct telling *t, struct err *e)
{
	struct notice *n = &t->notice;
	enum code c = notice_write(n, r->db, &t->event, now(r), e);

	if (!c && is_too_large(r, t))
		c = store_oversized(r, t, e);
	if (c)
		return c;
	t->message = (struct message){ .event_id = t->event.event_id,
		.type = n->type,
		.account = n->account,
		.region = n->region,
		.arn = n->arn.n ? n->arn.p : NULL,
		.subject = n->subject.p,
		.body = buf_slice(&n->body),
		.at_ms = n->at_ms };
	return E_OK;
}

/* The cursor */

static enum code pass(struct round *r, struct err *e)
{
	const int64_t at_ms = now(r);

	if (r->seen <= r->sink.cursor)
		return E_OK;
	return sink_passed(r->db, &r->sink, r->seen, at_ms, at_ms + LEASE_MS, e);
}

static bool never_works(enum code c)
{
	return c == E_INVALID || c == E_TOOBIG;
}

/* The row says why, and when it is tried again; E_CONFLICT: it is no longer ours, and says nothing. */
static enum code note_failure(
	struct round *r, int64_t event_id, const struct err *why, struct err *e)
{
	const char *code = notice_error_code(why);
	const int64_t wait_ms = notify_backoff_ms(r->tries + 1), at_ms = now(r);
	enum code c = pass(r, e);

	if (c)
		return c;
	if (why->code == E_CANCELED)
		return sink_release(r->db, &r->sink, e);
	if (!event_id || !(never_works(why->code) || waited_enough(r->tries)))
		return sink_failed(r->db, &r->sink, at_ms + wait_ms, at_ms, code, why->msg, e);
	c = sink_give_up(r->db, &r->sink, event_id, at_ms, code, why->msg, e);
	if (!c) {
		r->seen = event_id;
		r->tries = 0;
	}
	return c;
}

/* @event_id 0: it was not about one event, so none is given up. Noting it may fail too: then the lease
 * runs out, and the event is tried again. Whoever took the sink over knows better what became of it. */
static enum code failed(struct round *r, int64_t event_id, struct err *e)
{
	struct err noting = { 0 };

	if (note_failure(r, event_id, e, &noting) == E_CONFLICT) {
		*e = noting;
		return e->code;
	}
	if (!event_id)
		return err_add(e, "tell \"%s\"", r->sink.name);
	return err_add(e, "tell \"%s\" of event %lld", r->sink.name, (long long)event_id);
}

/* A wave */

/* Events about no resource keep their order among themselves. */
static bool goes_along(const struct wave *w, int64_t rid)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->events[i].rid == rid)
			return false;
	return true;
}

static enum code prepare(struct round *r, struct telling *t, struct err *e)
{
	enum code c = wants(r, t, &t->wanted, e);

	return c || !t->wanted ? c : write_message(r, t, e);
}

/* The event behind @after, if it belongs into the wave. E_NOTFOUND: it does not, or there is none. */
static enum code add_event(struct round *r, int64_t after, struct err *e)
{
	static const struct telling fresh = TELLING_INIT;
	struct wave *w = r->wave;
	struct telling *t = &w->events[w->n];
	enum code c;

	*t = fresh;
	w->each[w->n] = (struct err){ 0 };
	c = next_event(r->db, after, t, e);
	if (!c && t->event.item_id)
		c = item_resource(r->db, t->event.item_id, &t->rid, e);
	if (!c && !goes_along(w, t->rid))
		c = E_NOTFOUND;
	if (c) {
		release(t);
		return c;
	}
	prepare(r, t, &w->each[w->n]);
	w->n++;
	return E_OK;
}

/* Behind an event that cannot be prepared there is nothing in the wave. */
static enum code gather(struct round *r, size_t limit, struct err *e)
{
	const size_t most = r->width < limit ? r->width : limit;
	struct wave *w = r->wave;
	int64_t after = r->seen;
	size_t bytes = 0;
	enum code c = E_OK;

	while (!c && w->n < most && bytes < WAVE_BYTES) {
		const struct telling *t = &w->events[w->n];

		c = add_event(r, after, e);
		if (c)
			break;
		after = t->event.event_id;
		bytes += t->message.body.n + t->a.used;
		if (w->each[w->n - 1].code)
			break;
	}
	return w->n && !e->code ? E_OK : c;
}

static void publish(struct round *r)
{
	struct wave *w = r->wave;
	struct publisher *p = r->publisher;

	w->n_messages = 0;
	for (size_t i = 0; i < w->n; i++) {
		if (!w->events[i].wanted || w->each[i].code)
			continue;
		w->of[w->n_messages] = i;
		w->answers[w->n_messages] = (struct err){ 0 };
		w->messages[w->n_messages++] = w->events[i].message;
	}
	if (!w->n_messages)
		return;
	if (w->n_messages > 1)
		p->publish_many(p, w->messages, w->n_messages, w->answers);
	else
		(void)p->publish(p, w->messages, w->answers);
	for (size_t i = 0; i < w->n_messages; i++)
		w->each[w->of[i]] = w->answers[i];
	failpoint("notify.after_publish");
}

/* The cursor goes as far as everything is told or given up; what was told behind that is told again. */
static enum code settle(struct round *r, struct err *e)
{
	struct wave *w = r->wave;
	struct err noting = { 0 };

	for (size_t i = 0; i < w->n; i++) {
		struct err *why = &w->each[i];
		const int64_t event_id = w->events[i].event.event_id;

		if (why->code && failed(r, event_id, why)) {
			if (!e->code)
				*e = *why;
			if (r->seen < event_id)
				return e->code;
		}
		r->seen = event_id;
		r->tries = 0;
	}
	failpoint("notify.before_cursor");
	if (w->n_messages && pass(r, &noting) && !e->code)
		*e = noting;
	/* One was given up: that is told, and the sink has its next turn like all others. */
	if (e->code && !noting.code)
		(void)sink_release(r->db, &r->sink, &noting);
	return e->code;
}

static void grow(struct round *r)
{
	if (r->publisher->publish_many)
		r->width *= WAVE_GROWTH;
	if (r->width > WAVE_EVENTS)
		r->width = WAVE_EVENTS;
}

static enum code tell_wave(struct round *r, size_t *limit, struct err *e)
{
	struct wave *w = r->wave;
	enum code c;

	must(w);
	w->n = 0;
	c = gather(r, *limit, e);
	*limit -= w->n;
	if (!c) {
		publish(r);
		c = settle(r, e);
		grow(r);
	}
	for (size_t i = 0; i < w->n; i++)
		release(&w->events[i]);
	return c;
}

static enum code tell_all(struct round *r, int limit, struct err *e)
{
	size_t left = (size_t)limit;
	enum code c = E_OK;

	while (!c && left)
		c = tell_wave(r, &left, e);
	if (c && !(c == E_NOTFOUND && !e->code))
		return c;
	return sink_told(r->db, &r->sink, r->seen, now(r), e);
}

static enum code run(struct round *r, int limit, struct err *e)
{
	struct arena a = ARENA_INIT(WAVE_MEMORY);
	enum code c;

	r->seen = r->sink.cursor;
	r->tries = r->sink.tries;
	r->width = 1;
	r->wave = arena_alloc(&a, sizeof(*r->wave));
	c = r->wave ? r->ports->publisher(r->ports->ctx, &r->sink, &r->publisher, e) : err_nomem(e);
	if (c) {
		c = failed(r, 0, e);
	} else {
		c = tell_all(r, limit, e);
		r->publisher->free(r->publisher);
	}
	arena_release(&a);
	return c;
}

enum code notify_one(
	struct db *db, const struct notify_ports *ports, int limit, int64_t now_ms, struct err *e)
{
	struct arena a = ARENA_INIT(4 << 20);
	struct round r = { .db = db, .ports = ports, .begun_ms = now_ms, .ticks = time_ticks_ms() };
	enum code c = sink_claim(db, &a, now_ms, now_ms + LEASE_MS, &r.sink, e);

	if (!c)
		c = run(&r, limit, e);
	arena_release(&a);
	return c;
}

static enum code tell_dead(struct round *r, int64_t event_id, struct err *e)
{
	struct telling t = TELLING_INIT;
	enum code c = r->ports->publisher(r->ports->ctx, &r->sink, &r->publisher, e);

	if (!c)
		c = next_event(r->db, event_id - 1, &t, e);
	if (!c)
		c = write_message(r, &t, e);
	if (!c)
		c = r->publisher->publish(r->publisher, &t.message, e);
	if (r->publisher)
		r->publisher->free(r->publisher);
	release(&t);
	return c;
}

enum code notify_dead(struct db *db, const struct notify_ports *ports, int64_t dead_id,
	int64_t now_ms, struct err *e)
{
	struct arena a = ARENA_INIT(4 << 20);
	struct round r = { .db = db, .ports = ports, .begun_ms = now_ms, .ticks = time_ticks_ms() };
	struct err ignored = { 0 };
	struct dead d;
	enum code c = dead_get(db, &a, dead_id, &d, e);

	if (!c)
		c = sink_get(db, &a, d.sink, &r.sink, e);
	if (!c) {
		c = tell_dead(&r, d.event_id, e);
		if (!c)
			c = dead_remove(db, dead_id, e);
		else
			(void)dead_failed(
				db, dead_id, now(&r), notice_error_code(e), e->msg, &ignored);
	}
	arena_release(&a);
	return c ? err_add(e, "send dead letter %lld", (long long)dead_id) : E_OK;
}
