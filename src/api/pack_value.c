/* SPDX-License-Identifier: Apache-2.0 */
#include "api/pack_value.h"

#include "base/buf.h"
#include "json/order.h"
#include <stdlib.h>

#define NODE_BYTES 64
#define DEPTH_MAX  150
#define LIST_MAX   10 /* of And and Or, as CloudFormation has it */

typedef enum code value_fn(
	struct pack_values *p, const struct json *argument, const struct json **out);
typedef enum code truth_fn(struct pack_values *p, const struct json *argument, bool *out);

bool pack_scalar(const struct json *v)
{
	return json_is(v, JSON_STRING) || json_is(v, JSON_NUMBER) || json_is(v, JSON_BOOL);
}

static enum code spend(struct pack_values *p, size_t bytes)
{
	p->made += bytes;
	return p->made > PACK_MADE_BYTES_MAX
		       ? err_set(p->e, E_TOOBIG, "the functions of the template make too much")
		       : E_OK;
}

static enum code deeper(struct pack_values *p)
{
	return p->depth++ >= DEPTH_MAX
		       ? err_set(p->e, E_TOOBIG, "the template is nested too deeply")
		       : E_OK;
}

static enum code give(struct pack_values *p, struct str text, const struct json **out)
{
	*out = json_string(p->a, text);
	if (!*out || !arena_ok(p->a))
		return err_nomem(p->e);
	return spend(p, NODE_BYTES + text.n);
}

static enum code give_copy(struct pack_values *p, const struct json *v, const struct json **out)
{
	*out = v;
	return spend(p, NODE_BYTES + v->text.n + v->n * NODE_BYTES);
}

static const struct json *element(const struct json *list, size_t n)
{
	const struct json *v = json_is(list, JSON_ARRAY) ? list->first : NULL;

	while (v && n--)
		v = v->next;
	return v;
}

static enum code wants(struct pack_values *p, const char *function, const char *what)
{
	return err_set(
		p->e, E_INVALID, "Template error: every %s object requires %s", function, what);
}

/* References */

/* STR_NONE: there is none of that name. */
static struct str pseudo(const struct pack_values *p, struct str name)
{
	const struct pack_scope *s = p->scope;
	struct str region = str_of(s->region);
	bool china = str_starts(region, STR("cn-"));

	if (str_is(name, "AWS::AccountId"))
		return str_of(s->account);
	if (str_is(name, "AWS::Region"))
		return region;
	if (str_is(name, "AWS::StackName"))
		return str_of(s->name);
	if (str_is(name, "AWS::StackId"))
		return str_of(s->arn);
	if (str_is(name, "AWS::Partition")) {
		if (str_starts(region, STR("us-gov-")))
			return STR("aws-us-gov");
		return china ? STR("aws-cn") : STR("aws");
	}
	if (str_is(name, "AWS::URLSuffix"))
		return china ? STR("amazonaws.com.cn") : STR("amazonaws.com");
	return STR_NONE;
}

static enum code refer(struct pack_values *p, struct str name, const struct json **out)
{
	const struct json *v = json_get_str(p->parameters, name);
	struct str text;

	if (!v)
		v = json_get_str(p->rules, name);
	if (v)
		return give_copy(p, v, out);
	text = pseudo(p, name);
	if (!text.p)
		return err_set(p->e, E_INVALID,
			"Template format error: Unresolved resource dependencies [%.*s] in the Resources block of the template",
			STR_ARG(name));
	return give(p, text, out);
}

static enum code ref(struct pack_values *p, const struct json *argument, const struct json **out)
{
	if (!json_is(argument, JSON_STRING))
		return wants(p, "Ref", "a name");
	if (str_is(argument->text, "AWS::NoValue")) {
		*out = NULL;
		return E_OK;
	}
	return refer(p, argument->text, out);
}

/* Texts */

enum code pack_text(struct pack_values *p, const struct json *v, const char *what, struct str *out)
{
	const struct json *value = NULL;
	enum code c = pack_value(p, v, &value);

	*out = STR_NONE;
	if (c)
		return c;
	if (!value || !pack_scalar(value))
		return err_set(p->e, E_INVALID, "Template error: %s must be a string", what);
	*out = value->text;
	return E_OK;
}

