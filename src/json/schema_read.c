/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/mem.h"
#include "json/read.h"
#include "json/schema_note.h"
#include <stdlib.h>

enum {
	TEXT_MAX_BYTES = 4 << 20,
	TREE_MAX_BYTES = 256 << 20,
	PATH_MAX_BYTES = 400,
	TURNS_MAX = 32,     /* references and alternatives that one value leads through */
	WALK_MAX = 1000000, /* steps of looking for circles */
	PATTERNS_MAX = 10000,
};

/* In the order of their bytes. */
static const struct schema_keyword keywords[] = {
	{ "$comment", SCHEMA_ANYTHING, WORD_NONE },
	{ "$ref", SCHEMA_POINTER, WORD_NONE },
	{ "additionalProperties", SCHEMA_ONE, WORD_ADDITIONAL },
	{ "allOf", SCHEMA_EACH, WORD_ALL_OF },
	{ "anyOf", SCHEMA_EACH, WORD_ANY_OF },
	{ "arrayType", SCHEMA_ANYTHING, WORD_NONE },
	{ "const", SCHEMA_ANYTHING, WORD_CONST },
	{ "default", SCHEMA_ANYTHING, WORD_NONE },
	{ "definitions", SCHEMA_BY_NAME, WORD_NONE },
	{ "deprecated", SCHEMA_ANYTHING, WORD_NONE },
	{ "description", SCHEMA_ANYTHING, WORD_NONE },
	{ "enum", SCHEMA_VALUES, WORD_ENUM },
	{ "examples", SCHEMA_ANYTHING, WORD_NONE },
	{ "exclusiveMaximum", SCHEMA_NUMBER, WORD_EXCLUSIVE_MAX },
	{ "exclusiveMinimum", SCHEMA_NUMBER, WORD_EXCLUSIVE_MIN },
	{ "format", SCHEMA_ANYTHING, WORD_NONE },
	{ "insertionOrder", SCHEMA_ANYTHING, WORD_NONE },
	{ "items", SCHEMA_ONE, WORD_ITEMS },
	{ "maxItems", SCHEMA_COUNT, WORD_MAX_ITEMS },
	{ "maxLength", SCHEMA_COUNT, WORD_MAX_LENGTH },
	{ "maxProperties", SCHEMA_COUNT, WORD_MAX_PROPERTIES },
	{ "maximum", SCHEMA_NUMBER, WORD_MAX },
	{ "minItems", SCHEMA_COUNT, WORD_MIN_ITEMS },
	{ "minLength", SCHEMA_COUNT, WORD_MIN_LENGTH },
	{ "minProperties", SCHEMA_COUNT, WORD_MIN_PROPERTIES },
	{ "minimum", SCHEMA_NUMBER, WORD_MIN },
	{ "oneOf", SCHEMA_EACH, WORD_ONE_OF },
	{ "pattern", SCHEMA_REGEX, WORD_PATTERN },
	{ "patternProperties", SCHEMA_BY_REGEX, WORD_PATTERN_PROPERTIES },
	{ "properties", SCHEMA_BY_NAME, WORD_PROPERTIES },
	{ "readOnly", SCHEMA_ANYTHING, WORD_NONE },
	{ "relationshipRef", SCHEMA_ANYTHING, WORD_NONE },
	{ "required", SCHEMA_NAMES, WORD_REQUIRED },
	{ "title", SCHEMA_ANYTHING, WORD_NONE },
	{ "type", SCHEMA_TYPES, WORD_TYPE },
	{ "uniqueItems", SCHEMA_FLAG, WORD_UNIQUE },
	{ "writeOnly", SCHEMA_ANYTHING, WORD_NONE },
};

/* What CloudFormation's registry has beside them, at the top of the document alone. */
static const char *const registry[] = { "$id", "$schema", "additionalIdentifiers",
	"conditionalCreateOnlyProperties", "createOnlyProperties", "deprecatedProperties",
	"documentationUrl", "handlers", "nonPublicDefinitions", "nonPublicProperties",
	"primaryIdentifier", "propertyTransform", "readOnlyProperties", "replacementStrategy",
	"resourceLink", "sourceUrl", "tagging", "taggable", "typeConfiguration", "typeName",
	"writeOnlyProperties" };

