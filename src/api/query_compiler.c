/* SPDX-License-Identifier: Apache-2.0 */
#include "api/query_sql.h"
#include "base/must.h"
#include "json/read.h"
#include "json/write.h"
#include <stdio.h>
#include <stdlib.h>

#define AWS_GROUPS_MAX 3

/* ---- What is selected ---- */

static bool same_name(const struct query_item *a, const struct query_item *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!str_eq(a->parts[i], b->parts[i]))
			return false;
	return true;
}

static const struct query_group *group_of(
	const struct query_compiler *c, const struct query_item *i)
{
	for (size_t k = 0; k < c->q->n_group; k++)
		if (same_name(c->groups[k].item, i))
			return &c->groups[k];
	return NULL;
}

static int add_column(struct query_compiler *c, const char *sql)
{
	buf_printf(c->sql, "%s%s", c->columns ? ", " : "SELECT ", sql);
	return (int)c->columns++;
}

/* A property that is selected again is no column more: SQLite limits how many there are. */
static int add_property(struct query_compiler *c, const char *sql)
{
	for (size_t k = 0; k < query_columns_n; k++)
		if (query_columns[k].sql == sql) {
			if (!c->selected[k])
				c->selected[k] = add_column(c, sql) + 1;
			return c->selected[k] - 1;
		}
	return add_column(c, sql);
}

static void add_field(struct query_compiler *c, enum query_field_kind kind,
	const struct query_item *i, int column)
{
	struct query_field *f = &c->plan->fields[c->plan->n_fields++];

	*f = (struct query_field){ kind, i->text, i->parts, i->n, column };
	if (i->aggregate) {
		f->parts = &f->name;
		f->n = 1;
	}
}

static void add_star(struct query_compiler *c)
{
	for (size_t k = 0; k < query_columns_n; k++) {
		struct query_field *f;

		if (!query_columns[k].in_star)
			continue;
		f = &c->plan->fields[c->plan->n_fields++];
		*f = (struct query_field){ .name = str_of(query_columns[k].name),
			.n = 1,
			.column = add_property(c, query_columns[k].sql) };
		f->parts = &f->name;
	}
}

static void add_to_tree(struct query_compiler *c, const struct query_item *i)
{
	struct query_tree *t = &c->plan->tree;

	for (size_t k = 0; t && k < i->n; k++) {
		struct query_tree **at = &t->first;

		while (*at && !str_eq((*at)->name, i->parts[k]))
			at = &(*at)->next;
		if (!*at)
			*at = arena_alloc(c->a, sizeof(**at));
		t = *at;
		if (t)
			t->name = i->parts[k];
	}
	if (t)
		t->whole = true;
}

/* One value of several where there is an order to choose by. */
static const char *extreme(struct query_compiler *c, const struct query_property *p, bool greatest)
{
	struct buf b = BUF_INIT(QUERY_SQL_BYTES), *before = c->sql;

	c->sql = &b;
	if (p->kind == PROPERTY_COLUMN)
		buf_text(&b, p->sql);
	else if (p->kind == PROPERTY_TAG)
		buf_printf(&b,
			"(SELECT %s(%s) FROM tags g WHERE g.rid = r.rid)", /* SQL: generated */
			greatest ? "max" : "min", p->sql);
	else
		query_leaf_call(c, greatest ? "leaf_greatest" : "leaf_least", p);
	return query_piece(c, &b, before);
}

static void count(struct query_compiler *c, const struct query_property *p)
{
	if (p->kind == PROPERTY_COLUMN) {
		buf_printf(c->sql, "count(%s)", p->sql);
	} else if (p->kind == PROPERTY_TAG) {
		buf_text(c->sql,
			"coalesce(sum(EXISTS (SELECT 1 FROM tags g WHERE g.rid = r.rid)), 0)"); /* SQL: generated */
	} else {
		buf_text(c->sql, "coalesce(sum(");
		query_leaf_call(c, "leaf_there", p);
		buf_text(c->sql, "), 0)");
	}
}

