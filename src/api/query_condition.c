/* SPDX-License-Identifier: Apache-2.0 */
#include "api/query_sql.h"
#include "json/write.h"

#define LIKE_LEAST 3  /* characters before the wildcards, in AWS */
#define FLAT_MAX   64 /* conditions in a row without brackets */

/* The values of a test as a JSON list; what is no value below configuration is compared as a text. */
static struct str literals(struct query_compiler *c, const struct query_value *first, bool texts)
{
	struct buf b = BUF_INIT(QUERY_VALUE_BYTES);
	struct str list;

	for (const struct query_value *v = first; v; v = v->next) {
		buf_char(&b, v == first ? '[' : ',');
		if (texts || v->kind == VALUE_TEXT)
			json_write_string(&b, v->text);
		else
			buf_str(&b, v->text);
	}
	buf_char(&b, ']');
	list = arena_str(c->a, buf_slice(&b));
	c->a->failed |= b.failed;
	buf_release(&b);
	return list;
}

/* LIKE on a column: what comes before the first wildcard is a range, which an index answers for. */
static void like_column(struct query_compiler *c, const char *column, struct str pattern)
{
	size_t n = 0;

	while (n < pattern.n && pattern.p[n] != '%' && pattern.p[n] != '_')
		n++;
	buf_printf(c->sql, "(text_like(%s, ", column);
	query_param(c, pattern);
	buf_char(c->sql, ')');
	if (n) {
		const struct str prefix = { pattern.p, n };

		buf_printf(c->sql, " AND %s >= ", column);
		query_param(c, prefix);
		/* No text that begins so lies behind it with the highest byte there is. */
		buf_printf(c->sql, " AND %s < ", column);
		query_param(c, arena_printf(c->a, "%.*s\xff", STR_ARG(prefix)));
	}
	buf_char(c->sql, ')');
}

/* A test of one SQL value that is a text or NULL. */
static void test_text(struct query_compiler *c, const char *column, const struct query_condition *t)
{
	const bool negative = strncmp(t->op, "not ", 4) == 0;

	if (strcmp(t->op, "like") == 0) {
		like_column(c, column, t->values->text);
	} else if (strcmp(t->op, "not like") == 0) {
		buf_printf(c->sql, "NOT text_like(%s, ", column);
		query_param(c, t->values->text);
		buf_char(c->sql, ')');
	} else if (strcmp(t->op, "between") == 0) {
		buf_printf(c->sql, "%s BETWEEN ", column);
		query_param(c, t->values->text);
		buf_text(c->sql, " AND ");
		query_param(c, t->values->next->text);
	} else if (strcmp(t->op, "in") == 0 || negative) {
		buf_printf(c->sql, "%s %s (", column, negative ? "NOT IN" : "IN");
		buf_text(c->sql, "SELECT value FROM json_each("); /* SQL: generated */
		query_param(c, literals(c, t->values, true));
		buf_text(c->sql, "))");
	} else {
		buf_printf(c->sql, "%s %s ", column, t->op);
		query_param(c, t->values->text);
	}
}

/* "a=b=c" is the tag a with the value b=c, or a=b with c: a list of both, for the index by key and value. */
static struct str splits(struct query_compiler *c, const struct query_value *first)
{
	struct buf b = BUF_INIT(QUERY_VALUE_BYTES);
	struct str list;

	for (const struct query_value *v = first; v; v = v->next)
		for (size_t i = 0; i < v->text.n; i++) {
			if (v->text.p[i] != '=')
				continue;
			buf_text(&b, b.n ? ",[" : "[[");
			json_write_string(&b, (struct str){ v->text.p, i });
			buf_char(&b, ',');
			json_write_string(&b, str_from(v->text, i + 1));
			buf_char(&b, ']');
		}
	buf_text(&b, b.n ? "]" : "[]");
	list = arena_str(c->a, buf_slice(&b));
	c->a->failed |= b.failed;
	buf_release(&b);
	return list;
}

static void test_tag(
	struct query_compiler *c, const struct query_property *p, const struct query_condition *t)
{
	buf_text(c->sql, "r.rid IN (SELECT g.rid FROM tags g WHERE "); /* SQL: generated */
	if (p->sql[0] == '(' && (strcmp(t->op, "=") == 0 || strcmp(t->op, "in") == 0)) {
		buf_text(c->sql,
			"(g.key, g.value) IN (SELECT json_extract(value, '$[0]'),"
			" json_extract(value, '$[1]') FROM json_each("); /* SQL: generated */
		query_param(c, splits(c, t->values));
		buf_text(c->sql, "))");
	} else {
		test_text(c, p->sql, t);
	}
	buf_char(c->sql, ')');
}

