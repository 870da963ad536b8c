/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/request.h"

#include "net/sign.h"
#include "json/write.h"

enum { BODY_MAX_BYTES = 1 << 20, PATH_MAX_BYTES = 16 << 10 };

static const char form_type[] = "application/x-www-form-urlencoded; charset=utf-8";

enum code request_check(const struct api_shape *shape, const struct json *params, struct err *e)
{
	if (params->kind != JSON_OBJECT)
		return err_set(e, E_INVALID, "the parameters are no object");
	for (const struct json *k = params->first; k; k = k->next)
		if (!api_find_member(shape, k->key))
			return err_set(
				e, E_INVALID, "no parameter \"%.*s\" is known", STR_ARG(k->key));
	return E_OK;
}

static enum code add_header(struct wire *w, const char *name, const char *value, struct err *e)
{
	for (const char *p = value; *p; p++)
		if ((unsigned char)*p < ' ')
			return err_set(
				e, E_INVALID, "a control character in the header \"%s\"", name);
	if (w->n_headers == WIRE_HEADERS_MAX)
		return err_set(e, E_TOOBIG, "more than %d headers", WIRE_HEADERS_MAX);
	w->headers[w->n_headers++] = (struct http_header){ name, value };
	return E_OK;
}

/* The text of a finished buffer, in the arena. */
static enum code settle(struct arena *a, struct buf *b, struct str *out, struct err *e)
{
	bool ok = buf_ok(b), full = b->full;

	*out = ok ? arena_str(a, buf_slice(b)) : STR_NONE;
	buf_release(b);
	if (full)
		return err_set(e, E_TOOBIG, "a request longer than is allowed");
	return ok && arena_ok(a) ? E_OK : err_nomem(e);
}

static enum code write_form(struct arena *a, const struct api_op *op, const struct json *params,
	struct wire *w, struct err *e)
{
	struct buf b = BUF_INIT(BODY_MAX_BYTES);

	if (request_form(&b, op, params, e) != E_OK) {
		buf_release(&b);
		return e->code;
	}
	if (settle(a, &b, &w->body, e) != E_OK)
		return e->code;
	return add_header(w, "content-type", form_type, e);
}

static enum code json_body(struct arena *a, const struct json *v, struct wire *w, struct err *e)
{
	struct buf b = BUF_INIT(BODY_MAX_BYTES);

	if (v)
		json_write(&b, v);
	else
		buf_text(&b, "{}");
	return settle(a, &b, &w->body, e);
}

static enum code write_json(struct arena *a, const struct api_op *op, const struct json *params,
	struct wire *w, struct err *e)
{
	const struct api_service *s = api_service_of(op);
	struct json *v = NULL;
	struct str type, target;

	if (params && request_json(a, api_aggregate(op->in), params, &v, e) != E_OK)
		return e->code;
	if (json_body(a, v, w, e) != E_OK)
		return e->code;
	type = arena_printf(a, "application/x-amz-json-%s", api_text(s->json_version));
	target = arena_printf(a, "%s.%s", api_text(s->target_prefix), api_text(op->name));
	if (add_header(w, "content-type", type.p, e) != E_OK ||
		add_header(w, "x-amz-target", target.p, e) != E_OK)
		return e->code;
	if (s->flags & API_QUERY_COMPATIBLE)
		return add_header(w, "x-amzn-query-mode", "true", e);
	return E_OK;
}

/* The given member whose wire name is @wire and that goes into the path, or NULL. */
static const struct json *label(const struct api_op *op, const struct json *params, struct str wire)
{
	const struct api_shape *shape = api_aggregate(op->in);

	for (size_t i = 0; shape && i < shape->n; i++) {
		const struct api_member *m = &api_members[shape->first + i];

		if (m->place == API_URI && str_is(wire, api_text(m->wire)))
			return json_get(params, api_text(m->name));
	}
	return NULL;
}

/* "/functions/{FunctionName}/policy"; "{Key+}" keeps its slashes. */
static enum code write_path(struct buf *b, const struct api_op *op, const struct json *params,
	struct str template, struct err *e)
{
	while (template.n) {
		size_t brace = str_find(template, '{');
		struct str name = str_from(template, brace + 1);
		const struct json *v;
		bool greedy;

		buf_add(b, template.p, brace);
		template = str_from(name, str_find(name, '}') + 1);
		name.n = str_find(name, '}');
		if (!name.n)
			continue;
		greedy = name.p[name.n - 1] == '+';
		name.n -= greedy;
		v = label(op, params, name);
		if (!v || !v->text.n)
			return err_set(
				e, E_INVALID, "parameter \"%.*s\" is not given", STR_ARG(name));
		uri_encode(b, v->text, greedy);
	}
	return E_OK;
}

static void query_field(struct buf *b, struct str name, struct str value)
{
	if (b->n)
		buf_char(b, '&');
	uri_encode(b, name, false);
	buf_char(b, '=');
	uri_encode(b, value, false);
}

