/* SPDX-License-Identifier: Apache-2.0 */
#include "core/interval.h"

#include "base/time.h"

void intervals_init(struct intervals *v, enum lineage_kind kind, struct arena *a)
{
	*v = (struct intervals){ .kind = kind, .a = a };
}

static int compare(const struct lineage_interval *x, const struct lineage_interval *y)
{
	int d = 0;

	for (int i = 0; !d && i < 3; i++)
		d = str_cmp(x->part[i], y->part[i]);
	return d ? d : (int)x->ext - (int)y->ext;
}

static int in_time(const struct lineage_interval *x, const struct lineage_interval *y)
{
	int d = compare(x, y);

	return d ? d : x->since_ms < y->since_ms ? -1 : x->since_ms > y->since_ms;
}

typedef int order_fn(const struct lineage_interval *x, const struct lineage_interval *y);

static struct interval *merge(struct interval *x, struct interval *y, order_fn *order)
{
	struct interval *first = NULL, **last = &first;

	while (x && y) {
		struct interval **from = order(&x->is, &y->is) <= 0 ? &x : &y;

		*last = *from;
		last = &(*from)->next;
		*from = (*from)->next;
	}
	*last = x ? x : y;
	return first;
}

/* Merging runs of 1, 2, 4 ... from the bottom up: stable. */
static struct interval *sort(struct interval *list, order_fn *order)
{
	struct interval *runs[64] = { NULL };
	struct interval *all = NULL;

	while (list) {
		struct interval *one = list;
		int i = 0;

		list = list->next;
		one->next = NULL;
		for (; i < 63 && runs[i]; i++) {
			one = merge(runs[i], one, order);
			runs[i] = NULL;
		}
		runs[i] = one;
	}
	for (int i = 0; i < 64; i++)
		all = merge(runs[i], all, order);
	return all;
}

static struct str kept(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NONE;
}

static struct interval *keep(struct arena *a, const struct lineage_interval *is)
{
	struct interval *n = arena_alloc(a, sizeof(*n));

	if (!n)
		return NULL;
	n->is = *is;
	for (int i = 0; i < 3; i++)
		n->is.part[i] = kept(a, is->part[i]);
	n->is.by = kept(a, is->by);
	n->is.target_id = kept(a, is->target_id);
	n->was_until_ms = is->until_ms;
	return arena_ok(a) ? n : NULL;
}

struct loading {
	struct arena *a;
	struct interval *first, **last;
};

static enum code load(void *ctx, const struct lineage_interval *is, struct err *e)
{
	struct loading *l = ctx;
	struct interval *n = keep(l->a, is);

	if (!n)
		return err_nomem(e);
	*l->last = n;
	l->last = &n->next;
	return E_OK;
}

enum code intervals_load(struct intervals *v, struct db *db, int64_t rid, struct err *e)
{
	struct loading l = { .a = v->a };
	enum code c;

	l.last = &l.first;
	c = lineage_intervals(db, v->kind, rid, false, load, &l, e);
	v->open = sort(l.first, compare);
	return c;
}

bool interval_list_add(struct interval_list *l, const struct lineage_interval *is)
{
	struct interval *n = arena_alloc(l->a, sizeof(*n));

	if (!n)
		return false;
	n->is = *is;
	n->next = l->first;
	l->first = n;
	l->n++;
	return true;
}

static void end(struct intervals *v, struct interval *n, int64_t at_ms)
{
	n->is.until_ms = at_ms;
	n->next = v->ended;
	v->ended = n;
}

/* Of several alike the first that was added counts. */
static struct interval *without_doubles(struct interval_list *list)
{
	struct interval *in_order = NULL, *all;

	while (list->first) {
		struct interval *n = list->first;

		list->first = n->next;
		n->next = in_order;
		in_order = n;
	}
	all = sort(in_order, compare);
	for (struct interval *n = all; n && n->next;) {
		if (compare(&n->is, &n->next->is) == 0)
			n->next = n->next->next;
		else
			n = n->next;
	}
	return all;
}

enum code intervals_step(
	struct intervals *v, struct interval_list *list, int64_t at_ms, struct err *e)
{
	struct interval *want = without_doubles(list), **at = &v->open;

	while (*at || want) {
		int d = !want ? -1 : !*at ? 1 : compare(&(*at)->is, &want->is);

		if (d < 0) {
			struct interval *gone = *at;

			*at = gone->next;
			end(v, gone, at_ms);
			continue;
		}
		if (d > 0) {
			struct interval *n = keep(v->a, &want->is);

			if (!n)
				return err_nomem(e);
			n->is.row_id = 0;
			n->is.since_ms = at_ms;
			n->is.until_ms = TIME_FOREVER_MS;
			n->next = *at;
			*at = n;
		}
		at = &(*at)->next;
		want = want->next;
	}
	return E_OK;
}

