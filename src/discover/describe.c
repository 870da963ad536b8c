/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/describe.h"

#include "discover/call.h"
#include "discover/item.h"
#include "discover/part.h"
#include "discover/shape.h"
#include "json/path.h"
#include "json/read.h"

void describe_carry(struct arena *a, const struct json *carry, struct json *page, struct json *item)
{
	for (const struct json *k = carry ? carry->first : NULL; k; k = k->next) {
		struct json *v = json_first_response(page, arena_text(a, k->text));

		if (v && item->kind == JSON_OBJECT)
			json_set(item, k->key, json_copy(a, v));
	}
}

void describe_set(
	struct describer *d, const struct json *set, const struct json *item, struct json *into)
{
	struct known known[] = { CALL_KNOWN(d), { NULL, STR_NONE } };
	struct bindings b = { item, known };

	for (const struct json *k = set ? set->first : NULL; k; k = k->next) {
		struct str text =
			k->kind == JSON_STRING ? template_text(d->a, k->text, &b) : STR_NONE;

		if (text.p)
			json_set(into, k->key, json_string(d->a, text));
		else if (k->kind != JSON_STRING)
			json_set(into, k->key, json_copy(d->a, k));
	}
}

/* One step: a call whose answer takes the item's place. */
static enum code take_step(struct describer *d, const struct entry_step *step, struct json **item,
	bool *there, struct err *e)
{
	struct known known[] = { CALL_KNOWN(d), { NULL, STR_NONE } };
	struct bindings b = { *item, known };
	struct json *response = NULL, *next;
	bool gone = false;
	enum code c = call_try(d, &step->call, &b, &gone, &response, e);

	*there = !gone;
	if (c || gone)
		return c;
	next = json_first_response(response, step->call.items);
	if (!next && strstr(step->call.items, "[]")) {
		*there = false;
		return E_OK;
	}
	if (!next)
		next = json_new(d->a, JSON_OBJECT);
	if (!next)
		return err_nomem(e);
	describe_set(d, step->set, *item, next);
	*item = next;
	return E_OK;
}

static enum code take_steps(
	struct describer *d, const struct entry *t, struct json **item, bool *there, struct err *e)
{
	enum code c = E_OK;

	for (size_t i = 0; i < t->n_steps && !c && *there; i++)
		c = take_step(d, &t->steps[i], item, there, e);
	return c;
}

static bool is_wanted(const struct describer *d, struct str region)
{
	for (size_t i = 0; i < d->n_regions; i++)
		if (str_is(region, d->regions[i]))
			return true;
	return !d->regions;
}

/* An item of a global list says, when asked, which region it belongs to; later calls go there. */
static enum code find_region(
	struct describer *d, const struct entry *t, struct json *item, bool *there, struct err *e)
{
	struct known known[] = { CALL_KNOWN(d), { NULL, STR_NONE } };
	struct bindings b = { item, known };
	struct json *response = NULL;
	const struct json *v;
	struct str region;
	enum code c = call_make(d, &t->region_from, &b, &response, e);

	if (c)
		return c;
	v = json_first_response(response, t->region_from.items);
	region = json_is(v, JSON_STRING) ? v->text : STR("");
	v = json_get_str(t->region_map, region);
	if (json_is(v, JSON_STRING))
		region = v->text;
	if (!region.n)
		return err_set(e, E_CORRUPT, "%s %s gave no region", t->region_from.service,
			t->region_from.op);
	*there = is_wanted(d, region);
	d->at.region = arena_text(d->a, region);
	if (t->region_into && item->kind == JSON_OBJECT)
		json_set(item, str_of(t->region_into), json_string(d->a, str_of(d->at.region)));
	return arena_ok(d->a) ? E_OK : err_nomem(e);
}

/* Where drop_if and only_if, which see what `keep` leaves out too, or home say that it does not
 * count here. */
static bool counts(const struct describer *d, const struct entry *t, const struct json *item,
	struct json *configuration)
{
	struct json *spelled = t->drop_if || t->only_if ? json_copy(d->a, item) : NULL;
	struct known known[] = { CALL_KNOWN(d), { NULL, STR_NONE } };
	struct bindings b = { NULL, known };
	struct json *only = NULL;
	struct err ignored = { 0 };
	const struct json *home = t->home ? json_first(configuration, t->home) : NULL;

