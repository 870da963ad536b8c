/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/call.h"

#include "json/path.h"

static enum code prepare(struct describer *d, const struct entry_call *call,
	const struct bindings *bindings, struct aws_call *out, struct err *e)
{
	struct json *params = NULL;
	enum code c = E_OK;

	if (call->params)
		c = template_json(d->a, call->params, bindings, &params, e);
	d->fault = (struct aws_fault){ "", 0 };
	d->calls += !c;
	*out = (struct aws_call){ call->service, call->op, d->at.region, params };
	return c ? err_add(e, "%s %s", call->service, call->op) : E_OK;
}

enum code call_make(struct describer *d, const struct entry_call *call,
	const struct bindings *bindings, struct json **out, struct err *e)
{
	struct aws_call q;
	enum code c = prepare(d, call, bindings, &q, e);

	return c ? c : d->caller->call(d->caller->ctx, &q, d->a, out, &d->fault, e);
}

bool call_failed_with(const struct describer *d, const struct json *codes)
{
	for (const struct json *v = codes ? codes->first : NULL; v; v = v->next)
		if (d->fault.code[0] && str_is(v->text, d->fault.code))
			return true;
	return false;
}

enum code call_try(struct describer *d, const struct entry_call *call,
	const struct bindings *bindings, bool *refused, struct json **out, struct err *e)
{
	struct err why = { 0 };
	enum code c = call_make(d, call, bindings, out, &why);

	*refused = c && call_failed_with(d, call->gone);
	if (!c || *refused)
		return E_OK;
	*e = why;
	return c;
}

struct gathering {
	struct describer *d;
	const struct entry_call *call;
	struct json *items;
};

static bool push_copy(void *ctx, const struct json_place *place)
{
	const struct gathering *g = ctx;

	json_push(g->items, json_copy(g->d->a, place->value));
	return true;
}

/* "There is none" is said by an empty list, or by a code; an answer without the member that
 * was asked for says nothing. */
static bool answers(const struct json *page, const char *items)
{
	struct str member = { items, strcspn(items, ".[") };

	return !member.n || json_get_str(page, member);
}

static enum code gather_page(void *ctx, struct json *page, struct err *e)
{
	struct gathering *g = ctx;
	struct json *before = g->items->last;

	if (!answers(page, g->call->items))
		return err_set(e, E_CORRUPT, "%s %s: the answer has no \"%s\"", g->call->service,
			g->call->op, g->call->items);
	json_visit_response(page, g->call->items, push_copy, g);
	for (struct json *v = before ? before->next : g->items->first; v; v = v->next)
		describe_carry(g->d->a, g->call->carry, page, v);
	return arena_ok(g->d->a) ? E_OK : err_nomem(e);
}

enum code call_gather(struct describer *d, const struct entry_call *call,
	const struct bindings *bindings, struct json *items, struct err *e)
{
	struct gathering g = { d, call, items };
	struct json *response = NULL;
	struct aws_call q;
	enum code c = prepare(d, call, bindings, &q, e);

	if (c)
		return c;
	/* A list operation asked for one thing may still give it on a page behind empty ones. */
	if (strstr(call->items, "[]"))
		return d->caller->pages(d->caller->ctx, &q, 0, gather_page, &g, &d->fault, e);
	c = d->caller->call(d->caller->ctx, &q, d->a, &response, &d->fault, e);
	return c ? c : gather_page(&g, response, e);
}