static enum code write_one(
	struct intervals *v, struct db *db, int64_t rid, const struct interval *n, struct err *e)
{
	if (!n->is.row_id)
		return n->is.since_ms < n->is.until_ms
			       ? lineage_add_interval(db, v->kind, rid, &n->is, e)
			       : E_OK;
	if (n->is.until_ms == n->was_until_ms)
		return E_OK;
	/* What ends when it began was told by an item that is followed by another of the same time. */
	if (n->is.until_ms <= n->is.since_ms)
		return lineage_drop_interval(db, v->kind, n->is.row_id, e);
	return lineage_end_interval(db, v->kind, n->is.row_id, n->is.until_ms, e);
}

/* All of them, by parts and time. */
static struct interval *in_order(struct intervals *v)
{
	struct interval *all = v->ended, **last = &all;

	while (*last)
		last = &(*last)->next;
	*last = v->open;
	v->open = v->ended = NULL;
	return sort(all, in_time);
}

enum code intervals_write(struct intervals *v, struct db *db, int64_t rid, struct err *e)
{
	enum code c = E_OK;

	for (const struct interval *n = in_order(v); !c && n; n = n->next)
		c = write_one(v, db, rid, n, e);
	return c;
}

/* The rows of one link or tag that touch an interval. */
struct cover {
	struct interval *first, *behind; /* [first, behind) */
	bool exact;
};

static bool begins(
	const struct interval *row, const struct interval *want, const struct interval_frame *f)
{
	if (row->is.since_ms == want->is.since_ms)
		return true;
	/* It began with an item that is no longer kept. */
	return f->pruned && want->is.since_ms == f->first_ms && row->is.since_ms < f->first_ms;
}

static struct cover cover(
	struct interval *row, const struct interval *want, const struct interval_frame *f)
{
	struct cover c = { .first = row };
	int64_t upto = INT64_MIN;

	c.exact = row && compare(&row->is, &want->is) == 0 && begins(row, want, f);
	while (row && compare(&row->is, &want->is) == 0 && row->is.since_ms < want->is.until_ms) {
		c.exact = c.exact && (upto == INT64_MIN || upto == row->is.since_ms) &&
			  str_eq(row->is.by, want->is.by);
		upto = row->is.until_ms;
		row = row->next;
	}
	c.exact = c.exact && upto == want->is.until_ms;
	c.behind = row;
	return c;
}

static enum code drop(struct intervals *v, struct db *db, const struct interval *row,
	int64_t *wrong, struct err *e)
{
	++*wrong;
	return lineage_drop_interval(db, v->kind, row->is.row_id, e);
}

static enum code replace(struct intervals *v, struct db *db, const struct cover *c,
	const struct interval *want, const struct interval_frame *f, int64_t *wrong, struct err *e)
{
	struct lineage_interval is = want->is;
	enum code code = E_OK;

	for (const struct interval *row = c->first; !code && row != c->behind; row = row->next) {
		is.target_id = row->is.target_id;
		is.target_rid = row->is.target_rid;
		if (row == c->first && begins(row, want, f))
			is.since_ms = row->is.since_ms;
		code = drop(v, db, row, wrong, e);
	}
	++*wrong;
	return code ? code : lineage_add_interval(db, v->kind, f->rid, &is, e);
}

/* Rows before an interval that belong to none. */
static bool is_astray(const struct interval *row, const struct interval *want)
{
	int d;

	if (!row || !want)
		return row != NULL;
	d = compare(&row->is, &want->is);
	return d < 0 || (d == 0 && row->is.until_ms <= want->is.since_ms);
}

enum code intervals_mend(struct intervals *v, struct db *db, const struct interval_frame *f,
	int64_t *wrong, struct err *e)
{
	struct loading l = { .a = v->a };
	struct interval *want = in_order(v), *row;
	enum code c;

	l.last = &l.first;
	c = lineage_intervals(db, v->kind, f->rid, true, load, &l, e);
	row = sort(l.first, in_time);
	while (!c && (want || row)) {
		struct cover over;

		if (want && want->is.since_ms >= want->is.until_ms) {
			want = want->next;
			continue;
		}
		if (is_astray(row, want)) {
			if (!f->pruned || row->is.until_ms > f->first_ms)
				c = drop(v, db, row, wrong, e);
			row = row->next;
			continue;
		}
		over = cover(row, want, f);
		if (!over.exact)
			c = replace(v, db, &over, want, f, wrong, e);
		row = over.behind;
		want = want->next;
	}
	return c;
}