/* Between "${" and "}". */
static enum code substitute(
	struct pack_values *p, const struct json *names, struct str name, struct buf *out)
{
	const struct json *v = json_get_str(names, name);
	struct str text = STR_NONE;

	if (name.n && name.p[0] == '!') {
		buf_text(out, "${");
		buf_str(out, str_from(name, 1));
		buf_char(out, '}');
		return E_OK;
	}
	if (v) {
		if (pack_text(p, v, "a value of Fn::Sub", &text))
			return p->e->code;
	} else {
		if (refer(p, name, &v))
			return p->e->code;
		if (!pack_scalar(v))
			return err_set(p->e, E_INVALID,
				"Template error: variable %.*s in Fn::Sub expression does not resolve to a string",
				STR_ARG(name));
		text = v->text;
	}
	buf_str(out, text);
	return spend(p, text.n);
}

static enum code expand(
	struct pack_values *p, const struct json *names, struct str text, struct buf *out)
{
	while (text.n) {
		size_t n = str_find(text, '$'), end;

		buf_add(out, text.p, n);
		text = str_from(text, n);
		if (!text.n)
			break;
		end = str_find(text, '}');
		if (text.n < 2 || text.p[1] != '{' || end == text.n) {
			buf_char(out, '$');
			text = str_from(text, 1);
			continue;
		}
		if (substitute(p, names, (struct str){ text.p + 2, end - 2 }, out))
			return p->e->code;
		text = str_from(text, end + 1);
	}
	return E_OK;
}

static enum code sub(struct pack_values *p, const struct json *argument, const struct json **out)
{
	const struct json *text = json_is(argument, JSON_ARRAY) ? argument->first : argument;
	const struct json *names = json_is(argument, JSON_ARRAY) ? element(argument, 1) : NULL;
	struct buf b = BUF_INIT(2 * PACK_MADE_BYTES_MAX);
	enum code c;

	if (!json_is(text, JSON_STRING) || (names && names->kind != JSON_OBJECT))
		return wants(p, "Fn::Sub", "a string, or a list of a string and an object");
	c = expand(p, names, text->text, &b);
	if (!c && !buf_ok(&b))
		c = err_nomem(p->e);
	if (!c)
		c = give(p, arena_str(p->a, buf_slice(&b)), out);
	buf_release(&b);
	return c;
}

static enum code join_parts(
	struct pack_values *p, const struct json *list, struct str between, struct buf *b)
{
	for (const struct json *v = list->first; v; v = v->next) {
		struct str text = STR_NONE;

		if (pack_text(p, v, "an element of Fn::Join", &text))
			return p->e->code;
		if (v != list->first)
			buf_str(b, between);
		buf_str(b, text);
		if (spend(p, text.n + between.n))
			return p->e->code;
	}
	return E_OK;
}

static enum code join(struct pack_values *p, const struct json *argument, const struct json **out)
{
	const struct json *between = element(argument, 0), *list = element(argument, 1);
	struct buf b = BUF_INIT(2 * PACK_MADE_BYTES_MAX);
	enum code c;

	if (!json_is(between, JSON_STRING) || !list || pack_value(p, list, &list) ||
		!json_is(list, JSON_ARRAY))
		return p->e->code ? p->e->code
				  : wants(p, "Fn::Join", "a list of a delimiter and a list");
	c = join_parts(p, list, between->text, &b);
	if (!c && !buf_ok(&b))
		c = err_nomem(p->e);
	if (!c)
		c = give(p, arena_str(p->a, buf_slice(&b)), out);
	buf_release(&b);
	return c;
}

static enum code split(struct pack_values *p, const struct json *argument, const struct json **out)
{
	const struct json *between = element(argument, 0), *whole = element(argument, 1);
	struct json *list = json_new(p->a, JSON_ARRAY);
	struct str text = STR_NONE, by;

	if (!json_is(between, JSON_STRING) || !between->text.n || !whole)
		return wants(p, "Fn::Split", "a list of a delimiter and a string");
	by = between->text;
	if (pack_text(p, whole, "what Fn::Split splits", &text))
		return p->e->code;
	for (;;) {
		size_t n = 0;

		while (n < text.n && !str_starts(str_from(text, n), by))
			n++;
		if (spend(p, NODE_BYTES))
			return p->e->code;
		json_push(list, json_string(p->a, (struct str){ text.p, n }));
		if (n == text.n)
			break;
		text = str_from(text, n + by.n);
	}
	*out = list;
	return arena_ok(p->a) ? E_OK : err_nomem(p->e);
}

