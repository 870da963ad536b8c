/* SPDX-License-Identifier: Apache-2.0 */
#include "api/model.h"
#include "base/must.h"
#include "json/write.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Violations are told until their text is this long; one more of them is shorter than the rest of
 * MODEL_MESSAGE_MAX_BYTES: the largest enum and what VALUE_MAX_BYTES lets through. */
#define TOLD_MAX_BYTES  ((size_t)1 << 15)
#define VALUE_MAX_BYTES ((size_t)1024)
#define PATH_MAX_BYTES  ((size_t)1024)

/* Where a value stands: the way from the body to it. */
struct place {
	const struct place *up;
	struct str name; /* of a member or of a map's entry; else STR_NONE */
	size_t position; /* of a list's element, from 1; 0: it is a member */
	bool entry;      /* of a map */
};

struct check {
	const struct model_operation *op;
	struct arena *a;
	struct buf told; /* the violations */
	unsigned n;
	struct buf instead;  /* the text of the first that is answered otherwise */
	const char *another; /* and the exception */
	const char *wrong;   /* a SerializationException's text */
	char wrong_text[80];
};

/* Names of the service's classes, as they look in lists of them. */
#define CLASS "com.amazonaws.starling.dove."

static void add_lower(struct buf *b, struct str name)
{
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
			  lower[] = "abcdefghijklmnopqrstuvwxyz";
	const char *found = name.n ? memchr(upper, name.p[0], sizeof(upper) - 1) : NULL;

	if (found)
		buf_char(b, lower[found - upper]);
	buf_str(b, found ? str_from(name, 1) : name);
}

static void add_path(struct buf *b, const struct place *at)
{
	const struct place *way[2 * MODEL_DEPTH_MAX];
	size_t n = 0;

	for (; at; at = at->up) {
		must(n < sizeof(way) / sizeof(way[0]));
		way[n++] = at;
	}
	while (n--) {
		if (b->n)
			buf_char(b, '.');
		if (way[n]->position)
			buf_printf(b, "%zu.member", way[n]->position);
		else if (way[n]->entry)
			buf_printf(b, "%.*s.member", STR_ARG(way[n]->name));
		else
			add_lower(b, way[n]->name);
	}
}

/* As much of @s as fits before @end, whole characters only. */
static void add_cut(struct buf *b, struct str s, size_t end)
{
	size_t room = b->n < end ? end - b->n : 0;

	if (s.n <= room) {
		buf_str(b, s);
		return;
	}
	while (room && ((unsigned char)s.p[room] & 0xC0) == 0x80)
		room--;
	buf_str(b, (struct str){ s.p, room });
	buf_text(b, "...");
}

/* A number that stands for what is in @v, the same whenever it is the same. Documents are at most
 * JSON_DEPTH_MAX deep: json/read.h refuses more. */
// NOLINTNEXTLINE(misc-no-recursion)
static uint32_t hash(const struct json *v, uint32_t h)
{
	for (size_t i = 0; i < v->text.n; i++)
		h = (h ^ (unsigned char)v->text.p[i]) * 16777619U;
	for (const struct json *c = v->first; c; c = c->next)
		h = hash(c, (h ^ (uint32_t)c->key.n) * 16777619U);
	return h;
}

static void add_element(
	struct buf *b, const struct model_shape *s, const struct json *v, size_t end)
{
	if (v->kind == JSON_NULL)
		buf_text(b, "null");
	else if (v->kind == JSON_OBJECT || v->kind == JSON_ARRAY)
		buf_printf(b, CLASS "%s@%x", s->name, hash(v, 2166136261U));
	else
		add_cut(b, v->text, end);
}