static enum code aggregate(struct query_compiler *c, const struct query_item *i, const char **out)
{
	struct buf b = BUF_INIT(QUERY_SQL_BYTES), *before = c->sql;
	const bool sums = i->aggregate == AGGREGATE_AVG || i->aggregate == AGGREGATE_SUM;
	struct query_property p = { .kind = PROPERTY_COLUMN };

	if (!i->star && query_find(c, i->parts, i->n, i->name, &p))
		return c->e->code;
	if (sums && !p.below)
		return query_refuse(c, i->name, "this property is not a number");
	c->sql = &b;
	if (i->star) {
		buf_text(&b, "count(*)");
	} else if (i->aggregate == AGGREGATE_COUNT) {
		count(c, &p);
	} else if (!sums) {
		const bool max = i->aggregate == AGGREGATE_MAX;

		buf_printf(&b, "%s(%s)", max ? "max" : "min", extreme(c, &p, max));
	} else {
		buf_text(&b, "sum(");
		query_leaf_call(c, "leaf_sum", &p);
		buf_char(&b, ')');
		if (i->aggregate == AGGREGATE_AVG) {
			buf_text(&b, " / nullif(sum(");
			query_leaf_call(c, "leaf_numbers", &p);
			buf_text(&b, "), 0)");
		}
	}
	*out = query_piece(c, &b, before);
	return E_OK;
}

static enum code select_plain(struct query_compiler *c, const struct query_item *i)
{
	struct query_property p;

	if (i->star) {
		add_star(c);
		return E_OK;
	}
	if (query_find(c, i->parts, i->n, i->name, &p))
		return c->e->code;
	if (p.kind == PROPERTY_COLUMN) {
		add_field(c, FIELD_COLUMN, i, add_property(c, p.sql));
	} else {
		c->document = true;
		add_field(c, FIELD_DOCUMENT, i, -1);
		add_to_tree(c, i);
	}
	return E_OK;
}

static enum code select_grouped(struct query_compiler *c, const struct query_item *i)
{
	const bool counts = i->aggregate == AGGREGATE_COUNT;
	const struct query_group *g;
	const char *sql = NULL;

	if (i->aggregate) {
		if (aggregate(c, i, &sql))
			return c->e->code;
		add_field(c, counts ? FIELD_COUNT : FIELD_FIGURE, i, add_column(c, sql));
		return E_OK;
	}
	if (i->star)
		return query_refuse(c, i->at, "* cannot stand beside an aggregate or GROUP BY");
	g = group_of(c, i);
	if (!g)
		return query_refuse(
			c, i->name, "this property is neither in GROUP BY nor in an aggregate");
	add_field(c, g->is.kind == PROPERTY_LEAF ? FIELD_VALUE : FIELD_COLUMN, i,
		add_column(c, g->sql));
	return E_OK;
}

static enum code select_all(struct query_compiler *c)
{
	size_t n = 0;

	for (const struct query_item *i = c->q->select; i; i = i->next)
		n += i->star && !i->aggregate ? query_columns_n : 1;
	c->plan->fields = arena_alloc(c->a, n * sizeof(*c->plan->fields));
	if (!c->plan->fields)
		return err_nomem(c->e);
	for (const struct query_item *i = c->q->select; i; i = i->next)
		if (c->grouped ? select_grouped(c, i) : select_plain(c, i))
			return c->e->code;
	c->plan->document = c->plan->type = -1;
	if (!c->plan->tree.first)
		return E_OK;
	c->plan->document = add_column(
		c, "CASE WHEN d.base IS NULL THEN d.body ELSE json_patch(b.body, d.body) END");
	if (c->scope->aws_limits)
		c->plan->type = add_column(c, "r.resource_type");
	return E_OK;
}

/* ---- Groups ---- */

static enum code find_groups(struct query_compiler *c)
{
	size_t n = 0;

