/* SPDX-License-Identifier: Apache-2.0 */
#include "api/query_parser.h"

#include <stdio.h>

struct parser {
	struct query_lexer lexer;
	struct arena *a;
	struct query_token token; /* the one at hand */
	size_t end;               /* of the one before */
	struct err *e;
};

/* What people know from SQL and is not there. */
static const struct {
	const char *word, *hint;
} missing[] = {
	{ "FROM", "there is no FROM: every query is about all resources" },
	{ "AS", "there is no AS: columns are called as they are selected" },
	{ "DISTINCT", "GROUP BY gives each value once" },
	{ "ALL", "leave it out" },
	{ "HAVING", "there is no HAVING" },
	{ "JOIN",
		"there is no JOIN: relationships.resourceId names what a resource is related to" },
	{ "UNION", "there is no UNION: ask twice" },
	{ "IS", "there is no test for what is missing: NOT property LIKE '...' or a comparison" },
	{ "NULL", "there is no NULL: a comparison with what is missing does not hold" },
	{ "LIMIT", "there is no LIMIT in the text: it is said beside it" },
	{ "OFFSET", "there is no OFFSET: go on with the next page" },
	{ "SELECT", "there are no queries in queries" },
	{ "BETWEEN", "NOT stands before the property: NOT property BETWEEN 1 AND 2" },
};

static const char *const keywords[] = { "SELECT", "WHERE", "GROUP", "ORDER", "BY", "AND", "OR",
	"NOT", "IN", "LIKE", "BETWEEN", "ASC", "DESC", "TRUE", "FALSE", "NULL", "FROM", "AS",
	"DISTINCT", "ALL", "HAVING", "JOIN", "UNION", "IS", "LIMIT", "OFFSET" };

static const struct {
	const char *name;
	enum query_aggregate is;
} aggregates[] = { { "AVG", AGGREGATE_AVG }, { "COUNT", AGGREGATE_COUNT }, { "MAX", AGGREGATE_MAX },
	{ "MIN", AGGREGATE_MIN }, { "SUM", AGGREGATE_SUM } };

static bool is(const struct parser *p, enum query_word word)
{
	return p->token.word == word;
}

static bool is_key(const struct parser *p, const char *keyword)
{
	return query_token_is(&p->token, keyword);
}

static enum code advance(struct parser *p)
{
	p->end = p->token.at.offset + p->token.at.length;
	return query_lexer_next(&p->lexer, &p->token, p->e);
}

static bool is_reserved(const struct query_token *t)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(*keywords); i++)
		if (query_token_is(t, keywords[i]))
			return true;
	return false;
}

static enum code expected(struct parser *p, const char *what)
{
	struct query_fault *f = p->lexer.fault;
	const struct query_place at = p->token.at;
	const int shown = at.length < 40 ? (int)at.length : 40;

	if (is(p, WORD_END))
		return query_fault_set(
			f, p->lexer.text, at, p->e, "expected %s, and here it ends", what);
	query_fault_set(f, p->lexer.text, at, p->e, "expected %s, found %.*s%s", what, shown,
		p->lexer.text.p + at.offset, at.length > 40 ? "..." : "");
	for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++)
		if (query_token_is(&p->token, missing[i].word))
			snprintf(f->hint, sizeof(f->hint), "%s", missing[i].hint);
	return p->e->code;
}

static enum code want(struct parser *p, enum query_word word, const char *what)
{
	return is(p, word) ? advance(p) : expected(p, what);
}

static enum code want_key(struct parser *p, const char *keyword)
{
	return is_key(p, keyword) ? advance(p) : expected(p, keyword);
}

static enum code read_name(struct parser *p, struct query_item *i, const char *what)
{
	if (!is(p, WORD_NAME) || is_reserved(&p->token))
		return expected(p, what);
	i->name = p->token.at;
	i->parts = p->token.parts;
	i->n = p->token.n;
	return advance(p);
}

/* The name at hand is that of an aggregate when a bracket follows; there is no other use for brackets behind a name. */
static enum query_aggregate aggregate_of(const struct parser *p)
{
	struct query_lexer ahead = p->lexer;
	struct query_fault fault = { 0 };
	struct query_token next;
	struct err e = { 0 };

	ahead.fault = &fault;
	for (size_t i = 0; i < sizeof(aggregates) / sizeof(*aggregates); i++)
		if (is_key(p, aggregates[i].name) && !query_lexer_next(&ahead, &next, &e) &&
			next.word == WORD_OPEN)
			return aggregates[i].is;
	return AGGREGATE_NONE;
}

