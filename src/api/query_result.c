/* SPDX-License-Identifier: Apache-2.0 */
#include "api/query_result.h"

#include "api/query_property.h"
#include "base/must.h"
#include "db/leaf.h"
#include "json/read.h"
#include "json/write.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define PATH_BYTES  ((size_t)1 << 20)
/* Between these Java writes a double without an exponent. */
#define PLAIN_LEAST 1e-3
#define PLAIN_MOST  1e7

void query_result_init(struct query_result *r, const struct query_plan *plan, bool as_aws)
{
	*r = (struct query_result){ .plan = plan,
		.as_aws = as_aws,
		.memory = ARENA_INIT(QUERY_ROW_BYTES),
		.path = BUF_INIT(PATH_BYTES),
		.row = BUF_INIT(QUERY_ROW_BYTES) };
}

void query_result_release(struct query_result *r)
{
	arena_release(&r->memory);
	buf_release(&r->path);
	buf_release(&r->row);
}

const char *query_double_text(double v, char out[QUERY_DOUBLE_BYTES])
{
	char digits[32];
	char *exponent;

	out[0] = '\0';
	if (!isfinite(v))
		return out;
	if (v == 0 || (fabs(v) >= PLAIN_LEAST && fabs(v) < PLAIN_MOST)) {
		/* No more than 17 digits, of which at most 3 zeros stand in front. */
		for (int after = 1; after <= 20; after++) {
			snprintf(out, QUERY_DOUBLE_BYTES, "%.*f", after, v);
			if (strtod(out, NULL) == v)
				break;
		}
		return out;
	}
	for (int after = 1; after <= 16; after++) {
		snprintf(digits, sizeof(digits), "%.*e", after, v);
		if (strtod(digits, NULL) == v)
			break;
	}
	exponent = strchr(digits, 'e');
	*exponent = '\0';
	snprintf(out, QUERY_DOUBLE_BYTES, "%sE%ld", digits, strtol(exponent + 1, NULL, 10));
	return out;
}

/* ---- Values ---- */

static struct json *double_of(struct query_result *r, double v)
{
	char text[QUERY_DOUBLE_BYTES];

	if (!isfinite(v))
		return NULL;
	return json_number(&r->memory, arena_str(&r->memory, str_of(query_double_text(v, text))));
}

/* The path that leads to what is at hand, without indices of lists. */
static size_t enter(struct query_result *r, struct str name)
{
	const size_t before = r->path.n;

	if (before)
		buf_char(&r->path, '.');
	buf_str(&r->path, name);
	return before;
}

static void leave(struct query_result *r, size_t before)
{
	/* Nothing was ever written where there is no room. */
	if (r->path.cap) {
		r->path.n = before;
		r->path.p[before] = '\0';
	}
}

static struct json *scalar(struct query_result *r, const struct json *v)
{
	const struct str path = buf_slice(&r->path);
	const bool number_like =
		v->kind == JSON_NUMBER || (v->kind == JSON_STRING && query_path_is_number(path));
	struct json *out, *around;
	double number;

	if (number_like && leaf_number(v->text, &number))
		out = double_of(r, number);
	else
		out = json_copy(&r->memory, v);
	if (!out || !query_path_is_wrapped(path))
		return out;
	around = json_new(&r->memory, JSON_OBJECT);
	json_add(around, STR("value"), out);
	return around;
}

/* All of a value. */
// NOLINTNEXTLINE(misc-no-recursion): JSON_DEPTH_MAX
static struct json *convert(struct query_result *r, const struct json *v)
{
	struct json *out;

	if (v->kind == JSON_NULL)
		return NULL;
	if (v->kind != JSON_OBJECT && v->kind != JSON_ARRAY)
		return r->as_aws ? scalar(r, v) : json_copy(&r->memory, v);
	out = json_new(&r->memory, v->kind);
	for (const struct json *m = v->first; m && out; m = m->next) {
		const size_t before = v->kind == JSON_OBJECT ? enter(r, m->key) : r->path.n;
		struct json *one = convert(r, m);

		if (one && v->kind == JSON_OBJECT)
			json_add(out, m->key, one);
		else if (one)
			json_push(out, one);
		leave(r, before);
	}
	return out;
}

/* What was selected of a value; NULL: nothing of it. */
static struct json *choose(
	struct query_result *r, const struct json *v, const struct query_tree *t);

