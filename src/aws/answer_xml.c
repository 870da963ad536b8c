/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/answer.h"
#include "aws/scalar.h"

/* Depth is bounded by that of the document, which xml.h limits to 64. */
static struct json *structure(struct arena *a, const struct api_shape *shape, const struct xml *x);

/* Any child of a list's element is one of its items, whatever it is called. */
// NOLINTNEXTLINE(misc-no-recursion)
static struct json *list(struct arena *a, const struct api_shape *shape, const struct xml *x)
{
	struct json *out = json_new(a, JSON_ARRAY);

	for (const struct xml *k = x->first; k; k = k->next)
		json_push(out, answer_from_xml(a, shape->elem, k));
	return out;
}

// NOLINTNEXTLINE(misc-no-recursion)
static void entry(
	struct arena *a, const struct api_shape *shape, struct json *map, const struct xml *x)
{
	struct str key = xml_child_text(x, api_text(shape->key_wire));
	const struct xml *value = xml_child(x, api_text(shape->value_wire));

	if (map && key.p && value)
		json_set(map, arena_str(a, key), answer_from_xml(a, shape->elem, value));
}

static struct json *new_map(struct arena *a)
{
	struct json *out = json_new(a, JSON_OBJECT);

	if (out)
		out->map = true;
	return out;
}

// NOLINTNEXTLINE(misc-no-recursion)
static struct json *map_of(struct arena *a, const struct api_shape *shape, const struct xml *x)
{
	struct json *out = new_map(a);

	for (const struct xml *k = x->first; k; k = k->next)
		entry(a, shape, out, k);
	return out;
}

/* A flat list or map: its elements stand among the members of the structure @x. */
// NOLINTNEXTLINE(misc-no-recursion)
static struct json *flat(struct arena *a, const struct api_member *m, const struct xml *x)
{
	const struct api_shape *shape = api_aggregate(m->target);
	const struct xml *k = xml_child(x, api_text(m->wire));
	struct json *out;

	if (!k)
		return NULL;
	out = shape->kind == API_LIST ? json_new(a, JSON_ARRAY) : new_map(a);
	for (; k; k = k->next) {
		if (!str_is(k->name, api_text(m->wire)))
			continue;
		if (shape->kind == API_LIST)
			json_push(out, answer_from_xml(a, shape->elem, k));
		else
			entry(a, shape, out, k);
	}
	return out;
}

static struct json *attribute(struct arena *a, const struct api_member *m, const struct xml *x)
{
	struct str name = str_of(api_text(m->wire));
	size_t colon = str_find(name, ':');

	if (colon < name.n)
		name = str_from(name, colon + 1);
	for (const struct xml_attribute *t = x->attributes; t; t = t->next)
		if (str_eq(t->name, name))
			return scalar_from_text(a, m->target, t->value);
	return NULL;
}

// NOLINTNEXTLINE(misc-no-recursion)
static struct json *member(struct arena *a, const struct api_member *m, const struct xml *x)
{
	const struct xml *k;

	if (m->flags & API_ATTRIBUTE)
		return attribute(a, m, x);
	if (m->flags & API_FLAT)
		return flat(a, m, x);
	k = xml_child(x, api_text(m->wire));
	return k ? answer_from_xml(a, m->target, k) : NULL;
}

// NOLINTNEXTLINE(misc-no-recursion)
static struct json *structure(struct arena *a, const struct api_shape *shape, const struct xml *x)
{
	struct json *out = json_new(a, JSON_OBJECT);

	for (size_t i = 0; out && i < shape->n; i++) {
		const struct api_member *m = &api_members[shape->first + i];

		if (m->place == API_BODY)
			json_add(out, str_of(api_text(m->name)), member(a, m, x));
	}
	return out;
}

// NOLINTNEXTLINE(misc-no-recursion)
struct json *answer_from_xml(struct arena *a, int target, const struct xml *x)
{
	const struct api_shape *shape = api_aggregate(target);

	if (!shape)
		return scalar_from_text(a, target, x->text);
	switch ((enum api_kind)shape->kind) {
	case API_LIST: return list(a, shape, x);
	case API_MAP: return map_of(a, shape, x);
	case API_STRUCTURE: break;
	}
	return structure(a, shape, x);
}
