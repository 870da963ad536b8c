/* SPDX-License-Identifier: Apache-2.0 */
#include "api/read.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

/* The next token of SQL: a word, a literal, or one character. */
struct token {
	enum { TOKEN_END, TOKEN_WORD, TOKEN_LITERAL, TOKEN_OTHER } kind;
	struct str text;
};

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static size_t quoted(const char *p)
{
	size_t n = 1;

	while (p[n] && (p[n] != p[0] || p[n + 1] == p[0]))
		n += p[n] == p[0] ? 2 : 1;
	return p[n] ? n + 1 : n;
}

static const char *skip(const char *p)
{
	for (;;) {
		while (isspace((unsigned char)*p))
			p++;
		if (strncmp(p, "--", 2) == 0) {
			p += strcspn(p, "\n");
		} else if (strncmp(p, "/*", 2) == 0) {
			const char *end = strstr(p + 2, "*/");

			p = end ? end + 2 : p + strlen(p);
		} else {
			return p;
		}
	}
}

static struct token next(const char **at)
{
	const char *p = skip(*at);
	struct token t = { TOKEN_OTHER, { p, 1 } };

	if (!*p) {
		t = (struct token){ TOKEN_END, { p, 0 } };
	} else if (*p == '\'' || *p == '"') {
		t.kind = *p == '"' ? TOKEN_WORD : TOKEN_LITERAL;
		t.text.n = quoted(p);
	} else if (in_word(*p)) {
		t.kind = TOKEN_WORD;
		while (in_word(p[t.text.n]))
			t.text.n++;
	}
	*at = p + t.text.n;
	return t;
}

static bool is_word(const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD && t->text.n == strlen(word) &&
	       strncasecmp(t->text.p, word, t->text.n) == 0;
}

static bool is_time_column(const struct token *t)
{
	return is_word(t, "at") || is_word(t, "since") || is_word(t, "until");
}

static bool is_comparison(const struct token *t)
{
	return (t->kind == TOKEN_OTHER && strchr("<>=!", t->text.p[0])) || is_word(t, "between") ||
	       is_word(t, "and");
}

/* '2026-11-20T...' */
static bool is_iso_literal(const struct token *t)
{
	return t->kind == TOKEN_LITERAL && t->text.n > 12 && t->text.p[5] == '-' &&
	       t->text.p[8] == '-' && (t->text.p[11] == 'T' || t->text.p[11] == 't') &&
	       isdigit((unsigned char)t->text.p[1]);
}

static bool is_date_literal(const struct token *t)
{
	return t->kind == TOKEN_LITERAL && t->text.n > 10 && t->text.p[5] == '-' &&
	       isdigit((unsigned char)t->text.p[1]);
}

struct findings {
	struct token column, literal; /* a time in text compared with a T...Z literal */
	struct token view;            /* a view of a moment */
	struct token t_literal;       /* t compared with a date in text */
	bool has_t;                   /* the word t is there */
};

static bool is_moment_view(const struct token *t)
{
	return is_word(t, "resources_at") || is_word(t, "relationships_at") ||
	       is_word(t, "tags_at");
}

static void notice(struct findings *f, const struct token *subject, const struct token *t)
{
	if (is_iso_literal(t) && is_time_column(subject)) {
		f->column = *subject;
		f->literal = *t;
	} else if (is_date_literal(t) && is_word(subject, "t")) {
		f->t_literal = *t;
	}
	if (is_moment_view(t))
		f->view = *t;
	f->has_t |= is_word(t, "t");
}

static struct findings inspect(const char *sql)
{
	struct findings f = { 0 };
	struct token subject = { TOKEN_END, { "", 0 } }, t;

	/* What is compared stays the subject while comparison signs and literals follow. */
	while ((t = next(&sql)).kind != TOKEN_END) {
		notice(&f, &subject, &t);
		if (!is_comparison(&t) && t.kind != TOKEN_LITERAL)
			subject = t;
	}
	return f;
}

bool read_query_doubts(const char *sql, char *warning, char *hint, size_t size)
{
	struct findings f = inspect(sql);

	if (f.literal.text.n) {
		struct str day = { f.literal.text.p + 1, 10 };
		struct str time = { f.literal.text.p + 12, 5 };

		snprintf(warning, size,
			"'%.*s' holds '2026-11-20 14:00:00'; comparing with a T...Z literal skips the "
			"rest of that day",
			STR_ARG(f.column.text));
		snprintf(hint, size, "%.*s > '%.*s %.*s'   or   t > unixepoch(%.*s)",
			STR_ARG(f.column.text), STR_ARG(day), STR_ARG(time),
			STR_ARG(f.literal.text));
		return true;
	}
	if (f.t_literal.text.n) {
		snprintf(warning, size, "t is a number of seconds; a date in text never equals it");
		snprintf(hint, size, "t = unixepoch(%.*s)", STR_ARG(f.t_literal.text));
		return true;
	}
	if (f.view.text.n && !f.has_t) {
		snprintf(warning, size, "%.*s has no rows unless t says which moment",
			STR_ARG(f.view.text));
		snprintf(hint, size, "WHERE t = unixepoch('2026-11-20 14:00')");
		return true;
	}
	return false;
}
