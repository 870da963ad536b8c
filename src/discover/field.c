/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/field.h"

#include <limits.h>

enum code field_fault(
	const struct field_place *at, struct str name, const char *what, struct err *e)
{
	return err_set(e, E_INVALID, "catalogue entry \"%s\": field \"%s%s%.*s\" %s", at->type,
		at->where, *at->where && name.n ? "." : "", STR_ARG(name), what);
}

static bool all_are(const struct json *array, enum json_kind kind, bool paths)
{
	for (const struct json *v = array->first; v; v = v->next)
		if (v->kind != kind || (paths && !str_starts(v->text, STR("$"))))
			return false;
	return true;
}

static bool is_flag(const struct json *v)
{
	return v->kind == JSON_BOOL || str_is(v->text, "0") || str_is(v->text, "1");
}

static bool is_path(const struct json *v)
{
	return v->kind == JSON_STRING && str_starts(v->text, STR("$"));
}

static bool is_list(const struct json *v, enum json_kind kind, bool paths)
{
	return v->kind == JSON_ARRAY && all_are(v, kind, paths);
}

/* What is wrong with the form of @v, or NULL. */
static const char *complaint(const struct json *v, enum field_form form)
{
	static const char *const must_be[] = {
		[FIELD_TEXT] = "must be a string",
		[FIELD_PATH] = "must be a path that begins with \"$\"",
		[FIELD_COUNT] = "must be a number",
		[FIELD_FLAG] = "must be true or false",
		[FIELD_TEXTS] = "must be a list of strings",
		[FIELD_PATHS] = "must be a list of paths that begin with \"$\"",
		[FIELD_OBJECT] = "must be an object",
		[FIELD_LIST] = "must be a list of objects",
		[FIELD_ANY] = NULL,
		[FIELD_SKIP] = NULL,
	};
	bool good = true;

	switch (form) {
	case FIELD_TEXT: good = v->kind == JSON_STRING; break;
	case FIELD_PATH: good = is_path(v); break;
	case FIELD_COUNT: good = v->kind == JSON_NUMBER; break;
	case FIELD_FLAG: good = is_flag(v); break;
	case FIELD_TEXTS: good = is_list(v, JSON_STRING, false); break;
	case FIELD_PATHS: good = is_list(v, JSON_STRING, true); break;
	case FIELD_OBJECT: good = v->kind == JSON_OBJECT; break;
	case FIELD_LIST: good = is_list(v, JSON_OBJECT, false); break;
	case FIELD_ANY:
	case FIELD_SKIP: break;
	}
	return good ? NULL : must_be[form];
}

/* False: it is no whole number of 0 or more. */
static bool put(struct arena *a, const struct json *object, struct json *v, const struct field *f,
	void *into)
{
	char *where = (char *)into + f->at;
	int64_t n = f->form == FIELD_COUNT ? json_get_int(object, f->name, -1) : 0;

	if (f->form == FIELD_TEXT || f->form == FIELD_PATH)
		*(const char **)(void *)where = arena_text(a, v->text);
	else if (f->form == FIELD_COUNT)
		*(int *)(void *)where = (int)n;
	else if (f->form == FIELD_FLAG)
		*(bool *)(void *)where = json_get_flag(object, f->name);
	else
		*(struct json **)(void *)where = v;
	return n >= 0 && n <= INT_MAX;
}

enum code field_bind(struct arena *a, const struct field_place *at, const struct json *object,
	const struct field *fields, void *into, struct err *e)
{
	enum code c = E_OK;

	for (struct json *v = object->first; v && !c; v = v->next) {
		const struct field *f = fields;
		const char *wrong;

		while (f->name && !str_is(v->key, f->name))
			f++;
		if (!f->name)
			return field_fault(at, v->key, "is not known", e);
		if (v->kind == JSON_NULL || f->form == FIELD_SKIP)
			continue;
		wrong = complaint(v, f->form);
		if (wrong)
			return field_fault(at, v->key, wrong, e);
		if (!put(a, object, v, f, into))
			c = field_fault(at, v->key, "must be a whole number of 0 or more", e);
	}
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}
