/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "json/canon.h"
#include "json/schema_note.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	STEPS_MAX = 5000000, /* half a second */
	SCRATCH_MAX_BYTES = 256 << 20,
	PATH_MAX_BYTES = 300,
};

/* Where a value stands: one of each level, on the stack. */
struct spot {
	const struct spot *up;
	struct str name; /* STR_NONE: an element */
	size_t index;
};

struct checking {
	const struct schema *s;
	struct err *e;
	int64_t steps;
	bool quiet; /* nobody will hear why */
};

/* One value and the schema it is held against. */
struct pair {
	const struct json *schema, *v;
	const struct spot *at;
};

static enum code fits(struct checking *k, struct pair p);

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static void write_path(struct buf *b, const struct spot *at)
{
	bool plain = at && at->name.n;

	if (!at) {
		buf_char(b, '$');
		return;
	}
	write_path(b, at->up);
	for (size_t i = 0; plain && i < at->name.n; i++)
		plain = at->name.p[i] != '.' && at->name.p[i] != '[' && at->name.p[i] != '"';
	if (!at->name.p)
		buf_printf(b, "[%zu]", at->index);
	else
		buf_printf(b, plain ? ".%.*s" : ".\"%.*s\"", STR_ARG(at->name));
}

__attribute__((format(printf, 3, 4))) static enum code misfit(
	struct checking *k, const struct spot *at, const char *fmt, ...)
{
	struct buf path = BUF_INIT(PATH_MAX_BYTES);
	char why[260];
	va_list args;
	enum code c;

	if (k->quiet)
		return err_set(k->e, E_INVALID, "%s", "it does not fit");
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	write_path(&path, at);
	c = err_set(k->e, E_INVALID, "%s: %s", path.p, why);
	buf_release(&path);
	return c;
}

static bool as_number(const struct json *v, long double *out)
{
	char text[64];

	if (v->kind != JSON_NUMBER || v->text.n >= sizeof(text))
		return false;
	memcpy(text, v->text.p, v->text.n);
	text[v->text.n] = 0;
	*out = strtold(text, NULL);
	return isfinite(*out);
}

static bool is_integer(const struct json *v)
{
	long double n;

	if (v->kind != JSON_NUMBER)
		return false;
	for (size_t i = 0; i < v->text.n; i++)
		if (v->text.p[i] == '.' || v->text.p[i] == 'e' || v->text.p[i] == 'E')
			return as_number(v, &n) && floorl(n) == n;
	return true;
}

static bool same(const struct json *a, const struct json *b)
{
	long double x, y;

	return as_number(a, &x) && as_number(b, &y) ? x == y : json_equal(a, b);
}

static const char *kind_of(const struct json *v)
{
	switch (v->kind) {
	case JSON_NULL: return "null";
	case JSON_BOOL: return "a boolean";
	case JSON_NUMBER: return is_integer(v) ? "an integer" : "a number";
	case JSON_STRING: return "a string";
	case JSON_ARRAY: return "an array";
	case JSON_OBJECT: return "an object";
	}
	return "";
}

static bool is_of(const struct json *v, struct str type)
{
	switch (v->kind) {
	case JSON_NULL: return str_is(type, "null");
	case JSON_BOOL: return str_is(type, "boolean");
	case JSON_NUMBER:
		return str_is(type, "number") || (str_is(type, "integer") && is_integer(v));
	case JSON_STRING: return str_is(type, "string");
	case JSON_ARRAY: return str_is(type, "array");
	case JSON_OBJECT: return str_is(type, "object");
	}
	return false;
}

static enum code type_fits(struct checking *k, struct pair p, const struct json *types)
{
	const struct json *t = types->kind == JSON_ARRAY ? types->first : types;
	char wants[120] = "";
	size_t n = 0;

	for (; t; t = types->kind == JSON_ARRAY ? t->next : NULL) {
		if (is_of(p.v, t->text))
			return E_OK;
		if (n < sizeof(wants) - 16)
			n += (size_t)snprintf(wants + n, sizeof(wants) - n, "%s%.*s",
				n ? " or " : "", STR_ARG(t->text));
	}
	return misfit(k, p.at, "is %s, wants %s", kind_of(p.v), wants);
}

