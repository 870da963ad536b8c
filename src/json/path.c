/* SPDX-License-Identifier: Apache-2.0 */
#include "json/path.h"

enum step_kind { STEP_NAME, STEP_MEMBERS, STEP_INDEX, STEP_ELEMENTS };

/* One step down. */
struct step {
	enum step_kind kind;
	struct str name;
	size_t index;
};

/* Reads the step at the front of a path. NULL when it is malformed. */
typedef const char *step_fn(const char *p, struct step *s);

/* The end of "12]", or NULL. Nine digits are more than any array has elements. */
static const char *read_index(const char *p, struct step *s)
{
	size_t digits = strspn(p, "0123456789");

	if (!digits || digits > 9 || p[digits] != ']')
		return NULL;
	s->kind = STEP_INDEX;
	s->index = 0;
	for (; *p != ']'; p++)
		s->index = s->index * 10 + (size_t)(*p - '0');
	return p + 1;
}

static const char *read_name(const char *p, struct step *s)
{
	s->kind = STEP_NAME;
	s->name = (struct str){ p, strcspn(p, ".[") };
	return s->name.n ? p + s->name.n : NULL;
}

static const char *read_quoted(const char *p, struct step *s)
{
	const char *end = strchr(p, '"');

	if (!end)
		return NULL;
	s->kind = STEP_NAME;
	s->name = (struct str){ p, (size_t)(end - p) };
	return end + 1;
}

/* `.name`, `."name"`, `.*`, `[12]`, `[*]` */
static const char *document_step(const char *p, struct step *s)
{
	if (p[0] == '[') {
		if (strncmp(p, "[*]", 3) != 0)
			return read_index(p + 1, s);
		s->kind = STEP_ELEMENTS;
		return p + 3;
	}
	if (p[0] != '.')
		return NULL;
	if (p[1] == '"')
		return read_quoted(p + 2, s);
	p = read_name(p + 1, s);
	if (p && str_is(s->name, "*"))
		s->kind = STEP_MEMBERS;
	return p;
}

/* `name` at the front, `.name` behind something, `[12]`, `[]` */
static const char *response_step(const char *p, struct step *s)
{
	if (p[0] != '[')
		return read_name(p[0] == '.' ? p + 1 : p, s);
	s->kind = STEP_ELEMENTS;
	p = p[1] == ']' ? p + 2 : read_index(p + 1, s);
	return p && (!*p || *p == '.' || *p == '[') ? p : NULL;
}

static bool well_formed(const char *p, step_fn *next)
{
	struct step s;

	while (p && *p)
		p = next(p, &s);
	return p;
}

struct walk {
	step_fn *step;
	bool nulls; /* places that hold null count */
	json_place_fn *fn;
	void *ctx;
};

static bool step_takes(const struct step *s, const struct json *child, size_t index)
{
	if (s->kind == STEP_NAME)
		return str_eq(child->key, s->name);
	return s->kind != STEP_INDEX || index == s->index;
}

/* False when the walk is to end. Each step goes one level down, so this is never deeper
 * than the document, at most 100 levels. */
// NOLINTNEXTLINE(misc-no-recursion)
static bool walk(const struct walk *w, struct json *parent, struct json *v, const char *path)
{
	struct step s = { STEP_NAME, STR_NONE, 0 };
	struct json *next;
	size_t index = 0;

	if (!*path) {
		struct json_place place = { parent, v };

		return (!w->nulls && v->kind == JSON_NULL) || w->fn(w->ctx, &place);
	}
	path = w->step(path, &s);
	if (v->kind != (s.kind == STEP_NAME || s.kind == STEP_MEMBERS ? JSON_OBJECT : JSON_ARRAY))
		return true;
	/* The visitor may take the child out, so what follows it is looked up before. */
	for (struct json *k = v->first; k; k = next, index++) {
		next = k->next;
		if (step_takes(&s, k, index) && !walk(w, v, k, path))
			return false;
	}
	return true;
}

void json_visit(struct json *root, const char *path, json_place_fn *fn, void *ctx)
{
	struct walk w = { document_step, true, fn, ctx };

	if (root && path[0] == '$' && well_formed(path + 1, document_step))
		walk(&w, NULL, root, path + 1);
}

void json_visit_response(struct json *root, const char *path, json_place_fn *fn, void *ctx)
{
	struct walk w = { response_step, false, fn, ctx };

	if (root && path[0] != '.' && well_formed(path, response_step))
		walk(&w, NULL, root, path);
}

static bool take_first(void *ctx, const struct json_place *place)
{
	struct json **first = ctx;

	*first = place->value;
	return false;
}

struct json *json_first(struct json *root, const char *path)
{
	struct json *first = NULL;

	json_visit(root, path, take_first, &first);
	return first;
}

struct json *json_first_response(struct json *root, const char *path)
{
	struct json *first = NULL;

	json_visit_response(root, path, take_first, &first);
	return first;
}

static bool take_out(void *ctx, const struct json_place *place)
{
	(void)ctx;
	if (place->parent)
		json_remove(place->parent, place->value);
	return true;
}

void json_remove_all(struct json *root, const char *path)
{
	json_visit(root, path, take_out, NULL);
}
