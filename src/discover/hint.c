/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/hint.h"

#include "base/sha256.h"
#include "base/time.h"
#include "json/read.h"
#include "json/write.h"

enum {
	/* An EventBridge event in a notification of SNS in a message of SQS, and one to spare. */
	WRAPS_MAX = 5,
	TEXT_MAX = 64 << 20,
};

struct taking {
	struct hints *h;
	size_t message;
};

/* An event without an id of its own is known by what it says. */
static struct str make_id(struct arena *a, const struct json *event)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	unsigned char sum[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];
	struct str id = STR_NONE;

	json_write(&b, event);
	if (buf_ok(&b) && sha256_of(buf_slice(&b), sum))
		id = arena_printf(a, "sha256:%s", sha256_hex(sum, hex));
	buf_release(&b);
	return id;
}

/* Who called: the ARN says it best; a service that acts for itself has none. */
static struct str actor_of(const struct json *identity)
{
	static const char *const keys[] = { "arn", "invokedBy", "principalId", "userName",
		"accountId" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		struct str s = json_get_text(identity, keys[i]);

		if (s.n)
			return s;
	}
	return STR_NONE;
}

static int64_t moment(struct str s)
{
	int64_t ms;

	return s.n && time_parse_iso(s, &ms) ? ms : INT64_MIN;
}

static struct str first_of(struct str a, struct str b)
{
	return a.n ? a : b.n ? b : STR_NONE;
}

static bool is_record(const struct json *v)
{
	return json_get_text(v, "eventSource").n && json_get_text(v, "eventName").n &&
	       json_get(v, "eventVersion");
}

static struct cause cause_of_record(const struct json *record, const struct json *envelope)
{
	const struct json *identity = json_get(record, "userIdentity");

	return (struct cause){ .event_id = json_get_text(record, "eventID"),
		.event_name = json_get_text(record, "eventName"),
		.event_source = json_get_text(record, "eventSource"),
		.actor = actor_of(identity),
		.source_ip = json_get_text(record, "sourceIPAddress"),
		.user_agent = json_get_text(record, "userAgent"),
		.region = first_of(
			json_get_text(record, "awsRegion"), json_get_text(envelope, "region")),
		.account = first_of(json_get_text(record, "recipientAccountId"),
			first_of(json_get_text(envelope, "account"),
				json_get_text(identity, "accountId"))),
		.at_ms = moment(json_get_text(record, "eventTime")) };
}

static struct cause cause_of_envelope(const struct json *envelope)
{
	return (struct cause){ .event_id = json_get_text(envelope, "id"),
		.event_name = json_get_text(envelope, "detail-type"),
		.event_source = json_get_text(envelope, "source"),
		.region = json_get_text(envelope, "region"),
		.account = json_get_text(envelope, "account"),
		.at_ms = moment(json_get_text(envelope, "time")) };
}

static enum code add(struct taking *t, struct json *record, struct json *envelope, struct err *e)
{
	struct hints *h = t->h;
	struct hint *hint = arena_alloc(h->a, sizeof(*hint));

	if (!hint)
		return err_nomem(e);
	*hint = (struct hint){ .record = record, .envelope = envelope, .message = t->message };
	if (is_record(record)) {
		const struct json *read_only = json_get(record, "readOnly");

		hint->cause = cause_of_record(record, envelope);
		hint->is_change = !json_get_text(record, "errorCode").n &&
				  !(read_only && str_is(read_only->text, "true"));
	} else {
		hint->cause = cause_of_envelope(envelope);
		hint->is_change = true;
	}
	if (!hint->cause.event_id.n)
		hint->cause.event_id = make_id(h->a, envelope ? envelope : record);
	*h->last = hint;
	h->last = &hint->next;
	h->n++;
	return hint->cause.event_id.n && arena_ok(h->a) ? E_OK : err_nomem(e);
}

/* The text or object that @v wraps; NULL: it is no wrapping. */
static struct json *wrapped(const struct json *v)
{
	struct json *inner = json_get(v, "Records");

	if (json_is(inner, JSON_ARRAY))
		return inner;
	inner = json_get(v, "Message");
	if (json_is(inner, JSON_STRING))
		return inner;
	inner = json_get(v, "body");
	if (!inner)
		inner = json_get(v, "Body");
	return inner ? inner : json_get(v, "Sns");
}

static struct json *read_text(struct taking *t, const struct json *text)
{
	struct err ignored = { 0 };
	struct json *v = NULL;

	return json_read(t->h->a, text->text, &v, &ignored) ? NULL : v;
}

/* At most WRAPS_MAX deep. */
// NOLINTNEXTLINE(misc-no-recursion)
static enum code take(struct taking *t, struct json *v, int depth, struct err *e)
{
	struct json *detail;
	enum code c = E_OK;

	if (json_is(v, JSON_STRING))
		v = read_text(t, v);
	if (v && depth < WRAPS_MAX && v->kind == JSON_ARRAY) {
		for (struct json *k = v->first; k && !c; k = k->next)
			c = take(t, k, depth + 1, e);
		return c;
	}
	if (json_is(v, JSON_OBJECT)) {
		detail = json_get(v, "detail");
		if (is_record(v))
			return add(t, v, NULL, e);
		if (json_get_text(v, "detail-type").n && json_is(detail, JSON_OBJECT))
			return add(t, detail, v, e);
		if (depth < WRAPS_MAX && wrapped(v))
			return take(t, wrapped(v), depth + 1, e);
	}
	t->h->n_strange++;
	return E_OK;
}

enum code hints_add(struct hints *h, struct str text, size_t message, struct err *e)
{
	struct taking t = { h, message };
	struct json *v = NULL;
	enum code c = json_read(h->a, text, &v, e);

	return c ? c : take(&t, v, 0, e);
}

static enum code add_each_line(struct hints *h, struct str text, struct err *e)
{
	for (size_t line = 1; text.n; line++) {
		size_t end = str_find(text, '\n');
		struct str one = str_trim((struct str){ text.p, end });

		if (one.n && hints_add(h, one, line, e))
			return err_add(e, "line %zu", line);
		text = str_from(text, end + 1);
	}
	return E_OK;
}

enum code hints_add_lines(struct hints *h, struct str text, struct err *e)
{
	struct str all = str_trim(text);
	struct str first = { all.p, str_find(all, '\n') };
	struct err none = { 0 };
	struct json *v = NULL;

	/* A value that ends with its line is one of several; else it goes over all of them. */
	if (first.n && json_read(h->a, first, &v, &none) == E_OK)
		return add_each_line(h, text, e);
	if (none.code == E_NOMEM) {
		*e = none;
		return e->code;
	}
	return hints_add(h, all, 1, e);
}
