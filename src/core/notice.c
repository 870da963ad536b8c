/* SPDX-License-Identifier: Apache-2.0 */
#include "core/notice.h"

#include "base/arena.h"
#include "base/time.h"
#include "store/item.h"
#include "store/place.h"
#include "json/canon.h"
#include "json/config_diff.h"
#include "json/read.h"
#include "json/write.h"

/* An item of a few megabytes, the one before it, their trees and the difference. */
#define ITEM_BYTES  (256u << 20)
/* SNS takes this many characters; what is cut ends in "..." (spec 4.1). */
#define SUBJECT_MAX 100
#define CUT_AT      97

#define ITEM_KIND "ConfigurationItemChangeNotification"

void notice_release(struct notice *n)
{
	buf_release(&n->subject);
	buf_release(&n->body);
	buf_release(&n->arn);
}

static void clear(struct notice *n)
{
	buf_clear(&n->subject);
	buf_clear(&n->body);
	buf_clear(&n->arn);
}

static void set_text(char *out, size_t cap, struct str s)
{
	const size_t n = s.n < cap ? s.n : cap - 1;

	memcpy(out, s.n ? s.p : "", n);
	out[n] = '\0';
}

/* Bytes of the first @characters of @s. */
static size_t bytes_of(struct str s, size_t characters)
{
	size_t i = 0;

	while (i < s.n && characters--)
		for (i++; i < s.n && ((unsigned char)s.p[i] & 0xc0) == 0x80;)
			i++;
	return i;
}

/* Line breaks and other control characters are refused in a subject. */
static void finish_subject(struct notice *n)
{
	struct buf *b = &n->subject;

	for (size_t i = 0; i < b->n; i++)
		if ((unsigned char)b->p[i] < 0x20 || b->p[i] == 0x7f)
			b->p[i] = ' ';
	if (bytes_of(buf_slice(b), SUBJECT_MAX) == b->n)
		return;
	b->n = bytes_of(buf_slice(b), CUT_AT);
	buf_text(b, "...");
}

static void start_subject(struct notice *n)
{
	buf_printf(&n->subject, "[AWS Config:%s] ", n->region);
}

/* The value of a member, null where there is none. */
static void add_value(struct buf *b, const struct json *v)
{
	if (v)
		json_write(b, v);
	else
		buf_text(b, "null");
}

static void add_string(struct buf *b, struct str s)
{
	if (s.p)
		json_write_string(b, s);
	else
		buf_text(b, "null");
}

static void add_name(struct buf *b, const char *name)
{
	if (b->n && b->p[b->n - 1] != '{')
		buf_char(b, ',');
	buf_char(b, '"');
	buf_text(b, name);
	buf_text(b, "\":");
}

static void member(struct buf *b, const char *name, struct str s)
{
	add_name(b, name);
	add_string(b, s);
}

static void member_value(struct buf *b, const char *name, const struct json *v)
{
	add_name(b, name);
	add_value(b, v);
}

static void member_time(struct buf *b, const char *name, int64_t ms)
{
	char iso[TIME_ISO_BYTES];

	member(b, name, ms == INT64_MIN ? STR_NONE : str_of(time_iso(ms, iso)));
}

static enum code finish(
	struct notice *n, const char *type, const char *version, int64_t now_ms, struct err *e)
{
	set_text(n->type, sizeof(n->type), str_of(type));
	n->at_ms = now_ms;
	member_time(&n->body, "notificationCreationTime", now_ms);
	member(&n->body, "messageType", str_of(type));
	member(&n->body, "recordVersion", str_of(version));
	buf_char(&n->body, '}');
	finish_subject(n);
	if (buf_ok(&n->body) && buf_ok(&n->subject) && buf_ok(&n->arn))
		return E_OK;
	/* Only what is too large is so the next time, too. */
	if (n->body.full || n->subject.full || n->arn.full)
		return err_set(e, E_TOOBIG, "the notice is too large to write");
	return err_nomem(e);
}

/* A configuration item */

struct change {
	struct item_change item;
	struct str region;              /* whose recorder tells of it: there is none of no region */
	struct json *document, *before; /* or NULL */
};

