/* SPDX-License-Identifier: Apache-2.0 */
#include "api/queries.h"

#include "api/advanced_query.h"
#include "json/write.h"

/* Longer than any query over a store of half a million resources took, shorter than clients wait. */
#define TIMEOUT_MS 50000
#define NEXT_BYTES ((size_t)16 << 20)

struct writing {
	struct buf *body;
	size_t rows;
};

static enum code begin(void *ctx, const struct str *fields, size_t n, struct err *e)
{
	struct writing *w = ctx;

	(void)e;
	buf_text(w->body, "{\"QueryInfo\":{\"SelectFields\":[");
	for (size_t i = 0; i < n; i++) {
		buf_text(w->body, i ? ",{\"Name\":" : "{\"Name\":");
		json_write_string(w->body, fields[i]);
		buf_char(w->body, '}');
	}
	buf_text(w->body, "]},\"Results\":[");
	return E_OK;
}

static enum code row(void *ctx, struct str json, struct err *e)
{
	struct writing *w = ctx;

	if (w->rows++)
		buf_char(w->body, ',');
	json_write_string(w->body, json);
	return buf_ok(w->body) ? E_OK : err_set(e, E_TOOBIG, "the answer is too large");
}

/* What AWS Config would refuse is an answer. */
static enum code refuse(struct operation *op, const struct query_fault *fault)
{
	const struct err e = *op->e;

	if (e.code != E_TOOBIG && !(e.code == E_INVALID && e.remote[0]))
		return e.code;
	*op->e = (struct err){ 0 };
	buf_clear(op->body);
	if (strcmp(e.remote, "InvalidNextTokenException") == 0)
		return api_refuse(op, e.remote, "The nextToken provided is invalid");
	/* This house's own programs are told why, too. */
	if (fault->line && op->request->unlimited)
		return api_refuse(op, e.remote, "%s: %s", e.msg, fault->why);
	return api_refuse(op, "InvalidExpressionException", "%s", e.msg);
}

static enum code answer(struct operation *op, struct advanced_query_request *r)
{
	struct writing w = { .body = op->body };
	const struct advanced_query_rows rows = { begin, row, &w };
	struct buf next = BUF_INIT(NEXT_BYTES);
	struct query_fault fault = { 0 };
	enum code c;

	r->expression = json_get_text(op->input, "Expression");
	r->limit = op->limit < INT64_MAX ? op->limit : 0;
	r->after = op->after;
	r->aws_limits = !op->request->unlimited;
	r->timeout_ms = TIMEOUT_MS;
	r->stop = op->request->stop;
	c = advanced_query_run(op->db, r, &rows, &next, &fault, op->e);
	buf_char(op->body, ']');
	if (c)
		c = refuse(op, &fault);
	else if (next.n)
		op->next = arena_str(op->arena, buf_slice(&next));
	buf_release(&next);
	return c;
}

enum code api_select_resource_config(struct operation *op)
{
	struct advanced_query_request r = { .account = op->account, .region = op->region };

	return answer(op, &r);
}

enum code api_select_among(
	struct operation *op, const char *accounts, const char *regions, const char *types)
{
	struct advanced_query_request r = {
		.accounts = accounts, .regions = regions, .types = types
	};

	return answer(op, &r);
}
