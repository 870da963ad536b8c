/* SPDX-License-Identifier: Apache-2.0 */
#include "db/leaf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Deeper than any document can be (json/read.h has 100). */
#define DEPTH_MAX 128

struct walk {
	leaf_fn *fn;
	void *ctx;
	bool stopped, scalars; /* scalars: objects are not told */
};

static struct str skip_blank(struct str s)
{
	while (s.n && str_blank(s.p[0]))
		s = str_from(s, 1);
	return s;
}

/* What is stepped over one by one outside of texts: it says where a value ends. */
static const char meaning[256] = {
	['"'] = 1,
	['{'] = 2,
	['['] = 2,
	['}'] = 3,
	[']'] = 3,
};

/* Behind the quote that ends the text whose first byte is @s's; to the end where there is none. */
static struct str behind_text(struct str s)
{
	const char *p = s.p, *const end = s.p + s.n;

	for (;;) {
		while (p < end && *p != '"' && *p != '\\')
			p++;
		if (p == end || *p == '"')
			break;
		p = end - p > 2 ? p + 2 : end;
	}
	return p < end ? (struct str){ p + 1, (size_t)(end - p) - 1 } : (struct str){ end, 0 };
}

/* Most of a document is stepped over, here. */
static struct str behind_brackets(struct str s)
{
	const char *p = s.p, *const end = s.p + s.n;
	int depth = 0;

	do {
		while (p < end && !meaning[(unsigned char)*p])
			p++;
		if (p == end)
			break;
		switch (meaning[(unsigned char)*p++]) {
		case 1: p = behind_text((struct str){ p, (size_t)(end - p) }).p; break;
		case 2: depth++; break;
		default: depth--; break;
		}
	} while (depth > 0);
	return (struct str){ p, (size_t)(end - p) };
}

/* What stands behind the value that @s begins with. */
static struct str behind_value(struct str s)
{
	size_t i = 0;

	if (s.n && s.p[0] == '"')
		return behind_text(str_from(s, 1));
	if (s.n && (s.p[0] == '{' || s.p[0] == '['))
		return behind_brackets(s);
	while (i < s.n && !strchr(",}] \t\r\n", s.p[i]))
		i++;
	/* What is no JSON is stepped over, so that there is an end. */
	return str_from(s, i ? i : 1);
}

/* The text between the quotes at the front of @s; STR_NONE: there are none. */
static struct str quoted(struct str s, struct str *rest)
{
	if (!s.n || s.p[0] != '"')
		return STR_NONE;
	*rest = behind_text(str_from(s, 1));
	if (rest->p <= s.p + 1)
		return STR_NONE;
	return (struct str){ s.p + 1, (size_t)(rest->p - s.p) - 2 };
}

/* A name of a document against one of a path. */
static bool is_named(struct str name, struct str part)
{
	static const char meant[] = { '~', '/', '|' };
	size_t at = 0;

	for (size_t i = 0; i < part.n; i++, at++) {
		char c = part.p[i];

		if (c == '~' && i + 1 < part.n && part.p[i + 1] >= '0' && part.p[i + 1] <= '2')
			c = meant[part.p[++i] - '0'];
		if (at >= name.n || name.p[at] != c)
			return false;
	}
	return at == name.n;
}

/* The value of a member, with all that follows it; STR_NONE: there is none. */
static struct str member(struct str object, struct str part)
{
	struct str s = skip_blank(object), rest = STR_NONE;

	if (!s.n || s.p[0] != '{')
		return STR_NONE;
	s = skip_blank(str_from(s, 1));
	while (s.n && s.p[0] == '"') {
		const struct str name = quoted(s, &rest);

		s = skip_blank(rest);
		if (!name.p || !s.n || s.p[0] != ':')
			return STR_NONE;
		s = skip_blank(str_from(s, 1));
		if (is_named(name, part))
			return s;
		s = skip_blank(behind_value(s));
		if (s.n && s.p[0] == ',')
			s = skip_blank(str_from(s, 1));
	}
	return STR_NONE;
}

static void tell(struct walk *w, enum leaf_kind kind, struct str raw)
{
	const struct leaf leaf = { kind, raw };

	if (!w->fn(w->ctx, &leaf))
		w->stopped = true;
}