static enum code load(
	struct change *ch, struct arena *a, struct db *db, int64_t item_id, struct err *e)
{
	enum code c = item_change(db, a, item_id, &ch->item, e);

	ch->region = ch->item.region;
	if (!c && str_is(ch->region, PLACE_GLOBAL))
		c = place_home(db, a, ch->item.account, &ch->region, e);
	if (!c && ch->item.document.p)
		c = json_read(a, ch->item.document, &ch->document, e);
	if (!c && ch->item.before.p)
		c = json_read(a, ch->item.before, &ch->before, e);
	/* Patched documents have their newest members last; one content has one spelling. */
	if (!c && ch->document)
		json_canon(ch->document);
	return c;
}

static const char *verb_of(const struct change *ch)
{
	return str_is(ch->item.status, "ResourceNotRecorded")  ? "Updated"
	       : !ch->document                                 ? "Deleted"
	       : str_is(ch->item.status, "ResourceDiscovered") ? "Discovered"
							       : "Updated";
}

static const char *change_type_of(const struct change *ch)
{
	/* It is still there, only not looked at. */
	if (str_is(ch->item.status, "ResourceNotRecorded"))
		return "UPDATE";
	return !ch->document ? "DELETE" : ch->before ? "UPDATE" : "CREATE";
}

static void write_head(struct notice *n, const struct change *ch)
{
	const struct item_change *i = &ch->item;

	clear(n);
	set_text(n->account, sizeof(n->account), i->account);
	set_text(n->region, sizeof(n->region), ch->region);
	buf_str(&n->arn, i->arn);
	start_subject(n);
	buf_printf(&n->subject, "%.*s ", STR_ARG(i->type));
	buf_str(&n->subject, i->name.n ? i->name : i->id);
	buf_printf(&n->subject, " %s in Account %s", verb_of(ch), n->account);
}

static void add_relationships(struct buf *b, const struct json *list)
{
	static const char *const names[] = { "resourceId", "resourceName", "resourceType", "name" };

	add_name(b, "relationships");
	buf_char(b, '[');
	for (const struct json *k = list ? list->first : NULL; k; k = k->next) {
		buf_char(b, '{');
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			member_value(b, names[i], json_get(k, names[i]));
		buf_text(b, k->next ? "}," : "}");
	}
	buf_char(b, ']');
}

static void add_object(struct buf *b, const char *name, const struct json *v)
{
	add_name(b, name);
	if (v)
		json_write(b, v);
	else
		buf_text(b, "{}");
}

/* What an item and its summary share, in AWS's order. */
static void add_facts(struct buf *b, const struct change *ch)
{
	const struct item_change *i = &ch->item;

	member(b, "configurationItemVersion", STR("1.3"));
	member_time(b, "configurationItemCaptureTime", i->captured_ms);
	add_name(b, "configurationStateId");
	buf_printf(b, "%lld", (long long)i->captured_ms);
	member(b, "awsAccountId", i->account);
	member(b, "configurationItemStatus", i->status);
	member(b, "resourceType", i->type);
	member(b, "resourceId", i->id);
	member(b, "resourceName", i->name);
	member(b, "ARN", i->arn);
	member(b, "awsRegion", i->region);
	member(b, "availabilityZone", ch->document ? i->az : STR_NONE);
	member(b, "configurationStateMd5Hash", STR(""));
	member_time(b, "resourceCreationTime", ch->document ? i->created_ms : INT64_MIN);
}

static void add_item(struct buf *b, const struct change *ch)
{
	const struct json *d = ch->document;

	add_name(b, "configurationItem");
	buf_text(b, "{\"relatedEvents\":[]");
	add_relationships(b, json_get(d, "relationships"));
	member_value(b, "configuration", json_get(d, "configuration"));
	add_object(b, "supplementaryConfiguration", json_get(d, "supplementaryConfiguration"));
	add_object(b, "tags", json_get(d, "tags"));
	add_facts(b, ch);
	buf_char(b, '}');
}