	naming_apply(d->a, t->naming, spelled);
	if (t->drop_if && shape_matches(spelled, t->drop_if))
		return false;
	if (t->only_if && (template_json(d->a, t->only_if, &b, &only, &ignored) ||
				  !shape_matches(spelled, only)))
		return false;
	return !home || home->kind != JSON_STRING || str_is(home->text, d->at.region);
}

/* From a full item to an observation. */
static enum code finish(struct describer *d, const struct entry *t, struct json *item, bool parts,
	struct described *out, struct err *e)
{
	struct json *configuration = json_copy(d->a, item);
	struct str id;
	enum code c = configuration ? shape_configuration(d->a, t, d->expr, &configuration, e)
				    : err_nomem(e);

	if (c)
		return c;
	out->there = counts(d, t, item, configuration);
	if (!out->there)
		return E_OK;
	out->o.configuration = configuration;
	c = identity_fill(d->a, t, &d->at, &out->o, e);
	id = out->o.id;
	if (c || !id.p || !parts || !t->n_parts)
		return c;
	c = part_read_all(d, t, item, &out->o, e);
	c = c ? err_add(e, "\"%.*s\"", STR_ARG(id)) : E_OK;
	return c ? c : identity_fill(d->a, t, &d->at, &out->o, e);
}

/* Codes of the Cloud Control API that mean "there is no such resource". */
static bool cloud_says_gone(const struct describer *d)
{
	return strcmp(d->fault.code, "ResourceNotFoundException") == 0;
}

static enum code read_cloud(struct describer *d, const struct entry *t, struct json *params,
	struct json **configuration, bool *there, struct err *e)
{
	struct aws_call q = { "cloudcontrol", "GetResource", d->at.region, params };
	struct json *response = NULL;
	struct err why = { 0 };
	struct str text;
	enum code c;

	d->fault = (struct aws_fault){ "", 0 };
	d->calls++;
	c = d->caller->call(d->caller->ctx, &q, d->a, &response, &d->fault, &why);
	if (c && (cloud_says_gone(d) || call_failed_with(d, t->get.call.gone))) {
		*there = false;
		return E_OK;
	}
	if (c) {
		*e = why;
		return c;
	}
	text = json_get_text(json_get(response, "ResourceDescription"), "Properties");
	c = json_read(d->a, text, configuration, e);
	return c ? err_add(e, "cloudcontrol GetResource: Properties") : E_OK;
}

enum code item_describe_cloud(struct describer *d, const struct entry *t, struct str identifier,
	struct described *out, struct err *e)
{
	struct json *params = json_new(d->a, JSON_OBJECT), *configuration = NULL;
	enum code c;

	out->there = true;
	out->o = (struct observation){ .created_ms = INT64_MIN };
	if (params) {
		json_add(params, STR("TypeName"), json_string(d->a, str_of(t->type)));
		json_add(params, STR("Identifier"), json_string(d->a, identifier));
	}
	if (!params || !arena_ok(d->a))
		return err_nomem(e);
	c = read_cloud(d, t, params, &configuration, &out->there, e);
	if (!c && out->there)
		c = finish(d, t, configuration, true, out, e);
	if (!c && out->there && !out->o.id.p)
		out->o.id = identifier;
	return c ? err_add(e, "\"%.*s\"", STR_ARG(identifier)) : E_OK;
}

enum code item_describe(struct describer *d, const struct entry *t, struct json *item, bool parts,
	struct described *out, struct err *e)
{
	enum code c = E_OK;

	out->there = true;
	out->o = (struct observation){ .created_ms = INT64_MIN };
	if (t->engine == ENGINE_CLOUDCONTROL)
		return item_describe_cloud(d, t, json_get_text(item, "Identifier"), out, e);
	if (t->region_from.op)
		c = find_region(d, t, item, &out->there, e);
	if (!c && out->there)
		c = take_steps(d, t, &item, &out->there, e);
	if (!c && out->there)
		c = finish(d, t, item, parts, out, e);
	return c;
}

enum code describe_listed(struct describer *d, const struct entry *t, struct json *item, bool parts,
	struct described *out, struct err *e)
{
	enum code c = item_describe(d, t, item, parts, out, e);
	struct key key = { out->o.id, out->o.name, out->o.arn };

	if (c || !out->there || out->o.id.p || !t->get.call.op || t->engine != ENGINE_NATIVE)
		return c;
	return describe_one(d, t, &key, parts, out, e);
}
