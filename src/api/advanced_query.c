/* SPDX-License-Identifier: Apache-2.0 */
#include "api/advanced_query.h"

#include "api/query_result.h"
#include "json/read.h"
#include "json/write.h"

#define AWS_CHARACTERS_MAX 4096
/* SQLite's longest statement is 1 MB; each byte of a query makes fewer than ten of its own. */
#define OUR_BYTES_MAX      ((size_t)64 << 10)
#define ARENA_BYTES        ((size_t)64 << 20)

/* What becomes of rows. */
struct telling {
	const struct advanced_query_request *request;
	const struct advanced_query_rows *rows;
	const struct query_plan *plan;
	struct query_result result;
	struct buf *next;
	int64_t n;
};

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static enum code check_text(
	const struct advanced_query_request *r, struct query_fault *fault, struct err *e)
{
	const size_t good = utf8_span(r->expression);

	if (r->aws_limits && characters(r->expression) > AWS_CHARACTERS_MAX)
		return query_fault_set(fault, r->expression,
			(struct query_place){ r->expression.n, 0 }, e,
			"a query of more than %d characters", AWS_CHARACTERS_MAX);
	if (r->expression.n > OUR_BYTES_MAX)
		return query_fault_set(fault, r->expression,
			(struct query_place){ OUR_BYTES_MAX, 0 }, e,
			"a query of more than %zu bytes", OUR_BYTES_MAX);
	if (good < r->expression.n)
		return query_fault_set(fault, r->expression, (struct query_place){ good, 1 }, e,
			"this is not UTF-8");
	return E_OK;
}

static enum code make_plan(struct arena *a, const struct advanced_query_request *r,
	struct query_plan *plan, struct query_fault *fault, struct err *e)
{
	const struct query_scope scope = { r->account, r->region, r->accounts, r->regions, r->types,
		r->limit, r->after, r->aws_limits };
	struct query_fault unasked;
	struct query q;

	if (!fault)
		fault = &unasked;
	*fault = (struct query_fault){ 0 };
	if (check_text(r, fault, e) || query_parse(a, r->expression, &q, fault, e))
		return e->code;
	return query_compile(a, &q, &scope, plan, fault, e);
}

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct telling *t = ctx;
	struct arena a = ARENA_INIT(ARENA_BYTES);
	struct str *fields = arena_alloc(&a, (t->plan->n_fields + 1) * sizeof(*fields));
	enum code c;

	(void)names;
	(void)n;
	for (size_t i = 0; fields && i < t->plan->n_fields; i++)
		fields[i] = t->plan->fields[i].name;
	c = fields ? t->rows->begin(t->rows->ctx, fields, t->plan->n_fields, e) : err_nomem(e);
	arena_release(&a);
	return c;
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct telling *t = ctx;
	struct str json;

	(void)n;
	if (query_result_row(&t->result, cells, &json, e))
		return e->code;
	if (++t->n == t->request->limit && t->plan->pages)
		query_plan_next(t->plan, t->request->expression, cells, t->next);
	return t->rows->row(t->rows->ctx, json, e);
}

static enum code run(struct db *db, struct telling *t, struct err *e)
{
	const struct select_query q = {
		.sql = t->plan->sql,
		.values = t->plan->values,
		.n_values = t->plan->n_values,
		.limit = t->request->limit,
		.timeout_ms = t->request->timeout_ms,
		.stop = t->request->stop,
	};
	const struct rows rows = { begin, row, t };
	bool more = false;

	query_result_init(&t->result, t->plan, t->request->aws_limits);
	/* The statement is ours: what SQLite does not take of it is too much of it. */
	if (select_run(db, &q, &rows, &more, e) == E_INVALID) {
		const struct err of_sqlite = *e;

		*e = (struct err){ 0 };
		err_set(e, E_TOOBIG, "the query is more than SQLite takes: %s", of_sqlite.msg);
	}
	query_result_release(&t->result);
	if (e->code || !more)
		buf_clear(t->next);
	if (!e->code && !buf_ok(t->next))
		return err_nomem(e);
	return e->code;
}

enum code advanced_query_run(struct db *db, const struct advanced_query_request *r,
	const struct advanced_query_rows *rows, struct buf *next, struct query_fault *fault,
	struct err *e)
{
	struct arena a = ARENA_INIT(ARENA_BYTES);
	struct query_plan plan = { 0 };

	buf_clear(next);
	if (!make_plan(&a, r, &plan, fault, e)) {
		struct telling t = { .request = r, .rows = rows, .plan = &plan, .next = next };

		run(db, &t, e);
	}
	arena_release(&a);
	return e->code;
}

static void write_value(struct buf *b, const struct cell *v)
{
	switch (v->kind) {
	case CELL_INT: buf_printf(b, "%lld", (long long)v->i); break;
	case CELL_REAL: buf_printf(b, "%.17g", v->r); break;
	case CELL_TEXT: json_write_string(b, v->text); break;
	case CELL_NULL:
	case CELL_BLOB: buf_text(b, "null"); break;
	}
}

enum code advanced_query_explain(const struct advanced_query_request *r, struct buf *sql,
	struct buf *values, struct query_fault *fault, struct err *e)
{
	struct arena a = ARENA_INIT(ARENA_BYTES);
	struct query_plan plan = { 0 };

	if (!make_plan(&a, r, &plan, fault, e)) {
		buf_text(sql, plan.sql);
		for (size_t i = 0; i < plan.n_values; i++) {
			buf_printf(values, ":%s = ", plan.values[i].name);
			write_value(values, &plan.values[i].value);
			buf_char(values, '\n');
		}
		if (!buf_ok(sql) || !buf_ok(values))
			err_nomem(e);
	}
	arena_release(&a);
	return e->code;
}
