/* SPDX-License-Identifier: Apache-2.0 */
#include "core/rule_text.h"

#include "base/asset.h"

#define FOLDER     "schema/rules/"
#define SUFFIX     ".sql"
#define HEADER_MAX ((size_t)8 << 20) /* lists grow by copying */

struct header_line {
	const char *word; /* "types:" */
	struct str *into;
	bool list;
};

static bool name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == ':' || c == '_';
}

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!name_char(s.p[i]))
			return false;
	return s.n > 0;
}

static enum code add_list(struct arena *a, struct str given, struct str *into, struct err *e)
{
	struct str rest = str_trim(given);

	do {
		size_t comma = str_find(rest, ',');
		struct str one = str_trim((struct str){ rest.p, comma });

		if (!is_name(one))
			return err_set(e, E_INVALID,
				"\"%.*s\" in the statement's header is no name", STR_ARG(one));
		*into = into->p ? arena_printf(a, "%.*s,%.*s", STR_ARG(*into), STR_ARG(one))
				: arena_str(a, one);
		rest = comma < rest.n ? str_from(rest, comma + 1) : STR_NONE;
	} while (rest.p);
	return arena_ok(a) ? E_OK : err_nomem(e);
}

static enum code take_line(struct arena *a, struct str line, struct rule_text *out, struct err *e)
{
	const struct header_line known[] = { { "rules:", &out->rules, true },
		{ "types:", &out->types, true }, { "reads:", &out->reads, true },
		{ "text:", &out->text, false } };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		struct str word = str_of(known[i].word);

		if (!str_starts(line, word))
			continue;
		if (known[i].list)
			return add_list(a, str_from(line, word.n), known[i].into, e);
		*known[i].into = str_trim(str_from(line, word.n));
	}
	return E_OK;
}

enum code rule_text_read(struct arena *a, const char *sql, struct rule_text *out, struct err *e)
{
	struct rule_text text = { .sql = sql };
	struct str rest = str_of(sql);
	enum code c = E_OK;

	while (!c && rest.n) {
		size_t end = str_find(rest, '\n');
		struct str line = str_trim((struct str){ rest.p, end });

		rest = str_from(rest, end + 1);
		if (!line.n)
			continue;
		if (!str_starts(line, STR("--")))
			break;
		c = take_line(a, str_trim(str_from(line, 2)), &text, e);
	}
	if (!c)
		*out = text;
	return c;
}

static struct str stem(const struct asset *file)
{
	struct str name = str_from(str_of(file->name), sizeof(FOLDER) - 1);

	if (name.n > sizeof(SUFFIX) - 1)
		name.n -= sizeof(SUFFIX) - 1;
	return name;
}

enum code rule_text_walk(rule_text_fn *fn, void *ctx, struct err *e)
{
	struct arena a = ARENA_INIT(HEADER_MAX);
	enum code c = E_OK;

	for (const struct asset *f = asset_next(NULL, FOLDER); f && !c; f = asset_next(f, FOLDER)) {
		struct rule_text text;

		c = rule_text_read(&a, f->text, &text, e);
		if (c) {
			err_add(e, "%s", f->name);
			break;
		}
		text.name = stem(f);
		c = fn(ctx, &text, e);
		arena_release(&a);
	}
	arena_release(&a);
	return c;
}

struct search {
	struct arena *a;
	struct str identifier;
	struct rule_text *out;
	bool found;
};

static enum code look(void *ctx, const struct rule_text *text, struct err *e)
{
	struct search *s = ctx;
	enum code c;

	if (s->found || !rule_text_lists(text->rules, s->identifier))
		return E_OK;
	c = rule_text_read(s->a, text->sql, s->out, e);
	if (c)
		return c;
	s->out->name = text->name;
	s->found = true;
	return E_OK;
}

enum code rule_text_find(
	struct arena *a, struct str identifier, struct rule_text *out, struct err *e)
{
	struct search s = { .a = a, .identifier = identifier, .out = out };
	enum code c = rule_text_walk(look, &s, e);

	return c ? c : s.found ? E_OK : E_NOTFOUND;
}

bool rule_text_lists(struct str list, struct str one)
{
	while (list.n) {
		size_t comma = str_find(list, ',');

		if (str_eq((struct str){ list.p, comma }, one))
			return true;
		list = str_from(list, comma + 1);
	}
	return false;
}
