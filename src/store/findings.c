/* SPDX-License-Identifier: Apache-2.0 */
#include "store/findings.h"

#include "base/failpoint.h"
#include "db/stmt.h"
#include "store/verdict.h"

/* A slice holds the store's lock for some tens of milliseconds. */
#define SLICE     1000
#define ARENA_MAX ((size_t)4 << 20)

static enum code begin(struct findings *f, struct err *e)
{
	enum code c = db_begin(f->db, e);

	if (c)
		return c;
	c = evaluation_still(f->db, f->rule, f->cursor, e);
	if (c)
		db_rollback(f->db);
	return c;
}

static void bind_time(struct findings *f, struct stmt *st, int ordering, int now)
{
	if (f->timed)
		stmt_int(st, ordering, f->ordering_ms);
	stmt_int(st, now, f->now_ms);
}

static enum code take(struct findings *f, struct verdict *v, struct err *e)
{
	bool changed = false;
	enum code c;

	v->account = f->rule->account;
	v->region = f->rule->region;
	v->rule = f->rule->name;
	v->arn = f->rule->arn;
	v->invoked_ms = f->now_ms;
	v->now_ms = f->now_ms;
	c = verdict_take(f->db, v, &changed, e);
	f->changed += changed;
	return c;
}

static enum code renew(struct findings *f, int64_t after, int64_t upto, struct err *e)
{
	struct stmt st = stmt_begin(f->db, SQL_EVALUATION_RENEW);

	stmt_str(&st, evaluation_renew__account, f->rule->account);
	stmt_str(&st, evaluation_renew__region, f->rule->region);
	stmt_str(&st, evaluation_renew__rule, f->rule->name);
	stmt_int(&st, evaluation_renew__after, after);
	stmt_int(&st, evaluation_renew__upto, upto);
	bind_time(f, &st, evaluation_renew__ordering, evaluation_renew__now);
	return stmt_run(&st, e);
}

static enum code take_differing(struct findings *f, int64_t after, int64_t upto, struct err *e)
{
	struct stmt st = stmt_begin(f->db, SQL_EVALUATION_DIFFERS);
	enum code c;

	stmt_str(&st, evaluation_differs__account, f->rule->account);
	stmt_str(&st, evaluation_differs__region, f->rule->region);
	stmt_str(&st, evaluation_differs__rule, f->rule->name);
	stmt_int(&st, evaluation_differs__after, after);
	stmt_int(&st, evaluation_differs__upto, upto);
	bind_time(f, &st, evaluation_differs__ordering, evaluation_differs__now);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct verdict v = { .rid = stmt_col_int(&st, evaluation_differs_rid),
			.type = stmt_col_str(&st, evaluation_differs_type),
			.id = stmt_col_str(&st, evaluation_differs_id),
			.result = stmt_col_str(&st, evaluation_differs_result),
			.annotation = stmt_col_str(&st, evaluation_differs_annotation),
			.ordering_ms = stmt_col_int(&st, evaluation_differs_ordering_ms) };