// NOLINTNEXTLINE(misc-no-recursion): JSON_DEPTH_MAX
static struct json *choose_members(
	struct query_result *r, const struct json *v, const struct query_tree *t)
{
	struct json *out = NULL;

	for (const struct query_tree *name = t->first; name; name = name->next) {
		const struct json *m = json_get_str(v, name->name);
		const size_t before = enter(r, name->name);
		struct json *one = m ? choose(r, m, name) : NULL;

		if (one && !out)
			out = json_new(&r->memory, JSON_OBJECT);
		if (one && out)
			json_add(out, name->name, one);
		leave(r, before);
	}
	return out;
}

/* `state.value` of a type whose state is a scalar. */
static struct json *choose_wrapped(
	struct query_result *r, const struct json *v, const struct query_tree *t)
{
	struct json *out = NULL, *one;

	if (v->kind == JSON_NULL || !query_path_is_wrapped(buf_slice(&r->path)))
		return NULL;
	for (const struct query_tree *name = t->first; name && !out; name = name->next) {
		if (!str_is(name->name, "value"))
			continue;
		one = r->as_aws ? scalar(r, v) : json_copy(&r->memory, v);
		if (r->as_aws)
			return one;
		out = json_new(&r->memory, JSON_OBJECT);
		json_add(out, STR("value"), one);
	}
	return out;
}

// NOLINTNEXTLINE(misc-no-recursion): JSON_DEPTH_MAX
static struct json *choose(struct query_result *r, const struct json *v, const struct query_tree *t)
{
	struct json *out = NULL;

	if (t->whole)
		return convert(r, v);
	if (v->kind == JSON_OBJECT)
		return choose_members(r, v, t);
	if (v->kind != JSON_ARRAY)
		return choose_wrapped(r, v, t);
	for (const struct json *m = v->first; m; m = m->next) {
		struct json *one = choose(r, m, t);

		if (one && !out)
			out = json_new(&r->memory, JSON_ARRAY);
		if (one)
			json_push(out, one);
	}
	return out;
}

/* ---- The document as queries see it ---- */

static struct json *tag_list(struct query_result *r, const struct json *map)
{
	struct json *list = json_new(&r->memory, JSON_ARRAY);

	for (const struct json *m = map ? map->first : NULL; m; m = m->next) {
		struct json *tag = json_new(&r->memory, JSON_OBJECT);

		if (!tag || m->kind == JSON_NULL)
			continue;
		json_add(tag, STR("key"), json_string(&r->memory, m->key));
		json_add(tag, STR("value"), json_string(&r->memory, m->text));
		json_add(tag, STR("tag"),
			json_string(&r->memory, arena_printf(&r->memory, "%.*s=%.*s",
							STR_ARG(m->key), STR_ARG(m->text))));
		json_push(list, tag);
	}
	return list;
}

/* In the order of the API's items. */
static struct json *link_list(struct query_result *r, const struct json *links)
{
	static const struct {
		const char *from, *to;
	} members[] = { { "resourceType", "resourceType" }, { "resourceId", "resourceId" },
		{ "resourceName", "resourceName" }, { "name", "relationshipName" } };
	struct json *list = json_new(&r->memory, JSON_ARRAY);

	for (const struct json *l = links ? links->first : NULL; l; l = l->next) {
		struct json *out = json_new(&r->memory, JSON_OBJECT);

		for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
			const struct str text = json_get_text(l, members[i].from);

			if (text.p)
				json_add(out, str_of(members[i].to), json_string(&r->memory, text));
		}
		json_push(list, out);
	}
	return list;
}

static bool is_aws_type(const struct query_result *r, const struct cell *cells)
{
	return r->plan->type < 0 || str_starts(cells[r->plan->type].text, STR("AWS::"));
}

static enum code read_document(
	struct query_result *r, const struct cell *cells, struct json **out, struct err *e)
{
	struct json *d = NULL;

	if (json_read(&r->memory, cells[r->plan->document].text, &d, e))
		return e->code;
	if (!is_aws_type(r, cells)) {
		json_remove(d, json_get(d, "configuration"));
		json_remove(d, json_get(d, "supplementaryConfiguration"));
	}
	json_set(d, STR("tags"), tag_list(r, json_get(d, "tags")));
	json_set(d, STR("relationships"), link_list(r, json_get(d, "relationships")));
	*out = d;
	return E_OK;
}

static enum code add_document(
	struct query_result *r, const struct cell *cells, struct json *row, struct err *e)
{
	struct json *document = NULL, *chosen;

