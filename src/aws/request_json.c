/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/request.h"
#include "aws/scalar.h"

static enum code convert(
	struct arena *a, int target, const struct json *v, struct json **out, struct err *e);

/* Depth is bounded by that of the parameters, at most 100. */
// NOLINTNEXTLINE(misc-no-recursion)
static enum code structure(struct arena *a, const struct api_shape *shape, const struct json *v,
	struct json **out, struct err *e)
{
	*out = json_new(a, JSON_OBJECT);
	if (request_check(shape, v, e) != E_OK)
		return e->code;
	for (const struct json *k = v->first; *out && k; k = k->next) {
		const struct api_member *m = api_find_member(shape, k->key);
		struct json *child = NULL;

		if (k->kind == JSON_NULL || m->place != API_BODY)
			continue;
		if (convert(a, m->target, k, &child, e) != E_OK)
			return err_add(e, "in \"%s\"", api_text(m->name));
		json_add(*out, str_of(api_text(m->wire)), child);
	}
	return E_OK;
}

// NOLINTNEXTLINE(misc-no-recursion)
static enum code elements(struct arena *a, const struct api_shape *shape, const struct json *v,
	struct json **out, struct err *e)
{
	*out = json_new(a, shape->kind == API_LIST ? JSON_ARRAY : JSON_OBJECT);
	for (const struct json *k = v->first; *out && k; k = k->next) {
		struct json *child = NULL;

		if (convert(a, shape->elem, k, &child, e) != E_OK)
			return e->code;
		json_add(*out, k->key, child);
	}
	return E_OK;
}

// NOLINTNEXTLINE(misc-no-recursion)
static enum code convert(
	struct arena *a, int target, const struct json *v, struct json **out, struct err *e)
{
	const struct api_shape *shape = api_aggregate(target);
	enum json_kind want = shape && shape->kind == API_LIST ? JSON_ARRAY : JSON_OBJECT;

	if (!shape) {
		*out = scalar_to_json(a, target, v);
		return E_OK;
	}
	if (v->kind != want)
		return err_set(e, E_INVALID, "a parameter is no %s",
			want == JSON_ARRAY ? "list" : "object");
	if (shape->kind == API_STRUCTURE)
		return structure(a, shape, v, out, e);
	return elements(a, shape, v, out, e);
}

enum code request_json(struct arena *a, const struct api_shape *shape, const struct json *params,
	struct json **out, struct err *e)
{
	return structure(a, shape, params, out, e);
}