static int by_name(const void *name, const void *keyword)
{
	const struct str *s = name;

	return str_cmp(*s, str_of(((const struct schema_keyword *)keyword)->name));
}

const struct schema_keyword *schema_keyword(struct str name)
{
	return bsearch(
		&name, keywords, sizeof(keywords) / sizeof(*keywords), sizeof(*keywords), by_name);
}

static int by_place(const void *left, const void *right)
{
	const struct schema_note *a = left, *b = right;

	return (uintptr_t)a->at < (uintptr_t)b->at ? -1 : (uintptr_t)a->at > (uintptr_t)b->at;
}

const struct schema_note *schema_note(const struct schema *s, const struct json *at)
{
	const struct schema_note wanted = { .at = at };

	return s->n ? bsearch(&wanted, s->notes, s->n, sizeof(*s->notes), by_place) : NULL;
}

struct reading {
	struct schema *s;
	struct err *e;
	struct buf path;
	size_t patterns;
	int64_t steps;
};

static enum code fault(struct reading *r, const char *what)
{
	return err_set(r->e, E_INVALID, "%s: %s", r->path.p, what);
}

static size_t enter(struct reading *r, struct str name)
{
	const size_t was = r->path.n;

	buf_char(&r->path, '.');
	buf_str(&r->path, name);
	return was;
}

static void leave(struct reading *r, size_t was)
{
	/* A path that was too long to be told in full ends where it did. */
	if (buf_ok(&r->path)) {
		r->path.n = was;
		r->path.p[was] = 0;
	}
}

static enum code note(struct reading *r, struct schema_note note)
{
	struct schema *s = r->s;

	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 64;
		void *more = mem_realloc(s->notes, cap * sizeof(*s->notes));

		if (!more) {
			pattern_free(note.pattern);
			return err_nomem(r->e);
		}
		s->notes = more;
		s->cap = cap;
	}
	s->notes[s->n++] = note;
	return E_OK;
}

static enum code read_schema(struct reading *r, const struct json *v, bool top);

static enum code read_regex(struct reading *r, const struct json *at, struct str text)
{
	struct schema_note n = { .at = at };
	struct err why = { 0 };