static void tell_scalar(struct walk *w, struct str v)
{
	struct str rest = STR_NONE, raw = quoted(v, &rest);

	if (raw.p) {
		tell(w, LEAF_TEXT, raw);
		return;
	}
	raw = (struct str){ v.p, (size_t)(behind_value(v).p - v.p) };
	if (str_is(raw, "true") || str_is(raw, "false"))
		tell(w, LEAF_BOOL, raw);
	else if (!str_is(raw, "null"))
		tell(w, LEAF_NUMBER, raw);
}

static void descend(struct walk *w, struct str v, struct str base, struct str path, int depth);

// NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX
static void each_element(struct walk *w, struct str list, struct str path, int depth)
{
	struct str s = skip_blank(str_from(list, 1));

	while (s.n && s.p[0] != ']' && !w->stopped) {
		const struct str rest = behind_value(s);

		/* A patch replaces lists whole. No more of the text is looked at than the element itself: what is no JSON
		 * could be gone through again and again. */
		descend(w, (struct str){ s.p, (size_t)(rest.p - s.p) }, STR_NONE, path, depth + 1);
		s = skip_blank(rest);
		if (s.n && s.p[0] == ',')
			s = skip_blank(str_from(s, 1));
	}
}

// NOLINTNEXTLINE(misc-no-recursion): DEPTH_MAX
static void descend(struct walk *w, struct str v, struct str base, struct str path, int depth)
{
	struct str part, below;

	v = skip_blank(v);
	if (!v.n || depth > DEPTH_MAX)
		return;
	if (v.p[0] == '[') {
		each_element(w, v, path, depth);
		return;
	}
	if (v.p[0] != '{') {
		if (!path.n)
			tell_scalar(w, v);
		return;
	}
	if (!path.n) {
		if (!w->scalars)
			tell(w, LEAF_OBJECT, STR(""));
		return;
	}
	path = str_from(path, 1);
	part = (struct str){ path.p, str_find(path, '/') };
	below = str_from(path, part.n);
	v = member(v, part);
	base = member(base, part);
	/* A null in a patch takes the member away; elsewhere it is as good as none. */
	if (v.p)
		descend(w, v, base, below, depth + 1);
	else if (base.p)
		descend(w, base, STR_NONE, below, depth + 1);
}

void leaf_visit(struct str body, struct str base, struct str paths, leaf_fn *fn, void *ctx)
{
	struct walk w = { .fn = fn, .ctx = ctx };

	if (paths.n && (paths.p[0] == '#' || paths.p[0] == '@'))
		paths = str_from(paths, 1);
	do {
		const struct str one = { paths.p, str_find(paths, '|') };

		descend(&w, body, base, one, 0);
		paths = str_from(paths, one.n + 1);
		w.scalars = true;
	} while (paths.n && !w.stopped);
}

static size_t digits(struct str s, size_t from)
{
	size_t i = from;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i - from;
}

static bool is_number(struct str s)
{
	size_t i = s.n && s.p[0] == '-', n = digits(s, i);

	if (!n || (n > 1 && s.p[i] == '0'))
		return false;
	i += n;
	if (i < s.n && s.p[i] == '.') {
		n = digits(s, i + 1);
		if (!n)
			return false;
		i += n + 1;
	}
	if (i < s.n && (s.p[i] == 'e' || s.p[i] == 'E')) {
		i += 1 + (i + 1 < s.n && (s.p[i + 1] == '-' || s.p[i + 1] == '+'));
		n = digits(s, i);
		if (!n)
			return false;
		i += n;
	}
	return i == s.n;
}

bool leaf_number(struct str text, double *out)
{
	char copy[400];

	/* No number that means anything is longer than what a double can be written as in full. */
	if (text.n >= sizeof(copy) || !is_number(text))
		return false;
	if (out) {
		memcpy(copy, text.p, text.n);
		copy[text.n] = '\0';
		*out = strtod(copy, NULL);
	}
	return true;
}

const char *leaf_number_text(double v, char out[LEAF_NUMBER_BYTES])
{
	out[0] = '\0';
	if (!isfinite(v))
		return out;
	for (int precision = 15; precision <= 17; precision++) {
		snprintf(out, LEAF_NUMBER_BYTES, "%.*g", precision, v);
		if (strtod(out, NULL) == v)
			break;
	}
	return out;
}
