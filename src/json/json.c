/* SPDX-License-Identifier: Apache-2.0 */
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>

struct json *json_new(struct arena *a, enum json_kind kind)
{
	struct json *v = arena_alloc(a, sizeof(*v));

	if (v)
		v->kind = kind;
	return v;
}

struct json *json_string(struct arena *a, struct str text)
{
	struct json *v = json_new(a, JSON_STRING);

	if (v)
		v->text = text;
	return v;
}

struct json *json_number(struct arena *a, struct str text)
{
	struct json *v = json_new(a, JSON_NUMBER);

	if (v)
		v->text = text;
	return v;
}

struct json *json_int(struct arena *a, int64_t v)
{
	return json_number(a, arena_printf(a, "%lld", (long long)v));
}

struct json *json_bool(struct arena *a, bool v)
{
	struct json *b = json_new(a, JSON_BOOL);

	if (b)
		b->text = v ? STR("true") : STR("false");
	return b;
}

void json_push(struct json *array, struct json *v)
{
	if (!array || !v)
		return;
	v->next = NULL;
	if (array->last)
		array->last->next = v;
	else
		array->first = v;
	array->last = v;
	array->n++;
}

void json_add(struct json *object, struct str key, struct json *v)
{
	if (v)
		v->key = key;
	json_push(object, v);
}

void json_set(struct json *object, struct str key, struct json *v)
{
	struct json *was = json_get_str(object, key);

	if (was && v)
		json_replace(object, was, v);
	else
		json_add(object, key, v);
}

/* The link that points at @child. */
static struct json **link_to(struct json *parent, const struct json *child)
{
	struct json **at = &parent->first;

	while (*at && *at != child)
		at = &(*at)->next;
	return at;
}

static void find_last(struct json *parent)
{
	parent->last = parent->first;
	while (parent->last && parent->last->next)
		parent->last = parent->last->next;
}

void json_remove(struct json *parent, struct json *child)
{
	struct json **at = link_to(parent, child);

	if (!*at)
		return;
	*at = child->next;
	child->next = NULL;
	parent->n--;
	if (parent->last == child)
		find_last(parent);
}

void json_replace(struct json *parent, struct json *child, struct json *v)
{
	struct json **at = link_to(parent, child);

	if (!*at || !v)
		return;
	v->key = child->key;
	v->next = child->next;
	*at = v;
	child->next = NULL;
	if (parent->last == child)
		parent->last = v;
}

/* Documents are at most 100 deep: json/read.h refuses more. */
// NOLINTNEXTLINE(misc-no-recursion)
struct json *json_copy(struct arena *a, const struct json *v)
{
	struct json *c = v ? json_new(a, v->kind) : NULL;

	if (!c)
		return NULL;
	c->map = v->map;
	if (v->text.p)
		c->text = arena_str(a, v->text);
	for (const struct json *k = v->first; k; k = k->next)
		json_add(c, k->key.p ? arena_str(a, k->key) : STR_NONE, json_copy(a, k));
	return c;
}

struct json *json_get_str(const struct json *object, struct str key)
{
	if (!json_is(object, JSON_OBJECT))
		return NULL;
	for (struct json *k = object->first; k; k = k->next)
		if (str_eq(k->key, key))
			return k;
	return NULL;
}

struct json *json_get(const struct json *object, const char *key)
{
	return json_get_str(object, str_of(key));
}

struct str json_get_text(const struct json *object, const char *key)
{
	const struct json *v = json_get(object, key);

	return json_is(v, JSON_STRING) ? v->text : STR_NONE;
}

bool json_get_flag(const struct json *object, const char *key)
{
	const struct json *v = json_get(object, key);

	return (json_is(v, JSON_BOOL) && str_is(v->text, "true")) ||
	       (json_is(v, JSON_NUMBER) && !str_is(v->text, "0"));
}

int64_t json_get_int(const struct json *object, const char *key, int64_t otherwise)
{
	const struct json *v = json_get(object, key);
	char text[32], *end;
	long long n;

	if (!json_is(v, JSON_NUMBER) || v->text.n >= sizeof(text))
		return otherwise;
	memcpy(text, v->text.p, v->text.n);
	text[v->text.n] = '\0';
	n = strtoll(text, &end, 10);
	return *end ? otherwise : n;
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool members_equal(const struct json *a, const struct json *b)
{
	const struct json *o = b->first;

	/* Mostly both are in the same order, so the next one is looked at first. */
	for (const struct json *k = a->first; k; k = k->next) {
		if (!o || !str_eq(o->key, k->key))
			o = json_get_str(b, k->key);
		if (!o || !json_equal(k, o))
			return false;
		o = o->next;
	}
	return true;
}

// NOLINTNEXTLINE(misc-no-recursion)
bool json_equal(const struct json *a, const struct json *b)
{
	const struct json *x, *y;

	if (!a || !b || a->kind != b->kind || a->n != b->n)
		return a == b;
	if (a->kind == JSON_OBJECT)
		return members_equal(a, b);
	if (a->kind != JSON_ARRAY)
		return str_eq(a->text, b->text);
	for (x = a->first, y = b->first; x && y; x = x->next, y = y->next)
		if (!json_equal(x, y))
			return false;
	return true;
}
