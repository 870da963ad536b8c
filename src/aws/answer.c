/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/answer.h"

#include "aws/scalar.h"
#include "json/read.h"

#include <ctype.h>

/* The parsed document lives only while it is read; what it says is copied. */
enum { SCRATCH_MAX_BYTES = 512 << 20, NAME_BYTES = 128 };

static bool speaks_xml(const struct api_op *op)
{
	enum api_protocol p = (enum api_protocol)api_service_of(op)->protocol;

	return p == API_EC2 || p == API_QUERY || p == API_REST_XML;
}

static const struct api_member *payload(const struct api_shape *shape)
{
	for (size_t i = 0; i < shape->n; i++)
		if (api_members[shape->first + i].flags & API_PAYLOAD)
			return &api_members[shape->first + i];
	return NULL;
}

/* The element that holds the members of the output. */
static const struct xml *result_of(const struct api_op *op, const struct xml *root)
{
	const char *wrapper = api_text(op->wrapper);
	const struct xml *x = *wrapper ? xml_child(root, wrapper) : NULL;

	return x ? x : root;
}

/* Query and EC2 answers are named after their operation. Any other document would read as one in
 * which nothing is listed. */
static bool is_answer_to(const struct api_op *op, const struct xml *root)
{
	enum api_protocol p = (enum api_protocol)api_service_of(op)->protocol;
	struct str name = str_of(api_text(op->name));

	return (p != API_EC2 && p != API_QUERY) ||
	       (str_starts(root->name, name) && str_is(str_from(root->name, name.n), "Response"));
}

/* The answer of S3's GetBucketLocation is the bare element, not one that contains it. */
static struct json *bare_location(struct arena *a, const struct xml *root)
{
	struct json *out = json_new(a, JSON_OBJECT);

	if (out)
		json_add(out, STR("LocationConstraint"),
			scalar_from_text(a, API_STRING, root->text));
	return out;
}

static struct json *from_root(
	struct arena *a, const struct api_op *op, int target, const struct xml *root)
{
	if (target == op->out && strcmp(api_text(op->name), "GetBucketLocation") == 0)
		return bare_location(a, root);
	return answer_from_xml(a, target, target == op->out ? result_of(op, root) : root);
}

static enum code parse(struct arena *a, const struct api_op *op, int target, struct str body,
	struct json **out, struct err *e)
{
	struct arena scratch = ARENA_INIT(SCRATCH_MAX_BYTES);
	struct json *v = NULL;
	struct xml *root = NULL;
	enum code c;

	if (speaks_xml(op)) {
		c = xml_read(&scratch, body, &root, e);
		if (c == E_OK && !is_answer_to(op, root))
			c = err_set(e, E_INVALID, "<%.*s> is no answer to %s",
				(int)(root->name.n < 60 ? root->name.n : 60), root->name.p,
				api_text(op->name));
		*out = c == E_OK ? from_root(a, op, target, root) : NULL;
	} else {
		c = json_read(&scratch, body, &v, e);
		if (c == E_OK && v->kind != JSON_OBJECT && v->kind != JSON_NULL)
			c = err_set(e, E_INVALID, "JSON that is no object");
		*out = c == E_OK ? answer_from_json(a, target, v) : NULL;
	}
	arena_release(&scratch);
	return c;
}

/* S3 takes no bucket policy but a JSON object and gives it back as it was put: anything else comes
 * from somebody on the way. */
static bool is_policy(const struct api_member *m)
{
	return m->target == API_STRING && strcmp(api_text(m->name), "Policy") == 0;
}

static enum code check_policy(struct str body, struct err *e)
{
	struct arena scratch = ARENA_INIT(SCRATCH_MAX_BYTES);
	struct json *v = NULL;
	enum code c = json_read(&scratch, body, &v, e);

	if (c == E_OK && v->kind != JSON_OBJECT)
		c = err_set(e, E_INVALID, "a policy that is no JSON object");
	arena_release(&scratch);
	return c;
}

/* A body that is one scalar: a policy text, a blob. */
static enum code raw(struct arena *a, const struct api_member *m, struct str body,
	struct json **out, struct err *e)
{
	enum code c = is_policy(m) ? check_policy(body, e) : E_OK;

	if (c != E_OK)
		return c;
	if (m->target != API_BLOB && utf8_ok(body))
		*out = scalar_from_text(a, m->target, body);
	else
		*out = json_string(a, scalar_base64(a, body));
	return E_OK;
}