static enum code choose(struct pack_values *p, const struct json *argument, const struct json **out)
{
	const struct json *at = element(argument, 0), *list = element(argument, 1), *v = NULL;
	struct str text = STR_NONE;

	if (!at || !list)
		return wants(p, "Fn::Select", "a list of an index and a list");
	if (pack_text(p, at, "the index of Fn::Select", &text) || pack_value(p, list, &list))
		return p->e->code;
	if (text.n && text.n < 6 && strspn(text.p, "0123456789") >= text.n)
		v = element(list, (size_t)strtoul(text.p, NULL, 10));
	if (!v)
		return err_set(p->e, E_INVALID,
			"Template error: Fn::Select cannot select nonexistent value at index %.*s",
			STR_ARG(text));
	return pack_value(p, v, out);
}

static enum code find_in_map(
	struct pack_values *p, const struct json *argument, const struct json **out)
{
	const struct json *v = p->mappings;

	for (size_t i = 0; i < 3; i++) {
		const struct json *at = element(argument, i);
		struct str name = STR_NONE;

		if (!at)
			return wants(p, "Fn::FindInMap", "a list of three names");
		if (pack_text(p, at, "a name in Fn::FindInMap", &name))
			return p->e->code;
		v = json_get_str(v, name);
		if (!v)
			return err_set(p->e, E_INVALID,
				"Template error: Unable to get mapping for \"%.*s\"",
				STR_ARG(name));
	}
	if (!pack_scalar(v) && !json_is(v, JSON_ARRAY))
		return wants(p, "Fn::FindInMap", "a value that is a string or a list");
	return give_copy(p, v, out);
}

/* Conditions */

static enum code truth(struct pack_values *p, const struct json *v, bool *out);

static enum code equals(struct pack_values *p, const struct json *argument, bool *out)
{
	const struct json *a = element(argument, 0), *b = element(argument, 1);

	if (!b || argument->n != 2)
		return wants(p, "Fn::Equals", "a list of two values");
	if (pack_value(p, a, &a) || pack_value(p, b, &b))
		return p->e->code;
	if (pack_scalar(a) && pack_scalar(b))
		*out = str_eq(a->text, b->text);
	else
		*out = a && b ? json_equal(a, b) : a == b;
	return E_OK;
}

static enum code all_or_any(struct pack_values *p, const struct json *argument, bool all, bool *out)
{
	if (!json_is(argument, JSON_ARRAY) || argument->n < 2 || argument->n > LIST_MAX)
		return wants(p, all ? "Fn::And" : "Fn::Or", "a list of 2 to 10 conditions");
	*out = all;
	for (const struct json *v = argument->first; v; v = v->next) {
		bool one = false;

		if (truth(p, v, &one))
			return p->e->code;
		if (one != all)
			*out = one;
	}
	return E_OK;
}

static enum code and_(struct pack_values *p, const struct json *argument, bool *out)
{
	return all_or_any(p, argument, true, out);
}

static enum code or_(struct pack_values *p, const struct json *argument, bool *out)
{
	return all_or_any(p, argument, false, out);
}

static enum code not_(struct pack_values *p, const struct json *argument, bool *out)
{
	if (!json_is(argument, JSON_ARRAY) || argument->n != 1)
		return wants(p, "Fn::Not", "a list of one condition");
	if (truth(p, argument->first, out))
		return p->e->code;
	*out = !*out;
	return E_OK;
}

static enum code named(struct pack_values *p, const struct json *argument, bool *out)
{
	if (!json_is(argument, JSON_STRING))
		return wants(p, "Condition", "a name");
	return pack_condition(p, argument->text, out);
}

enum code pack_condition(struct pack_values *p, struct str name, bool *out)
{
	const struct json *v = json_get_str(p->conditions, name);
	const struct json *known = json_get_str(p->known, name);
	enum code c;