		c = take(f, &v, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

/* E_NOTFOUND: there are no more. */
static enum code next_slice(struct findings *f, int64_t after, int64_t *upto, struct err *e)
{
	struct stmt st = stmt_begin(f->db, SQL_EVALUATION_SLICE);
	enum code c;

	stmt_int(&st, evaluation_slice__after, after);
	stmt_int(&st, evaluation_slice__limit, SLICE);
	c = stmt_step(&st, e);
	if (!c && stmt_is_null(&st, evaluation_slice_upto))
		c = E_NOTFOUND;
	if (!c)
		*upto = stmt_col_int(&st, evaluation_slice_upto);
	stmt_end(&st);
	return c;
}

static enum code again(struct findings *f, struct err *e)
{
	enum code c = db_commit(f->db, e);

	failpoint("evaluate.slice");
	return c ? c : begin(f, e);
}

static enum code write_answers(struct findings *f, struct err *e)
{
	int64_t after = 0, upto = 0;
	bool first = true;
	enum code c;

	while ((c = next_slice(f, after, &upto, e)) == E_OK) {
		if (!first)
			c = again(f, e);
		if (!c)
			c = renew(f, after, upto, e);
		if (!c)
			c = take_differing(f, after, upto, e);
		if (c)
			return c;
		after = upto;
		first = false;
	}
	return c == E_NOTFOUND ? E_OK : c;
}

/* Those to be ended, read before the first of them is, as each changes what is read. */
struct ending {
	struct arena arena;
	struct verdict *v;
	size_t n;
};

struct columns {
	enum sql_id id;
	int account, region, rule, now, limit;
	int c_rid, c_type, c_id, c_ordering;
};

static const struct columns whole = { SQL_EVALUATION_UNANSWERED, evaluation_unanswered__account,
	evaluation_unanswered__region, evaluation_unanswered__rule, evaluation_unanswered__now,
	evaluation_unanswered__limit, evaluation_unanswered_rid, evaluation_unanswered_type,
	evaluation_unanswered_id, evaluation_unanswered_ordering_ms };
static const struct columns some = { SQL_EVALUATION_UNANSWERED_TOUCHED,
	evaluation_unanswered_touched__account, evaluation_unanswered_touched__region,
	evaluation_unanswered_touched__rule, evaluation_unanswered_touched__now,
	evaluation_unanswered_touched__limit, evaluation_unanswered_touched_rid,
	evaluation_unanswered_touched_type, evaluation_unanswered_touched_id,
	evaluation_unanswered_touched_ordering_ms };

static enum code read_unanswered(struct findings *f, struct ending *g, struct err *e)
{
	const struct columns *k = f->touched ? &some : &whole;
	struct stmt st = stmt_begin(f->db, k->id);
	enum code c;

	stmt_str(&st, k->account, f->rule->account);
	stmt_str(&st, k->region, f->rule->region);
	stmt_str(&st, k->rule, f->rule->name);
	stmt_int(&st, k->now, f->now_ms);
	stmt_int(&st, k->limit, SLICE);
	while ((c = stmt_step(&st, e)) == E_OK)
		g->v[g->n++] = (struct verdict){ .rid = stmt_col_int(&st, k->c_rid),
			.type = arena_str(&g->arena, stmt_col_str(&st, k->c_type)),
			.id = arena_str(&g->arena, stmt_col_str(&st, k->c_id)),
			.ordering_ms = stmt_col_int(&st, k->c_ordering),
			.result = STR("NOT_APPLICABLE") };
	stmt_end(&st);
	if (c == E_NOTFOUND)
		return arena_ok(&g->arena) ? E_OK : err_nomem(e);
	return c;
}

/* *@n: so many were ended. */
static enum code end_some(struct findings *f, size_t *n, struct err *e)
{
	struct ending g = { .arena = ARENA_INIT(ARENA_MAX) };
	enum code c = E_OK;

	g.v = arena_alloc(&g.arena, SLICE * sizeof(*g.v));
	c = g.v ? read_unanswered(f, &g, e) : err_nomem(e);
	for (size_t i = 0; g.v && i < g.n && !c; i++)
		c = take(f, &g.v[i], e);
	*n = g.n;
	arena_release(&g.arena);
	return c;
}

static enum code end_unanswered(struct findings *f, struct err *e)
{
	size_t n = 0;
	enum code c = end_some(f, &n, e);

	while (!c && n == SLICE) {
		c = again(f, e);
		if (!c)
			c = end_some(f, &n, e);
	}
	return c;
}

enum code findings_write(struct findings *f, struct err *e)
{
	enum code c = begin(f, e);

	if (c)
		return c;
	c = write_answers(f, e);
	if (!c)
		c = end_unanswered(f, e);
	if (c && f->db->tx)
		db_rollback(f->db);
	return c;
}
