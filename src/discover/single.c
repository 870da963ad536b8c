/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/call.h"
#include "discover/item.h"
#include "json/path.h"

/* Reading one resource. */
struct single {
	struct describer *d;
	const struct entry *t;
	const struct key *key;
	bool parts;
	struct known known[7];
};

bool describe_can_get(const struct entry *t)
{
	return t->engine == ENGINE_CLOUDCONTROL || t->get.call.op || t->get.bind;
}

/* The values of one "each": a call for each, some of its members. */
static enum code gather_each(struct describer *d, const struct entry_get_step *step,
	const struct json *item, struct json *names, struct json *into, struct err *e)
{
	enum code c = E_OK;

	for (const struct json *v = names->first; v && !c; v = v->next) {
		struct known known[] = { CALL_KNOWN(d), { ".", v->text }, { NULL, STR_NONE } };
		struct bindings b = { item, known };
		struct json *response = NULL, *found, *picked = json_new(d->a, JSON_OBJECT);

		c = call_make(d, &step->each_call, &b, &response, e);
		found = c ? NULL : json_first_response(response, step->each_call.items);
		for (const struct json *k = step->pick && picked ? step->pick->first : NULL; k;
			k = k->next)
			json_add(picked, k->text, json_copy(d->a, json_get_str(found, k->text)));
		json_push(into, step->pick ? picked : json_copy(d->a, found));
	}
	return c;
}

struct values {
	struct arena *a;
	struct json *into;
};

static bool push_copy(void *ctx, const struct json_place *place)
{
	const struct values *v = ctx;

	json_push(v->into, json_copy(v->a, place->value));
	return true;
}

/* One get_step: its answer becomes a member of the item. */
static enum code take_get_step(
	const struct single *s, const struct entry_get_step *step, struct json *item, struct err *e)
{
	struct describer *d = s->d;
	struct bindings b = { item, s->known };
	struct json *response = NULL;
	struct values found = { d->a, json_new(d->a, JSON_ARRAY) };
	struct json *into = json_new(d->a, JSON_ARRAY);
	enum code c = call_make(d, &step->call, &b, &response, e);

	if (!c && (!into || !found.into))
		return err_nomem(e);
	if (c)
		return c;
	json_visit_response(
		response, step->each ? step->each : step->call.items, push_copy, &found);
	if (step->each)
		c = gather_each(d, step, item, found.into, into, e);
	else if (found.into->n == 1 && found.into->first->kind == JSON_ARRAY)
		into = found.into->first;
	else
		into = found.into;
	if (!c)
		json_set(item, str_of(step->into), into);
	return c ? c : arena_ok(d->a) ? E_OK : err_nomem(e);
}

/* One candidate of what `get` gave: brought to the list's shape, described, and compared: a
 * name may meanwhile belong to another resource. */
static enum code try_item(
	const struct single *s, struct json *item, struct described *out, struct err *e)
{
	const struct entry *t = s->t;
	const struct json *match;
	enum code c = E_OK;

	for (size_t i = 0; i < t->n_get_steps && !c; i++)
		c = take_get_step(s, &t->get_steps[i], item, e);
	if (c)
		return c;
	if (t->n_get_steps)
		s->d->caller->cut(
			s->d->caller->ctx, t->list.service, t->list.op, t->list.items, item);
	c = item_describe(s->d, t, item, s->parts, out, e);
	if (c || !out->there || !s->key->id.p)
		return c;
	match = t->get.match ? json_first(out->o.configuration, t->get.match) : NULL;
	out->there = (!out->o.id.p || str_eq(out->o.id, s->key->id)) &&
		     (!match || str_eq(match->text, s->key->id));
	return E_OK;
}

static enum code try_items(
	const struct single *s, struct json *items, struct described *out, struct err *e)
{
	struct json *next;
	enum code c = E_OK;

	out->there = false;
	for (struct json *v = items->first; v && !c && !out->there; v = next) {
		next = v->next;
		json_remove(items, v);
		c = try_item(s, v, out, e);
	}
	return c;
}

static enum code read_bound(const struct single *s, struct described *out, struct err *e)
{
	struct bindings b = { NULL, s->known };
	struct json *item = NULL;
	enum code c = template_json(s->d->a, s->t->get.bind, &b, &item, e);

	return c ? c : try_item(s, item, out, e);
}

static enum code read_called(const struct single *s, struct described *out, struct err *e)
{
	struct bindings b = { NULL, s->known };
	struct json *items = json_new(s->d->a, JSON_ARRAY);
	struct err why = { 0 };
	enum code c;

	if (!items)
		return err_nomem(e);
	c = call_gather(s->d, &s->t->get.call, &b, items, &why);

	if (c && call_failed_with(s->d, s->t->get.call.gone)) {
		out->there = false;
		return E_OK;
	}
	if (c) {
		*e = why;
		return c;
	}
	return try_items(s, items, out, e);
}

/* Cloud Control: by the identifier the entry makes of the key, or the id as it is. */
static enum code read_cloud(const struct single *s, struct described *out, struct err *e)
{
	struct bindings b = { NULL, s->known };
	struct str identifier = json_get_text(s->t->get.call.params, "Identifier");

	identifier = identifier.p ? template_text(s->d->a, identifier, &b) : s->key->id;
	if (!identifier.n)
		return err_set(e, E_INVALID, "the key is not enough to read it");
	return item_describe_cloud(s->d, s->t, identifier, out, e);
}

enum code describe_one(struct describer *d, const struct entry *t, const struct key *key,
	bool parts, struct described *out, struct err *e)
{
	struct single s = { d, t, key, parts,
		{ CALL_KNOWN(d), { "id", key->id }, { "name", key->name }, { "arn", key->arn },
			{ NULL, STR_NONE } } };

	if (t->engine == ENGINE_CLOUDCONTROL)
		return read_cloud(&s, out, e);
	if (t->get.bind)
		return read_bound(&s, out, e);
	if (t->get.call.op)
		return read_called(&s, out, e);
	return err_set(e, E_INVALID, "%s has no way to read one resource", t->type);
}
