/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/naming.h"

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool naming_parse(struct str s, enum naming *out)
{
	static const struct {
		const char *name;
		enum naming naming;
	} names[] = { { "keep", NAMING_KEEP }, { "first", NAMING_FIRST }, { "bean", NAMING_BEAN },
		{ "camel", NAMING_CAMEL }, { "upper", NAMING_UPPER } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_is(s, names[i].name)) {
			*out = names[i].naming;
			return true;
		}
	return false;
}

/* How many capitals @s begins with; a small first letter counts as one, as getters raise it. */
static size_t leading_run(struct str s)
{
	size_t n = 0;

	while (n < s.n && (is_upper(s.p[n]) || (n == 0 && is_lower(s.p[0]))))
		n++;
	return n;
}

/* How many letters `camel` lowers. */
static size_t camel_run(struct str s)
{
	size_t n = leading_run(s);

	if (n == s.n || is_digit(s.p[n]))
		return n;
	return n > 1 && is_lower(s.p[n]) ? n - 1 : 1;
}

static struct str lowered(struct arena *a, struct str name, size_t n)
{
	char *copy;
	bool same = true;

	for (size_t i = 0; i < n && i < name.n; i++)
		same = same && !is_upper(name.p[i]);
	copy = same ? NULL : arena_alloc(a, name.n + 1);
	if (!copy)
		return name;
	memcpy(copy, name.p, name.n);
	for (size_t i = 0; i < n && i < name.n; i++)
		if (is_upper(copy[i]))
			copy[i] = (char)(copy[i] - 'A' + 'a');
	return (struct str){ copy, name.n };
}

static struct str raised(struct arena *a, struct str name)
{
	char *copy = name.n && is_lower(name.p[0]) ? arena_alloc(a, name.n + 1) : NULL;

	if (!copy)
		return name;
	memcpy(copy, name.p, name.n);
	copy[0] = (char)(copy[0] - 'a' + 'A');
	return (struct str){ copy, name.n };
}

struct str naming_name(struct arena *a, enum naming naming, struct str name)
{
	switch (naming) {
	case NAMING_KEEP: break;
	case NAMING_FIRST: return lowered(a, name, 1);
	case NAMING_BEAN: return lowered(a, name, leading_run(name));
	case NAMING_CAMEL: return lowered(a, name, camel_run(name));
	case NAMING_UPPER: return raised(a, name);
	}
	return name;
}

/* Documents are at most 100 deep: json/read.h refuses more, and API shapes are flatter still. */
// NOLINTNEXTLINE(misc-no-recursion)
void naming_apply(struct arena *a, enum naming naming, struct json *v)
{
	if (naming == NAMING_KEEP || !v)
		return;
	for (struct json *k = v->first; k; k = k->next) {
		if (v->kind == JSON_OBJECT && !v->map)
			k->key = naming_name(a, naming, k->key);
		naming_apply(a, naming, k);
	}
}