	c->groups = arena_alloc(c->a, (c->q->n_group + 1) * sizeof(*c->groups));
	if (!c->groups)
		return err_nomem(c->e);
	for (const struct query_item *i = c->q->group; i; i = i->next) {
		struct query_group *g = &c->groups[n++];

		g->item = i;
		if (c->scope->aws_limits && n > AWS_GROUPS_MAX)
			return query_refuse(c, i->at, "GROUP BY takes three properties at most");
		if (query_find(c, i->parts, i->n, i->name, &g->is))
			return c->e->code;
		g->sql = g->is.kind == PROPERTY_COLUMN ? g->is.sql
						       : arena_printf(c->a, "g%zu.value", n).p;
		g->key = g->is.kind == PROPERTY_LEAF
				 ? arena_printf(c->a, "leaf_key(g%zu.value)", n).p
				 : g->sql;
	}
	return E_OK;
}

/* A row for each value of what is grouped by, or one where there is none. */
static void join_groups(struct query_compiler *c)
{
	for (size_t k = 0; k < c->q->n_group; k++) {
		const struct query_property *p = &c->groups[k].is;

		if (p->kind == PROPERTY_COLUMN)
			continue;
		buf_text(c->sql, " JOIN json_each(");
		if (p->kind == PROPERTY_LEAF)
			query_leaf_call(c, "leaf_values", p);
		else
			buf_printf(c->sql,
				"(SELECT iif(count(*), json_group_array(DISTINCT %s), '[null]')"
				" FROM tags g WHERE g.rid = r.rid)", /* SQL: generated */
				p->sql);
		buf_printf(c->sql, ") g%zu", k + 1);
	}
}

static void write_group_by(struct query_compiler *c)
{
	for (size_t k = 0; k < c->q->n_group; k++)
		buf_printf(c->sql, "%s%s", k ? ", " : " GROUP BY ", c->groups[k].sql);
}

/* ---- Order and pages ---- */

static void add_key(struct query_compiler *c, const char *sql, bool descending)
{
	c->plan->keys[c->plan->n_keys++] =
		(struct query_key){ .sql = sql, .descending = descending };
}

static enum code key_of(struct query_compiler *c, const struct query_item *i)
{
	struct query_property p;
	const struct query_group *g;
	const char *sql = NULL;

	if (i->aggregate && !c->grouped)
		return query_refuse(
			c, i->at, "an aggregate in ORDER BY needs GROUP BY or one in SELECT");
	if (i->aggregate) {
		if (c->scope->aws_limits && c->q->n_group > 1)
			return query_refuse(c, i->at,
				"ordering by an aggregate takes one property in GROUP BY");
		c->plan->pages = false;
		if (aggregate(c, i, &sql))
			return c->e->code;
		add_key(c, sql, i->descending);
		return E_OK;
	}
	if (c->grouped) {
		g = group_of(c, i);
		if (!g)
			return query_refuse(c, i->name, "this property is not in GROUP BY");
		add_key(c, g->key, i->descending);
		return E_OK;
	}
	if (query_find(c, i->parts, i->n, i->name, &p))
		return c->e->code;
	add_key(c, extreme(c, &p, i->descending), i->descending);
	return E_OK;
}

/* What is ordered by, then what tells any two rows apart. */
static enum code find_keys(struct query_compiler *c)
{
	size_t n = c->q->n_group + 1;

	for (const struct query_item *i = c->q->order; i; i = i->next)
		n++;
	c->plan->keys = arena_alloc(c->a, n * sizeof(*c->plan->keys));
	if (!c->plan->keys)
		return err_nomem(c->e);
	c->plan->pages = true;
	for (const struct query_item *i = c->q->order; i; i = i->next)
		if (key_of(c, i))
			return c->e->code;
	for (size_t k = 0; k < c->q->n_group; k++)
		add_key(c, c->groups[k].sql, false);
	if (!c->grouped) {
		add_key(c, "r.rid", false);
		c->plan->keys[c->plan->n_keys - 1].never_null = true;
	}
	return E_OK;
}

static void write_order(struct query_compiler *c)
{
	for (size_t k = 0; k < c->plan->n_keys; k++) {
		const struct query_key *key = &c->plan->keys[k];

		buf_printf(c->sql, "%s%s%s%s", k ? ", " : " ORDER BY ", key->sql,
			key->descending ? " DESC" : "", key->never_null ? "" : " NULLS LAST");
	}
}

