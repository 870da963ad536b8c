/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/request.h"
#include "net/sign.h"

#include <stdio.h>

/* "Filter.1.Value.2": one form field a scalar, its name the way to it. The two protocols differ
 * in lists: query puts the element's name between, ec2 never does. */
enum { NAME_MAX_BYTES = 4096 };

struct form {
	struct buf *out;
	struct buf name; /* of where we are; cut back on the way out */
	bool ec2;
};

static enum code write_value(
	struct form *f, int target, const struct json *v, bool is_flat, struct err *e);

static void cut(struct form *f, size_t n)
{
	if (buf_ok(&f->name)) {
		f->name.n = n;
		if (f->name.cap)
			f->name.p[n] = '\0';
	}
}

static void field(struct form *f, struct str value)
{
	buf_char(f->out, '&');
	uri_encode(f->out, buf_slice(&f->name), false);
	buf_char(f->out, '=');
	uri_encode(f->out, value, false);
}

/* Depth is bounded by that of the parameters, at most 100. */
// NOLINTNEXTLINE(misc-no-recursion)
static enum code structure(
	struct form *f, const struct api_shape *shape, const struct json *v, struct err *e)
{
	size_t n = f->name.n;

	if (request_check(shape, v, e) != E_OK)
		return e->code;
	for (const struct json *k = v->first; k; k = k->next) {
		const struct api_member *m = api_find_member(shape, k->key);

		if (k->kind == JSON_NULL)
			continue;
		buf_printf(&f->name, "%s%s", n ? "." : "", api_text(m->wire));
		if (write_value(f, m->target, k, m->flags & API_FLAT, e) != E_OK)
			return e->code;
		cut(f, n);
	}
	return E_OK;
}

// NOLINTNEXTLINE(misc-no-recursion)
static enum code list(struct form *f, const struct api_shape *shape, const struct json *v,
	bool is_flat, struct err *e)
{
	size_t n = f->name.n, i = 0;

	if (!v->n && !f->ec2)
		field(f, STR(""));
	for (const struct json *k = v->first; k; k = k->next) {
		if (!is_flat && !f->ec2)
			buf_printf(&f->name, ".%s", api_text(shape->elem_wire));
		buf_printf(&f->name, ".%zu", ++i);
		if (write_value(f, shape->elem, k, false, e) != E_OK)
			return e->code;
		cut(f, n);
	}
	return E_OK;
}

// NOLINTNEXTLINE(misc-no-recursion)
static enum code map(struct form *f, const struct api_shape *shape, const struct json *v,
	bool is_flat, struct err *e)
{
	size_t n = f->name.n, i = 0;

	for (const struct json *k = v->first; k; k = k->next) {
		size_t entry;

		buf_printf(&f->name, "%s.%zu", is_flat ? "" : ".entry", ++i);
		entry = f->name.n;
		buf_printf(&f->name, ".%s", api_text(shape->key_wire));
		field(f, k->key);
		cut(f, entry);
		buf_printf(&f->name, ".%s", api_text(shape->value_wire));
		if (write_value(f, shape->elem, k, false, e) != E_OK)
			return e->code;
		cut(f, n);
	}
	return E_OK;
}

// NOLINTNEXTLINE(misc-no-recursion)
static enum code write_value(
	struct form *f, int target, const struct json *v, bool is_flat, struct err *e)
{
	const struct api_shape *shape = api_aggregate(target);

	if (!shape && (v->kind == JSON_OBJECT || v->kind == JSON_ARRAY))
		return err_set(e, E_INVALID, "parameter \"%s\" is no scalar", f->name.p);
	if (!shape) {
		field(f, v->text);
		return E_OK;
	}
	if (v->kind != (shape->kind == API_LIST ? JSON_ARRAY : JSON_OBJECT))
		return err_set(e, E_INVALID, "parameter \"%s\" is no %s", f->name.p,
			shape->kind == API_LIST ? "list" : "object");
	if (shape->kind == API_LIST)
		return list(f, shape, v, is_flat, e);
	return shape->kind == API_MAP ? map(f, shape, v, is_flat, e) : structure(f, shape, v, e);
}

enum code request_form(
	struct buf *b, const struct api_op *op, const struct json *params, struct err *e)
{
	const struct api_service *s = api_service_of(op);
	struct form f = { b, BUF_INIT(NAME_MAX_BYTES), s->protocol == API_EC2 };
	enum code c = E_OK;

	buf_printf(b, "Action=%s&Version=%s", api_text(op->name), api_text(s->version));
	if (params)
		c = structure(&f, api_aggregate(op->in), params, e);
	if (c == E_OK && !buf_ok(&f.name))
		c = err_set(
			e, E_TOOBIG, "a parameter's name is longer than %d bytes", NAME_MAX_BYTES);
	buf_release(&f.name);
	return c;
}
