/* SPDX-License-Identifier: Apache-2.0 */
#include "api/advanced_query.h"
#include "api/cell_text.h"
#include "api/web_ask.h"
#include "base/nearest.h"
#include "base/when.h"
#include "db/stmt.h"
#include "store/store.h"
#include "json/read.h"

#define LIMIT_DEFAULT   1000
#define LIMIT_MAX       100000
#define TIMEOUT_DEFAULT 10000
#define TIMEOUT_MAX     25000
#define NEXT_BYTES      ((size_t)4 << 20)

/* What is posted */

static enum code no_member(struct web_ask *ask, const char *const *names, struct str name)
{
	struct nearest near;

	nearest_init(&near, name);
	for (; *names; names++)
		nearest_offer(&near, str_of(*names));
	err_set(ask->e, E_INVALID, "%s takes no \"%.*s\"", ask->route->path,
		(int)(name.n < 80 ? name.n : 80), name.p);
	return nearest_name(&near) ? err_hint(ask->e, "did you mean \"%s\"?", nearest_name(&near))
				   : ask->e->code;
}

static enum code read_body(struct web_ask *ask, const char *const *names, struct json **out)
{
	if (json_read(&ask->arena, ask->request->body, out, ask->e))
		return err_add(ask->e, "the body");
	if ((*out)->kind != JSON_OBJECT)
		return err_set(ask->e, E_INVALID, "the body is to be a JSON object");
	for (const struct json *m = (*out)->first; m; m = m->next) {
		const char *const *name = names;

		while (*name && !str_is(m->key, *name))
			name++;
		if (!*name)
			return no_member(ask, names, m->key);
	}
	return E_OK;
}

static enum code read_text(
	struct web_ask *ask, const struct json *body, const char *name, const char **out)
{
	const struct json *v = json_get(body, name);

	if (!json_is(v, JSON_STRING) || !v->text.n || strlen(v->text.p) != v->text.n)
		return err_set(ask->e, E_INVALID, "\"%s\" is to be a text", name);
	*out = v->text.p;
	return E_OK;
}

static enum code read_whole(struct web_ask *ask, const struct json *body, const char *name,
	int64_t otherwise, int64_t max, int64_t *out)
{
	const struct json *v = json_get(body, name);
	struct cell c = json_is(v, JSON_NUMBER) ? cell_number(v->text) : cell_null();

	*out = otherwise;
	if (!v || v->kind == JSON_NULL)
		return E_OK;
	if (c.kind != CELL_INT || c.i < 0 || c.i > max)
		return err_set(ask->e, E_INVALID, "\"%s\" is to be a whole number up to %lld", name,
			(long long)max);
	*out = c.i ? c.i : max;
	return E_OK;
}

static enum code go_back(struct web_ask *ask, const char *when)
{
	int64_t ms;

	if (when_parse(when, ask->reader.now_ms, &ms, ask->e))
		return err_add(ask->e, "as_of");
	ask->reader.at_ms = when_whole_second(ms);
	/* The shadows stay in the connection. */
	ask->reader.db->spent = true;
	return store_as_of(ask->reader.db, ask->reader.at_ms, ask->e);
}

static enum code read_as_of(struct web_ask *ask, const struct json *body)
{
	const struct json *v = json_get(body, "as_of");

	if (!v || v->kind == JSON_NULL)
		return E_OK;
	if (v->kind != JSON_STRING && v->kind != JSON_NUMBER)
		return err_set(ask->e, E_INVALID, "\"as_of\" is to be a time");
	return go_back(ask, arena_text(&ask->arena, v->text));
}

static enum code read_limits(struct web_ask *ask, const struct json *body)
{
	struct page *p = &ask->page;

	if (read_whole(ask, body, "limit", LIMIT_DEFAULT, LIMIT_MAX, &p->limit) ||
		read_whole(ask, body, "timeout_ms", TIMEOUT_DEFAULT, TIMEOUT_MAX,
			&ask->reader.timeout_ms))
		return ask->e->code;
	return read_as_of(ask, body);
}

