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

/* What is wrong with the form of @v, or NULL. */
static const char *complaint(const struct json *v, enum field_form form)
{
	bool array = v->kind == JSON_ARRAY;

	switch (form) {
	case FIELD_TEXT: return v->kind == JSON_STRING ? NULL : "must be a string";
	case FIELD_PATH:
		return v->kind == JSON_STRING && str_starts(v->text, STR("$"))
			       ? NULL
			       : "must be a path that begins with \"$\"";
	case FIELD_COUNT: return v->kind == JSON_NUMBER ? NULL : "must be a number";
	case FIELD_FLAG:
		return v->kind == JSON_BOOL || str_is(v->text, "0") || str_is(v->text, "1")
			       ? NULL
			       : "must be true or false";
	case FIELD_TEXTS:
		return array && all_are(v, JSON_STRING, false) ? NULL : "must be a list of strings";
	case FIELD_PATHS:
		return array && all_are(v, JSON_STRING, true)
			       ? NULL
			       : "must be a list of paths that begin with \"$\"";
	case FIELD_OBJECT: return v->kind == JSON_OBJECT ? NULL : "must be an object";
	case FIELD_LIST:
		return array && all_are(v, JSON_OBJECT, false) ? NULL : "must be a list of objects";
	case FIELD_ANY:
	case FIELD_SKIP: break;
	}
	return NULL;
}

static enum code put(struct arena *a, const struct field_place *at, const struct json *object,
	struct json *v, const struct field *f, void *into, struct err *e)
{
	char *where = (char *)into + f->at;
	int64_t n;

	switch (f->form) {
	case FIELD_TEXT:
	case FIELD_PATH: *(const char **)(void *)where = arena_text(a, v->text); break;
	case FIELD_COUNT:
		n = json_get_int(object, f->name, -1);
		if (n < 0 || n > INT_MAX)
			return field_fault(at, v->key, "must be a whole number of 0 or more", e);
		*(int *)(void *)where = (int)n;
		break;
	case FIELD_FLAG: *(bool *)(void *)where = json_get_flag(object, f->name); break;
	case FIELD_TEXTS:
	case FIELD_PATHS:
	case FIELD_OBJECT:
	case FIELD_LIST:
	case FIELD_ANY: *(struct json **)(void *)where = v; break;
	case FIELD_SKIP: break;
	}
	return E_OK;
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
		c = put(a, at, object, v, f, into, e);
	}
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}