static void test_leaf(
	struct query_compiler *c, const struct query_property *p, const struct query_condition *t)
{
	if (p->hidden && c->scope->aws_limits) {
		buf_char(c->sql, '0');
		return;
	}
	buf_text(c->sql, "leaf_any(");
	query_body(c, p);
	buf_text(c->sql, ", ");
	query_param(c, p->paths);
	buf_printf(c->sql, ", '%s', ", t->op);
	query_param(c, literals(c, t->values, !p->below));
	buf_char(c->sql, ')');
}

/* At least three characters, then wildcards, if any. */
static bool aws_likes(struct str pattern)
{
	size_t i = 0, characters = 0;

	for (; i < pattern.n && pattern.p[i] != '%' && pattern.p[i] != '_'; i++)
		characters += ((unsigned char)pattern.p[i] & 0xc0) != 0x80;
	while (i < pattern.n && (pattern.p[i] == '%' || pattern.p[i] == '_'))
		i++;
	return i == pattern.n && characters >= LIKE_LEAST;
}

static enum code test(struct query_compiler *c, const struct query_condition *t)
{
	const size_t n = strlen(t->op);
	struct query_property p;

	if (query_find(c, t->parts, t->n_parts, t->name, &p))
		return c->e->code;
	if (c->scope->aws_limits && n >= 4 && strcmp(t->op + n - 4, "like") == 0 &&
		!aws_likes(t->values->text))
		return query_refuse(c, t->values->at,
			"LIKE takes at least three characters, and wildcards behind them alone");
	switch (p.kind) {
	case PROPERTY_COLUMN: test_text(c, p.sql, t); break;
	case PROPERTY_TAG: test_tag(c, &p, t); break;
	case PROPERTY_LEAF: test_leaf(c, &p, t); break;
	}
	return E_OK;
}

/* How deep brackets stand in what is made of it. */
// NOLINTNEXTLINE(misc-no-recursion): QUERY_DEPTH_MAX
static int depth(const struct query_condition *w)
{
	int deepest = 0;

	if (w->kind == CONDITION_TEST)
		return 0;
	for (const struct query_condition *k = w->first; k; k = k->next) {
		const int d = depth(k);

		deepest = d > deepest ? d : deepest;
	}
	return deepest + 1;
}

/* SQLite limits how deep an expression is, which long lists are, and how many brackets are open at a time. */
// NOLINTNEXTLINE(misc-no-recursion): QUERY_DEPTH_MAX and the logarithm of a list's length
static enum code write_list(struct query_compiler *c, const struct query_condition *const *list,
	size_t n, const char *word)
{
	buf_char(c->sql, '(');
	if (n > FLAT_MAX) {
		if (write_list(c, list, n / 2, word))
			return c->e->code;
		buf_text(c->sql, word);
		if (write_list(c, list + n / 2, n - n / 2, word))
			return c->e->code;
	} else {
		for (size_t i = 0; i < n; i++) {
			buf_text(c->sql, i ? word : "");
			if (query_condition_write(c, list[i]))
				return c->e->code;
		}
	}
	buf_char(c->sql, ')');
	return E_OK;
}

/* The deepest comes first: SQLite keeps nothing on its stack but the bracket then. */
// NOLINTNEXTLINE(misc-no-recursion): QUERY_DEPTH_MAX
static enum code write_both(struct query_compiler *c, const struct query_condition *w)
{
	const struct query_condition **list =
		arena_alloc(c->a, w->n * sizeof(const struct query_condition *));
	int deepest = 0;
	size_t n = 0;

	if (!list)
		return err_nomem(c->e);
	for (const struct query_condition *k = w->first; k; k = k->next) {
		const int d = depth(k);

		list[n++] = k;
		if (d > deepest) {
			deepest = d;
			list[n - 1] = list[0];
			list[0] = k;
		}
	}
	return write_list(c, list, n, w->kind == CONDITION_OR ? " OR " : " AND ");
}

// NOLINTNEXTLINE(misc-no-recursion): QUERY_DEPTH_MAX
enum code query_condition_write(struct query_compiler *c, const struct query_condition *w)
{
	switch (w->kind) {
	case CONDITION_TEST: return test(c, w);
	case CONDITION_NOT:
		/* What has no value fits no comparison, so its contrary holds. */
		buf_text(c->sql, "(");
		if (query_condition_write(c, w->first))
			return c->e->code;
		buf_text(c->sql, ") IS NOT TRUE");
		return E_OK;
	case CONDITION_AND:
	case CONDITION_OR: return write_both(c, w);
	}
	return E_OK;
}
