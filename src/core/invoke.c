/* SPDX-License-Identifier: Apache-2.0 */
#include "core/invoke.h"

#include "base/failpoint.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/time.h"
#include "core/invoke_event.h"
#include "core/notice.h"
#include "store/function.h"
#include "store/invocation_row.h"
#include "json/write.h"
#include <inttypes.h>
#include <stdio.h>

#define RETRIES     2
#define RETRY_MS    INT64_C(60000)
#define FIRST_MS    INT64_C(1000)
#define LONGEST_MS  INT64_C(300000)
#define GIVE_UP_MS  INT64_C(21600000)
#define EVENT_BYTES (FUNCTION_ANSWER_MAX)
#define NAME_BYTES  600 /* 128 characters of at most 4 bytes each */
/* Results written together. */
#define TOGETHER    16

/* One that is under way. */
struct flight {
	int64_t invocation_id, created_ms, tries; /* id 0: none */
	char rule_id[64], rule[NAME_BYTES], function[NAME_BYTES];
	bool hosted;
};

struct invoking {
	struct invoke_ports ports;
	struct flight flights[INVOKE_AT_ONCE];
	size_t n;
	struct buf busy; /* JSON list of rules that cannot be started in this round */
};

enum code invoking_open(struct invoking **out, const struct invoke_ports *ports, struct err *e)
{
	static const struct buf busy = BUF_INIT(1 << 20);
	struct invoking *v = mem_alloc(sizeof(*v));

	if (!v)
		return err_nomem(e);
	v->ports = *ports;
	v->busy = busy;
	*out = v;
	return E_OK;
}

void invoking_close(struct invoking *v)
{
	if (!v)
		return;
	buf_release(&v->busy);
	mem_free(v);
}

/* Starting */

static int64_t backoff_ms(int64_t tries)
{
	int64_t ms = FIRST_MS;

	while (tries-- > 0 && ms < LONGEST_MS)
		ms *= 2;
	return ms < LONGEST_MS ? ms : LONGEST_MS;
}

static void add_busy(struct invoking *v, const char *rule_id)
{
	buf_cut(&v->busy, v->busy.n > 2 ? v->busy.n - 1 : 0);
	buf_char(&v->busy, v->busy.n > 1 ? ',' : '[');
	json_write_string(&v->busy, str_of(rule_id));
	buf_char(&v->busy, ']');
}

static struct flight *free_place(struct invoking *v)
{
	for (size_t i = 0; i < INVOKE_AT_ONCE; i++)
		if (!v->flights[i].invocation_id)
			return &v->flights[i];
	return NULL;
}

struct hosted {
	struct function row;
	struct function_spec spec;
	bool found;
};

/* The function of ours that an ARN names, or none. */
static enum code find_hosted(
	struct db *db, struct arena *a, struct str name, struct hosted *out, struct err *e)
{
	const struct function *row = &out->row;
	enum code c = name.n ? function_get(db, a, arena_text(a, name), &out->row, e) : E_NOTFOUND;

	out->found = !c;
	if (c)
		return c == E_NOTFOUND ? E_OK : c;
	out->spec = (struct function_spec){ .name = row->name,
		.runtime = row->runtime,
		.handler = row->handler,
		.code = row->code,
		.environment = row->environment,
		.timeout_ms = row->timeout_ms,
		.memory_mb = row->memory_mb,
		.concurrency = row->concurrency,
		.changed_ms = row->changed_ms };
	return E_OK;
}

static void note(struct flight *f, const struct invocation *i, struct str function, bool hosted)
{
	*f = (struct flight){ .invocation_id = i->invocation_id,
		.created_ms = i->created_ms,
		.tries = i->tries,
		.hosted = hosted };
	snprintf(f->rule_id, sizeof(f->rule_id), "%s", i->rule_id);
	snprintf(f->rule, sizeof(f->rule), "%s", i->name);
	snprintf(f->function, sizeof(f->function), "%.*s", STR_ARG(function));
}

static enum code fly(struct invoking *v, struct db *db, struct arena *a, const struct invocation *i,
	int64_t now_ms, struct err *e)
{
	const struct str name = function_of_arn(str_of(i->function), NULL, NULL);
	struct hosted hosted = { .found = false };
	struct buf event = BUF_INIT(EVENT_BYTES);
	/* Of ours it is where the rule is, whatever its ARN says. */
	struct function_call call = { .call_id = i->invocation_id,
		.arn = i->function,
		.region = i->region,
		.account = i->account };
	struct flight *f = free_place(v);
	enum code c = find_hosted(db, a, name, &hosted, e);

	must(f);
	if (!c)
		c = invoke_event_write(&event, db, i, v->ports.token_key, now_ms, e);
	call.hosted = hosted.found ? &hosted.spec : NULL;
	call.event = buf_slice(&event);
	if (!c)
		c = arena_ok(a) ? v->ports.runner->start(v->ports.runner, &call, e) : err_nomem(e);
	if (!c) {
		note(f, i, name, hosted.found);
		v->n++;
	}
	buf_release(&event);
	return c;
}