static bool value_of(const struct json *v, struct cell *out)
{
	switch (v->kind) {
	case JSON_NULL: *out = cell_null(); return true;
	case JSON_BOOL: *out = cell_int(str_is(v->text, "true")); return true;
	case JSON_NUMBER: *out = cell_number(v->text); return true;
	case JSON_STRING: *out = cell_str(v->text); return true;
	case JSON_ARRAY:
	case JSON_OBJECT: break;
	}
	return false;
}

static enum code read_values(struct web_ask *ask, const struct json *body, struct read_query *q)
{
	const struct json *params = json_get(body, "params");
	struct select_value *values;

	if (!params || params->kind == JSON_NULL)
		return E_OK;
	if (params->kind != JSON_OBJECT)
		return err_set(ask->e, E_INVALID, "\"params\" is to be an object");
	values = arena_alloc(&ask->arena, (params->n ? params->n : 1) * sizeof(*values));
	if (!values)
		return err_nomem(ask->e);
	q->values = values;
	for (const struct json *v = params->first; v; v = v->next) {
		values[q->n_values].name = v->key.p;
		if (!value_of(v, &values[q->n_values++].value))
			return err_set(ask->e, E_INVALID,
				"the value of \"%s\" is neither text nor number", v->key.p);
	}
	return E_OK;
}

/* Answers */

/* What is said of the command line is not for whoever asks over HTTP. */
static void mend_hint(struct err *e)
{
	static const char option[] = "--param ";
	size_t n = strlen(e->hint);

	if (n < sizeof(option) || strncmp(e->hint, option, sizeof(option) - 1) != 0)
		return;
	memmove(e->hint, e->hint + sizeof(option) - 1, n - (sizeof(option) - 1) + 1);
}

static enum code tell(struct web_ask *ask, struct read_query *q)
{
	struct page *p = &ask->page;
	struct rows rows = page_rows(p);
	bool truncated = false;
	enum code c;

	q->limit = p->limit;
	p->limit = INT64_MAX;
	c = page_ended(p, read_query(&ask->reader, q, &rows, &truncated, ask->e), ask->e);
	p->more = p->more || truncated;
	mend_hint(ask->e);
	return c;
}

enum code web_query(struct web_ask *ask)
{
	static const char *const names[] = { "sql", "as_of", "params", "limit", "timeout_ms",
		NULL };
	struct read_query q = { .sql = NULL };
	struct json *body;

	if (read_body(ask, names, &body) || read_text(ask, body, "sql", &q.sql) ||
		read_values(ask, body, &q) || read_limits(ask, body))
		return ask->e->code;
	return tell(ask, &q);
}

static enum code find_kept(struct web_ask *ask, const char **sql)
{
	struct stmt st = stmt_begin(ask->reader.db, SQL_WEB_KEPT);
	enum code c;

	stmt_text(&st, web_kept__name, ask->name);
	c = stmt_step(&st, ask->e);
	if (!c)
		*sql = arena_text(&ask->arena, stmt_col_str(&st, web_kept_sql));
	stmt_end(&st);
	if (c == E_NOTFOUND && !ask->e->code) {
		err_set(ask->e, E_NOTFOUND, "no query is kept as \"%.80s\"", ask->name);
		return err_hint(ask->e, "GET /api/queries lists them");
	}
	return c;
}

enum code web_kept(struct web_ask *ask)
{
	struct select_value *values = arena_alloc(&ask->arena, WEB_GIVEN_MAX * sizeof(*values));
	struct read_query q = { .values = values };
	const char *at = web_given(ask, WEB_PARAM_AT);

	if (!values)
		return err_nomem(ask->e);
	if (!ask->name) {
		err_set(ask->e, E_INVALID, "it is not said which query");
		return err_hint(ask->e, "GET /api/query/NAME; GET /api/queries lists them");
	}
	if (find_kept(ask, &q.sql) || web_number(ask, WEB_PARAM_TIMEOUT, TIMEOUT_DEFAULT,
					      TIMEOUT_MAX, &ask->reader.timeout_ms))
		return ask->e->code;
	for (size_t i = 0; i < ask->n_given; i++)
		if (ask->given[i].param < 0)
			values[q.n_values++] = (struct select_value){ ask->given[i].name,
				cell_typed(ask->given[i].value) };
	if (at && go_back(ask, at))
		return ask->e->code;
	return tell(ask, &q);
}

