/* SPDX-License-Identifier: Apache-2.0 */
#include "json/patch.h"

#include "json/order.h"

/* Recursion is as deep as documents are: json/read.h refuses more than 100 levels. */

// NOLINTNEXTLINE(misc-no-recursion)
static struct json *make(struct arena *a, const struct json *from, const struct json *to)
{
	struct json *patch, *change;
	struct json_zip z = { .x_next = NULL };

	if (!json_is(from, JSON_OBJECT) || !json_is(to, JSON_OBJECT))
		return json_alias(a, to);
	from = json_sorted_view(a, from);
	to = json_sorted_view(a, to);
	patch = json_new(a, JSON_OBJECT);
	if (!from || !to || !patch)
		return NULL;
	z.x_next = from->first;
	z.y_next = to->first;
	while (json_zip_next(&z)) {
		if (z.x && z.y && json_equal(z.x, z.y))
			continue;
		change = z.y ? make(a, z.x, z.y) : json_new(a, JSON_NULL);
		json_add(patch, z.key, change);
	}
	return patch;
}

struct json *json_patch_make(struct arena *a, const struct json *from, const struct json *to)
{
	struct json *patch = make(a, from, to);

	return arena_ok(a) ? patch : NULL;
}

/* The function MergePatch of RFC 7396 section 2, on a target that may be changed. Where it
 * is no object (or NULL), the patch is applied to an empty one. */
// NOLINTNEXTLINE(misc-no-recursion)
static struct json *apply(struct arena *a, struct json *target, const struct json *patch)
{
	struct json *near;

	if (!json_is(patch, JSON_OBJECT))
		return json_copy(a, patch);
	if (!json_is(target, JSON_OBJECT))
		target = json_new(a, JSON_OBJECT);
	near = target ? target->first : NULL;
	for (const struct json *k = patch->first; k && target; k = k->next) {
		struct json *was =
			near && str_eq(near->key, k->key) ? near : json_get_str(target, k->key);
		struct json *is = k->kind == JSON_NULL ? NULL : apply(a, was, k);

		if (was)
			near = was->next;
		if (was && !is)
			json_remove(target, was);
		else if (was && is != was)
			json_replace(target, was, is);
		else if (!was)
			json_add(target, arena_str(a, k->key), is);
	}
	return target;
}

struct json *json_patch_apply(struct arena *a, const struct json *target, const struct json *patch)
{
	struct json *result = apply(a, json_copy(a, target), patch);

	return arena_ok(a) ? result : NULL;
}
