/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rule_text.h"

#include "base/asset.h"
#include "base/buf.h"

#define FOLDER     "schema/rules/"
#define SUFFIX     ".sql"
#define HEADER_MAX ((size_t)256 << 10)
#define LIST_MAX   (2 * HEADER_MAX)

/* A header while it is read. */
struct header {
	struct buf rules, types, reads;
	struct str text;
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

static enum code add_list(struct buf *list, struct str given, struct err *e)
{
	struct str rest = str_trim(given);

	do {
		size_t comma = str_find(rest, ',');
		struct str one = str_trim((struct str){ rest.p, comma });

		if (!is_name(one))
			return err_set(e, E_INVALID,
				"\"%.*s\" in the statement's header is no name", STR_ARG(one));
		if (list->n)
			buf_char(list, ',');
		buf_str(list, one);
		rest = comma < rest.n ? str_from(rest, comma + 1) : STR_NONE;
	} while (rest.p);
	return E_OK;
}

static enum code take_line(struct header *h, struct str line, struct err *e)
{
	if (str_starts(line, STR("rules:")))
		return add_list(&h->rules, str_from(line, 6), e);
	if (str_starts(line, STR("types:")))
		return add_list(&h->types, str_from(line, 6), e);
	if (str_starts(line, STR("reads:")))
		return add_list(&h->reads, str_from(line, 6), e);
	if (str_starts(line, STR("text:")))
		h->text = str_trim(str_from(line, 5));
	return E_OK;
}

static enum code read_lines(struct header *h, struct str rest, struct err *e)
{
	enum code c = E_OK;

	while (!c && rest.n) {
		size_t end = str_find(rest, '\n');
		struct str line = str_trim((struct str){ rest.p, end });

		rest = str_from(rest, end + 1);
		if (!line.n)
			continue;
		if (!str_starts(line, STR("--")))
			break;
		c = take_line(h, str_trim(str_from(line, 2)), e);
	}
	return c;
}

static struct str keep(struct arena *a, const struct buf *list)
{
	return list->n ? arena_str(a, buf_slice(list)) : STR_NONE;
}

enum code rule_text_read(struct arena *a, const char *sql, struct rule_text *out, struct err *e)
{
	struct header h = { BUF_INIT(HEADER_MAX), BUF_INIT(HEADER_MAX), BUF_INIT(HEADER_MAX),
		STR_NONE };
	enum code c = read_lines(&h, str_of(sql), e);
	struct rule_text text = { .sql = sql,
		.rules = keep(a, &h.rules),
		.types = keep(a, &h.types),
		.reads = keep(a, &h.reads),
		.text = h.text };

	if (!c && !(arena_ok(a) && buf_ok(&h.rules) && buf_ok(&h.types) && buf_ok(&h.reads)))
		c = err_nomem(e);
	buf_release(&h.rules);
	buf_release(&h.types);
	buf_release(&h.reads);
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

enum code rule_text_find(
	struct arena *a, struct str identifier, struct rule_text *out, struct err *e)
{
	for (const struct asset *f = asset_next(NULL, FOLDER); f; f = asset_next(f, FOLDER)) {
		struct rule_text text;

		/* Most files need not be read to see that they are others. */
		if (!memmem(f->text, f->n, identifier.p, identifier.n))
			continue;
		if (rule_text_read(a, f->text, &text, e))
			return err_add(e, "%s", f->name);
		if (!rule_text_lists(text.rules, identifier))
			continue;
		text.name = stem(f);
		*out = text;
		return E_OK;
	}
	return E_NOTFOUND;
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

struct str rule_text_json(struct arena *a, struct str list)
{
	struct buf out = BUF_INIT(LIST_MAX);
	struct str kept;

	if (!list.p)
		return STR_NONE;
	buf_char(&out, '[');
	for (struct str rest = list; rest.n;) {
		size_t comma = str_find(rest, ',');

		buf_printf(&out, "%s\"%.*s\"", out.n > 1 ? "," : "", (int)comma, rest.p);
		rest = str_from(rest, comma + 1);
	}
	buf_char(&out, ']');
	/* A list that is lost is none of everything. */
	a->failed |= !buf_ok(&out);
	kept = arena_str(a, buf_slice(&out));
	buf_release(&out);
	return kept;
}
