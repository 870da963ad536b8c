/* SPDX-License-Identifier: Apache-2.0 */
#include "core/evaluate.h"

#include "base/failpoint.h"
#include "base/time.h"
#include "core/evaluate_rule.h"
#include "core/guarded.h"
#include "core/notice.h"
#include "core/proactive.h"
#include "store/findings.h"

#define ARENA_MAX   ((size_t)256 << 20)
/* Items whose changes are judged together. */
#define ROUND_ITEMS 5000
/* When what failed is tried again by itself. */
#define AGAIN_MS    ((int64_t)10 * 60 * 1000)
/* A delivery that comes a little early is on time. */
#define CACHE_MIB   32
#define EARLY_MS    ((int64_t)5 * 60 * 1000)

/* One round: the rules that run for one cause. */
struct round {
	struct db *db;
	const struct evaluate_options *o;
	const char *cause;
	struct arena arena;
	struct evaluation_rule *rules;
	size_t n, room;
	struct judge judge; /* of the place whose rules are being run */
	int64_t cursor, upto, now_ms;
	int64_t event_cursor, look_cursor, look;
	bool moved; /* changes were judged, or there was nobody to judge them */
	struct evaluate_sum *sum;
};

static bool is_cause(const struct round *r, const char *cause)
{
	return strcmp(r->cause, cause) == 0;
}

static enum code collect(void *ctx, const struct evaluation_rule *rule, struct err *e)
{
	struct round *r = ctx;

	if (r->n == r->room) {
		size_t room = r->room ? 2 * r->room : 64;
		struct evaluation_rule *more = arena_alloc(&r->arena, room * sizeof(*more));

		if (!more)
			return err_nomem(e);
		if (r->n)
			memcpy(more, r->rules, r->n * sizeof(*more));
		r->rules = more;
		r->room = room;
	}
	return evaluation_rule_copy(&r->arena, rule, &r->rules[r->n++], e);
}

static enum code commit(struct round *r, enum code c, struct err *e)
{
	if (!c)
		return db_commit(r->db, e);
	if (r->db->tx)
		db_rollback(r->db);
	return c;
}

/* The next time it is due by itself. */
static int64_t next_ms(const struct round *r, const struct evaluation_rule *rule)
{
	return rule->on_time ? r->now_ms + rule->every_ms : 0;
}

/* Whether this run is also the one that was due by time. */
static bool timed(const struct round *r, const struct evaluation_rule *rule)
{
	return !is_cause(r, "change") && (rule->on_time || is_cause(r, "snapshot"));
}

static enum code note_done(
	struct round *r, const struct evaluation_rule *rule, bool evaluated, struct err *e)
{
	struct evaluation_outcome o = {
		.now_ms = r->now_ms, .evaluated = evaluated, .timed = timed(r, rule)
	};
	enum code c = evaluation_done(r->db, rule, &o, e);

	if (!c && !is_cause(r, "change") && !is_cause(r, "snapshot"))
		c = evaluation_set_due(r->db, rule, next_ms(r, rule), e);
	return c;
}

static void tell(struct round *r, const struct evaluation_rule *rule, struct evaluate_run *run,
	int64_t ticks_ms, const struct err *why)
{
	r->sum->rules++;
	r->sum->failed += why->code != E_OK;
	r->sum->changed += run->changed;
	r->sum->invocations += run->invocations;
	if (!r->o->told)
		return;
	run->account = rule->account.p;
	run->region = rule->region.p;
	run->rule = rule->name.p;
	run->cause = r->cause;
	run->ms = time_ticks_ms() - ticks_ms;
	r->o->told(r->o->ctx, run, why);
}

/* What a rule fails with by itself, and what keeps everything from going on. */
static bool its_own(enum code c)
{
	switch (c) {
	case E_INVALID:
	case E_TOOBIG:
	case E_UNSUPPORTED:
	case E_REMOTE: return true;
	case E_OK:
	case E_DENIED:
	case E_NOTFOUND:
	case E_AMBIGUOUS:
	case E_CONFLICT:
	case E_BUSY:
	case E_THROTTLED:
	case E_FULL:
	case E_IO:
	case E_CORRUPT:
	case E_NEWER:
	case E_NOMEM:
	case E_CANCELED: break;
	}
	return false;
}