static enum code enum_fits(struct checking *k, struct pair p, const struct json *values)
{
	char some[140] = "";
	size_t n = 0;

	k->steps += (int64_t)values->n;
	for (const struct json *v = values->first; v; v = v->next) {
		if (same(p.v, v))
			return E_OK;
		if (v->kind == JSON_STRING && n + v->text.n < sizeof(some) - 16)
			n += (size_t)snprintf(some + n, sizeof(some) - n, "%s%.*s", n ? ", " : "",
				STR_ARG(v->text));
	}
	return *some ? misfit(k, p.at, "is none of the values that it may have: %s", some)
		     : misfit(k, p.at, "is none of the values that it may have");
}

static enum code regex_fits(
	struct checking *k, struct pair p, const struct json *at, struct str text, bool *matches)
{
	struct err why = { 0 };

	k->steps += 10 + (int64_t)(text.n / 8);
	if (!pattern_match(schema_note(k->s, at)->pattern, text, false, matches, &why))
		return E_OK;
	if (why.code == E_TOOBIG)
		return misfit(
			k, p.at, "cannot be held against its expression in a reasonable time");
	*k->e = why;
	return why.code;
}

static enum code pattern_fits(struct checking *k, struct pair p, const struct json *pattern)
{
	bool matches = false;

	if (regex_fits(k, p, pattern, p.v->text, &matches) || matches)
		return k->e->code;
	return misfit(k, p.at, "does not match %.*s",
		(int)(pattern->text.n < 200 ? pattern->text.n : 200), pattern->text.p);
}