static void query_member(struct buf *b, const struct api_member *m, const struct json *v)
{
	const struct api_shape *shape = api_aggregate(m->target);
	struct str wire = str_of(api_text(m->wire));

	if (!shape) {
		query_field(b, wire, v->text);
		return;
	}
	for (const struct json *k = v->first; k; k = k->next) {
		struct str name = shape->kind == API_MAP ? k->key : wire;

		if (k->kind != JSON_ARRAY)
			query_field(b, name, k->text);
		for (const struct json *x = k->first; x; x = x->next)
			query_field(b, name, x->text);
	}
}

static enum code header_member(struct arena *a, struct wire *w, const struct api_member *m,
	const struct json *v, struct err *e)
{
	const char *wire = api_text(m->wire);

	if (m->place == API_HEADER)
		return add_header(w, wire, arena_text(a, v->text), e);
	for (const struct json *k = v->first; k; k = k->next) {
		struct str name = arena_printf(a, "%s%.*s", wire, STR_ARG(k->key));

		if (add_header(w, name.p, arena_text(a, k->text), e) != E_OK)
			return e->code;
	}
	return E_OK;
}

/* Members that stand in query string and headers. */
static enum code write_outside(struct arena *a, const struct api_op *op, const struct json *params,
	struct buf *query, struct wire *w, struct err *e)
{
	for (const struct json *k = params ? params->first : NULL; k; k = k->next) {
		const struct api_member *m = api_find_member(api_aggregate(op->in), k->key);

		if (!m || k->kind == JSON_NULL)
			continue;
		if (m->place == API_QUERYSTRING)
			query_member(query, m, k);
		if (m->place != API_HEADER && m->place != API_HEADERS)
			continue;
		if (header_member(a, w, m, k, e) != E_OK)
			return e->code;
	}
	return E_OK;
}

static enum code write_address(struct arena *a, const struct api_op *op, const struct json *params,
	struct wire *w, struct err *e)
{
	struct str template = str_of(api_text(op->uri));
	size_t question = str_find(template, '?');
	struct buf path = BUF_INIT(PATH_MAX_BYTES), query = BUF_INIT(PATH_MAX_BYTES);
	enum code c, d;

	buf_str(&query, str_from(template, question + 1));
	template.n = question;
	c = write_path(&path, op, params, template, e);
	if (c == E_OK)
		c = write_outside(a, op, params, &query, w, e);
	d = settle(a, &path, &w->path, e);
	if (c == E_OK)
		c = d;
	d = settle(a, &query, &w->query, e);
	return c == E_OK ? d : c;
}

static bool may_have_body(const char *method)
{
	return strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0 &&
	       strcmp(method, "DELETE") != 0;
}

/* A member that is the whole body, when given. */
static const struct json *payload(
	const struct api_op *op, const struct json *params, const struct api_member **which)
{
	const struct api_shape *shape = api_aggregate(op->in);

	for (size_t i = 0; shape && i < shape->n; i++) {
		*which = &api_members[shape->first + i];
		if ((*which)->flags & API_PAYLOAD)
			return json_get(params, api_text((*which)->name));
	}
	return NULL;
}

static enum code write_rest(struct arena *a, const struct api_op *op, const struct json *params,
	struct wire *w, struct err *e)
{
	const struct api_member *m = NULL;
	const struct json *whole = payload(op, params, &m);
	struct json *v = NULL;

	if (write_address(a, op, params, w, e) != E_OK)
		return e->code;
	if (whole && !api_aggregate(m->target)) {
		w->body = arena_str(a, whole->text);
		return E_OK;
	}
	if (whole) {
		if (request_json(a, api_aggregate(m->target), whole, &v, e) != E_OK)
			return e->code;
	} else if (params && request_json(a, api_aggregate(op->in), params, &v, e) != E_OK) {
		return e->code;
	}
	if (!may_have_body(w->method) && !(v && v->n))
		return E_OK;
	/* No operation of the tables sends XML: tools/shapegen refuses those that do. */
	if (api_service_of(op)->protocol == API_REST_XML)
		return E_OK;
	if (json_body(a, v, w, e) != E_OK)
		return e->code;
	return add_header(w, "content-type", "application/json", e);
}

static enum code write_by_protocol(struct arena *a, const struct api_op *op,
	const struct json *params, struct wire *w, struct err *e)
{
	switch ((enum api_protocol)api_service_of(op)->protocol) {
	case API_EC2:
	case API_QUERY: return write_form(a, op, params, w, e);
	case API_JSON: return write_json(a, op, params, w, e);
	case API_REST_JSON:
	case API_REST_XML: break;
	}
	return write_rest(a, op, params, w, e);
}

enum code request_write(struct arena *a, const struct api_op *op, const struct json *params,
	struct wire *out, struct err *e)
{
	struct wire w = { .op = op,
		.params = params,
		.method = api_text(op->method),
		.path = STR("/"),
		.query = STR(""),
		.body = STR("") };

	if (params && request_check(api_aggregate(op->in), params, e) != E_OK)
		return e->code;
	if (write_by_protocol(a, op, params, &w, e) != E_OK)
		return e->code;
	if (strcmp(api_text(api_service_of(op)->name), "s3") == 0)
		w.bucket = json_get_text(params, "Bucket");
	if (!arena_ok(a))
		return err_nomem(e);
	*out = w;
	return E_OK;
}
