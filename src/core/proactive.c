/* SPDX-License-Identifier: Apache-2.0 */
#include "core/proactive.h"

#include "core/evaluate_rule.h"
#include "store/proposal.h"
#include "json/write.h"

#define ARENA_MAX   ((size_t)64 << 20)
#define RESULTS_MAX ((size_t)4 << 20)

/* One resource that is to be made. */
struct proposed {
	struct db *db;
	const struct evaluate_options *o;
	struct arena arena;
	struct proposal wanted;
	struct judge_proposal proposal;
	struct judge judge;
	struct rules {
		struct evaluation_rule rule;
		struct rules *next;
	} * rules;
	struct buf results;
	int64_t now_ms;
};

static enum code collect(void *ctx, const struct evaluation_rule *rule, struct err *e)
{
	struct proposed *p = ctx;
	struct rules *r;

	if (!str_eq(rule->account, p->wanted.account) || !str_eq(rule->region, p->wanted.region) ||
		!rule->proactive || evaluate_rule_kind(rule) != RULE_STATEMENT)
		return E_OK;
	r = arena_alloc(&p->arena, sizeof(*r));
	if (!r)
		return err_nomem(e);
	r->next = p->rules;
	p->rules = r;
	return evaluation_rule_copy(&p->arena, rule, &r->rule, e);
}

static void add_result(struct proposed *p, struct str rule, struct str result, struct str why)
{
	struct buf *b = &p->results;

	if (b->n > 1)
		buf_char(b, ',');
	buf_text(b, "{\"rule\":");
	json_write_string(b, rule);
	buf_text(b, ",\"result\":");
	json_write_string(b, result);
	if (why.p) {
		buf_text(b, ",\"annotation\":");
		json_write_string(b, why);
	}
	buf_printf(b, ",\"recorded_ms\":%lld,\"invoked_ms\":%lld}", (long long)p->now_ms,
		(long long)p->now_ms);
}

static enum code take_result(struct proposed *p, struct str rule, struct err *e)
{
	struct str result, annotation;
	enum code c = proposal_result(p->db, &p->arena, &result, &annotation, e);

	if (!c)
		add_result(p, rule, result, annotation);
	return c == E_NOTFOUND ? E_OK : c;
}

/* A rule that fails here fails where it judges what is there, too, and says so. */
static enum code judge_by(struct proposed *p, const struct evaluation_rule *rule, struct err *e)
{
	struct evaluate_rule made = { 0 };
	struct judge_sum sum;
	struct err why = { 0 };
	struct judge_trial trial;

	if (!evaluate_rule_make(&p->arena, rule, &made, &why)) {
		trial = (struct judge_trial){ .text = &made.text,
			.scope = made.scope,
			.parameters = made.parameters,
			.proposed = &p->proposal,
			.timeout_ms = p->o->timeout_ms,
			.stop = p->o->stop };
		judge_run(&p->judge, &trial, &sum, &why);
	}
	if (!why.code)
		return take_result(p, rule->name, e);
	if (why.code == E_INVALID || why.code == E_TOOBIG || why.code == E_UNSUPPORTED)
		return E_OK;
	*e = why;
	return e->code;
}

static enum code finish(struct proposed *p, const char *reason, struct err *e)
{
	enum code c = db_begin(p->db, e);

	if (c)
		return c;
	buf_char(&p->results, ']');
	if (!buf_ok(&p->results)) {
		db_rollback(p->db);
		return err_nomem(e);
	}
	c = proposal_done(p->db, &p->wanted, buf_slice(&p->results), reason, e);
	if (!c)
		return db_commit(p->db, e);
	db_rollback(p->db);
	return c;
}

static enum code judge_all(struct proposed *p, struct err *e)
{
	const struct judge_place place = { .account = p->wanted.account,
		.region = p->wanted.region,
		.at_ms = JUDGE_NOW,
		.now_ms = p->now_ms };
	enum code c = evaluation_rules(p->db, "proactive", p->now_ms, collect, p, e);

	if (!c)
		c = judge_open(&p->judge, p->db, &place, e);
	for (struct rules *r = p->rules; r && !c; r = r->next)
		c = judge_by(p, &r->rule, e);
	judge_close(&p->judge);
	return c ? c : finish(p, NULL, e);
}

static enum code run_one(struct proposed *p, struct err *e)
{
	const struct judge_proposal given = {
		.type = p->wanted.type, .id = p->wanted.id, .configuration = p->wanted.configuration
	};
	struct err why = { 0 };

	buf_char(&p->results, '[');
	if (!proposal_make(&p->arena, p->db, &given, &p->proposal, &why))
		return judge_all(p, e);
	if (why.code == E_INVALID || why.code == E_TOOBIG)
		return finish(p, why.msg, e);
	*e = why;
	return e->code;
}

enum code proactive_run(
	struct db *db, const struct evaluate_options *o, int64_t now_ms, int64_t *n, struct err *e)
{
	enum code c = E_OK;

	*n = 0;
	while (!c) {
		struct proposed p = { .db = db,
			.o = o,
			.arena = ARENA_INIT(ARENA_MAX),
			.results = BUF_INIT(RESULTS_MAX),
			.now_ms = now_ms };

		c = proposal_next(db, now_ms, &p.arena, &p.wanted, e);
		if (!c)
			c = run_one(&p, e);
		*n += !c;
		buf_release(&p.results);
		arena_release(&p.arena);
	}
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}