	if (known && known->kind == JSON_BOOL) {
		*out = str_is(known->text, "true");
		return E_OK;
	}
	if (known)
		return err_set(p->e, E_INVALID,
			"Template error: Found circular condition dependency: %.*s", STR_ARG(name));
	if (!v)
		return err_set(p->e, E_INVALID, "Template error: Unresolved condition %.*s",
			STR_ARG(name));
	json_set(p->known, name, json_new(p->a, JSON_NULL));
	c = truth(p, v, out);
	if (!c) {
		json_set(p->known, name, json_bool(p->a, *out));
		if (!arena_ok(p->a))
			c = err_nomem(p->e);
	}
	return c;
}

static enum code if_(struct pack_values *p, const struct json *argument, const struct json **out)
{
	const struct json *name = element(argument, 0);
	bool yes = false;

	if (!json_is(name, JSON_STRING) || argument->n != 3)
		return wants(p, "Fn::If", "a list of a condition's name and two values");
	if (pack_condition(p, name->text, &yes))
		return p->e->code;
	return pack_value(p, element(argument, yes ? 1 : 2), out);
}

/* Dispatch */

/* "Sub" of {"Fn::Sub": ...} and {"!Sub": ...}, "Ref" of {"Ref": ...}; STR_NONE: no function. */
static struct str function_of(const struct json *v)
{
	struct str key = json_is(v, JSON_OBJECT) && v->n == 1 ? v->first->key : STR_NONE;

	if (str_is(key, "Ref"))
		return key;
	if (str_starts(key, STR("Fn::")))
		return str_from(key, 4);
	return str_starts(key, STR("!")) ? str_from(key, 1) : STR_NONE;
}

static enum code truth(struct pack_values *p, const struct json *v, bool *out)
{
	static const struct {
		const char *name;
		truth_fn *fn;
	} functions[] = { { "Equals", equals }, { "And", and_ }, { "Or", or_ }, { "Not", not_ },
		{ "Condition", named } };
	struct str name = function_of(v);
	enum code c = deeper(p);

	if (!name.p && json_is(v, JSON_OBJECT) && v->n == 1)
		name = v->first->key;
	for (size_t i = 0; !c && i < sizeof(functions) / sizeof(*functions); i++) {
		if (!str_is(name, functions[i].name))
			continue;
		c = functions[i].fn(p, v->first, out);
		p->depth--;
		return c;
	}
	return c ? c
		 : err_set(p->e, E_INVALID,
			   "Template error: a condition must be one of Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition");
}

static enum code call(struct pack_values *p, struct str name, const struct json *argument,
	const struct json **out)
{
	static const struct {
		const char *name;
		value_fn *fn;
	} functions[] = { { "Ref", ref }, { "Sub", sub }, { "If", if_ }, { "Join", join },
		{ "Split", split }, { "Select", choose }, { "FindInMap", find_in_map } };

	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++)
		if (str_is(name, functions[i].name))
			return functions[i].fn(p, argument, out);
	return err_set(p->e, E_INVALID,
		"Template error: the function %.*s is not available in a conformance pack",
		STR_ARG(name));
}

// NOLINTNEXTLINE(misc-no-recursion): p->depth has an end
static enum code each(struct pack_values *p, const struct json *v, const struct json **out)
{
	struct json *whole = json_new(p->a, v->kind);

	for (const struct json *k = v->first; k; k = k->next) {
		const struct json *part = NULL;
		struct json *own;

		if (pack_value(p, k, &part))
			return p->e->code;
		if (!part)
			continue;
		own = json_alias(p->a, part);
		if (v->kind == JSON_OBJECT)
			json_add(whole, k->key, own);
		else
			json_push(whole, own);
	}
	*out = whole;
	return arena_ok(p->a) ? E_OK : err_nomem(p->e);
}

// NOLINTNEXTLINE(misc-no-recursion): p->depth has an end
enum code pack_value(struct pack_values *p, const struct json *v, const struct json **out)
{
	struct str function = function_of(v);
	enum code c = deeper(p);

	if (c)
		return c;
	if (json_is(v, JSON_NULL))
		c = err_set(p->e, E_INVALID,
			"Template format error: Null values are not allowed in templates");
	else if (function.p)
		c = call(p, function, v->first, out);
	else if (json_is(v, JSON_OBJECT) || json_is(v, JSON_ARRAY))
		c = each(p, v, out);
	else
		*out = v;
	p->depth--;
	return c;
}