static enum code read_aggregate(struct parser *p, struct query_item *i)
{
	/* Its name, and the bracket. */
	for (int k = 0; k < 2; k++)
		if (advance(p))
			return p->e->code;
	if (is(p, WORD_STAR) && i->aggregate == AGGREGATE_COUNT) {
		i->star = true;
		if (advance(p))
			return p->e->code;
	} else if (read_name(p, i,
			   i->aggregate == AGGREGATE_COUNT ? "a property or *" : "a property")) {
		return p->e->code;
	}
	return want(p, WORD_CLOSE, ")");
}

enum item_place { IN_SELECT, IN_GROUP, IN_ORDER };

static enum code read_item(struct parser *p, enum item_place where, struct query_item *i)
{
	static const char *const wanted[] = { "a property, an aggregate or *", "a property",
		"a property or an aggregate" };

	i->at = p->token.at;
	if (where != IN_GROUP)
		i->aggregate = aggregate_of(p);
	if (is(p, WORD_STAR) && where == IN_SELECT) {
		i->star = true;
		advance(p);
	} else if (i->aggregate) {
		read_aggregate(p, i);
	} else {
		read_name(p, i, wanted[where]);
	}
	i->at.length = p->end - i->at.offset;
	i->text = (struct str){ p->lexer.text.p + i->at.offset, i->at.length };
	if (!p->e->code && where == IN_ORDER && (is_key(p, "ASC") || is_key(p, "DESC"))) {
		i->descending = is_key(p, "DESC");
		advance(p);
	}
	return p->e->code;
}

static enum code read_items(
	struct parser *p, enum item_place where, struct query_item **first, size_t *n)
{
	struct query_item **end = first;

	for (;;) {
		struct query_item *i = arena_alloc(p->a, sizeof(*i));

		if (!i)
			return err_nomem(p->e);
		if (read_item(p, where, i))
			return p->e->code;
		*end = i;
		end = &i->next;
		++*n;
		if (!is(p, WORD_COMMA))
			return E_OK;
		if (advance(p))
			return p->e->code;
	}
}

/* JSON knows no plus sign and no zeros in front. */
static struct str plain_number(struct parser *p, struct str s)
{
	const bool minus = s.p[0] == '-';

	if (s.p[0] == '-' || s.p[0] == '+')
		s = str_from(s, 1);
	while (s.n > 1 && s.p[0] == '0' && s.p[1] >= '0' && s.p[1] <= '9')
		s = str_from(s, 1);
	return minus ? arena_printf(p->a, "-%.*s", STR_ARG(s)) : s;
}

static enum code read_value(struct parser *p, struct query_value **out)
{
	struct query_value *v = arena_alloc(p->a, sizeof(*v));

	if (!v)
		return err_nomem(p->e);
	v->at = p->token.at;
	if (is(p, WORD_TEXT)) {
		v->kind = VALUE_TEXT;
		v->text = p->token.text;
	} else if (is(p, WORD_NUMBER)) {
		v->kind = VALUE_NUMBER;
		v->text = plain_number(p, p->token.text);
	} else if (is_key(p, "TRUE") || is_key(p, "FALSE")) {
		v->kind = VALUE_BOOL;
		v->text = is_key(p, "TRUE") ? STR("true") : STR("false");
	} else {
		return expected(p, "a value");
	}
	*out = v;
	return advance(p);
}

static enum code read_between(struct parser *p, struct query_condition *c)
{
	c->op = "between";
	if (advance(p) || read_value(p, &c->values) || want_key(p, "AND"))
		return p->e->code;
	return read_value(p, &c->values->next);
}

static enum code read_in(struct parser *p, struct query_condition *c)
{
	struct query_value **end = &c->values;

	if (advance(p) || want(p, WORD_OPEN, "("))
		return p->e->code;
	while (!read_value(p, end)) {
		end = &(*end)->next;
		if (!is(p, WORD_COMMA))
			return want(p, WORD_CLOSE, "a comma or )");
		if (advance(p))
			break;
	}
	return p->e->code;
}

static enum code read_like(struct parser *p, struct query_condition *c)
{
	if (advance(p))
		return p->e->code;
	return is(p, WORD_TEXT) ? read_value(p, &c->values) : expected(p, "a text");
}

static const char *comparison(const struct parser *p)
{
	switch ((int)p->token.word) {
	case WORD_EQUAL: return "=";
	case WORD_UNEQUAL: return "<>";
	case WORD_LESS: return "<";
	case WORD_AT_MOST: return "<=";
	case WORD_GREATER: return ">";
	case WORD_AT_LEAST: return ">=";
	default: return NULL;
	}
}

static enum code read_test(struct parser *p, struct query_condition *c)
{
	struct query_item i = { 0 };
	bool not ;