static const char *word_for(enum code c)
{
	if (c == E_UNSUPPORTED)
		return "NotEvaluated";
	return c == E_TOOBIG ? "Timeout" : c == E_REMOTE ? "PolicyFailed" : "StatementFailed";
}

/* Its verdicts stay; what is not going to be different by itself is not tried again by itself. */
static enum code note_failed(
	struct round *r, const struct evaluation_rule *rule, const struct err *why, struct err *e)
{
	bool never = why->code == E_UNSUPPORTED && evaluate_rule_kind(rule) != RULE_GUARD;
	struct evaluation_outcome o = { .now_ms = r->now_ms,
		.timed = timed(r, rule),
		.invoked = why->code != E_UNSUPPORTED,
		.error_code = word_for(why->code),
		.error = why->msg,
		.again_ms = never ? 0 : r->now_ms + AGAIN_MS };
	enum code c = db_begin(r->db, e);

	if (c)
		return c;
	c = evaluation_failed(r->db, rule, &o, e);
	if (!c && !is_cause(r, "change"))
		c = evaluation_set_due(r->db, rule, next_ms(r, rule), e);
	return commit(r, c, e);
}

static enum code place(struct round *r, const struct evaluation_rule *rule, struct err *e)
{
	const struct judge_place here = { .account = rule->account,
		.region = rule->region,
		.at_ms = JUDGE_NOW,
		.now_ms = r->now_ms };

	if (r->judge.db && str_eq(r->judge.account, rule->account) &&
		str_eq(r->judge.region, rule->region))
		return E_OK;
	judge_close(&r->judge);
	return judge_open(&r->judge, r->db, &here, e);
}

static enum code judge_rule(struct round *r, const struct evaluation_rule *rule,
	const struct evaluate_rule *made, bool touched, struct judge_sum *sum, struct err *e)
{
	struct judge_trial trial = { .text = &made->text,
		.scope = made->scope,
		.parameters = made->parameters,
		.touched = touched,
		.timeout_ms = r->o->timeout_ms,
		.stop = r->o->stop };
	enum code c = place(r, rule, e);

	if (c)
		return c;
	if (evaluate_rule_kind(rule) == RULE_GUARD)
		return guarded_run(&r->judge, &trial, r->o->guard, rule->policy, sum, e);
	return judge_run(&r->judge, &trial, sum, e);
}

/* Run it and write what it found. */
static enum code evaluate(struct round *r, const struct evaluation_rule *rule,
	const struct evaluate_rule *made, bool touched, struct evaluate_run *run, struct err *e)
{
	struct findings f = { .db = r->db,
		.rule = rule,
		.cursor = r->cursor,
		.ordering_ms = r->now_ms,
		.timed = !rule->on_change,
		.touched = touched,
		.now_ms = r->now_ms };
	enum code c = judge_rule(r, rule, made, touched, &run->sum, e);

	if (!c)
		c = findings_write(&f, e);
	if (c)
		return c;
	run->changed = f.changed;
	c = note_done(r, rule, true, e);
	failpoint("evaluate.before_commit");
	return commit(r, c, e);
}

static enum code pass_over(struct round *r, const struct evaluation_rule *rule, struct err *e)
{
	enum code c = db_begin(r->db, e);

	if (c)
		return c;
	c = evaluation_pass_over(r->db, rule, e);
	if (!c && rule->on_time)
		c = evaluation_set_due(r->db, rule, next_ms(r, rule), e);
	return commit(r, c, e);
}