static void add_value(struct buf *b, const struct model_shape *s, const struct json *v)
{
	bool map = s->kind == MODEL_MAP;
	size_t end = b->n + VALUE_MAX_BYTES;

	if (s->kind != MODEL_LIST && !map) {
		add_element(b, s, v, end);
		return;
	}
	buf_char(b, map ? '{' : '[');
	for (const struct json *c = v->first; c; c = c->next) {
		if (b->n >= end) {
			buf_text(b, "...");
			break;
		}
		if (map) {
			add_cut(b, c->key, end);
			buf_char(b, '=');
		}
		add_element(b, &model_shapes[s->element], c, end);
		if (c->next)
			buf_text(b, ", ");
	}
	buf_char(b, map ? '}' : ']');
}

static const struct model_exemption *exempt(
	const struct check *k, const char *path, enum model_constraint constraint)
{
	for (size_t i = 0; i < model_exemptions_n; i++) {
		const struct model_exemption *x = &model_exemptions[i];

		if (x->constraint == constraint && strcmp(x->path, path) == 0 &&
			strcmp(x->operation, k->op->name) == 0)
			return x;
	}
	return NULL;
}

/* Where the text of a violation goes; NULL: nowhere. */
static struct buf *reserve(
	struct check *k, const struct place *at, enum model_constraint constraint, struct buf *path)
{
	const struct model_exemption *x;

	add_path(path, at);
	x = exempt(k, path->p, constraint);
	if (x && (!x->error || k->another))
		return NULL;
	if (x) {
		k->another = x->error;
		return &k->instead;
	}
	if (k->n++ && k->told.n < TOLD_MAX_BYTES)
		buf_text(&k->told, "; ");
	return k->told.n < TOLD_MAX_BYTES ? &k->told : NULL;
}

/* What must be, in AWS's words. */
static void add_rule(struct buf *b, const struct model_shape *s, enum model_constraint constraint)
{
	const char *of = s->kind == MODEL_INTEGER || s->kind == MODEL_DOUBLE ? "value" : "length";

	switch (constraint) {
	case MODEL_REQUIRED: buf_text(b, "Member must not be null"); break;
	case MODEL_MAX:
		buf_printf(
			b, "Member must have %s less than or equal to %lld", of, (long long)s->max);
		break;
	case MODEL_MIN:
		buf_printf(b, "Member must have %s greater than or equal to %lld", of,
			(long long)s->min);
		break;
	case MODEL_ENUM:
		buf_text(b, "Member must satisfy enum value set: [");
		for (size_t i = 0; i < s->values_n; i++)
			buf_printf(b, "%s%s", i ? ", " : "", s->values[i]);
		buf_char(b, ']');
		break;
	case MODEL_PATTERN:
		buf_printf(b, "Member must satisfy regular expression pattern: %s", s->pattern);
		break;
	}
}

/* Every rule that texts or numbers of a shape are under; @null: one of them is null. */
static void add_rules(struct buf *b, const struct model_shape *s, bool null)
{
	const bool has[] = { [MODEL_MIN] = s->has_min,
		[MODEL_MAX] = s->has_max,
		[MODEL_ENUM] = s->values,
		[MODEL_PATTERN] = s->pattern,
		[MODEL_REQUIRED] = null };
	const enum model_constraint order[] = { MODEL_MAX, MODEL_MIN, MODEL_ENUM, MODEL_PATTERN,
		MODEL_REQUIRED };
	bool comma = false;

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (!has[order[i]])
			continue;
		buf_text(b, comma ? ", " : "");
		add_rule(b, s, order[i]);
		comma = true;
	}
}

/* "Value 'X' at 'path' failed to satisfy constraint: "; @v NULL: there is none. */
static struct buf *begin(struct check *k, const struct place *at, const struct model_shape *s,
	const struct json *v, enum model_constraint constraint)
{
	struct buf path = BUF_INIT(PATH_MAX_BYTES), *b = reserve(k, at, constraint, &path);

	if (b) {
		buf_text(b, v ? "Value '" : "Value null");
		if (v) {
			add_value(b, s, v);
			buf_char(b, '\'');
		}
		buf_printf(b, " at '%s' failed to satisfy constraint: ", path.p);
	}
	buf_release(&path);
	return b;
}

