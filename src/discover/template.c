/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/template.h"

#include "base/buf.h"

enum { TEXT_MAX = 64 << 10 };

static struct str scalar(const struct json *v)
{
	bool is = v && (v->kind == JSON_STRING || v->kind == JSON_NUMBER || v->kind == JSON_BOOL);

	return is ? v->text : STR_NONE;
}

/* "{Id:last}": what follows the last '/' or ':'. */
static struct str lookup(struct str name, const struct bindings *b)
{
	size_t colon = str_find(name, ':');

	if (colon < name.n && str_is(str_from(name, colon + 1), "last")) {
		struct str whole = scalar(json_get_str(b->item, (struct str){ name.p, colon }));
		size_t n = whole.n;

		while (n && whole.p[n - 1] != '/' && whole.p[n - 1] != ':')
			n--;
		return whole.p ? str_from(whole, n) : whole;
	}
	for (const struct known *k = b->known; k && k->name; k++)
		if (k->value.p && str_is(name, k->name))
			return k->value;
	return str_is(name, ".") ? scalar(b->item) : scalar(json_get_str(b->item, name));
}

/* A brace opens a name only where one follows: JSON in a template stays as it is. */
static size_t name_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != '}')
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-:",
			    s.p[n++]))
			return 0;
	return n < s.n ? n : 0;
}

/* @missing is set to the first name without a value. */
static struct str fill(
	struct arena *a, struct str template, const struct bindings *b, struct str *missing)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	struct str rest = template, out;

	while (rest.n) {
		size_t at = str_find(rest, '{');
		size_t n = at < rest.n ? name_length(str_from(rest, at + 1)) : 0;
		struct str name = { rest.p + at + 1, n };
		struct str value = n ? lookup(name, b) : STR_NONE;

		buf_add(&text, rest.p, at);
		if (n && !value.p && !missing->p)
			*missing = name;
		if (n)
			buf_str(&text, value);
		else if (at < rest.n)
			buf_char(&text, '{');
		rest = str_from(rest, n ? at + n + 2 : at + 1);
	}
	if (!buf_ok(&text))
		a->failed = true;
	out = missing->p ? STR_NONE : arena_str(a, buf_slice(&text));
	buf_release(&text);
	return out;
}

struct str template_text(struct arena *a, struct str template, const struct bindings *b)
{
	struct str missing = STR_NONE;

	return fill(a, template, b, &missing);
}

/* Parameters in the catalogue came through json/read.h: at most 100 deep. */
// NOLINTNEXTLINE(misc-no-recursion)
static struct json *replaced(
	struct arena *a, const struct json *v, const struct bindings *b, struct str *missing)
{
	struct json *copy;

	if (v->kind == JSON_STRING)
		return json_string(a, fill(a, v->text, b, missing));
	if (v->kind != JSON_ARRAY && v->kind != JSON_OBJECT)
		return json_copy(a, v);
	copy = json_new(a, v->kind);
	for (const struct json *k = v->first; k && copy; k = k->next)
		json_add(copy, k->key, replaced(a, k, b, missing));
	return copy;
}

enum code template_json(struct arena *a, const struct json *template, const struct bindings *b,
	struct json **out, struct err *e)
{
	struct str missing = STR_NONE;
	struct json *v = replaced(a, template, b, &missing);

	if (missing.p)
		return err_set(e, E_INVALID, "nothing is known as {%.*s}", STR_ARG(missing));
	if (!v || !arena_ok(a))
		return err_nomem(e);
	*out = v;
	return E_OK;
}