	c->kind = CONDITION_TEST;
	if (read_name(p, &i, "a condition"))
		return p->e->code;
	c->name = i.name;
	c->parts = i.parts;
	c->n_parts = i.n;
	c->op = comparison(p);
	if (c->op)
		return advance(p) ? p->e->code : read_value(p, &c->values);
	if (is_key(p, "BETWEEN"))
		return read_between(p, c);
	not = is_key(p, "NOT");
	if (not &&advance(p))
		return p->e->code;
	if (is_key(p, "IN")) {
		c->op = not ? "not in" : "in";
		return read_in(p, c);
	}
	if (is_key(p, "LIKE")) {
		c->op = not ? "not like" : "like";
		return read_like(p, c);
	}
	return expected(p, not ? "IN or LIKE" : "a comparison");
}

static enum code read_or(struct parser *p, struct query_condition **out, int depth);

// NOLINTNEXTLINE(misc-no-recursion): QUERY_DEPTH_MAX
static enum code read_positive(struct parser *p, struct query_condition **out, int depth)
{
	if (depth == QUERY_DEPTH_MAX && is(p, WORD_OPEN))
		return query_fault_set(p->lexer.fault, p->lexer.text, p->token.at, p->e,
			"brackets stand deeper than %d", QUERY_DEPTH_MAX);
	if (is(p, WORD_OPEN)) {
		if (advance(p) || read_or(p, out, depth + 1))
			return p->e->code;
		return want(p, WORD_CLOSE, "AND, OR or )");
	}
	*out = arena_alloc(p->a, sizeof(**out));
	return *out ? read_test(p, *out) : err_nomem(p->e);
}

/* Of several NOT in a row two are none. */
// NOLINTNEXTLINE(misc-no-recursion): QUERY_DEPTH_MAX
static enum code read_single(struct parser *p, struct query_condition **out, int depth)
{
	struct query_condition * not ;
	bool negative = false;

	while (is_key(p, "NOT")) {
		negative = !negative;
		if (advance(p))
			return p->e->code;
	}
	if (!negative)
		return read_positive(p, out, depth);
	not = arena_alloc(p->a, sizeof(*not ));
	if (!not )
		return err_nomem(p->e);
	not ->kind = CONDITION_NOT;
	not ->n = 1;
	*out = not ;
	return read_positive(p, &not ->first, depth);
}

/* Conditions with the same word between them are one list. */
// NOLINTNEXTLINE(misc-no-recursion): QUERY_DEPTH_MAX
static enum code read_list(struct parser *p, bool with_or, struct query_condition **out, int depth)
{
	struct query_condition *list = arena_alloc(p->a, sizeof(*list)), **end;

	if (!list)
		return err_nomem(p->e);
	list->kind = with_or ? CONDITION_OR : CONDITION_AND;
	end = &list->first;
	for (;;) {
		if (with_or ? read_list(p, false, end, depth) : read_single(p, end, depth))
			return p->e->code;
		end = &(*end)->next;
		list->n++;
		if (!is_key(p, with_or ? "OR" : "AND"))
			break;
		if (advance(p))
			return p->e->code;
	}
	*out = list->n == 1 ? list->first : list;
	return E_OK;
}

// NOLINTNEXTLINE(misc-no-recursion): QUERY_DEPTH_MAX
static enum code read_or(struct parser *p, struct query_condition **out, int depth)
{
	return read_list(p, true, out, depth);
}

static enum code read_by(
	struct parser *p, enum item_place where, struct query_item **out, size_t *n)
{
	if (advance(p) || want_key(p, "BY"))
		return p->e->code;
	return read_items(p, where, out, n);
}

static enum code read_query(struct parser *p, struct query *q)
{
	size_t n = 0;

	if (advance(p) || want_key(p, "SELECT") || read_items(p, IN_SELECT, &q->select, &n))
		return p->e->code;
	if (is_key(p, "WHERE") && (advance(p) || read_or(p, &q->where, 0)))
		return p->e->code;
	if (is_key(p, "GROUP") && read_by(p, IN_GROUP, &q->group, &q->n_group))
		return p->e->code;
	if (is_key(p, "ORDER") && read_by(p, IN_ORDER, &q->order, &n))
		return p->e->code;
	if (is(p, WORD_SEMICOLON) && advance(p))
		return p->e->code;
	if (is(p, WORD_END))
		return E_OK;
	if (q->order)
		return expected(p, "a comma or the end");
	if (q->group)
		return expected(p, "a comma, ORDER BY or the end");
	return expected(p, q->where ? "AND, OR, GROUP BY, ORDER BY or the end"
				    : "a comma, WHERE, GROUP BY, ORDER BY or the end");
}

enum code query_parse(struct arena *a, struct str text, struct query *out,
	struct query_fault *fault, struct err *e)
{
	struct parser p = { .lexer = { .text = text, .a = a, .fault = fault }, .a = a, .e = e };
	struct query q = { .text = text };

	if (read_query(&p, &q))
		return e->code;
	if (!arena_ok(a))
		return err_nomem(e);
	*out = q;
	return E_OK;
}
