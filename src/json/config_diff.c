/* SPDX-License-Identifier: Apache-2.0 */
#include "json/config_diff.h"

#include "base/buf.h"
#include "json/canon.h"
#include "json/order.h"

/* A hundred levels of names of some kilobytes at most; see json/read.h. */
#define PATH_MAX_BYTES (1 << 20)

struct teller {
	struct arena *a;
	struct json *properties;
	struct buf path;
};

/* Null and missing are the same (spec 2.6). */
static const struct json *present(const struct json *v)
{
	return v && v->kind != JSON_NULL ? v : NULL;
}

static struct json *value(struct teller *t, const struct json *v)
{
	return v ? json_alias(t->a, v) : json_new(t->a, JSON_NULL);
}

static void tell(struct teller *t, const struct json *before, const struct json *after)
{
	const struct str type = !before ? STR("CREATE") : !after ? STR("DELETE") : STR("UPDATE");
	struct json *entry = json_new(t->a, JSON_OBJECT);

	json_add(entry, STR("previousValue"), value(t, before));
	json_add(entry, STR("updatedValue"), value(t, after));
	json_add(entry, STR("changeType"), json_string(t->a, type));
	json_add(t->properties, arena_str(t->a, buf_slice(&t->path)), entry);
}

/* A segment is the name with its first letter as a capital, which two names of an object can share: then
 * the one that begins with a small letter stays as it is. */
static size_t enter(
	struct teller *t, struct str name, const struct json *before, const struct json *after)
{
	const size_t mark = t->path.n;
	struct str shown = name;

	if (name.n && name.p[0] >= 'a' && name.p[0] <= 'z') {
		char *text = arena_alloc(t->a, name.n + 1);

		if (!text)
			return mark;
		memcpy(text, name.p, name.n);
		text[0] = (char)(text[0] - 'a' + 'A');
		shown.p = text;
		if (json_get_str(before, shown) || json_get_str(after, shown))
			shown = name;
	}
	buf_char(&t->path, '.');
	buf_str(&t->path, shown);
	return mark;
}

static void leave(struct teller *t, size_t mark)
{
	t->path.n = mark;
}

/* The elements of @list under their canonical texts, sorted; each as [place, element]. */
static struct json *index_of(struct teller *t, const struct json *list)
{
	struct json *index = json_new(t->a, JSON_OBJECT);
	size_t n = 0;

	for (const struct json *k = list ? list->first : NULL; k && index; k = k->next) {
		struct json *pair = json_new(t->a, JSON_ARRAY);
		struct str place = arena_printf(t->a, "%010zu", n++);

		json_push(pair, json_string(t->a, place));
		json_push(pair, json_alias(t->a, k));
		json_add(index, json_canon_text(t->a, k), pair);
	}
	if (index && arena_ok(t->a))
		json_sort(index);
	return index;
}

static void collect(struct teller *t, struct json *changed, const struct json *pair)
{
	json_add(changed, pair->first->text, json_alias(t->a, pair->last));
}

static void number(struct teller *t, const struct json *elements, bool gone, size_t *n)
{
	for (const struct json *k = elements->first; k; k = k->next) {
		const size_t mark = t->path.n;

		buf_printf(&t->path, ".%zu", (*n)++);
		tell(t, gone ? k : NULL, gone ? NULL : k);
		leave(t, mark);
	}
}

static void compare_lists(struct teller *t, const struct json *before, const struct json *after)
{
	struct json *x = index_of(t, before), *y = index_of(t, after);
	struct json *gone = json_new(t->a, JSON_OBJECT), *come = json_new(t->a, JSON_OBJECT);
	struct json_zip z = { .x_next = NULL };
	size_t n = 0;

	if (!arena_ok(t->a) || !x || !y || !gone || !come)
		return;
	z.x_next = x->first;
	z.y_next = y->first;
	while (json_zip_next(&z)) {
		if (!z.y)
			collect(t, gone, z.x);
		else if (!z.x)
			collect(t, come, z.y);
	}
	json_sort(gone);
	json_sort(come);
	number(t, gone, true, &n);
	number(t, come, false, &n);
}

static void compare(struct teller *t, const struct json *before, const struct json *after);