static void violate(struct check *k, const struct place *at, const struct model_shape *s,
	const struct json *v, enum model_constraint constraint)
{
	struct buf *b = begin(k, at, s, v, constraint);

	if (b)
		add_rule(b, s, constraint);
}

/* What scalars in a list or map break (@bits) is told of the whole of it. */
static void violate_within(struct check *k, const struct place *at, const struct model_shape *s,
	const struct json *v, const struct model_shape *scalar, unsigned bits)
{
	struct buf *b = begin(k, at, s, v, MODEL_PATTERN);

	if (!b)
		return;
	buf_text(b, s->kind == MODEL_LIST                 ? "Member must satisfy constraint: ["
		    : scalar == &model_shapes[s->map_key] ? "Map keys must satisfy constraint: ["
							  : "Map value must satisfy constraint: [");
	add_rules(b, scalar, bits & 1U << MODEL_REQUIRED);
	buf_char(b, ']');
}

static int64_t characters(struct str s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static bool enumerated(const struct model_shape *s, struct str text)
{
	size_t low = 0, high = s->values_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int d = str_cmp(text, str_of(s->values[s->sorted[middle]]));

		if (d == 0)
			return true;
		if (d < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return s->also && model_matches(s->also, text);
}

/* The rules that a scalar breaks, as bits; 0: none. */
static unsigned broken(const struct model_shape *s, struct str text, enum json_kind kind)
{
	unsigned bits = 0;
	int64_t n;

	if (kind == JSON_NULL)
		return 1U << MODEL_REQUIRED;
	if (s->has_min || s->has_max) {
		n = s->kind == MODEL_INTEGER ? strtoll(text.p, NULL, 10) : characters(text);
		bits |= s->has_min && n < s->min ? 1U << MODEL_MIN : 0;
		bits |= s->has_max && n > s->max ? 1U << MODEL_MAX : 0;
	}
	if (s->values && !enumerated(s, text))
		bits |= 1U << MODEL_ENUM;
	if (s->automaton && !model_matches(s->automaton, text))
		bits |= 1U << MODEL_PATTERN;
	return bits;
}

static void check_scalar(
	struct check *k, const struct model_shape *s, const struct json *v, const struct place *at)
{
	const enum model_constraint order[] = { MODEL_MAX, MODEL_MIN, MODEL_ENUM, MODEL_PATTERN };
	unsigned bits = broken(s, v->text, v->kind);

	for (size_t i = 0; bits && i < sizeof(order) / sizeof(order[0]); i++)
		if (bits & 1U << order[i])
			violate(k, at, s, v, order[i]);
}

/* ---- kinds ---- */

static bool wrong(struct check *k, const struct json *v, const char *wanted)
{
	const char *token = v->kind == JSON_NUMBER    ? "NUMBER_VALUE"
			    : v->kind == JSON_STRING  ? "STRING_VALUE"
			    : str_is(v->text, "true") ? "TRUE_VALUE"
						      : "FALSE_VALUE";

	if (v->kind == JSON_OBJECT) {
		k->wrong = "Start of structure or map found where not expected.";
	} else if (v->kind == JSON_ARRAY) {
		k->wrong = "Start of list found where not expected";
	} else {
		snprintf(k->wrong_text, sizeof(k->wrong_text), "%s can not be converted to %s",
			token, wanted);
		k->wrong = k->wrong_text;
	}
	return false;
}

static bool digits(struct str s)
{
	size_t i = s.n && s.p[0] == '-';

	for (; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return true;
}

/* A whole number as such; ends in NUL. */
static bool take_integer(struct check *k, const struct model_shape *s, struct json *v)
{
	const char *wanted = s->wide ? "a Long" : "an Integer";
	long long n;
	double d;

	if (v->kind != JSON_NUMBER)
		return wrong(k, v, wanted);
	if (!digits(v->text)) {
		d = strtod(v->text.p, NULL);
		if (!(d > -9e15 && d < 9e15) || d != (double)(long long)d)
			return wrong(k, v, wanted);
		v->text = arena_printf(k->a, "%lld", (long long)d);
	}
	errno = 0;
	n = strtoll(v->text.p, NULL, 10);
	if (errno || (!s->wide && (n > INT32_MAX || n < INT32_MIN)))
		return wrong(k, v, wanted);
	return true;
}

/* Between the years -9999 and 9999. */
static bool take_time(struct check *k, const struct json *v)
{
	double d = v->kind == JSON_NUMBER ? strtod(v->text.p, NULL) : 0;

	if (v->kind != JSON_NUMBER || !(d > -377705116800.0 && d < 253402300800.0))
		return wrong(k, v, "milliseconds since epoch");
	return true;
}

static bool take_scalar(struct check *k, const struct model_shape *s, struct json *v)
{
	switch (s->kind) {
	case MODEL_STRING:
	case MODEL_BLOB: return v->kind == JSON_STRING || wrong(k, v, "a String");
	case MODEL_BOOLEAN: return v->kind == JSON_BOOL || wrong(k, v, "a Boolean");
	case MODEL_INTEGER: return take_integer(k, s, v);
	case MODEL_DOUBLE: return v->kind == JSON_NUMBER || wrong(k, v, "a Double");
	case MODEL_TIME: return take_time(k, v);
	case MODEL_STRUCTURE:
	case MODEL_LIST:
	case MODEL_MAP: break;
	}
	return false;
}

/* A container must be of its kind. */
static bool take_container(struct check *k, const struct model_shape *s, const struct json *v)
{
	if (v->kind == (s->kind == MODEL_LIST ? JSON_ARRAY : JSON_OBJECT))
		return true;
	if (v->kind == JSON_OBJECT || v->kind == JSON_ARRAY)
		return wrong(k, v, "");
	k->wrong = s->kind == MODEL_LIST  ? "Expected list or null"
		   : s->kind == MODEL_MAP ? "Expected map or null"
					  : "Expected structure or null";
	return false;
}

/* ---- the walk: as deep as the shapes, MODEL_DEPTH_MAX ---- */

static bool check_value(
	struct check *k, const struct model_shape *s, struct json *v, const struct place *at);

static bool scalar(const struct model_shape *s)
{
	return s->kind != MODEL_STRUCTURE && s->kind != MODEL_LIST && s->kind != MODEL_MAP;
}

/* The children of @v, which is then empty: what stays is pushed again. */
static struct json *unhang(struct json *v)
{
	struct json *first = v->first;

	v->first = v->last = NULL;
	v->n = 0;
	return first;
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool check_structure(
	struct check *k, const struct model_shape *s, struct json *v, const struct place *at)
{
	uint64_t present = 0;
	size_t hint = 0;

	for (struct json *c = unhang(v), *next; c; c = next) {
		const struct model_member *m = model_member_find(s, c->key, &hint);
		struct place here = { at, c->key, 0, false };

		next = c->next;
		if (!m || c->kind == JSON_NULL)
			continue;
		json_push(v, c);
		present |= UINT64_C(1) << (m - s->members);
		if (!check_value(k, &model_shapes[m->shape], c, &here))
			return false;
	}
	for (size_t i = 0; i < s->members_n; i++) {
		const struct model_member *m = &s->members[i];
		struct place here = { at, str_of(m->name), 0, false };

		if (m->required && !(present & UINT64_C(1) << i))
			violate(k, &here, &model_shapes[m->shape], NULL, MODEL_REQUIRED);
	}
	return true;
}

static void check_size(
	struct check *k, const struct model_shape *s, const struct json *v, const struct place *at)
{
	if (s->has_max && v->n > (uint64_t)s->max)
		violate(k, at, s, v, MODEL_MAX);
	if (s->has_min && v->n < (uint64_t)s->min)
		violate(k, at, s, v, MODEL_MIN);
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool check_list(
	struct check *k, const struct model_shape *s, struct json *v, const struct place *at)
{
	const struct model_shape *element = &model_shapes[s->element];
	struct place here = { at, STR_NONE, 0, false };
	unsigned bits = 0;

	check_size(k, s, v, at);
	for (struct json *c = v->first; c; c = c->next) {
		here.position++;
		if (scalar(element)) {
			if (c->kind != JSON_NULL && !take_scalar(k, element, c))
				return false;
			bits |= broken(element, c->text, c->kind);
		} else if (c->kind == JSON_NULL) {
			violate(k, &here, element, NULL, MODEL_REQUIRED);
		} else if (!check_value(k, element, c, &here)) {
			return false;
		}
	}
	if (bits)
		violate_within(k, at, s, v, element, bits);
	return true;
}

// NOLINTNEXTLINE(misc-no-recursion)
static bool check_map(
	struct check *k, const struct model_shape *s, struct json *v, const struct place *at)
{
	const struct model_shape *element = &model_shapes[s->element],
				 *name = &model_shapes[s->map_key];
	unsigned names = 0, values = 0;

	for (struct json *c = unhang(v), *next; c; c = next) {
		struct place here = { at, c->key, 0, true };

		next = c->next;
		if (c->kind == JSON_NULL)
			continue;
		json_push(v, c);
		names |= broken(name, c->key, JSON_STRING);
		if (!scalar(element)) {
			if (!check_value(k, element, c, &here))
				return false;
		} else if (take_scalar(k, element, c)) {
			values |= broken(element, c->text, c->kind);
		} else {
			return false;
		}
	}
	check_size(k, s, v, at);
	if (names)
		violate_within(k, at, s, v, name, names);
	if (values)
		violate_within(k, at, s, v, element, values);
	return true;
}

/* False: a value of the wrong kind, and k->wrong says so. */
// NOLINTNEXTLINE(misc-no-recursion)
static bool check_value(
	struct check *k, const struct model_shape *s, struct json *v, const struct place *at)
{
	if (scalar(s)) {
		if (!take_scalar(k, s, v))
			return false;
		check_scalar(k, s, v, at);
		return true;
	}
	if (!take_container(k, s, v))
		return false;
	if (s->kind == MODEL_STRUCTURE)
		return check_structure(k, s, v, at);
	return s->kind == MODEL_LIST ? check_list(k, s, v, at) : check_map(k, s, v, at);
}

/* What is answered; NULL: nothing is wrong. */
static const char *conclude(struct check *k, bool kinds, struct buf *message)
{
	if (!kinds) {
		buf_text(message, k->wrong);
		return "SerializationException";
	}
	if (k->n) {
		buf_printf(message, "%u validation error%s detected: ", k->n, k->n > 1 ? "s" : "");
		buf_str(message, buf_slice(&k->told));
		return "ValidationException";
	}
	if (k->another)
		buf_str(message, buf_slice(&k->instead));
	return k->another;
}

enum code model_check(const struct model_operation *op, struct json *input, struct arena *a,
	const char **error, struct buf *message, struct err *e)
{
	struct check k = { .op = op,
		.a = a,
		.told = BUF_INIT(MODEL_MESSAGE_MAX_BYTES),
		.instead = BUF_INIT(MODEL_MESSAGE_MAX_BYTES) };
	bool kinds = check_value(&k, &model_shapes[op->input], input, NULL);
	const char *answer = conclude(&k, kinds, message);
	enum code c = E_OK;

	if (!arena_ok(a) || !buf_ok(&k.told) || !buf_ok(&k.instead) ||
		(!buf_ok(message) && !message->full))
		c = err_nomem(e);
	else if (!buf_ok(message))
		c = err_set(
			e, E_TOOBIG, "check a request of %s: too much is wrong with it", op->name);
	else if (answer)
		c = err_set(e, E_INVALID, "check a request of %s: %s", op->name, message->p);
	if (c == E_INVALID)
		*error = answer;
	buf_release(&k.told);
	buf_release(&k.instead);
	return c;
}
