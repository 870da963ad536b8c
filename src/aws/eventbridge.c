/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/eventbridge.h"

#include "aws/message.h"
#include "base/time.h"
#include "json/read.h"
#include "json/write.h"
#include <string.h>

#define CHANGE   "Config Configuration Item Change"
#define SNAPSHOT "Config Configuration Snapshot Delivery Status"
#define HISTORY  "Config Configuration History Delivery Status"

#define COMPLIANCE_KIND "ComplianceChangeNotification"

const char *eventbridge_detail_type(const char *message_type)
{
	static const struct {
		const char *message, *detail;
	} types[] = {
		{ "ConfigurationItemChangeNotification", CHANGE },
		{ "OversizedConfigurationItemChangeNotification", CHANGE },
		{ "OversizedConfigurationItemChangeDeliveryFailed", CHANGE },
		{ COMPLIANCE_KIND, "Config Rules Compliance Change" },
		{ "ConfigRulesEvaluationStarted", "Config Rules Re-evaluation Status" },
		{ "ConfigurationSnapshotDeliveryStarted", SNAPSHOT },
		{ "ConfigurationSnapshotDeliveryCompleted", SNAPSHOT },
		{ "ConfigurationSnapshotDeliveryFailed", SNAPSHOT },
		{ "ConfigurationHistoryDeliveryCompleted", HISTORY },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i].message, message_type) == 0)
			return types[i].detail;
	return NULL;
}

/* Take the nulls out of objects, down to where an evaluation result has them. */
static void drop_nulls(struct json *object)
{
	for (struct json *k = object->first, *next; k; k = next) {
		next = k->next;
		if (k->kind == JSON_NULL)
			json_remove(object, k);
	}
}

static enum code detail_of(struct arena *a, const struct message *m, struct str *out, struct err *e)
{
	struct buf b = BUF_INIT(MESSAGE_ARENA_BYTES);
	struct json *v = NULL;
	enum code c;

	*out = m->body;
	if (strcmp(m->type, COMPLIANCE_KIND) != 0)
		return E_OK;
	c = json_read(a, m->body, &v, e);
	if (c)
		return c;
	drop_nulls(v);
	for (struct json *k = v->first; k; k = k->next)
		if (k->kind == JSON_OBJECT)
			drop_nulls(k);
	json_write(&b, v);
	*out = arena_str(a, buf_slice(&b));
	c = buf_ok(&b) ? E_OK : err_nomem(e);
	buf_release(&b);
	return c;
}

static enum code entry_of(struct arena *a, const struct aws_publisher *p, const struct message *m,
	struct json **out, struct err *e)
{
	struct json *entry = json_new(a, JSON_OBJECT), *resources = json_new(a, JSON_ARRAY);
	const char *detail_type = eventbridge_detail_type(m->type);
	char iso[TIME_ISO_BYTES];
	struct str detail;

	if (!detail_type)
		return err_set(e, E_INVALID, "\"%s\" has no detail-type", m->type);
	if (detail_of(a, m, &detail, e))
		return e->code;
	json_add(entry, STR("Time"),
		json_string(a, arena_str(a, str_of(time_iso(m->at_ms - m->at_ms % 1000, iso)))));
	message_put(a, entry, "Source", p->source);
	if (m->arn)
		json_push(resources, json_string(a, str_of(m->arn)));
	json_add(entry, STR("Resources"), resources);
	message_put(a, entry, "DetailType", detail_type);
	json_add(entry, STR("Detail"), json_string(a, detail));
	message_put(a, entry, "EventBusName", p->target);
	*out = entry;
	return arena_ok(a) ? E_OK : err_nomem(e);
}

static enum code code_of(struct str code)
{
	static const struct {
		const char *name;
		enum code code;
	} codes[] = {
		{ "ThrottlingException", E_THROTTLED },
		{ "InternalFailure", E_REMOTE },
		{ "InternalException", E_REMOTE },
		{ "NotAuthorizedForSourceException", E_DENIED },
		{ "NotAuthorizedForDetailTypeException", E_DENIED },
		{ "AccessDeniedException", E_DENIED },
		{ "ResourceNotFoundException", E_NOTFOUND },
		{ "MalformedDetail", E_INVALID },
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (str_is(code, codes[i].name))
			return codes[i].code;
	return E_REMOTE;
}

/* The call may succeed while an entry does not. */
static void judge(const struct aws_publisher *p, const struct json *entry, struct err *e)
{
	const struct str code = json_get_text(entry, "ErrorCode");

	if (!code.n)
		return;
	err_set(e, code_of(code), "%.*s: %.*s", STR_ARG(code),
		STR_ARG(json_get_text(entry, "ErrorMessage")));
	if (str_is(code, "NotAuthorizedForSourceException"))
		err_hint(e, "AWS keeps sources that begin with \"aws.\" to itself; give the sink "
			    "another one with --event-source");
	err_add(e, "put an event on bus \"%s\"", p->target);
}

/* Entries are answered in their order. */
static enum code publish_batch(
	struct aws_publisher *p, const struct message *m, size_t n, struct err *each, struct err *e)
{
	struct arena a = ARENA_INIT(MESSAGE_ARENA_BYTES);
	struct json *params = json_new(&a, JSON_OBJECT), *entries = json_new(&a, JSON_ARRAY);
	const struct aws_call call = { "events", "PutEvents", p->region, params };
	struct json *answer = NULL, *entry = NULL;
	struct aws_fault fault = { "", 0 };
	const struct json *k;
	enum code c = params && entries ? E_OK : err_nomem(e);

	for (size_t i = 0; i < n && !c; i++) {
		c = entry_of(&a, p, &m[i], &entry, e);
		if (!c)
			json_push(entries, entry);
	}
	if (!c) {
		json_add(params, STR("Entries"), entries);
		c = aws_call(p->aws, &call, &a, &answer, &fault, e);
	}
	k = c ? NULL : json_get(answer, "Entries");
	k = k ? k->first : NULL;
	for (size_t i = 0; i < n && k; i++, k = k->next)
		judge(p, k, &each[i]);
	arena_release(&a);
	return c ? err_add(e, "put an event on bus \"%s\"", p->target) : E_OK;
}

static enum code publish(struct publisher *port, const struct message *m, struct err *e)
{
	struct err entry = { 0 };
	enum code c = publish_batch((struct aws_publisher *)port, m, 1, &entry, e);

	if (!c && entry.code)
		*e = entry;
	return e->code;
}

enum code eventbridge_open(
	struct publisher **out, struct aws *aws, const struct eventbridge_bus *b, struct err *e)
{
	struct aws_publisher *p = NULL;
	enum code c = aws_publisher_new(&p, aws, b->bus, b->region, e);

	if (c)
		return c;
	p->source = arena_text(&p->texts, str_of(b->source));
	if (!arena_ok(&p->texts)) {
		aws_publisher_free(&p->port);
		return err_nomem(e);
	}
	p->port.publish = publish;
	p->port.publish_many = message_publish_many;
	p->publish_batch = publish_batch;
	*out = &p->port;
	return E_OK;
}