/* An answer without a body says nothing, not "there are none", where the operation's output has
 * members that stand in the body: a proxy may have eaten it. */
static bool needs_body(const struct api_shape *shape)
{
	for (size_t i = 0; i < shape->n; i++) {
		const struct api_member *m = &api_members[shape->first + i];
		bool raw_payload = m->flags & API_PAYLOAD && !api_aggregate(m->target);

		if (m->place == API_BODY && (!raw_payload || is_policy(m)))
			return true;
	}
	return false;
}

static enum code read_body(
	const struct api_op *op, struct str body, struct arena *a, struct json **out, struct err *e)
{
	const struct api_shape *shape = api_aggregate(op->out);
	const struct api_member *m = payload(shape);
	struct json *v = NULL;
	enum code c = E_OK;

	*out = NULL;
	if (!body.n && needs_body(shape))
		return err_set(e, E_INVALID, "the answer is empty");
	if (!body.n)
		return E_OK;
	if (!m)
		return parse(a, op, op->out, body, out, e);
	if (api_aggregate(m->target) || m->target == API_DOCUMENT)
		c = parse(a, op, m->target, body, &v, e);
	else
		c = raw(a, m, body, &v, e);
	*out = json_new(a, JSON_OBJECT);
	if (*out)
		json_add(*out, str_of(api_text(m->name)), v);
	return c;
}

static const char *lower(const char *name, char out[NAME_BYTES])
{
	size_t n = 0;

	for (; name[n] && n < NAME_BYTES - 1; n++)
		out[n] = (char)tolower((unsigned char)name[n]);
	out[n] = '\0';
	return out;
}

/* All headers that begin with @prefix, as a map without it. */
static struct json *prefixed(struct arena *a, const char *prefix, const struct http_response *r)
{
	struct str rest = buf_slice(&r->headers), start = str_of(prefix);
	struct json *map = json_new(a, JSON_OBJECT);

	if (map)
		map->map = true;
	while (map && rest.n) {
		struct str line = { rest.p, str_find(rest, '\n') };
		size_t colon = str_find(line, ':');
		struct str name = { line.p, colon }, value = str_from(line, colon + 1);

		rest = str_from(rest, line.n + 1);
		if (colon == line.n || !str_starts(name, start) || !utf8_ok(line))
			continue;
		while (value.n && value.p[0] == ' ')
			value = str_from(value, 1);
		json_set(map, arena_str(a, str_from(name, start.n)),
			json_string(a, arena_str(a, value)));
	}
	return map && map->n ? map : NULL;
}

static struct json *outside(
	struct arena *a, const struct api_member *m, const struct http_response *r)
{
	char name[NAME_BYTES];
	struct str value;

	lower(api_text(m->wire), name);
	switch ((enum api_place)m->place) {
	case API_HEADER:
		value = http_response_header(r, name);
		/* RFC 9110 lets a header hold any byte; what is no UTF-8 cannot be shown. */
		return value.p && utf8_ok(value) ? scalar_from_text(a, m->target, value) : NULL;
	case API_HEADERS: return prefixed(a, name, r);
	case API_STATUS: return json_int(a, r->status);
	case API_BODY:
	case API_URI:
	case API_QUERYSTRING: break;
	}
	return NULL;
}

enum code answer_read(const struct api_op *op, const struct http_response *r, struct arena *a,
	struct json **out, struct err *e)
{
	const struct api_shape *shape = api_aggregate(op->out);
	struct json *v = NULL;
	enum code c = shape ? read_body(op, buf_slice(&r->body), a, &v, e) : E_OK;

	if (c == E_INVALID)
		e->code = c = E_CORRUPT;
	if (c != E_OK)
		return c;
	if (!v)
		v = json_new(a, JSON_OBJECT);
	for (size_t i = 0; v && shape && i < shape->n; i++) {
		const struct api_member *m = &api_members[shape->first + i];

		if (m->place != API_BODY)
			json_add(v, str_of(api_text(m->name)), outside(a, m, r));
	}
	if (a->full)
		return err_set(
			e, E_TOOBIG, "the answer needs more memory than is set aside for it");
	if (!v || !arena_ok(a))
		return err_nomem(e);
	*out = v;
	return E_OK;
}
