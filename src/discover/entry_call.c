/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/entry_parse.h"

/* Members of a call, of whichever role. Each role's table says which it may have. */
struct authored_call {
	struct entry_call call;
	struct json *set, *bind, *each_call, *pick;
	struct json *parents;
	const char *match, *each, *into, *as, *version;
};

#define AT(member) offsetof(struct authored_call, member)
#define CALL_FIELDS                                                                                \
	{ "service", FIELD_TEXT, AT(call.service) }, { "op", FIELD_TEXT, AT(call.op) },            \
		{ "params", FIELD_OBJECT, AT(call.params) },                                       \
		{ "items", FIELD_TEXT, AT(call.items) }, { "gone", FIELD_TEXTS, AT(call.gone) },   \
	{                                                                                          \
		"batch", FIELD_SKIP, 0                                                             \
	}

static const struct field list_fields[] = {
	CALL_FIELDS,
	{ "carry", FIELD_OBJECT, AT(call.carry) },
	{ "page_size", FIELD_COUNT, AT(call.page_size) },
	{ "parents", FIELD_LIST, AT(parents) },
	{ "set", FIELD_OBJECT, AT(set) },
	{ "as", FIELD_TEXT, AT(as) },
	{ "version", FIELD_TEXT, AT(version) },
	{ NULL, FIELD_SKIP, 0 },
};
static const struct field step_fields[] = {
	CALL_FIELDS,
	{ "set", FIELD_OBJECT, AT(set) },
	{ NULL, FIELD_SKIP, 0 },
};
static const struct field get_fields[] = {
	CALL_FIELDS,
	{ "carry", FIELD_OBJECT, AT(call.carry) },
	{ "bind", FIELD_ANY, AT(bind) },
	{ "match", FIELD_PATH, AT(match) },
	{ NULL, FIELD_SKIP, 0 },
};
static const struct field get_step_fields[] = {
	CALL_FIELDS,
	{ "each", FIELD_TEXT, AT(each) },
	{ "call", FIELD_OBJECT, AT(each_call) },
	{ "into", FIELD_TEXT, AT(into) },
	{ "pick", FIELD_TEXTS, AT(pick) },
	{ NULL, FIELD_SKIP, 0 },
};
#undef AT

static enum code read_call(struct parse *p, const char *where, const struct json *object,
	const struct field *fields, struct authored_call *out)
{
	struct field_place place = entry_place(p, where);
	enum code c = field_bind(p->a, &place, object, fields, out, p->e);

	if (!c && !out->call.service)
		out->call.service = p->t->service;
	if (!c && !out->call.items)
		out->call.items = "";
	return c;
}

/* As read_call(), for roles that are nothing without an operation. */
static enum code read_op(struct parse *p, const char *where, const struct json *object,
	const struct field *fields, struct authored_call *out)
{
	struct field_place place = entry_place(p, where);
	enum code c = read_call(p, where, object, fields, out);

	return c || out->call.op ? c : field_fault(&place, STR("op"), "is missing", p->e);
}

static enum code read_steps(struct parse *p, const char *where, const struct json *list,
	struct entry_step **out, size_t *n)
{
	struct entry_step *steps;
	enum code c = E_OK;

	if (!list)
		return E_OK;
	steps = arena_alloc(p->a, list->n * sizeof(*steps) + 1);
	if (!steps)
		return err_nomem(p->e);
	for (const struct json *v = list->first; v && !c; v = v->next) {
		struct authored_call call = { 0 };

		c = read_op(p, where, v, step_fields, &call);
		steps[(*n)++] = (struct entry_step){ call.call, call.set };
	}
	*out = steps;
	return c;
}

enum code entry_read_steps(struct parse *p, const struct json *list)
{
	return read_steps(p, "steps", list, &p->t->steps, &p->t->n_steps);
}

enum code entry_read_get(struct parse *p, const struct json *object)
{
	struct authored_call call = { 0 };
	struct field_place place = entry_place(p, "get");
	enum code c = object ? read_call(p, "get", object, get_fields, &call) : E_OK;

	if (!c && object && !call.call.op == !call.bind)
		return field_fault(&place, STR_NONE, "needs either op or bind", p->e);
	p->t->get = (struct entry_get){ call.call, call.bind, call.match };
	return c;
}

static enum code read_get_step(
	struct parse *p, const struct json *object, struct entry_get_step *out)
{
	struct authored_call call = { 0 }, each = { 0 };
	struct field_place place = entry_place(p, "get_steps");
	enum code c = read_op(p, "get_steps", object, get_step_fields, &call);

	if (!c && !call.into)
		return field_fault(&place, STR("into"), "is missing", p->e);
	if (!c && !call.each != !call.each_call)
		return field_fault(&place, STR("each"), "needs call, and call needs each", p->e);
	if (!c && call.each_call)
		c = read_op(p, "get_steps.call", call.each_call, step_fields, &each);
	*out = (struct entry_get_step){ call.call, call.each, each.call, call.into, call.pick };
	return c;
}

enum code entry_read_get_steps(struct parse *p, const struct json *list)
{
	struct entry *t = p->t;
	enum code c = E_OK;

	if (!list)
		return E_OK;
	t->get_steps = arena_alloc(p->a, list->n * sizeof(*t->get_steps) + 1);
	if (!t->get_steps)
		return err_nomem(p->e);
	for (const struct json *v = list->first; v && !c; v = v->next)
		c = read_get_step(p, v, &t->get_steps[t->n_get_steps++]);
	return c;
}

enum code entry_read_list(struct parse *p, const struct json *object)
{
	struct authored_call call = { 0 };
	struct field_place place = entry_place(p, "list");
	bool cloud = p->t->engine == ENGINE_CLOUDCONTROL;
	enum code c;

	if (p->t->engine != ENGINE_NATIVE && !(cloud && object))
		return E_OK;
	if (!object)
		return field_fault(&place, STR_NONE, "is missing", p->e);
	c = cloud ? read_call(p, "list", object, list_fields, &call)
		  : read_op(p, "list", object, list_fields, &call);
	p->t->list = call.call;
	p->t->list_set = call.set;
	p->t->list_as = call.as;
	p->t->version = call.version;
	return c ? c
		 : read_steps(p, "list.parents", call.parents, &p->t->parents, &p->t->n_parents);
}
