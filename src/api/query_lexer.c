/* SPDX-License-Identifier: Apache-2.0 */
#include "api/query_lexer.h"

#include "base/buf.h"
#include <strings.h>

#define NAME_MAX_BYTES ((size_t)1 << 20)

static char peek(const struct query_lexer *l, size_t ahead)
{
	const size_t at = l->at + ahead;

	if (at >= l->text.n)
		return '\0';
	return l->text.p[at];
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static enum code unfinished(struct query_lexer *l, size_t from, const char *what, struct err *e)
{
	return query_fault_set(l->fault, l->text, (struct query_place){ from, 1 }, e,
		"%s that does not end", what);
}

/* What stands between two quotes, the quote doubled within. */
static enum code read_quoted(
	struct query_lexer *l, const char *what, struct str *out, struct err *e)
{
	const size_t from = l->at;
	const char quote = peek(l, 0);
	struct buf b = BUF_INIT(NAME_MAX_BYTES);

	l->at++;
	while (l->at < l->text.n && (peek(l, 0) != quote || peek(l, 1) == quote)) {
		l->at += peek(l, 0) == quote;
		buf_char(&b, peek(l, 0));
		l->at++;
	}
	if (l->at < l->text.n) {
		l->at++;
		*out = arena_str(l->a, buf_slice(&b));
		if (!buf_ok(&b) || !arena_ok(l->a))
			err_nomem(e);
	} else {
		unfinished(l, from, what, e);
	}
	buf_release(&b);
	return e->code;
}

static enum code read_part(struct query_lexer *l, struct str *out, bool *quoted, struct err *e)
{
	const size_t from = l->at;

	if (peek(l, 0) == '"' || peek(l, 0) == '`') {
		*quoted = true;
		return read_quoted(l, "a quoted name", out, e);
	}
	while (is_letter(peek(l, 0)) || is_digit(peek(l, 0)))
		l->at++;
	*out = (struct str){ l->text.p + from, l->at - from };
	if (out->n)
		return E_OK;
	return query_fault_set(l->fault, l->text, (struct query_place){ from, 1 }, e,
		"expected the next part of the name behind the dot");
}

static enum code read_name(struct query_lexer *l, struct query_token *t, struct err *e)
{
	struct str parts[QUERY_PARTS_MAX];
	bool quoted = false;

	t->word = WORD_NAME;
	do {
		if (t->n)
			l->at++;
		if (t->n == QUERY_PARTS_MAX)
			return query_fault_set(l->fault, l->text, t->at, e,
				"a name of more than %d parts", QUERY_PARTS_MAX);
		if (read_part(l, &parts[t->n], &quoted, e))
			return e->code;
		t->n++;
	} while (peek(l, 0) == '.');
	t->plain = t->n == 1 && !quoted;
	t->parts = arena_alloc(l->a, t->n * sizeof(*t->parts));
	if (!t->parts)
		return err_nomem(e);
	memcpy(t->parts, parts, t->n * sizeof(*parts));
	return E_OK;
}

static size_t digits(struct query_lexer *l)
{
	const size_t from = l->at;

	while (is_digit(peek(l, 0)))
		l->at++;
	return l->at - from;
}

static enum code read_number(struct query_lexer *l, struct query_token *t, struct err *e)
{
	bool good;

	t->word = WORD_NUMBER;
	l->at += peek(l, 0) == '-' || peek(l, 0) == '+';
	good = digits(l) > 0;
	if (good && peek(l, 0) == '.') {
		l->at++;
		good = digits(l) > 0;
	}
	if (good && (peek(l, 0) == 'e' || peek(l, 0) == 'E')) {
		l->at++;
		l->at += peek(l, 0) == '-' || peek(l, 0) == '+';
		good = digits(l) > 0;
	}
	if (good && !is_letter(peek(l, 0)) && peek(l, 0) != '.')
		return E_OK;
	t->at.length = l->at - t->at.offset;
	return query_fault_set(l->fault, l->text, t->at, e, "this is not a number");
}

static enum code read_symbol(struct query_lexer *l, struct query_token *t, struct err *e)
{
	static const struct {
		const char *text;
		enum query_word word;
	} symbols[] = {
		{ "!=", WORD_UNEQUAL },
		{ "<>", WORD_UNEQUAL },
		{ "<=", WORD_AT_MOST },
		{ ">=", WORD_AT_LEAST },
		{ "<", WORD_LESS },
		{ ">", WORD_GREATER },
		{ "=", WORD_EQUAL },
		{ ",", WORD_COMMA },
		{ "(", WORD_OPEN },
		{ ")", WORD_CLOSE },
		{ "*", WORD_STAR },
		{ ";", WORD_SEMICOLON },
	};
	const struct str rest = str_from(l->text, l->at);

	for (size_t i = 0; i < sizeof(symbols) / sizeof(*symbols); i++)
		if (str_starts(rest, str_of(symbols[i].text))) {
			t->word = symbols[i].word;
			l->at += strlen(symbols[i].text);
			return E_OK;
		}
	t->at.length = 1;
	return query_fault_set(l->fault, l->text, t->at, e, "nothing begins with this character");
}

enum code query_lexer_next(struct query_lexer *l, struct query_token *out, struct err *e)
{
	char c;

	while (l->at < l->text.n && str_blank(l->text.p[l->at]))
		l->at++;
	*out = (struct query_token){ .word = WORD_END, .at = { l->at, 0 }, .text = STR("") };
	if (l->at == l->text.n)
		return E_OK;
	c = peek(l, 0);
	if (c == '\'') {
		out->word = WORD_TEXT;
		read_quoted(l, "a text", &out->text, e);
	} else if (is_letter(c) || c == '"' || c == '`') {
		read_name(l, out, e);
	} else if (is_digit(c) || ((c == '-' || c == '+') && is_digit(peek(l, 1)))) {
		read_number(l, out, e);
	} else {
		read_symbol(l, out, e);
	}
	out->at.length = l->at - out->at.offset;
	if (out->word != WORD_TEXT)
		out->text = (struct str){ l->text.p + out->at.offset, out->at.length };
	return e->code;
}

bool query_token_is(const struct query_token *t, const char *keyword)
{
	return t->word == WORD_NAME && t->plain && t->text.n == strlen(keyword) &&
	       strncasecmp(t->text.p, keyword, t->text.n) == 0;
}