/* AWS Config's language: rows are objects already. */

static enum code begin(void *ctx, const struct str *fields, size_t n, struct err *e)
{
	struct web_ask *ask = ctx;
	struct page *p = &ask->page;

	buf_char(&p->columns, '[');
	for (size_t i = 0; i < n; i++) {
		struct cell c = cell_str(fields[i]);

		buf_text(&p->columns, i ? "," : "");
		cell_json(&p->columns, "", &c);
	}
	buf_char(&p->columns, ']');
	return buf_ok(&p->columns) ? E_OK : err_nomem(e);
}

static enum code row(void *ctx, struct str json, struct err *e)
{
	struct web_ask *ask = ctx;
	struct page *p = &ask->page;

	if (p->format == PAGE_JSON && p->written)
		buf_text(&p->rows, ",\n ");
	buf_str(&p->rows, json);
	if (p->format == PAGE_JSONL)
		buf_char(&p->rows, '\n');
	p->written++;
	if (p->rows.n > p->max_bytes)
		return err_set(e, E_TOOBIG, "the answer is too large");
	return buf_ok(&p->rows) ? E_OK : err_nomem(e);
}

/* One row: the SQL that it is made into, and what its parameters are. */
static enum code explain(
	struct web_ask *ask, const struct advanced_query_request *r, struct query_fault *fault)
{
	static const char *const names[] = { "sql", "parameters" };
	struct buf sql = BUF_INIT(NEXT_BYTES), values = BUF_INIT(NEXT_BYTES);
	struct rows rows = page_rows(&ask->page);
	enum code c = advanced_query_explain(r, &sql, &values, fault, ask->e);

	if (!c)
		c = rows.begin(rows.ctx, names, 2, ask->e);
	if (!c) {
		struct cell cells[] = { cell_str(buf_slice(&sql)), cell_str(buf_slice(&values)) };

		c = rows.row(rows.ctx, cells, 2, ask->e);
	}
	buf_release(&sql);
	buf_release(&values);
	return c;
}

static enum code read_explain(struct web_ask *ask, const struct json *body, bool *out)
{
	const struct json *v = json_get(body, "explain");

	*out = json_is(v, JSON_BOOL) && str_is(v->text, "true");
	if (v && v->kind != JSON_BOOL && v->kind != JSON_NULL)
		return err_set(ask->e, E_INVALID, "\"explain\" is true or false");
	return E_OK;
}

enum code web_advanced_query(struct web_ask *ask)
{
	static const char *const names[] = { "expression", "as_of", "limit", "timeout_ms",
		"explain", NULL };
	const struct advanced_query_rows rows = { begin, row, ask };
	struct advanced_query_request r = { .stop = ask->reader.stop };
	struct buf next = BUF_INIT(NEXT_BYTES);
	struct query_fault fault = { 0 };
	const char *expression = NULL;
	bool explains = false;
	struct json *body;

	if (ask->page.format == PAGE_CSV) {
		err_set(ask->e, E_NOTFOUND, "these rows are objects");
		return err_hint(ask->e, ".json or .jsonl");
	}
	if (read_body(ask, names, &body) || read_text(ask, body, "expression", &expression) ||
		read_limits(ask, body) || read_explain(ask, body, &explains))
		return ask->e->code;
	r.expression = str_of(expression);
	r.limit = ask->page.limit;
	r.timeout_ms = ask->reader.timeout_ms;
	if (explains)
		explain(ask, &r, &fault);
	else
		advanced_query_run(ask->reader.db, &r, &rows, &next, &fault, ask->e);
	if (ask->e->code == E_INVALID && fault.line)
		err_hint(ask->e, "%s", fault.why);
	ask->page.more = ask->page.more || next.n > 0;
	buf_release(&next);
	return ask->e->code;
}