static struct invocation_key key_of(const struct flight *f)
{
	return (struct invocation_key){ f->invocation_id, f->created_ms, f->rule_id };
}

/* In a transaction of its own. */
static enum code drop(struct db *db, const struct invocation_key *key, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = invocation_done(db, key, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

static enum code settle_unbegun(struct db *db, const struct flight *f, const struct err *why,
	int64_t now_ms, struct err *e);

static enum code settle_unstarted(struct db *db, const struct invocation *i, const struct err *why,
	int64_t now_ms, struct err *e)
{
	struct flight f;
	enum code c;

	note(&f, i, STR(""), false);
	c = db_begin(db, e);
	if (c)
		return c;
	c = settle_unbegun(db, &f, why, now_ms, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

/* @e: why nothing goes on at all. What else keeps this one from being started is settled. */
static enum code start_one(struct invoking *v, struct db *db, const struct invocation_claim *claim,
	int64_t now_ms, struct err *e)
{
	struct arena a = ARENA_INIT(4 << 20);
	struct invocation i;
	struct err why = { 0 };
	enum code c = invocation_get(db, &a, claim->invocation_id, &i, &why);

	if (!c && i.wanted)
		c = fly(v, db, &a, &i, now_ms, &why);
	else if (!c)
		c = E_NOTFOUND;
	if (!c) {
		/* It is under way. */
	} else if (c == E_NOTFOUND && !why.code) {
		/* The rule is no more, or what it was to judge. */
		const struct invocation_key key = { claim->invocation_id, claim->created_ms,
			claim->rule_id };

		(void)drop(db, &key, e);
	} else if (why.sql || c == E_NOMEM) {
		*e = why;
	} else if (c == E_BUSY || c == E_CANCELED) {
		add_busy(v, claim->rule_id);
	} else {
		(void)settle_unstarted(db, &i, &why, now_ms, e);
	}
	arena_release(&a);
	return e->code;
}

static bool is_busy(const struct invoking *v, const char *rule_id)
{
	const char *at = strstr(v->busy.p, rule_id);

	return at && at[-1] == '"' && at[strlen(rule_id)] == '"';
}

static struct flight *flight_of(struct invoking *v, int64_t invocation_id)
{
	for (size_t i = 0; i < INVOKE_AT_ONCE; i++)
		if (v->flights[i].invocation_id == invocation_id)
			return &v->flights[i];
	return NULL;
}

/* What was started is leased afterwards, all at once: who dies in between has it started once more. */
static enum code lease_started(struct invoking *v, struct db *db,
	const struct invocation_claims *claims, int64_t lease_ms, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	for (size_t i = 0; i < claims->n && !c; i++)
		if (flight_of(v, claims->list[i].invocation_id))
			c = invocation_lease(db, claims->list[i].invocation_id, lease_ms, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

static enum code start_some(struct invoking *v, struct db *db, int64_t now_ms, struct err *e)
{
	const int64_t lease_ms = now_ms + INVOCATION_LEASE_MS;
	const size_t were = v->n;
	struct invocation_claims claims;
	struct err leasing = { 0 };

	if (invocation_due(db, buf_slice(&v->busy), now_ms, INVOKE_AT_ONCE - v->n, &claims, e))
		return e->code;
	for (size_t k = 0; k < claims.n && !e->code; k++) {
		const struct invocation_claim *claim = &claims.list[k];

		if (!is_busy(v, claim->rule_id) && !flight_of(v, claim->invocation_id))
			start_one(v, db, claim, now_ms, e);
	}
	failpoint("invoke.after_start");
	if (v->n > were && lease_started(v, db, &claims, lease_ms, &leasing) && !e->code)
		*e = leasing;
	return e->code;
}

/* Behind what waits for a function that is busy there may be something for another. */
static enum code start_more(
	struct invoking *v, struct db *db, int64_t now_ms, bool *some, struct err *e)
{
	const size_t were = v->n;
	size_t busy = 0;

	if (!v->busy.n)
		buf_text(&v->busy, "[]");
	while (v->n < INVOKE_AT_ONCE && !e->code && v->busy.n != busy) {
		busy = v->busy.n;
		start_some(v, db, now_ms, e);
	}
	*some = v->n > were;
	return e->code;
}

/* What came of it */

static enum code tell_not_started(
	struct db *db, const struct flight *f, const struct err *why, int64_t now_ms, struct err *e)
{
	const struct invocation_status status = { INVOCATION_NOT_STARTED, notice_error_code(why),
		why->msg, now_ms };

	return invocation_rule(db, f->rule_id, &status, e);
}

static enum code give_up(
	struct db *db, const struct flight *f, const struct err *why, int64_t now_ms, struct err *e)
{
	const struct invocation_key key = key_of(f);
	enum code c = tell_not_started(db, f, why, now_ms, e);

	return c ? c : invocation_done(db, &key, e);
}

/* It was not started. */
static enum code settle_unbegun(
	struct db *db, const struct flight *f, const struct err *why, int64_t now_ms, struct err *e)
{
	const struct invocation_key key = key_of(f);
	enum code c;

	if (why->code == E_CANCELED || (why->code == E_BUSY && !why->sql))
		return invocation_free(db, &key, e);
	if (!code_is_transient(why->code) || now_ms - f->created_ms > GIVE_UP_MS)
		return give_up(db, f, why, now_ms, e);
	c = tell_not_started(db, f, why, now_ms, e);
	return c ? c : invocation_again(db, &key, now_ms + backoff_ms(f->tries), e);
}

static enum code settle_failed(struct db *db, const struct flight *f,
	const struct function_result *r, int64_t now_ms, struct err *e)
{
	const struct invocation_status status = { INVOCATION_FAILED, r->outcome, r->err.msg,
		now_ms };
	const struct invocation_key key = key_of(f);
	enum code c = invocation_rule(db, f->rule_id, &status, e);

	if (c)
		return c;
	if (f->tries >= RETRIES)
		return invocation_done(db, &key, e);
	return invocation_again(db, &key, now_ms + RETRY_MS * (f->tries + 1), e);
}

static enum code keep_run(
	struct db *db, const struct flight *f, const struct function_result *r, struct err *e)
{
	const struct function_run run = { .name = f->function,
		.request_id = r->request_id,
		.rule = str_of(f->rule),
		.started_ms = r->started_ms,
		.took_ms = r->took_ms,
		.outcome = r->begun ? r->outcome : code_name(r->err.code),
		.error = r->err.code ? r->err.msg : NULL,
		.log = buf_slice(&r->log) };

	return function_run_add(db, &run, e);
}

static enum code settle(struct db *db, const struct flight *f, const struct function_result *r,
	int64_t now_ms, struct err *e)
{
	const struct invocation_status status = { INVOCATION_STARTED, NULL, NULL, now_ms };
	const struct invocation_key key = key_of(f);
	const bool again = !r->begun && (r->err.code == E_BUSY || r->err.code == E_CANCELED);
	enum code c = f->hosted && !again ? keep_run(db, f, r, e) : E_OK;

	if (c)
		return c;
	if (!r->begun)
		return settle_unbegun(db, f, &r->err, now_ms, e);
	if (r->err.code)
		return settle_failed(db, f, r, now_ms, e);
	c = invocation_rule(db, f->rule_id, &status, e);
	return c ? c : invocation_done(db, &key, e);
}

struct landing {
	struct function_result results[TOGETHER];
	struct flight *flights[TOGETHER];
	size_t n;
};

static enum code take(struct invoking *v, struct landing *l, int64_t wait_ms, struct err *e)
{
	static const struct function_result none = FUNCTION_RESULT_INIT;
	struct function_runner *runner = v->ports.runner;
	enum code c = E_OK;

	while (!c && l->n < TOGETHER) {
		struct function_result *r = &l->results[l->n];

		*r = none;
		c = runner->reap(runner, l->n ? 0 : wait_ms, r, e);
		if (c)
			break;
		l->flights[l->n] = flight_of(v, r->call_id);
		if (l->flights[l->n])
			l->n++;
		else
			function_result_release(r);
	}
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code write_all(struct db *db, const struct landing *l, int64_t now_ms, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	for (size_t i = 0; i < l->n && !c; i++)
		c = settle(db, l->flights[i], &l->results[i], now_ms, e);
	failpoint("invoke.before_settled");
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

/* What cannot be written is forgotten here: the lease runs out, and the function is started once more. */
static enum code land(struct invoking *v, struct db *db, int64_t now_ms, int64_t wait_ms,
	bool *some, struct err *e)
{
	const int64_t began = time_ticks_ms();
	struct landing *l;

	if (!v->n)
		return E_OK;
	l = mem_alloc(sizeof(*l));
	if (!l)
		return err_nomem(e);
	if (!take(v, l, wait_ms, e) && l->n)
		write_all(db, l, now_ms + time_ticks_ms() - began, e);
	for (size_t i = 0; i < l->n; i++) {
		if (v->ports.told)
			v->ports.told(v->ports.ctx, l->flights[i]->rule, l->flights[i]->function,
				&l->results[i]);
		function_result_release(&l->results[i]);
		l->flights[i]->invocation_id = 0;
		v->n--;
	}
	*some = *some || l->n;
	mem_free(l);
	return e->code;
}

enum code invoke_round(
	struct invoking *v, struct db *db, int64_t now_ms, int64_t wait_ms, struct err *e)
{
	const int64_t began = time_ticks_ms();
	bool any = false, some = true;

	buf_clear(&v->busy);
	while (some && !e->code && time_ticks_ms() - began <= wait_ms) {
		const int64_t at_ms = now_ms + time_ticks_ms() - began;
		bool started = false, landed = false;

		if (start_more(v, db, at_ms, &started, e))
			break;
		land(v, db, at_ms, started ? 0 : wait_ms, &landed, e);
		/* A place is free: what was busy may be started. */
		if (landed)
			buf_clear(&v->busy);
		some = started || landed;
		any = any || some;
	}
	if (e->code)
		return e->code;
	return any || v->n ? E_OK : E_NOTFOUND;
}