/* A query's mark, for what its pages are followed by: FNV-1a over its text. */
static uint64_t mark_of(struct str text)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

static void write_cell(struct buf *b, const struct cell *v)
{
	switch (v->kind) {
	case CELL_INT: buf_printf(b, "%lld", (long long)v->i); break;
	case CELL_REAL: buf_printf(b, "{\"r\":%.17g}", v->r); break;
	case CELL_TEXT: json_write_string(b, v->text); break;
	case CELL_NULL:
	case CELL_BLOB: buf_text(b, "null"); break;
	}
}

void query_plan_next(const struct query_plan *plan, struct str expression, const struct cell *cells,
	struct buf *out)
{
	buf_clear(out);
	buf_printf(out, "[\"%016llx\"", (unsigned long long)mark_of(expression));
	for (size_t k = 0; k < plan->n_keys; k++) {
		buf_char(out, ',');
		write_cell(out, &cells[(size_t)plan->key + k]);
	}
	buf_char(out, ']');
}

static bool read_cell(const struct json *v, struct cell *out)
{
	const struct json *real = json_get(v, "r");

	if (v->kind == JSON_STRING) {
		*out = cell_str(v->text);
	} else if (v->kind == JSON_NULL) {
		*out = cell_null();
	} else if (v->kind == JSON_NUMBER) {
		*out = cell_int(strtoll(v->text.p, NULL, 10));
	} else if (json_is(real, JSON_NUMBER)) {
		*out = (struct cell){ .kind = CELL_REAL, .r = strtod(real->text.p, NULL) };
	} else {
		return false;
	}
	return true;
}

static enum code foreign_token(struct query_compiler *c)
{
	err_set(c->e, E_INVALID, "the place to go on from is not of this query");
	return err_remote(c->e, "InvalidNextTokenException");
}

/* The keys of the row that the page before ended with. */
static enum code read_after(struct query_compiler *c, struct cell *cells)
{
	struct err broken = { 0 };
	struct json *list = NULL;
	const struct json *v;
	size_t k = 0;
	char mark[24];

	if (json_read(c->a, c->scope->after, &list, &broken))
		return broken.code == E_NOMEM ? err_nomem(c->e) : foreign_token(c);
	snprintf(mark, sizeof(mark), "%016llx", (unsigned long long)mark_of(c->q->text));
	if (list->kind != JSON_ARRAY || list->n != c->plan->n_keys + 1 || !c->plan->pages ||
		!json_is(list->first, JSON_STRING) || !str_is(list->first->text, mark))
		return foreign_token(c);
	for (v = list->first->next; v; v = v->next)
		if (!read_cell(v, &cells[k++]))
			return foreign_token(c);
	return E_OK;
}

/* Rows behind a row: equal in the first keys, behind it in the next. */
static enum code write_after(struct query_compiler *c)
{
	struct cell *cells = arena_alloc(c->a, (c->plan->n_keys + 1) * sizeof(*cells));
	const char *between = "";

	if (!cells)
		return err_nomem(c->e);
	if (read_after(c, cells))
		return c->e->code;
	buf_text(c->sql, " AND (");
	for (size_t k = 0; k < c->plan->n_keys; k++) {
		const struct query_key *key = &c->plan->keys[k];

		/* What has no value is last: nothing lies behind it. */
		if (cells[k].kind == CELL_NULL)
			continue;
		buf_printf(c->sql, "%s(", between);
		for (size_t before = 0; before < k; before++) {
			buf_printf(c->sql, "%s IS ", c->plan->keys[before].sql);
			query_param_cell(c, cells[before]);
			buf_text(c->sql, " AND ");
		}
		buf_printf(c->sql, "(%s %c ", key->sql, key->descending ? '<' : '>');
		query_param_cell(c, cells[k]);
		buf_printf(c->sql, " OR %s IS NULL))", key->sql);
		between = " OR ";
	}
	buf_text(c->sql, *between ? ")" : "0)");
	return E_OK;
}

/* ---- All of it ---- */

