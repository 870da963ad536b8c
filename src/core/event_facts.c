/* SPDX-License-Identifier: Apache-2.0 */
#include "core/event_facts.h"

#include "store/item.h"
#include "json/read.h"
#include "json/write.h"

#define CONFIGURATION_MAX (64 << 20)

static enum code item_facts(struct db *db, const struct event *event, struct arena *a,
	struct predicate_facts *f, struct err *e)
{
	struct item_change i;
	struct json *document = NULL;
	struct buf text = BUF_INIT(CONFIGURATION_MAX);
	enum code c = item_change(db, a, event->item_id, &i, e);

	if (!c && i.document.p)
		c = json_read(a, i.document, &document, e);
	if (c)
		return c;
	f->resource_type = i.type;
	f->resource_id = i.id;
	f->name = i.name;
	f->status = i.status;
	if (json_get(document, "configuration")) {
		json_write(&text, json_get(document, "configuration"));
		f->configuration = arena_str(a, buf_slice(&text));
	}
	c = buf_ok(&text) && arena_ok(a) ? E_OK : err_nomem(e);
	buf_release(&text);
	return c;
}

static enum code payload_facts(
	const struct event *event, struct arena *a, struct predicate_facts *f, struct err *e)
{
	struct json *payload = NULL;

	if (event->payload.p && json_read(a, event->payload, &payload, e))
		return e->code;
	f->resource_type = json_get_text(payload, "resourceType");
	f->resource_id = json_get_text(payload, "resourceId");
	f->status = json_get_text(json_get(payload, "newEvaluationResult"), "complianceType");
	return E_OK;
}

enum code event_facts(struct db *db, const struct event *event, struct arena *a,
	struct predicate_facts *out, struct err *e)
{
	*out = (struct predicate_facts){
		.account = event->account, .region = event->region, .kind = event->kind
	};
	return event->item_id ? item_facts(db, event, a, out, e) : payload_facts(event, a, out, e);
}
