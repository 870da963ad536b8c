/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/part.h"

#include "aws/fault.h"
#include "discover/call.h"
#include "discover/shape.h"
#include "json/canon.h"
#include "json/path.h"
#include "json/write.h"

enum { PART_MAX = 4 << 20 };

struct reading {
	struct describer *d;
	const struct entry *t;
	struct json *item, *configuration;
	const struct observation *o;
	struct json *spelled; /* the item with the type's names; NULL until asked for */
};

static bool applies(struct reading *r, const struct entry_part *part)
{
	if (!part->condition)
		return true;
	if (!r->spelled) {
		r->spelled = json_copy(r->d->a, r->item);
		naming_apply(r->d->a, r->t->naming, r->spelled);
	}
	return shape_matches(r->spelled, part->condition);
}

/* The service understood, knew who asks, and does not want to: the caller may live without the part. */
static bool is_refusal(enum code c, const struct describer *d)
{
	if (d->fault.status < 400 || fault_is_of_keys(&d->fault))
		return false;
	return c == E_DENIED || c == E_UNSUPPORTED || c == E_NOTFOUND || c == E_INVALID;
}

static enum code write_as_text(struct arena *a, struct json **v, struct err *e)
{
	struct buf text = BUF_INIT(PART_MAX);

	json_write(&text, *v);
	*v = buf_ok(&text) ? json_string(a, arena_str(a, buf_slice(&text))) : NULL;
	buf_release(&text);
	return *v ? E_OK : err_nomem(e);
}

/* From the answer to what stands in supplementaryConfiguration; NULL: no such part. */
static enum code form(struct reading *r, const struct entry_part *part, struct json *response,
	struct json **out, struct err *e)
{
	struct arena *a = r->d->a;
	struct json *v = part->path ? json_first_response(response, part->path) : response;
	enum code c = E_OK;

	*out = NULL;
	if (!v)
		return E_OK;
	v = json_copy(a, v);
	if (!v)
		return err_nomem(e);
	naming_apply(a, r->t->naming, v);
	if (part->rename)
		shape_rename(v, part->rename);
	if (part->sql)
		c = shape_sql(a, part->sql, r->d->expr, &v, e);
	if (!c && v && part->as_text)
		c = write_as_text(a, &v, e);
	if (!c && part->sorted && json_is(v, JSON_ARRAY) && !json_sort_elements(a, v))
		c = err_nomem(e);
	*out = v;
	return c;
}

static enum code read_part(
	struct reading *r, const struct entry_part *part, struct json **out, struct err *e)
{
	struct known known[] = { CALL_KNOWN(r->d), { "id", r->o->id }, { "name", r->o->name },
		{ "arn", r->o->arn }, { NULL, STR_NONE } };
	struct bindings b = { r->item, known };
	struct json *response = NULL;
	struct err why = { 0 };
	bool absent = false;
	enum code c;

	if (part->from) {
		*out = json_copy(r->d->a, json_first(r->configuration, part->from));
		return E_OK;
	}
	c = call_try(r->d, &part->call, &b, &absent, &response, &why);
	if (absent) {
		*out = json_copy(r->d->a, part->otherwise);
		return E_OK;
	}
	if (c && part->soft && is_refusal(c, r->d))
		return E_OK;
	if (c) {
		*e = why;
		return c;
	}
	return form(r, part, response, out, e);
}

enum code part_read_all(struct describer *d, const struct entry *t, struct json *item,
	struct observation *o, struct err *e)
{
	struct reading r = { d, t, item, o->configuration, o, NULL };
	struct json *parts = json_new(d->a, JSON_OBJECT);
	enum code c = parts ? E_OK : err_nomem(e);

	for (size_t i = 0; i < t->n_parts && !c; i++) {
		struct json *v = NULL;

		if (!applies(&r, &t->parts[i]))
			continue;
		c = read_part(&r, &t->parts[i], &v, e);
		if (!c && v)
			json_add(parts, str_of(t->parts[i].name), v);
		if (c)
			(void)err_add(e, "part %s", t->parts[i].name);
	}
	if (!c && !arena_ok(d->a))
		c = err_nomem(e);
	if (!c)
		o->supplementary = parts;
	return c;
}
