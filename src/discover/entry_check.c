/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/entry_check.h"

#include "aws/shape.h"
#include "discover/field.h"
#include <stdio.h>

static void pass_over(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
}

/* A response path leads somewhere; what stands there may well have no members. */
static enum code check_path(const struct entry *t, const struct entry_call *call, const char *where,
	const char *path, struct err *e)
{
	struct field_place place = { t->type, where };
	struct err why = { 0 };

	if (!path || !*path ||
		aws_item_members(call->service, call->op, path, pass_over, NULL, &why) != E_INVALID)
		return E_OK;
	return field_fault(&place, STR("items"), why.msg, e);
}

static enum code check_call(
	const struct entry *t, const struct entry_call *call, const char *where, struct err *e)
{
	struct field_place place = { t->type, where };
	const struct api_op *op = call->op ? api_find(call->service, call->op) : NULL;
	char says[160];

	if (!call->op)
		return E_OK;
	if (!op) {
		(void)snprintf(says, sizeof(says),
			"is no operation of \"%s\" that this program can call: \"%s\"",
			call->service, call->op);
		return field_fault(&place, STR("op"), says, e);
	}
	(void)snprintf(says, sizeof(says), "is no parameter of %s %s", call->service, call->op);
	for (const struct json *v = call->params ? call->params->first : NULL; v; v = v->next)
		if (!api_find_member(api_aggregate(op->in), v->key))
			return field_fault(&place, v->key, says, e);
	for (const struct json *v = call->carry ? call->carry->first : NULL; v; v = v->next) {
		char path[200];

		(void)snprintf(path, sizeof(path), "%.*s", STR_ARG(v->text));
		if (check_path(t, call, where, path, e))
			return e->code;
	}
	return check_path(t, call, where, call->items, e);
}

static enum code check_steps(const struct entry *t, struct err *e)
{
	enum code c = E_OK;

	for (size_t i = 0; i < t->n_parents && !c; i++)
		c = check_call(t, &t->parents[i].call, "list.parents", e);
	for (size_t i = 0; i < t->n_steps && !c; i++)
		c = check_call(t, &t->steps[i].call, "steps", e);
	for (size_t i = 0; i < t->n_get_steps && !c; i++) {
		const struct entry_get_step *s = &t->get_steps[i];

		c = check_call(t, &s->call, "get_steps", e);
		c = c ? c : check_path(t, &s->call, "get_steps.each", s->each, e);
		c = c ? c : check_call(t, &s->each_call, "get_steps.call", e);
	}
	for (size_t i = 0; i < t->n_parts && !c; i++) {
		c = check_call(t, &t->parts[i].call, "supplementary", e);
		if (!c && t->parts[i].call.op)
			c = check_path(t, &t->parts[i].call, "supplementary", t->parts[i].path, e);
	}
	return c;
}

static enum code check_calls(const struct entry *t, struct err *e)
{
	enum code c = check_call(t, &t->list, "list", e);

	c = c ? c : check_steps(t, e);
	c = c ? c : check_call(t, &t->get.call, "get", e);
	return c ? c : check_call(t, &t->region_from, "region_from", e);
}

enum code entry_check(const struct entry *t, struct err *e)
{
	if (check_calls(t, e) || !t->fallback)
		return e->code;
	return check_calls(t->fallback, e) ? err_add(e, "fallback") : E_OK;
}