/* Leave word for its function. */
static enum code invoke(struct round *r, const struct evaluation_rule *rule,
	const struct evaluate_rule *made, struct evaluate_run *run, struct err *e)
{
	struct str types = rule_text_json(&r->arena, made->scope.types);
	enum code c = arena_ok(&r->arena) ? db_begin(r->db, e) : err_nomem(e);

	if (c)
		return c;
	c = evaluation_still(r->db, rule, r->cursor, e);
	if (!c && rule->on_change && is_cause(r, "wanted"))
		c = evaluation_invoke_all(r->db, rule, types, r->now_ms, &run->invocations, e);
	if (!c && rule->on_time) {
		c = evaluation_invoke(r->db, rule, "scheduled", STR_NONE, r->now_ms, e);
		run->invocations++;
	}
	if (!c)
		c = note_done(r, rule, false, e);
	return commit(r, c, e);
}

static enum code run_made(struct round *r, const struct evaluation_rule *rule, bool touched,
	const struct evaluate_rule *made, struct evaluate_run *run, struct err *e)
{
	if (evaluate_rule_kind(rule) == RULE_FUNCTION)
		return invoke(r, rule, made, run, e);
	return evaluate(r, rule, made, touched, run, e);
}

static bool not_ours(const struct evaluation_rule *rule)
{
	return !rule->detective || evaluate_rule_kind(rule) == RULE_PEOPLE ||
	       (rule->not_when_new && rule->wanted_ms);
}

/* What somebody else evaluates has no statement, which is as it should be. */
static bool runs_elsewhere(const struct evaluation_rule *rule)
{
	enum rule_kind kind = evaluate_rule_kind(rule);

	return kind == RULE_GUARD || kind == RULE_FUNCTION;
}

/* One rule; what it fails with by itself is noted, and keeps nobody else from being run. */
static enum code run_rule(struct round *r, const struct evaluation_rule *rule, bool touched,
	const struct evaluate_rule *made, const struct err *unmade, struct err *e)
{
	struct evaluate_run run = { 0 };
	int64_t ticks_ms = time_ticks_ms();
	struct err why = *unmade;

	if (not_ours(rule))
		return pass_over(r, rule, e);
	if (!why.code || runs_elsewhere(rule)) {
		why = (struct err){ 0 };
		run_made(r, rule, touched, made, &run, &why);
	}
	/* It will be found again, as it is then. */
	if (why.code == E_CONFLICT)
		return E_OK;
	if (why.code && !its_own(why.code)) {
		*e = why;
		return e->code;
	}
	if (why.code && note_failed(r, rule, &why, e))
		return e->code;
	tell(r, rule, &run, ticks_ms, &why);
	return E_OK;
}

static bool stopped(const struct round *r)
{
	return r->o->stop && __atomic_load_n(r->o->stop, __ATOMIC_RELAXED);
}

static enum code run_whole(struct round *r, struct err *e)
{
	enum code c = E_OK;

	for (size_t i = 0; i < r->n && !c; i++) {
		struct evaluate_rule made = { 0 };
		struct err unmade = { 0 };

		if (stopped(r))
			return err_set(e, E_CANCELED, "stopped");
		evaluate_rule_make(&r->arena, &r->rules[i], &made, &unmade);
		c = run_rule(r, &r->rules[i], false, &made, &unmade, e);
	}
	return c;
}

/* Changes */

enum reach { REACH_NONE, REACH_TOUCHED, REACH_WHOLE };

/* What of a rule's scope is to be judged as something changed. */
static enum code reach_of(struct round *r, const struct evaluation_rule *rule,
	const struct evaluate_rule *made, enum reach *reach, struct err *e)
{
	struct str types = rule_text_json(&r->arena, made->scope.types);
	struct str reads = rule_text_json(&r->arena, made->text.reads);
	bool of_types = false, of_reads = false, listed = false;
	enum code c = arena_ok(&r->arena) ? E_OK : err_nomem(e);

	if (!c)
		c = evaluation_touches(r->db, rule, types, &of_types, e);
	if (!c && reads.p)
		c = evaluation_touches(r->db, rule, reads, &of_reads, e);
	if (!c && reads.p)
		c = evaluation_lists(r->db, rule, reads, &listed, e);
	if (!c)
		*reach = of_reads || listed ? REACH_WHOLE : of_types ? REACH_TOUCHED : REACH_NONE;
	return c;
}

