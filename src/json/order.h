/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * Order among children
 * ====================
 *
 * What canon, patch, diff and the reader share: children sorted by the bytes of their
 * `key`, and two such lists walked side by side. Arrays can be put in order too, by
 * lending their elements a key for the time being.
 */

/** True when the keys of @parent's children strictly ascend (so none is there twice). */
bool json_sorted(const struct json *parent);
/** Sort the children of @parent by key; equal keys stay in their order. O(n log n). */
void json_sort(struct json *parent);

/** A node of the same content as @v that can stand in another parent. The children
 * are shared, not copied: change neither of the two. NULL when the arena failed. */
struct json *json_alias(struct arena *a, const struct json *v);
/** @parent itself when it is sorted, else a sorted parent of aliases. NULL when the
 * arena failed. */
const struct json *json_sorted_view(struct arena *a, const struct json *parent);

/** Two sorted lists side by side: start with the first child of each in `x_next` and
 * `y_next`. Each step gives the children of the next key; the side that lacks it is NULL. */
struct json_zip {
	const struct json *x_next, *y_next;
	const struct json *x, *y;
	struct str key; /* theirs */
};

/** False at the end of both. */
bool json_zip_next(struct json_zip *z);
