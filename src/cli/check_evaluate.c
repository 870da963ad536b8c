/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/check.h"

#include "api/findings.h"
#include "core/evaluate.h"

/*
 * One judge a place: the rules come in the order of their places, so that documents are read once for all rules of a place.
 * The rows of a single rule are told as they are walked; those of all rules are one each.
 */
#define RULES_MAX 20000

struct evaluating {
	struct cli *c;
	const struct read_filter *f;
	const struct rows *rows;
	struct judge judge;
	bool open;
	const char *account, *region; /* of the judge */
	struct evaluate_rule rule;
};

static void let_go(struct evaluating *v)
{
	if (v->open)
		judge_close(&v->judge);
	v->open = false;
}

static enum code go_to(struct evaluating *v, const struct findings_name *n, struct err *e)
{
	const struct reader *r = &v->c->reader;
	const struct judge_place place = { .account = str_of(n->account),
		.region = str_of(n->region),
		.at_ms = v->c->as_of ? r->at_ms : JUDGE_NOW,
		.now_ms = r->now_ms };

	if (v->open && strcmp(v->account, n->account) == 0 && strcmp(v->region, n->region) == 0)
		return E_OK;
	let_go(v);
	if (judge_open(&v->judge, r->db, &place, e))
		return e->code;
	v->open = true;
	v->account = n->account;
	v->region = n->region;
	return E_OK;
}

static enum code answer_row(void *ctx, const struct judge_answer *a, struct err *e)
{
	struct evaluating *v = ctx;
	struct cell cells[] = { cell_str(v->rule.name), cell_str(a->result), cell_str(a->type),
		cell_str(a->id), cell_str(a->name), cell_text(v->account), cell_str(a->region),
		cell_null(), cell_str(a->annotation),
		a->version ? cell_int(a->version) : cell_null(), cell_null() };

	if (v->f->result ? !str_is(a->result, v->f->result) : str_is(a->result, "NOT_APPLICABLE"))
		return E_OK;
	return v->rows->row(v->rows->ctx, cells, sizeof(cells) / sizeof(*cells), e);
}

static enum code sum_row(struct evaluating *v, const struct findings_name *n,
	const struct judge_sum *s, const struct err *why, struct err *e)
{
	struct cell cells[] = { cell_text(n->rule), cell_text(n->account), cell_text(n->region),
		cell_int(s->non_compliant), cell_int(s->compliant + s->non_compliant),
		cell_int(s->compliant), cell_int(s->insufficient), cell_null(),
		cell_text(why->code ? why->msg : NULL) };

	if (v->f->result && !s->non_compliant)
		return E_OK;
	return v->rows->row(v->rows->ctx, cells, sizeof(cells) / sizeof(*cells), e);
}

/* What only this rule cannot do is told with it, and does not keep the others from being judged. */
static bool of_the_rule(enum code c)
{
	return c == E_UNSUPPORTED || c == E_INVALID || c == E_TOOBIG;
}

static enum code judge_one(struct evaluating *v, const struct findings_name *n, struct err *e)
{
	struct judge_sum sum = { 0 };
	struct judge_trial trial = { .text = &v->rule.text, .stop = v->c->stop };
	struct err why = { 0 };
	const struct evaluation_name name = { str_of(n->account), str_of(n->region),
		str_of(n->rule) };
	enum code c = evaluate_rule_get(&v->c->db, &v->c->arena, &name, &v->rule, &why);

	v->rule.name = str_of(n->rule);
	if (!c)
		c = go_to(v, n, &why);
	trial.scope = v->rule.scope;
	trial.parameters = v->rule.parameters;
	if (!c)
		c = judge_run(&v->judge, &trial, &sum, &why);
	if (c && (v->f->rule || !of_the_rule(c))) {
		*e = why;
		return c;
	}
	if (v->f->rule)
		return judge_walk(&v->judge, answer_row, v, e);
	return sum_row(v, n, &sum, &why, e);
}

enum code check_evaluate(
	struct cli *c, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	static const char *const resources[] = { "rule", "result", "resource_type", "resource_id",
		"name", "account", "region", "since", "annotation", "version", "actor" };
	static const char *const rules[] = { "rule", "account", "region", "non_compliant", "judged",
		"compliant", "insufficient", "since", "error" };
	struct evaluating v = { .c = c, .f = f, .rows = rows };
	struct findings_name *named = arena_alloc(&c->arena, RULES_MAX * sizeof(*named));
	size_t n = 0;

	if (!named)
		return err_nomem(e);
	if (findings_names(&c->db, f, &c->arena, named, RULES_MAX, &n, e))
		return e->code;
	if (f->rule && !n) {
		err_set(e, E_NOTFOUND, "there is no rule \"%s\"", f->rule);
		return err_hint(e, "siltstone rule list");
	}
	if (f->rule ? rows->begin(rows->ctx, resources, 11, e)
		    : rows->begin(rows->ctx, rules, 9, e))
		return e->code;
	for (size_t i = 0; i < n && !e->code; i++)
		judge_one(&v, &named[i], e);
	let_go(&v);
	return e->code;
}