/* Characters, as JSON Schema counts them. */
static size_t length(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static enum code count_fits(struct checking *k, struct pair p, const struct json *limit, bool most,
	const char *what, size_t n)
{
	const size_t bound = (size_t)strtoul(limit->text.p, NULL, 10);

	if (most ? n <= bound : n >= bound)
		return E_OK;
	return misfit(k, p.at, "has %zu %s, %s %zu", n, what, most ? "may have" : "wants at least",
		bound);
}

static enum code number_fits(
	struct checking *k, struct pair p, const struct json *limit, enum schema_word word)
{
	static const struct {
		enum schema_word word;
		const char *wants;
	} all[] = { { WORD_MIN, "at least" }, { WORD_MAX, "at most" },
		{ WORD_EXCLUSIVE_MIN, "more than" }, { WORD_EXCLUSIVE_MAX, "less than" } };
	long double n, bound;
	const char *wants = "";

	if (!as_number(p.v, &n) || !as_number(limit, &bound))
		return misfit(k, p.at, "is a number that cannot be compared");
	if (word == WORD_MIN                 ? n >= bound
		: word == WORD_MAX           ? n <= bound
		: word == WORD_EXCLUSIVE_MIN ? n > bound
					     : n < bound)
		return E_OK;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (all[i].word == word)
			wants = all[i].wants;
	return misfit(
		k, p.at, "is %.*s, wants %s %.*s", STR_ARG(p.v->text), wants, STR_ARG(limit->text));
}

static int by_bytes(const void *left, const void *right)
{
	const struct str *a = left, *b = right;

	return str_cmp(*a, *b);
}

static enum code unique_fits(struct checking *k, struct pair p)
{
	struct arena a = ARENA_INIT(SCRATCH_MAX_BYTES);
	struct str *texts = arena_alloc(&a, (p.v->n + 1) * sizeof(*texts));
	bool twice = false;
	size_t n = 0;

	for (const struct json *v = p.v->first; texts && v; v = v->next)
		texts[n++] = json_canon_text(&a, v);
	if (!texts || !arena_ok(&a)) {
		arena_release(&a);
		return err_set(k->e, E_TOOBIG, "too much to tell whether elements are alike");
	}
	qsort(texts, n, sizeof(*texts), by_bytes);
	for (size_t i = 1; i < n; i++)
		twice = twice || str_eq(texts[i - 1], texts[i]);
	arena_release(&a);
	return twice ? misfit(k, p.at, "has an element twice") : E_OK;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code items_fit(struct checking *k, struct pair p, const struct json *items)
{
	struct spot at = { .up = p.at };
	enum code c = E_OK;

	for (const struct json *v = p.v->first; v && !c; v = v->next) {
		c = fits(k, (struct pair){ items, v, &at });
		at.index++;
	}
	return c;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code properties_fit(struct checking *k, struct pair p, const struct json *properties)
{
	enum code c = E_OK;

	for (const struct json *v = p.v->first; v && !c; v = v->next) {
		const struct spot at = { .up = p.at, .name = v->key };
		const struct json *schema = json_get_str(properties, v->key);

		k->steps += (int64_t)properties->n / 8;
		if (schema)
			c = fits(k, (struct pair){ schema, v, &at });
	}
	return c;
}

/* Whether one of the expressions names the member; with @check the member must fit each that does. */
// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code by_regex(
	struct checking *k, struct pair member, const struct json *patterns, bool check, bool *any)
{
	enum code c = E_OK;

	for (const struct json *r = patterns ? patterns->first : NULL; r && !c; r = r->next) {
		bool matches = false;

		c = regex_fits(k, member, r, member.v->key, &matches);
		*any = *any || matches;
		if (!c && matches && check)
			c = fits(k, (struct pair){ r, member.v, member.at });
	}
	return c;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code patterns_fit(struct checking *k, struct pair p, const struct json *patterns)
{
	enum code c = E_OK;
	bool any = false;

	for (const struct json *v = p.v->first; v && !c; v = v->next) {
		const struct spot at = { .up = p.at, .name = v->key };

		c = by_regex(k, (struct pair){ NULL, v, &at }, patterns, true, &any);
	}
	return c;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code additional_fit(struct checking *k, struct pair p, const struct json *additional)
{
	const struct json *named = json_get(p.schema, "properties");
	const struct json *patterns = json_get(p.schema, "patternProperties");
	enum code c = E_OK;

	for (const struct json *v = p.v->first; v && !c; v = v->next) {
		const struct spot at = { .up = p.at, .name = v->key };
		bool known = json_get_str(named, v->key) != NULL;

		if (!known)
			c = by_regex(k, (struct pair){ NULL, v, &at }, patterns, false, &known);
		if (!c && !known && additional->kind == JSON_BOOL &&
			!str_is(additional->text, "true"))
			c = misfit(k, &at, "is not a property of its schema");
		else if (!c && !known)
			c = fits(k, (struct pair){ additional, v, &at });
	}
	return c;
}

static enum code required_fit(struct checking *k, struct pair p, const struct json *names)
{
	for (const struct json *n = names->first; n; n = n->next)
		if (!json_get_str(p.v, n->text))
			return misfit(k, p.at, "lacks \"%.*s\"",
				(int)(n->text.n < 200 ? n->text.n : 200), n->text.p);
	return E_OK;
}

// NOLINTNEXTLINE(misc-no-recursion): as schema_read() found
static enum code all_fit(struct checking *k, struct pair p, const struct json *list)
{
	enum code c = E_OK;

	for (const struct json *s = list->first; s && !c; s = s->next)
		c = fits(k, (struct pair){ s, p.v, p.at });
	return c;
}

/* How many of the list fit, up to @enough; @why is why the first does not. */
// NOLINTNEXTLINE(misc-no-recursion): as schema_read() found
static enum code count_fitting(struct checking *k, struct pair p, const struct json *list,
	size_t enough, size_t *n, struct err *why)
{
	struct err *told = k->e;
	const bool was_quiet = k->quiet;
	enum code c = E_OK;

	*n = 0;
	for (const struct json *s = list->first; s && *n < enough; s = s->next) {
		struct err one = { 0 };

		k->e = &one;
		k->quiet = was_quiet || why->code;
		c = fits(k, (struct pair){ s, p.v, p.at });
		k->e = told;
		k->quiet = was_quiet;
		if (c && c != E_INVALID) {
			*told = one;
			return c;
		}
		if (!c)
			++*n;
		else if (!why->code)
			*why = one;
	}
	return E_OK;
}

// NOLINTNEXTLINE(misc-no-recursion): as schema_read() found
static enum code some_fit(struct checking *k, struct pair p, const struct json *list, bool one)
{
	struct err why = { 0 };
	size_t n = 0;

	if (count_fitting(k, p, list, one ? 2 : 1, &n, &why) || n == 1)
		return k->e->code;
	if (n)
		return misfit(k, p.at, "fits more than one of %zu alternatives", list->n);
	if (list->n == 1)
		return err_set(k->e, E_INVALID, "%s", why.msg);
	return misfit(
		k, p.at, "fits none of %zu alternatives (the first: %.160s)", list->n, why.msg);
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code object_fits(
	struct checking *k, struct pair p, const struct json *word, enum schema_word w)
{
	switch ((int)w) {
	case WORD_PROPERTIES: return properties_fit(k, p, word);
	case WORD_PATTERN_PROPERTIES: return patterns_fit(k, p, word);
	case WORD_ADDITIONAL: return additional_fit(k, p, word);
	case WORD_REQUIRED: return required_fit(k, p, word);
	case WORD_MIN_PROPERTIES: return count_fits(k, p, word, false, "properties", p.v->n);
	case WORD_MAX_PROPERTIES: return count_fits(k, p, word, true, "properties", p.v->n);
	default: return E_OK;
	}
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code array_fits(
	struct checking *k, struct pair p, const struct json *word, enum schema_word w)
{
	switch ((int)w) {
	case WORD_ITEMS: return items_fit(k, p, word);
	case WORD_MIN_ITEMS: return count_fits(k, p, word, false, "elements", p.v->n);
	case WORD_MAX_ITEMS: return count_fits(k, p, word, true, "elements", p.v->n);
	case WORD_UNIQUE: return str_is(word->text, "true") ? unique_fits(k, p) : E_OK;
	default: return E_OK;
	}
}

static enum code text_fits(
	struct checking *k, struct pair p, const struct json *word, enum schema_word w)
{
	switch ((int)w) {
	case WORD_PATTERN: return pattern_fits(k, p, word);
	case WORD_MIN_LENGTH: return count_fits(k, p, word, false, "characters", length(p.v->text));
	case WORD_MAX_LENGTH: return count_fits(k, p, word, true, "characters", length(p.v->text));
	default: return E_OK;
	}
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be
static enum code word_fits(
	struct checking *k, struct pair p, const struct json *word, enum schema_word w)
{
	switch ((int)w) {
	case WORD_TYPE: return type_fits(k, p, word);
	case WORD_ENUM: return enum_fits(k, p, word);
	case WORD_CONST:
		return same(p.v, word) ? E_OK
				       : misfit(k, p.at, "is not the one value that it may have");
	case WORD_ALL_OF: return all_fit(k, p, word);
	case WORD_ANY_OF: return some_fit(k, p, word, false);
	case WORD_ONE_OF: return some_fit(k, p, word, true);
	case WORD_MIN:
	case WORD_MAX:
	case WORD_EXCLUSIVE_MIN:
	case WORD_EXCLUSIVE_MAX:
		return p.v->kind == JSON_NUMBER ? number_fits(k, p, word, w) : E_OK;
	default: break;
	}
	return p.v->kind == JSON_OBJECT   ? object_fits(k, p, word, w)
	       : p.v->kind == JSON_ARRAY  ? array_fits(k, p, word, w)
	       : p.v->kind == JSON_STRING ? text_fits(k, p, word, w)
					  : E_OK;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as JSON may be, and as schema_read() found
static enum code fits(struct checking *k, struct pair p)
{
	enum code c = E_OK;

	if (k->steps++ >= STEPS_MAX)
		return err_set(k->e, E_TOOBIG,
			"it takes too many steps to tell whether it fits its schema");
	p.schema = schema_behind(k->s, p.schema);
	if (p.schema->kind == JSON_BOOL)
		return str_is(p.schema->text, "true") ? E_OK : misfit(k, p.at, "may not be there");
	for (const struct json *word = p.schema->first; word && !c; word = word->next) {
		const struct schema_keyword *keyword = schema_keyword(word->key);

		if (keyword && keyword->word != WORD_NONE)
			c = word_fits(k, p, word, keyword->word);
	}
	return c;
}

enum code schema_check(const struct schema *s, const struct json *v, struct err *e)
{
	struct checking k = { .s = s, .e = e };

	return fits(&k, (struct pair){ s->root, v, NULL });
}
