/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/answer.h"
#include "aws/scalar.h"

/* Depth is bounded by that of the document, which json/read.h limits to 100. */

// NOLINTNEXTLINE(misc-no-recursion)
static struct json *list(struct arena *a, const struct api_shape *shape, const struct json *v)
{
	struct json *out = json_new(a, JSON_ARRAY);

	for (const struct json *k = v->first; k; k = k->next)
		json_push(out, answer_from_json(a, shape->elem, k));
	return out;
}

// NOLINTNEXTLINE(misc-no-recursion)
static struct json *map_of(struct arena *a, const struct api_shape *shape, const struct json *v)
{
	struct json *out = json_new(a, JSON_OBJECT);

	if (out)
		out->map = true;
	for (const struct json *k = v->first; out && k; k = k->next)
		json_add(out, arena_str(a, k->key), answer_from_json(a, shape->elem, k));
	return out;
}

// NOLINTNEXTLINE(misc-no-recursion)
static struct json *structure(struct arena *a, const struct api_shape *shape, const struct json *v)
{
	struct json *out = json_new(a, JSON_OBJECT);

	for (size_t i = 0; out && i < shape->n; i++) {
		const struct api_member *m = &api_members[shape->first + i];

		if (m->place == API_BODY)
			json_add(out, str_of(api_text(m->name)),
				answer_from_json(a, m->target, json_get(v, api_text(m->wire))));
	}
	return out;
}

// NOLINTNEXTLINE(misc-no-recursion)
struct json *answer_from_json(struct arena *a, int target, const struct json *v)
{
	const struct api_shape *shape = api_aggregate(target);

	if (!v || v->kind == JSON_NULL)
		return NULL;
	if (!shape)
		return scalar_from_json(a, target, v);
	/* A value that is not of its shape's kind is taken for missing. */
	if (shape->kind == API_LIST)
		return v->kind == JSON_ARRAY ? list(a, shape, v) : NULL;
	if (v->kind != JSON_OBJECT)
		return NULL;
	return shape->kind == API_MAP ? map_of(a, shape, v) : structure(a, shape, v);
}
