/* SPDX-License-Identifier: Apache-2.0 */
#include "api/query_sql.h"

#include <stdio.h>

enum code query_refuse(struct query_compiler *c, struct query_place at, const char *why)
{
	return query_fault_set(c->fault, c->q->text, at, c->e, "%s", why);
}

void query_param(struct query_compiler *c, struct str text)
{
	query_param_cell(c, cell_str(text));
}

void query_param_cell(struct query_compiler *c, struct cell value)
{
	struct query_plan *p = c->plan;

	if (p->n_values == c->room) {
		const size_t room = c->room * 2 + 16;
		struct select_value *grown = arena_alloc(c->a, room * sizeof(*grown));

		if (!grown)
			return;
		if (p->n_values)
			memcpy(grown, p->values, p->n_values * sizeof(*grown));
		p->values = grown;
		c->room = room;
	}
	p->values[p->n_values] =
		(struct select_value){ arena_printf(c->a, "v%zu", p->n_values + 1).p, value };
	buf_printf(c->sql, ":v%zu", ++p->n_values);
}

const char *query_piece(struct query_compiler *c, struct buf *b, struct buf *before)
{
	const char *text = arena_text(c->a, buf_slice(b));

	c->a->failed |= b->failed;
	buf_release(b);
	c->sql = before;
	return text;
}

enum code query_find(struct query_compiler *c, const struct str *parts, size_t n,
	struct query_place at, struct query_property *out)
{
	char near[64];

	if (query_property_find(c->a, parts, n, out)) {
		c->document |= out->kind == PROPERTY_LEAF;
		return E_OK;
	}
	query_fault_set(c->fault, c->q->text, at, c->e, "there is no property %.*s",
		(int)(at.length < 80 ? at.length : 80), c->q->text.p + at.offset);
	if (str_is(parts[0], "relationships"))
		snprintf(c->fault->hint, sizeof(c->fault->hint),
			"relationships have resourceId, resourceName and resourceType");
	else if (str_is(parts[0], "tags"))
		snprintf(c->fault->hint, sizeof(c->fault->hint), "tags have key, value and tag");
	else if (query_property_near(parts[0], near))
		snprintf(c->fault->hint, sizeof(c->fault->hint), "did you mean %s?", near);
	return c->e->code;
}

void query_body(struct query_compiler *c, const struct query_property *p)
{
	if (c->scope->aws_limits && p->below)
		buf_text(c->sql, "iif(r.resource_type GLOB 'AWS::*', d.body, NULL), b.body");
	else
		buf_text(c->sql, "d.body, b.body");
}

void query_leaf_call(struct query_compiler *c, const char *function, const struct query_property *p)
{
	if (p->hidden && c->scope->aws_limits && strcmp(function, "leaf_there") != 0) {
		buf_printf(c->sql, "%s(NULL, NULL, ", function);
	} else {
		buf_printf(c->sql, "%s(", function);
		query_body(c, p);
		buf_text(c->sql, ", ");
	}
	query_param(c, p->paths);
	buf_char(c->sql, ')');
}
