/* SPDX-License-Identifier: Apache-2.0 */
#include "json/order.h"

bool json_sorted(const struct json *parent)
{
	for (const struct json *k = parent->first; k && k->next; k = k->next)
		if (str_cmp(k->key, k->next->key) >= 0)
			return false;
	return true;
}

/* Of equal keys @x's comes first. */
static struct json *merge(struct json *x, struct json *y)
{
	struct json *first = NULL, **at = &first;

	while (x && y) {
		struct json **less = str_cmp(y->key, x->key) < 0 ? &y : &x;

		*at = *less;
		at = &(*at)->next;
		*less = *at;
	}
	*at = x ? x : y;
	return first;
}

/* runs[i] is empty or a sorted list of 2^i children, older than those in runs[i - 1]. */
#define RUNS_MAX 64

void json_sort(struct json *parent)
{
	struct json *runs[RUNS_MAX] = { NULL }, *next;

	for (struct json *k = parent->first; k; k = next) {
		struct json *run = k;
		size_t i = 0;

		next = k->next;
		k->next = NULL;
		for (; runs[i]; i++) {
			run = merge(runs[i], run);
			runs[i] = NULL;
		}
		runs[i] = run;
	}
	parent->first = NULL;
	for (size_t i = 0; i < RUNS_MAX; i++)
		parent->first = merge(runs[i], parent->first);
	for (parent->last = parent->first; parent->last && parent->last->next;)
		parent->last = parent->last->next;
}

struct json *json_alias(struct arena *a, const struct json *v)
{
	struct json *alias = json_new(a, v->kind);

	if (alias) {
		*alias = *v;
		alias->next = NULL;
	}
	return alias;
}

const struct json *json_sorted_view(struct arena *a, const struct json *parent)
{
	struct json *view;

	if (json_sorted(parent))
		return parent;
	view = json_new(a, parent->kind);
	if (!view)
		return NULL;
	for (const struct json *k = parent->first; k; k = k->next)
		json_push(view, json_alias(a, k));
	if (view->n != parent->n)
		return NULL;
	json_sort(view);
	return view;
}

bool json_zip_next(struct json_zip *z)
{
	int order = !z->x_next ? 1 : !z->y_next ? -1 : str_cmp(z->x_next->key, z->y_next->key);

	z->x = order <= 0 ? z->x_next : NULL;
	z->y = order >= 0 ? z->y_next : NULL;
	if (z->x) {
		z->key = z->x->key;
		z->x_next = z->x->next;
	}
	if (z->y) {
		z->key = z->y->key;
		z->y_next = z->y->next;
	}
	return z->x || z->y;
}