static enum code run_changed(struct round *r, const struct evaluation_rule *rule, struct err *e)
{
	struct evaluate_rule made = { 0 };
	struct err unmade = { 0 };
	enum reach reach = REACH_NONE;

	if (stopped(r))
		return err_set(e, E_CANCELED, "stopped");
	/* Functions are left word at the end, with how far it went. */
	if (evaluate_rule_kind(rule) == RULE_FUNCTION || not_ours(rule))
		return E_OK;
	evaluate_rule_make(&r->arena, rule, &made, &unmade);
	/* Why it has none has been said when it was made. */
	if (unmade.code == E_UNSUPPORTED && evaluate_rule_kind(rule) != RULE_GUARD)
		return E_OK;
	if (reach_of(r, rule, &made, &reach, e))
		return e->code;
	return reach == REACH_NONE ? E_OK
				   : run_rule(r, rule, reach == REACH_TOUCHED, &made, &unmade, e);
}

static enum code invoke_changed(struct round *r, const struct evaluation_rule *rule,
	struct evaluate_run *run, struct err *e)
{
	struct evaluate_rule made = { 0 };
	struct err unmade = { 0 };
	struct str types;
	enum code c;

	evaluate_rule_make(&r->arena, rule, &made, &unmade);
	types = rule_text_json(&r->arena, made.scope.types);
	if (!made.rule_id.p || !arena_ok(&r->arena))
		return err_nomem(e);
	c = evaluation_invoke_touched(r->db, rule, types, r->now_ms, &run->invocations, e);
	return c || !run->invocations ? c : note_done(r, rule, false, e);
}

/* The words for functions and how far changes were judged are one. */
static enum code finish_changes(struct round *r, struct err *e)
{
	const struct err fine = { 0 };
	enum code c = db_begin(r->db, e);

	if (c)
		return c;
	c = evaluation_advance(r->db, r->cursor, r->upto, r->look, e);
	for (size_t i = 0; i < r->n && !c; i++) {
		const struct evaluation_rule *rule = &r->rules[i];
		struct evaluate_run run = { 0 };

		if (evaluate_rule_kind(rule) != RULE_FUNCTION || not_ours(rule))
			continue;
		c = invoke_changed(r, rule, &run, e);
		if (!c && run.invocations)
			tell(r, rule, &run, time_ticks_ms(), &fine);
	}
	failpoint("evaluate.before_advance");
	return commit(r, c, e);
}

static enum code run_changes(struct round *r, struct err *e)
{
	enum code c = judge_ready(r->db, e);

	if (!c)
		c = evaluation_touch(r->db, r->cursor, r->n ? ROUND_ITEMS : 0, &r->upto, e);
	if (!c)
		c = evaluation_list(r->db, r->look_cursor, &r->look, e);
	for (size_t i = 0; i < r->n && !c; i++)
		c = run_changed(r, &r->rules[i], e);
	if (!c)
		c = finish_changes(r, e);
	r->moved = !c;
	/* Somebody else has done it. */
	if (c == E_CONFLICT) {
		*e = (struct err){ 0 };
		c = E_OK;
	}
	return c;
}

/* Snapshots */

static enum code invoke_snapshot(struct round *r, const struct evaluation_rule *rule,
	const struct event *event, struct err *e)
{
	const struct err fine = { 0 };
	struct notice notice = NOTICE_INIT;
	struct evaluate_run run = { .invocations = 1 };
	enum code c = notice_write(&notice, r->db, event, event->at_ms, e);

	if (!c)
		c = evaluation_invoke(
			r->db, rule, "snapshot", buf_slice(&notice.body), r->now_ms, e);
	if (!c)
		c = note_done(r, rule, false, e);
	if (!c)
		tell(r, rule, &run, time_ticks_ms(), &fine);
	notice_release(&notice);
	return c;
}

