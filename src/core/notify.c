/* SPDX-License-Identifier: Apache-2.0 */
#include "core/notify.h"

#include "base/arena.h"
#include "base/failpoint.h"
#include "base/time.h"
#include "core/gzip_file.h"
#include "core/notice.h"
#include "store/event.h"
#include "store/item.h"
#include "store/predicate.h"
#include "json/read.h"
#include "json/write.h"

/* Longer than one publish takes with all its repeats; it is renewed after each. */
#define LEASE_MS     INT64_C(300000)
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
	struct notice notice;
};
#define TELLING_INIT                                                                               \
	{                                                                                          \
		.a = ARENA_INIT(EVENT_BYTES), .notice = NOTICE_INIT                                \
	}

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

/* What the predicate speaks about */

static enum code item_facts(
	struct db *db, struct telling *t, struct predicate_facts *f, struct err *e)
{
	struct item_change i;
	struct json *document = NULL;
	struct buf text = BUF_INIT(64 << 20);
	enum code c = item_change(db, &t->a, t->event.item_id, &i, e);

	if (!c && i.document.p)
		c = json_read(&t->a, i.document, &document, e);
	if (c)
		return c;
	f->resource_type = i.type;
	f->resource_id = i.id;
	f->name = i.name;
	f->status = i.status;
	if (json_get(document, "configuration")) {
		json_write(&text, json_get(document, "configuration"));
		f->configuration = arena_str(&t->a, buf_slice(&text));
	}
	c = buf_ok(&text) && arena_ok(&t->a) ? E_OK : err_nomem(e);
	buf_release(&text);
	return c;
}

static enum code payload_facts(struct telling *t, struct predicate_facts *f, struct err *e)
{
	struct json *payload = NULL;

	if (t->event.payload.p && json_read(&t->a, t->event.payload, &payload, e))
		return e->code;
	f->resource_type = json_get_text(payload, "resourceType");
	f->resource_id = json_get_text(payload, "resourceId");
	f->status = json_get_text(json_get(payload, "newEvaluationResult"), "complianceType");
	return E_OK;
}

static enum code wants(struct round *r, struct telling *t, bool *out, struct err *e)
{
	struct predicate_facts f = {
		.account = t->event.account, .region = t->event.region, .kind = t->event.kind
	};
	enum code c;

	*out = true;
	if (!r->sink.predicate)
		return E_OK;
	c = t->event.item_id ? item_facts(r->db, t, &f, e) : payload_facts(t, &f, e);
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
	struct item_change i;
	struct time_fields at;
	char stamp[TIME_ISO_BYTES];

	if (item_change(db, &t->a, t->event.item_id, &i, e))
		return e->code;
	at = time_split(i.captured_ms);
	*key = arena_printf(&t->a,
		"AWSLogs/%.*s/Config/%.*s/%d/%d/%d/OversizedChangeNotification/%.*s/%.*s/"
		"%.*s_Config_%.*s_ChangeNotification_%.*s_%.*s_%s_%lld.json.gz",
		STR_ARG(i.account), STR_ARG(i.region), at.year, at.month, at.day, STR_ARG(i.type),
		STR_ARG(i.id), STR_ARG(i.account), STR_ARG(i.region), STR_ARG(i.type),
		STR_ARG(i.id), time_stamp(i.captured_ms, stamp), (long long)i.captured_ms)
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

static enum code tell(struct round *r, struct telling *t, struct err *e)
{
	struct notice *n = &t->notice;
	struct message m;
	enum code c = notice_write(n, r->db, &t->event, now(r), e);

	if (!c && is_too_large(r, t))
		c = store_oversized(r, t, e);
	if (c)
		return c;
	m = (struct message){ .event_id = t->event.event_id,
		.type = n->type,
		.account = n->account,
		.region = n->region,
		.arn = n->arn.n ? n->arn.p : NULL,
		.subject = n->subject.p,
		.body = buf_slice(&n->body),
		.at_ms = n->at_ms };
	return r->publisher->publish(r->publisher, &m, e);
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

/* @event_id 0: it was not about one event, so none is given up. Noting it may fail too: then the lease
 * runs out, and the event is tried again. */
static enum code failed(struct round *r, int64_t event_id, struct err *e)
{
	struct err ignored = { 0 };
	const char *code = notice_error_code(e);
	const int64_t wait_ms = notify_backoff_ms(r->tries + 1), at_ms = now(r);

	if (e->code == E_CONFLICT)
		return e->code;
	(void)pass(r, &ignored);
	ignored = (struct err){ 0 };
	if (e->code == E_CANCELED)
		(void)sink_release(r->db, r->sink.name, &ignored);
	else if (event_id && (never_works(e->code) || waited_enough(r->tries)))
		(void)sink_give_up(r->db, r->sink.name, event_id, at_ms, code, e->msg, &ignored);
	else
		(void)sink_failed(
			r->db, r->sink.name, at_ms + wait_ms, at_ms, code, e->msg, &ignored);
	if (!event_id)
		return err_add(e, "tell \"%s\"", r->sink.name);
	return err_add(e, "tell \"%s\" of event %lld", r->sink.name, (long long)event_id);
}

static enum code tell_next(struct round *r, struct telling *t, struct err *e)
{
	bool wanted = false;
	enum code c = wants(r, t, &wanted, e);

	if (!c && wanted)
		c = tell(r, t, e);
	if (c)
		return failed(r, t->event.event_id, e);
	if (wanted)
		failpoint("notify.after_publish");
	r->seen = t->event.event_id;
	r->tries = 0;
	failpoint("notify.before_cursor");
	return wanted ? pass(r, e) : E_OK;
}

static enum code tell_all(struct round *r, int limit, struct err *e)
{
	enum code c = E_OK;

	while (!c && limit-- > 0) {
		struct telling t = TELLING_INIT;

		c = next_event(r->db, r->seen, &t, e);
		if (!c)
			c = tell_next(r, &t, e);
		release(&t);
	}
	if (c && !(c == E_NOTFOUND && !e->code))
		return c;
	return sink_told(r->db, r->sink.name, r->seen, now(r), e);
}

static enum code run(struct round *r, int limit, struct err *e)
{
	enum code c;

	r->seen = r->sink.cursor;
	r->tries = r->sink.tries;
	c = r->ports->publisher(r->ports->ctx, &r->sink, &r->publisher, e);
	if (c)
		return failed(r, 0, e);
	c = tell_all(r, limit, e);
	r->publisher->free(r->publisher);
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
		c = tell(r, &t, e);
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