/* Not compared: judged because somebody wants it judged, not because it changed. */
static enum code write_item(struct notice *n, struct arena *a, const struct change *ch,
	bool compared, int64_t now_ms, struct err *e)
{
	struct json nothing = { .kind = JSON_OBJECT };
	/* A deletion with nothing before it: its history was cut off. */
	struct json *before = ch->before || ch->document ? ch->before : &nothing;
	const struct json *diff = compared ? config_diff(a, before, ch->document) : NULL;

	if (compared && !diff)
		return err_nomem(e);
	write_head(n, ch);
	buf_char(&n->body, '{');
	member_value(&n->body, "configurationItemDiff", diff);
	add_item(&n->body, ch);
	return finish(n, ITEM_KIND, "1.3", now_ms, e);
}

enum code notice_write_oversized(struct notice *n, struct db *db, const struct event *event,
	const char *location, const char *error_code, const char *error, int64_t now_ms,
	struct err *e)
{
	struct arena a = ARENA_INIT(ITEM_BYTES);
	struct change ch = { .document = NULL };
	enum code c = load(&ch, &a, db, event->item_id, e);

	if (!c) {
		write_head(n, &ch);
		buf_text(&n->body, "{\"configurationItemSummary\":{");
		member(&n->body, "changeType", str_of(change_type_of(&ch)));
		add_facts(&n->body, &ch);
		buf_text(&n->body, "},\"s3DeliverySummary\":{");
		member(&n->body, "s3BucketLocation", str_of(location));
		member(&n->body, "errorCode", str_of(location ? NULL : error_code));
		member(&n->body, "errorMessage", str_of(location ? NULL : error));
		buf_char(&n->body, '}');
		c = finish(n,
			location || !error_code ? "OversizedConfigurationItemChangeNotification"
						: "OversizedConfigurationItemChangeDeliveryFailed",
			"1.0", now_ms, e);
	}
	arena_release(&a);
	return c;
}

/* What is told besides */

struct form {
	const char *kind, *version;
	const char *subject; /* what stands before "for Account"; NULL: made by itself */
	const char *members[9];
};

static const struct form forms[] = {
	{ "ConfigurationSnapshotDeliveryStarted", "1.1", "Configuration Snapshot Delivery Started",
		{ "configSnapshotId" } },
	{ "ConfigurationSnapshotDeliveryCompleted", "1.1",
		"Configuration Snapshot Delivery Completed",
		{ "configSnapshotId", "s3ObjectKey", "s3Bucket" } },
	{ "ConfigurationSnapshotDeliveryFailed", "1.1", "Configuration Snapshot Delivery Failed",
		{ "configSnapshotId", "errorCode", "errorMessage" } },
	{ "ConfigurationHistoryDeliveryCompleted", "1.1",
		"Configuration History Delivery Completed", { "s3ObjectKey", "s3Bucket" } },
	{ "ConfigRulesEvaluationStarted", "1.0", "Config Rules Evaluation Started",
		{ "awsAccountId", "awsRegion", "configRuleNames" } },
	{ "ComplianceChangeNotification", "1.0", NULL,
		{ "awsAccountId", "configRuleName", "configRuleARN", "resourceType", "resourceId",
			"awsRegion", "newEvaluationResult", "oldEvaluationResult" } },
};

static const struct form *find_form(struct str kind)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (str_is(kind, forms[i].kind))
			return &forms[i];
	return NULL;
}

/* Spec 4.3; evaluationMode is left out where nobody says it, the others are null. */
static void add_evaluation(struct buf *b, const char *name, const struct json *v)
{
	static const char *const plain[] = { "complianceType", "resultRecordedTime",
		"configRuleInvokedTime", "annotation", "resultToken" };
	static const char *const of_qualifier[] = { "configRuleName", "resourceType",
		"resourceId" };
	const struct json *id = json_get(v, "evaluationResultIdentifier");
	const struct json *q = json_get(id, "evaluationResultQualifier");

	add_name(b, name);
	if (!json_is(v, JSON_OBJECT)) {
		buf_text(b, "null");
		return;
	}
	buf_text(b, "{\"evaluationResultIdentifier\":{\"evaluationResultQualifier\":{");
	for (size_t i = 0; i < sizeof(of_qualifier) / sizeof(*of_qualifier); i++)
		member_value(b, of_qualifier[i], json_get(q, of_qualifier[i]));
	if (json_get(q, "evaluationMode"))
		member_value(b, "evaluationMode", json_get(q, "evaluationMode"));
	buf_char(b, '}');
	member_value(b, "orderingTimestamp", json_get(id, "orderingTimestamp"));
	buf_char(b, '}');
	for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
		member_value(b, plain[i], json_get(v, plain[i]));
	buf_char(b, '}');
}