static void write_scope(struct query_compiler *c)
{
	const struct query_scope *s = c->scope;

	buf_text(c->sql, " WHERE i.status <> 'ResourceNotRecorded'");
	if (s->account) {
		buf_text(c->sql, " AND r.account = ");
		query_param(c, str_of(s->account));
	}
	if (s->region) {
		buf_text(c->sql, " AND r.region IN ('global', ");
		query_param(c, str_of(s->region));
		buf_char(c->sql, ')');
	}
	if (s->accounts) {
		buf_text(c->sql,
			" AND r.account IN (SELECT value FROM json_each("); /* SQL: generated */
		query_param(c, str_of(s->accounts));
		buf_text(c->sql, "))");
	}
	if (s->regions) {
		buf_text(c->sql,
			" AND r.region IN (SELECT 'global' UNION ALL SELECT value FROM json_each("); /* SQL: generated */
		query_param(c, str_of(s->regions));
		buf_text(c->sql, "))");
	}
	if (s->types) {
		buf_text(c->sql,
			" AND r.resource_type IN (SELECT value FROM json_each("); /* SQL: generated */
		query_param(c, str_of(s->types));
		buf_text(c->sql, "))");
	}
}

static enum code write_where(struct query_compiler *c)
{
	write_scope(c);
	if (c->q->where) {
		buf_text(c->sql, " AND ");
		if (query_condition_write(c, c->q->where))
			return c->e->code;
	}
	return c->scope->after.n ? write_after(c) : E_OK;
}

/* Which tables are needed is known when all else is written. */
static void put_together(
	struct query_compiler *c, const struct buf *select, const struct buf *rest, struct buf *out)
{
	buf_str(out, buf_slice(select));
	buf_text(out,
		" FROM resources r JOIN _item i ON i.rid = r.rid AND i.version = r.version"); /* SQL: generated */
	if (c->document)
		buf_text(out, " JOIN _document d ON d.document_id = i.document_id"
			      " LEFT JOIN _document b ON b.document_id = d.base");
	c->sql = out;
	join_groups(c);
	buf_str(out, buf_slice(rest));
	write_group_by(c);
	/* One row needs no order. */
	if (!c->grouped || c->q->n_group)
		write_order(c);
	if (c->scope->limit > 0) {
		buf_text(out, " LIMIT ");
		/* One more tells whether there is a page behind it. */
		query_param_cell(c, cell_int(c->scope->limit + 1));
	}
	out->failed |= select->failed || rest->failed;
}

static enum code compile(
	struct query_compiler *c, struct buf *select, struct buf *rest, struct buf *out)
{
	c->sql = select;
	if (find_groups(c) || select_all(c) || find_keys(c))
		return c->e->code;
	c->plan->key = (int)c->columns;
	for (size_t k = 0; k < c->plan->n_keys && c->plan->pages; k++)
		add_column(c, c->plan->keys[k].sql);
	c->sql = rest;
	if (write_where(c))
		return c->e->code;
	put_together(c, select, rest, out);
	c->plan->sql = arena_text(c->a, buf_slice(out));
	return buf_ok(out) && arena_ok(c->a) ? E_OK : err_nomem(c->e);
}

static bool is_grouped(const struct query *q)
{
	for (const struct query_item *i = q->select; i; i = i->next)
		if (i->aggregate)
			return true;
	return q->n_group > 0;
}

enum code query_compile(struct arena *a, const struct query *q, const struct query_scope *scope,
	struct query_plan *out, struct query_fault *fault, struct err *e)
{
	struct buf select = BUF_INIT(QUERY_SQL_BYTES), rest = BUF_INIT(QUERY_SQL_BYTES),
		   sql = BUF_INIT(QUERY_SQL_BYTES);
	struct query_plan plan = { 0 };
	struct query_compiler c = { .a = a,
		.q = q,
		.scope = scope,
		.plan = &plan,
		.fault = fault,
		.e = e,
		.grouped = is_grouped(q) };

	must(query_columns_n <= QUERY_COLUMNS_MAX);
	if (!compile(&c, &select, &rest, &sql))
		*out = plan;
	buf_release(&select);
	buf_release(&rest);
	buf_release(&sql);
	return e->code;
}