	if (read_document(r, cells, &document, e))
		return e->code;
	must(document);
	chosen = choose(r, document, &r->plan->tree);
	while (chosen && chosen->first) {
		struct json *m = chosen->first;
		const struct str name = m->key;

		json_remove(chosen, m);
		json_set(row, name, m);
	}
	return E_OK;
}

/* ---- Rows ---- */

static struct json *figure(struct query_result *r, const struct cell *v)
{
	char text[LEAF_NUMBER_BYTES];

	if (v->kind == CELL_TEXT)
		return json_string(&r->memory, v->text);
	if (v->kind == CELL_NULL)
		return NULL;
	if (r->as_aws || v->kind == CELL_INT)
		return double_of(r, v->kind == CELL_INT ? (double)v->i : v->r);
	if (!isfinite(v->r))
		return NULL;
	return json_number(&r->memory, arena_str(&r->memory, str_of(leaf_number_text(v->r, text))));
}

/* The value a group has in common, from its JSON text. */
static struct json *common(struct query_result *r, const struct cell *v, struct err *e)
{
	struct json *value = NULL;
	double number;

	if (v->kind != CELL_TEXT || json_read(&r->memory, v->text, &value, e))
		return NULL;
	if (r->as_aws && value->kind == JSON_NUMBER && leaf_number(value->text, &number))
		return double_of(r, number);
	return value;
}

static struct json *value_of(struct query_result *r, const struct query_field *f,
	const struct cell *cells, struct err *e)
{
	const struct cell *v;

	if (f->column < 0)
		return NULL;
	v = &cells[f->column];
	switch (f->kind) {
	case FIELD_COLUMN: return v->kind == CELL_TEXT ? json_string(&r->memory, v->text) : NULL;
	case FIELD_COUNT: return json_int(&r->memory, v->i);
	case FIELD_FIGURE: return figure(r, v);
	case FIELD_VALUE: return common(r, v, e);
	case FIELD_DOCUMENT: break;
	}
	return NULL;
}

/* Put a value where its name says, into the objects on the way. */
static void place(
	struct query_result *r, struct json *row, const struct query_field *f, struct json *value)
{
	struct json *at = row;

	for (size_t k = 0; value && at && k + 1 < f->n; k++) {
		struct json *next = json_get_str(at, f->parts[k]);

		if (!json_is(next, JSON_OBJECT)) {
			next = json_new(&r->memory, JSON_OBJECT);
			json_set(at, f->parts[k], next);
		}
		at = next;
	}
	if (value && at)
		json_set(at, f->parts[f->n - 1], value);
}

/* None of these stands in JSON outside of texts. */
static void escape(const struct buf *plain, struct buf *out)
{
	for (size_t i = 0; i < plain->n; i++) {
		const char c = plain->p[i];

		if (c == '=' || c == '<' || c == '>' || c == '&' || c == '\'')
			buf_printf(out, "\\u%04x", (unsigned)c);
		else
			buf_char(out, c);
	}
}

static enum code write_row(struct query_result *r, const struct json *row, struct err *e)
{
	struct buf plain = BUF_INIT(QUERY_ROW_BYTES);
	const bool whole = arena_ok(&r->memory) && buf_ok(&r->path);

	buf_clear(&r->row);
	json_write(r->as_aws ? &plain : &r->row, row);
	if (r->as_aws)
		escape(&plain, &r->row);
	if (r->row.full || plain.full || r->memory.full)
		err_set(e, E_TOOBIG, "a row of the answer is over %zu MiB", QUERY_ROW_BYTES >> 20);
	else if (!whole || !buf_ok(&r->row) || !buf_ok(&plain))
		err_nomem(e);
	buf_release(&plain);
	return e->code;
}

enum code query_result_row(
	struct query_result *r, const struct cell *cells, struct str *out, struct err *e)
{
	struct json *row;

	arena_release(&r->memory);
	row = json_new(&r->memory, JSON_OBJECT);
	if (!row)
		return err_nomem(e);
	for (size_t i = 0; i < r->plan->n_fields; i++)
		place(r, row, &r->plan->fields[i], value_of(r, &r->plan->fields[i], cells, e));
	if (e->code)
		return e->code;
	if (r->plan->document >= 0 && add_document(r, cells, row, e))
		return e->code;
	if (write_row(r, row, e))
		return e->code;
	*out = buf_slice(&r->row);
	return E_OK;
}