// NOLINTNEXTLINE(misc-no-recursion)
static void compare_members(struct teller *t, const struct json *before, const struct json *after)
{
	const struct json *x = json_sorted_view(t->a, before), *y = json_sorted_view(t->a, after);
	struct json_zip z = { .x_next = NULL };

	if (!x || !y)
		return;
	z.x_next = x->first;
	z.y_next = y->first;
	while (json_zip_next(&z)) {
		size_t mark;

		if (z.x && z.y && json_equal(z.x, z.y))
			continue;
		mark = enter(t, z.key, x, y);
		compare(t, z.x, z.y);
		leave(t, mark);
	}
}

/* As deep as documents are: json/read.h refuses more than 100 levels. */
// NOLINTNEXTLINE(misc-no-recursion)
static void compare(struct teller *t, const struct json *before, const struct json *after)
{
	before = present(before);
	after = present(after);
	if (json_is(before, JSON_OBJECT) && json_is(after, JSON_OBJECT))
		compare_members(t, before, after);
	else if (json_is(before, JSON_ARRAY) && json_is(after, JSON_ARRAY))
		compare_lists(t, before, after);
	else if (before && after ? !json_equal(before, after) : before || after)
		tell(t, before, after);
}

/* All four members, in AWS's order. */
static struct json *relationships(struct teller *t, const struct json *document)
{
	static const char *const names[] = { "resourceId", "resourceName", "resourceType", "name" };
	const struct json *list = json_get(document, "relationships");
	struct json *out = json_new(t->a, JSON_ARRAY);

	for (const struct json *k = list ? list->first : NULL; k; k = k->next) {
		struct json *v = json_new(t->a, JSON_OBJECT);

		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
			json_add(v, str_of(names[i]), value(t, present(json_get(k, names[i]))));
		json_push(out, v);
	}
	return out;
}

static struct json *tag_values(struct teller *t, const struct json *document)
{
	const struct json *tags = json_get(document, "tags");
	struct json *out = json_new(t->a, JSON_ARRAY);

	for (const struct json *k = tags ? tags->first : NULL; k; k = k->next)
		json_push(out, json_alias(t->a, k));
	return out;
}

static void compare_parts(struct teller *t, const struct json *before, const struct json *after)
{
	static const struct json none = { .kind = JSON_OBJECT };
	const char *const parts = "supplementaryConfiguration";
	const struct json *x = present(json_get(before, parts)),
			  *y = present(json_get(after, parts));

	buf_text(&t->path, "Configuration");
	compare(t, json_get(before, "configuration"), json_get(after, "configuration"));
	buf_clear(&t->path);
	buf_text(&t->path, "SupplementaryConfiguration");
	compare(t, x ? x : &none, y ? y : &none);
	buf_clear(&t->path);
	buf_text(&t->path, "Relationships");
	compare_lists(t, relationships(t, before), relationships(t, after));
	buf_clear(&t->path);
	buf_text(&t->path, "Tags");
	compare_lists(t, tag_values(t, before), tag_values(t, after));
}

/* Names with dots in them can spell the path of something else; a name stands only once in an object. */
static void drop_doubles(struct teller *t)
{
	const struct json *view = json_sorted_view(t->a, t->properties);

	if (!view || json_sorted(view))
		return;
	json_sort(t->properties);
	for (struct json *k = t->properties->first; k; k = k->next)
		while (k->next && str_eq(k->key, k->next->key))
			json_remove(t->properties, k->next);
}

struct json *config_diff(struct arena *a, struct json *before, struct json *after)
{
	const struct str type = !before ? STR("CREATE") : !after ? STR("DELETE") : STR("UPDATE");
	struct teller t = { .a = a, .path = BUF_INIT(PATH_MAX_BYTES) };
	struct json *out = json_new(a, JSON_OBJECT);
	bool ok;

	t.properties = json_new(a, JSON_OBJECT);
	if (before && t.properties) {
		compare_parts(&t, before, after);
		drop_doubles(&t);
	}
	json_add(out, STR("changedProperties"), t.properties);
	json_add(out, STR("changeType"), json_string(a, type));
	ok = buf_ok(&t.path) && arena_ok(a);
	buf_release(&t.path);
	return ok ? out : NULL;
}
