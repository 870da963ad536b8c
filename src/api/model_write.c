/* SPDX-License-Identifier: Apache-2.0 */
#include "api/model.h"
#include "base/must.h"
#include "json/write.h"

#include <stdlib.h>

#define MEMBERS_MAX 64

struct writing {
	const struct model_operation *op;
	struct buf *out;
	struct err *e;
};

static enum code write_value(const struct writing *w, const struct model_shape *s, const char *name,
	const struct json *v);

static enum code misfit(const struct writing *w, const char *name, const char *what)
{
	return err_set(w->e, E_INVALID, "answer of %s: \"%s\" is not %s", w->op->name, name, what);
}

// NOLINTNEXTLINE(misc-no-recursion)
static enum code write_structure(
	const struct writing *w, const struct model_shape *s, const struct json *v)
{
	const struct json *found[MEMBERS_MAX] = { 0 };
	size_t hint = 0;
	bool comma = false;

	must(s->members_n <= MEMBERS_MAX);
	for (const struct json *c = v->first; c; c = c->next) {
		const struct model_member *m = model_member_find(s, c->key, &hint);

		if (!m)
			return err_set(w->e, E_INVALID,
				"answer of %s: \"%s\" has no member \"%.*s\"", w->op->name, s->name,
				STR_ARG(c->key));
		if (c->kind != JSON_NULL)
			found[m - s->members] = c;
	}
	buf_char(w->out, '{');
	for (size_t i = 0; i < s->members_n; i++) {
		const struct model_member *m = &s->members[i];

		if (!found[i])
			continue;
		buf_printf(w->out, "%s\"%s\":", comma ? "," : "", m->name);
		if (write_value(w, &model_shapes[m->shape], m->name, found[i]))
			return w->e->code;
		comma = true;
	}
	buf_char(w->out, '}');
	return E_OK;
}

/* The elements of a list or the values of a map. As deep as the shapes. */
// NOLINTNEXTLINE(misc-no-recursion)
static enum code write_elements(const struct writing *w, const struct model_shape *s,
	const char *name, const struct json *v)
{
	const struct model_shape *element = &model_shapes[s->element];
	bool map = s->kind == MODEL_MAP, comma = false;

	buf_char(w->out, map ? '{' : '[');
	for (const struct json *c = v->first; c; c = c->next) {
		if (c->kind == JSON_NULL)
			continue;
		if (comma)
			buf_char(w->out, ',');
		if (map) {
			json_write_string(w->out, c->key);
			buf_char(w->out, ':');
		}
		if (write_value(w, element, name, c))
			return w->e->code;
		comma = true;
	}
	buf_char(w->out, map ? '}' : ']');
	return E_OK;
}

/* Seconds with as many decimals as they have, at most three. */
static enum code write_time(const struct writing *w, const char *name, const struct json *v)
{
	char text[64];
	int64_t ms;
	double seconds;
	unsigned decimals;

	if (v->kind != JSON_NUMBER || v->text.n >= sizeof(text))
		return misfit(w, name, "a time");
	memcpy(text, v->text.p, v->text.n);
	text[v->text.n] = '\0';
	seconds = strtod(text, NULL);
	if (!(seconds > -1e12 && seconds < 1e12))
		return misfit(w, name, "a time");
	ms = (int64_t)(seconds * 1000 + (seconds < 0 ? -0.5 : 0.5));
	if (ms < 0) {
		buf_char(w->out, '-');
		ms = -ms;
	}
	buf_printf(w->out, "%lld", (long long)(ms / 1000));
	decimals = (unsigned)(ms % 1000);
	if (decimals % 10)
		buf_printf(w->out, ".%03u", decimals);
	else if (decimals % 100)
		buf_printf(w->out, ".%02u", decimals / 10);
	else if (decimals)
		buf_printf(w->out, ".%u", decimals / 100);
	return E_OK;
}

static enum code write_number(
	const struct writing *w, bool whole, const char *name, const struct json *v)
{
	if (v->kind != JSON_NUMBER)
		return misfit(w, name, "a number");
	for (size_t i = whole && v->text.n && v->text.p[0] == '-'; whole && i < v->text.n; i++)
		if (v->text.p[i] < '0' || v->text.p[i] > '9')
			return misfit(w, name, "a whole number");
	buf_str(w->out, v->text);
	return E_OK;
}

static enum code write_scalar(const struct writing *w, const struct model_shape *s,
	const char *name, const struct json *v)
{
	switch (s->kind) {
	case MODEL_STRING:
	case MODEL_BLOB:
		if (v->kind != JSON_STRING && v->kind != JSON_NUMBER)
			return misfit(w, name, "a text");
		json_write_string(w->out, v->text);
		return E_OK;
	case MODEL_BOOLEAN:
		if (v->kind != JSON_BOOL && v->kind != JSON_NUMBER)
			return misfit(w, name, "true or false");
		buf_text(w->out,
			str_is(v->text, "0") || str_is(v->text, "false") ? "false" : "true");
		return E_OK;
	case MODEL_TIME: return write_time(w, name, v);
	case MODEL_INTEGER:
	case MODEL_DOUBLE: return write_number(w, s->kind == MODEL_INTEGER, name, v);
	case MODEL_STRUCTURE:
	case MODEL_LIST:
	case MODEL_MAP: break;
	}
	return misfit(w, name, "a scalar");
}

// NOLINTNEXTLINE(misc-no-recursion)
static enum code write_value(const struct writing *w, const struct model_shape *s, const char *name,
	const struct json *v)
{
	if (s->kind == MODEL_STRUCTURE)
		return v->kind == JSON_OBJECT ? write_structure(w, s, v)
					      : misfit(w, name, "an object");
	if (s->kind == MODEL_MAP)
		return v->kind == JSON_OBJECT ? write_elements(w, s, name, v)
					      : misfit(w, name, "an object");
	if (s->kind == MODEL_LIST)
		return v->kind == JSON_ARRAY ? write_elements(w, s, name, v)
					     : misfit(w, name, "a list");
	return write_scalar(w, s, name, v);
}

enum code model_write(
	const struct model_operation *op, const struct json *output, struct buf *out, struct err *e)
{
	static const struct json nothing = { .kind = JSON_OBJECT };
	const struct writing w = { op, out, e };
	const struct json *v = output && output->kind != JSON_NULL ? output : &nothing;

	if (!op->output && v->kind == JSON_OBJECT && !v->first)
		return E_OK;
	if (write_value(&w, &model_shapes[op->output], "the body", v))
		return e->code;
	if (buf_ok(out))
		return E_OK;
	return out->full ? err_set(e, E_TOOBIG, "answer of %s: larger than %zu bytes", op->name,
				   out->max)
			 : err_nomem(e);
}