static void add_member(struct notice *n, const char *name, const struct json *payload)
{
	const struct str s = str_of(name);

	if (str_is(s, "awsAccountId"))
		member(&n->body, name, str_of(n->account));
	else if (str_is(s, "awsRegion"))
		member(&n->body, name, str_of(n->region));
	else if (str_is(s, "newEvaluationResult") || str_is(s, "oldEvaluationResult"))
		add_evaluation(&n->body, name, json_get(payload, name));
	else
		member_value(&n->body, name, json_get(payload, name));
}

static enum code write_form(struct notice *n, const struct form *f, const struct event *event,
	const struct json *payload, int64_t now_ms, struct err *e)
{
	clear(n);
	set_text(n->account, sizeof(n->account), event->account);
	set_text(n->region, sizeof(n->region), event->region);
	start_subject(n);
	if (f->subject)
		buf_printf(&n->subject, "%s for Account %s", f->subject, n->account);
	else
		buf_printf(&n->subject, "%.*s %.*s is %.*s with %.*s in Account %s",
			STR_ARG(json_get_text(payload, "resourceType")),
			STR_ARG(json_get_text(payload, "resourceId")),
			STR_ARG(json_get_text(
				json_get(payload, "newEvaluationResult"), "complianceType")),
			STR_ARG(json_get_text(payload, "configRuleName")), n->account);
	buf_char(&n->body, '{');
	for (const char *const *m = f->members; *m; m++)
		add_member(n, *m, payload);
	return finish(n, f->kind, f->version, now_ms, e);
}

static enum code write_other(
	struct notice *n, struct arena *a, const struct event *event, int64_t now_ms, struct err *e)
{
	const struct form *f = find_form(event->kind);
	struct json *payload = NULL;

	if (!f)
		return err_set(
			e, E_INVALID, "there is no notice of kind \"%.*s\"", STR_ARG(event->kind));
	if (event->payload.p && json_read(a, event->payload, &payload, e))
		return e->code;
	return write_form(n, f, event, payload, now_ms, e);
}

enum code notice_write_item(struct notice *n, struct db *db, int64_t item_id, bool compared,
	int64_t now_ms, struct err *e)
{
	struct arena a = ARENA_INIT(ITEM_BYTES);
	struct change ch = { .document = NULL };
	enum code c = load(&ch, &a, db, item_id, e);

	if (!c)
		c = write_item(n, &a, &ch, compared, now_ms, e);
	arena_release(&a);
	return c;
}

enum code notice_write(
	struct notice *n, struct db *db, const struct event *event, int64_t now_ms, struct err *e)
{
	struct arena a = ARENA_INIT(ITEM_BYTES);
	struct change ch = { .document = NULL };
	enum code c;

	if (str_is(event->kind, ITEM_KIND)) {
		c = load(&ch, &a, db, event->item_id, e);
		if (!c)
			c = write_item(n, &a, &ch, true, now_ms, e);
	} else {
		c = write_other(n, &a, event, now_ms, e);
	}
	arena_release(&a);
	return c ? err_add(e, "write the notice of event %lld", (long long)event->event_id) : E_OK;
}

const char *notice_error_code(const struct err *e)
{
	if (e->remote[0])
		return e->remote;
	if (e->code == E_NOTFOUND)
		return "NotFound";
	if (e->code == E_DENIED)
		return "AccessDenied";
	if (e->code == E_THROTTLED)
		return "SlowDown";
	if (e->code == E_REMOTE)
		return "ServiceUnavailable";
	return e->code == E_INVALID || e->code == E_TOOBIG ? "InvalidParameter" : "InternalError";
}