/* As often as the less frequent of the two, the deliveries and the rule. */
static enum code heed_snapshot(struct round *r, const struct evaluation_rule *rule, struct err *e)
{
	struct event event;
	enum code c = evaluation_snapshot(r->db, &r->arena, rule, r->event_cursor, &event, e);

	if (c)
		return c == E_NOTFOUND ? E_OK : c;
	if (event.at_ms < rule->changed_ms ||
		(rule->periodic_ms && event.at_ms - rule->periodic_ms < rule->every_ms - EARLY_MS))
		return E_OK;
	return invoke_snapshot(r, rule, &event, e);
}

static enum code run_snapshots(struct round *r, struct err *e)
{
	int64_t upto = 0;
	enum code c = db_begin(r->db, e);

	if (c)
		return c;
	c = evaluation_newest_event(r->db, &upto, e);
	if (!c)
		c = evaluation_advance_events(r->db, r->event_cursor, upto, e);
	for (size_t i = 0; i < r->n && !c; i++)
		if (!not_ours(&r->rules[i]))
			c = heed_snapshot(r, &r->rules[i], e);
	return commit(r, c, e);
}

/* Rounds */

static enum code tell_started(struct round *r, struct err *e)
{
	enum code c = db_begin(r->db, e);

	if (c)
		return c;
	return commit(r, evaluation_tell_started(r->db, r->now_ms, e), e);
}

static enum code run_round(struct round *r, struct err *e)
{
	enum code c = evaluation_rules(r->db, r->cause, r->now_ms, collect, r, e);

	if (!c && is_cause(r, "wanted"))
		c = tell_started(r, e);
	if (!c && is_cause(r, "change"))
		c = run_changes(r, e);
	else if (!c && is_cause(r, "snapshot"))
		c = run_snapshots(r, e);
	else if (!c)
		c = run_whole(r, e);
	judge_close(&r->judge);
	arena_release(&r->arena);
	return c;
}

static enum code judge_proposed(
	struct db *db, const struct evaluate_options *o, int64_t now_ms, bool *found, struct err *e)
{
	int64_t n = 0;
	enum code c = proactive_run(db, o, now_ms, &n, e);

	*found |= n > 0;
	return c;
}

enum code evaluate_due(struct db *db, const struct evaluate_options *o, int64_t now_ms,
	struct evaluate_sum *sum, struct err *e)
{
	struct evaluation_any any = { 0 };
	enum code c = evaluation_any(db, now_ms, &any, e);
	const struct {
		const char *cause;
		bool due;
	} rounds[] = { { "change", any.change }, { "wanted", any.wanted },
		{ "periodic", any.periodic }, { "snapshot", any.snapshot } };
	bool found = false;

	*sum = (struct evaluate_sum){ 0 };
	/* Documents are gone through once; what would be mapped counts as ours. */
	if (!c && (any.change || any.wanted || any.periodic || any.proactive))
		c = db_take_memory(db, CACHE_MIB, e);
	if (!c && any.proactive)
		c = judge_proposed(db, o, now_ms, &found, e);
	for (size_t i = 0; i < sizeof(rounds) / sizeof(*rounds) && !c; i++) {
		struct round r = { .db = db,
			.o = o,
			.cause = rounds[i].cause,
			.arena = ARENA_INIT(ARENA_MAX),
			.cursor = any.cursor,
			.event_cursor = any.event_cursor,
			.look_cursor = any.look_cursor,
			.now_ms = now_ms,
			.sum = sum };

		if (!rounds[i].due)
			continue;
		c = run_round(&r, e);
		found |= sum->rules > 0 || r.moved;
		/* What comes after it begins where it ended. */
		if (!c)
			c = evaluation_any(db, now_ms, &any, e);
	}
	return c ? c : found ? E_OK : E_NOTFOUND;
}