	if (r->patterns++ == PATTERNS_MAX)
		return err_set(
			r->e, E_TOOBIG, "%s: more than %d expressions", r->path.p, PATTERNS_MAX);
	if (pattern_compile(&n.pattern, text, &why)) {
		if (why.code != E_INVALID && why.code != E_TOOBIG)
			*r->e = why;
		return r->e->code ? r->e->code : fault(r, why.msg);
	}
	return note(r, n);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code read_named(struct reading *r, const struct json *v, bool regex)
{
	enum code c = v->kind == JSON_OBJECT ? E_OK : fault(r, "must be an object of schemas");

	for (const struct json *k = v->first; k && !c; k = k->next) {
		const size_t was = enter(r, k->key);

		c = regex ? read_regex(r, k, k->key) : E_OK;
		/* An expression is noted at the schema that it is for: one place, two notes would be. */
		c = c ? c : read_schema(r, k, false);
		leave(r, was);
	}
	return c;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code read_each(struct reading *r, const struct json *v)
{
	enum code c = v->kind == JSON_ARRAY && v->n ? E_OK : fault(r, "must be a list of schemas");
	size_t i = 0;

	for (const struct json *k = v->first; k && !c; k = k->next) {
		const size_t was = r->path.n;

		buf_printf(&r->path, "[%zu]", i++);
		c = read_schema(r, k, false);
		leave(r, was);
	}
	return c;
}

static bool is_type(const struct json *v)
{
	static const char *const types[] = { "null", "boolean", "integer", "number", "string",
		"array", "object" };

	for (size_t i = 0; v->kind == JSON_STRING && i < sizeof(types) / sizeof(*types); i++)
		if (str_is(v->text, types[i]))
			return true;
	return false;
}

static bool all_are(const struct json *list, bool (*is)(const struct json *v))
{
	const struct json *v = list->kind == JSON_ARRAY ? list->first : NULL;

	while (v && is(v))
		v = v->next;
	return list->kind == JSON_ARRAY && !v;
}

static bool is_text(const struct json *v)
{
	return v->kind == JSON_STRING;
}

/* At most nine digits: what is counted is in memory. */
static bool is_count(const struct json *v)
{
	return v->kind == JSON_NUMBER && v->text.n <= 9 &&
	       strspn(v->text.p, "0123456789") >= v->text.n;
}

/* "a~1b%20" -> "a/b " */
static struct str unescape(struct arena *a, struct str part)
{
	struct buf b = BUF_INIT(TEXT_MAX_BYTES);
	struct str out;

	for (size_t i = 0; i < part.n; i++) {
		const char *p = part.p + i;

		if (*p == '~' && i + 1 < part.n && (p[1] == '0' || p[1] == '1')) {
			buf_char(&b, p[1] == '0' ? '~' : '/');
			i++;
		} else if (*p == '%' && i + 2 < part.n && str_hex(p[1]) >= 0 &&
			   str_hex(p[2]) >= 0) {
			buf_char(&b, (char)(str_hex(p[1]) * 16 + str_hex(p[2])));
			i += 2;
		} else {
			buf_char(&b, *p);
		}
	}
	out = arena_str(a, buf_slice(&b));
	buf_release(&b);
	return out;
}

static const struct json *child(struct reading *r, const struct json *v, struct str part)
{
	const struct json *k = v->kind == JSON_ARRAY ? v->first : NULL;
	size_t i = 0;

	if (v->kind == JSON_OBJECT)
		return json_get_str(v, unescape(&r->s->arena, part));
	if (!part.n || part.n > 9 || strspn(part.p, "0123456789") < part.n)
		return NULL;
	for (size_t k10 = 0; k10 < part.n; k10++)
		i = i * 10 + (size_t)(part.p[k10] - '0');
	while (k && i--)
		k = k->next;
	return k;
}

static enum code read_pointer(struct reading *r, const struct json *v)
{
	struct schema_note n = { .at = v, .leads = r->s->root };
	struct str rest = v->text;

	if (v->kind != JSON_STRING || !str_starts(rest, STR("#")))
		return fault(
			r, "must be a reference within the document, as \"#/definitions/Name\"");
	for (rest = str_from(rest, 1); rest.n && n.leads;) {
		size_t end;

		if (rest.p[0] != '/')
			return fault(r, "must be \"#\" with names behind slashes");
		rest = str_from(rest, 1);
		end = str_find(rest, '/');
		n.leads = child(r, n.leads, (struct str){ rest.p, end });
		rest = str_from(rest, end);
	}
	return n.leads ? note(r, n) : fault(r, "there is nothing that it leads to");
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code read_keyword(struct reading *r, enum schema_form form, const struct json *v)
{
	switch (form) {
	case SCHEMA_ANYTHING: return E_OK;
	case SCHEMA_ONE: return read_schema(r, v, false);
	case SCHEMA_BY_NAME: return read_named(r, v, false);
	case SCHEMA_BY_REGEX: return read_named(r, v, true);
	case SCHEMA_EACH: return read_each(r, v);
	case SCHEMA_TYPES:
		return is_type(v) || (v->n && all_are(v, is_type))
			       ? E_OK
			       : fault(r,
					 "must be null, boolean, integer, number, string, array or object");
	case SCHEMA_VALUES:
		return v->kind == JSON_ARRAY && v->n ? E_OK : fault(r, "must be a list of values");
	case SCHEMA_NAMES: return all_are(v, is_text) ? E_OK : fault(r, "must be a list of names");
	case SCHEMA_NUMBER: return v->kind == JSON_NUMBER ? E_OK : fault(r, "must be a number");
	case SCHEMA_COUNT:
		return is_count(v) ? E_OK : fault(r, "must be a number from 0 to 999999999");
	case SCHEMA_FLAG: return v->kind == JSON_BOOL ? E_OK : fault(r, "must be true or false");
	case SCHEMA_REGEX:
		return v->kind == JSON_STRING ? read_regex(r, v, v->text)
					      : fault(r, "must be a string");
	case SCHEMA_POINTER: return read_pointer(r, v);
	}
	return E_OK;
}

static bool is_registry(struct str name)
{
	for (size_t i = 0; i < sizeof(registry) / sizeof(*registry); i++)
		if (str_is(name, registry[i]))
			return true;
	return false;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code read_schema(struct reading *r, const struct json *v, bool top)
{
	/* Where an expression stands at a schema, that is noted as one already. */
	bool noted = r->s->n && r->s->notes[r->s->n - 1].at == v;
	enum code c = noted ? E_OK : note(r, (struct schema_note){ .at = v });

	if (c)
		return c;
	if (v->kind == JSON_BOOL && !top)
		return E_OK;
	if (v->kind != JSON_OBJECT)
		return fault(r, v->kind == JSON_ARRAY ? "must be one schema, not a list"
						      : "must be a schema: an object");
	for (const struct json *k = v->first; k && !c; k = k->next) {
		const struct schema_keyword *word = schema_keyword(k->key);
		const size_t was = enter(r, k->key);

		if (word)
			c = read_keyword(r, word->form, k);
		else if (!top || !is_registry(k->key))
			c = fault(r, "this keyword is not supported");
		leave(r, was);
	}
	return c;
}

/* Through references and alternatives alone, by which one value may be led round for ever. */
// NOLINTNEXTLINE(misc-no-recursion): TURNS_MAX
static enum code turn(struct reading *r, const struct json *v, int depth)
{
	static const char *const lists[] = { "allOf", "anyOf", "oneOf" };
	const struct json *ref = json_get(v, "$ref");
	enum code c = E_OK;

	if (depth > TURNS_MAX)
		return err_set(r->e, E_INVALID,
			"its references lead in a circle, or through more than %d others",
			TURNS_MAX);
	if (r->steps++ > WALK_MAX)
		return err_set(r->e, E_TOOBIG, "it is too intricate");
	if (ref)
		return turn(r, schema_note(r->s, ref)->leads, depth + 1);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists) && !c; i++) {
		const struct json *list = json_get(v, lists[i]);

		for (const struct json *k = list ? list->first : NULL; k && !c; k = k->next)
			c = turn(r, k, depth + 1);
	}
	return c;
}

static bool is_schema(const struct reading *r, const struct json *v)
{
	return (v->kind == JSON_OBJECT || v->kind == JSON_BOOL) && schema_note(r->s, v);
}

static enum code look_for_circles(struct reading *r)
{
	enum code c = E_OK;

	for (size_t i = 0; i < r->s->n && !c; i++) {
		const struct schema_note *n = &r->s->notes[i];

		if (n->leads && !is_schema(r, n->leads))
			return err_set(r->e, E_INVALID,
				"\"$ref\": \"%.*s\" leads to what is no schema",
				(int)(n->at->text.n < 200 ? n->at->text.n : 200), n->at->text.p);
	}
	for (size_t i = 0; i < r->s->n && !c; i++)
		if (r->s->notes[i].at->kind == JSON_OBJECT)
			c = turn(r, r->s->notes[i].at, 0);
	return c;
}

static enum code build(struct schema *s, struct str text, struct err *e)
{
	struct reading r = { .s = s, .e = e, .path = BUF_INIT(PATH_MAX_BYTES) };
	enum code c = json_read(&s->arena, text, &s->root, e);

	buf_char(&r.path, '$');
	if (!c)
		c = read_schema(&r, s->root, true);
	if (!c && s->n)
		qsort(s->notes, s->n, sizeof(*s->notes), by_place);
	if (!c)
		c = look_for_circles(&r);
	if (!c && !arena_ok(&s->arena))
		c = err_nomem(e);
	buf_release(&r.path);
	return c;
}

enum code schema_read(struct schema **out, struct str text, struct err *e)
{
	struct schema *s;

	if (text.n > TEXT_MAX_BYTES)
		return err_set(e, E_TOOBIG, "a schema of %zu bytes", text.n);
	s = mem_alloc(sizeof(*s));
	if (!s)
		return err_nomem(e);
	*s = (struct schema){ .arena = ARENA_INIT(TREE_MAX_BYTES) };
	if (build(s, text, e)) {
		schema_free(s);
		return e->code;
	}
	*out = s;
	return E_OK;
}

void schema_free(struct schema *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		pattern_free(s->notes[i].pattern);
	mem_free(s->notes);
	arena_release(&s->arena);
	mem_free(s);
}

const struct json *schema_document(const struct schema *s)
{
	return s->root;
}

const struct json *schema_behind(const struct schema *s, const struct json *v)
{
	const struct json *ref;

	while ((ref = json_get(v, "$ref")) != NULL)
		v = schema_note(s, ref)->leads;
	return v;
}
