/* SPDX-License-Identifier: Apache-2.0 */
#include "core/remediate.h"

#include "base/buf.h"
#include "store/remediation.h"
#include "json/write.h"

#define ARENA_MAX   ((size_t)8 << 20)
/* Whoever begins one may wait so long for it. */
#define LEASE_MS    INT64_C(600000)
#define LOOK_MS     2000
#define RETRY_MS    30000
/* So long it is tried to begin one, and to hear of one. */
#define PATIENCE_MS INT64_C(3600000)
#define OLD_MS      INT64_C(86400000)

struct step {
	struct db *db;
	const struct remediate_options *o;
	struct arena arena;
	int64_t now_ms;
	struct remediation_claim claim;
	struct remediation_order order;
};

static enum code end(struct db *db, enum code c, struct err *e)
{
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

static enum code plan(struct db *db, int64_t now_ms, struct err *e)
{
	int64_t planned;

	if (db_begin(db, e))
		return e->code;
	return end(db, remediation_plan(db, now_ms, &planned, e), e);
}

static enum code read_order(struct step *s, struct err *e)
{
	struct remediation_task t;
	enum code c = remediation_task_get(s->db, s->claim.execution_id, &s->arena, &t, e);

	if (!c)
		s->order = (struct remediation_order){ .execution_id = s->claim.execution_id,
			.invoked_ms = t.invoked_ms,
			.account = t.account,
			.region = t.region,
			.rule = t.rule,
			.type = t.type,
			.id = t.id,
			.annotation = t.annotation,
			.target = t.target,
			.version = t.version,
			.parameters = t.parameters };
	return c;
}

/* E_NOTFOUND: there is nothing, or no more. */
static enum code claim(struct step *s, struct err *e)
{
	bool any = true;
	enum code c = db_begin(s->db, e);

	if (c)
		return c;
	c = remediation_claim(s->db, s->now_ms, s->now_ms + LEASE_MS, &s->arena, &s->claim, e);
	if (c == E_NOTFOUND)
		any = false;
	else if (!c)
		c = read_order(s, e);
	if (c == E_NOTFOUND && !e->code)
		c = E_OK;
	c = end(s->db, c, e);
	return c ? c : any ? E_OK : E_NOTFOUND;
}

static void tell(const struct step *s, const char *state, const struct err *why)
{
	if (s->o->told)
		s->o->told(s->o->ctx, &s->order, state, why);
}

static enum code settle(struct step *s, const struct remediation_news *news, struct err *e)
{
	const bool goes_on = strcmp(news->state, "IN_PROGRESS") == 0;
	const struct remediation_state how = { .state = news->state,
		.remote = news->remote,
		.steps = news->steps,
		.now_ms = s->now_ms,
		.due_ms = goes_on ? s->now_ms + LOOK_MS : 0 };

	if (db_begin(s->db, e))
		return e->code;
	return end(s->db, remediation_settle(s->db, s->claim.execution_id, &how, e), e);
}

static enum code put_off(struct step *s, int64_t due_ms, struct err *e)
{
	if (db_begin(s->db, e))
		return e->code;
	return end(s->db, remediation_later(s->db, s->claim.execution_id, due_ms, e), e);
}

/* It could not be begun, or asked about: its only step says why. */
static enum code fail(struct step *s, const char *state, const struct err *why, struct err *e)
{
	struct remediation_news news = { .state = state };
	struct buf b = BUF_INIT((size_t)1 << 16);
	enum code c;

	buf_text(&b,
		s->claim.begun
			? "[{\"Name\":\"GetAutomationExecution\",\"State\":\"FAILED\",\"ErrorMessage\":"
			: "[{\"Name\":\"StartAutomationExecution\",\"State\":\"FAILED\",\"ErrorMessage\":");
	json_write_string(&b, str_of(why->msg));
	buf_printf(&b, ",\"StartTime\":%lld.%03d,\"StopTime\":%lld.%03d}]",
		(long long)(s->now_ms / 1000), (int)(s->now_ms % 1000),
		(long long)(s->now_ms / 1000), (int)(s->now_ms % 1000));
	news.steps = buf_slice(&b);
	c = buf_ok(&b) ? settle(s, &news, e) : err_nomem(e);
	buf_release(&b);
	return c;
}

static enum code failed(struct step *s, const struct err *why, struct err *e)
{
	const int64_t patience_ms = s->claim.begun ? OLD_MS : PATIENCE_MS;
	const bool again = (code_is_transient(why->code) || why->code == E_THROTTLED) &&
			   s->now_ms < s->order.invoked_ms + patience_ms;

	if (why->code == E_CANCELED && put_off(s, 0, e) == E_OK)
		return err_set(e, E_CANCELED, "stopped");
	if (why->code == E_CANCELED)
		return e->code;
	tell(s, again ? NULL : "FAILED", why);
	if (again)
		return put_off(s, s->now_ms + RETRY_MS, e);
	return fail(s, s->claim.begun ? "UNKNOWN" : "FAILED", why, e);
}

static enum code work(struct step *s, struct err *e)
{
	struct remediator *r = s->o->remediator;
	struct remediation_news news = { .state = "UNKNOWN" };
	struct err why = { 0 };

	if (!s->order.rule.p) /* the remediation is gone, and its executions with it */
		return E_OK;
	if (s->claim.begun && !s->claim.remote.p)
		err_set(&why, E_INVALID, "it is not known what it is called");
	else if (s->claim.begun)
		r->look(r, &s->order, s->claim.remote, &s->arena, &news, &why);
	else
		r->start(r, &s->order, &s->arena, &news, &why);
	if (why.code)
		return failed(s, &why, e);
	if (!s->claim.begun || strcmp(news.state, "IN_PROGRESS") != 0)
		tell(s, news.state, &why);
	return settle(s, &news, e);
}

enum code remediate_round(struct db *db, const struct remediate_options *o, int at_once,
	int64_t now_ms, struct err *e)
{
	bool due = false, automatic = false, any = false;
	enum code c = remediation_any(db, now_ms, &due, &automatic, e);

	if (!c && automatic)
		c = plan(db, now_ms, e);
	if (!c && !due && !automatic)
		return E_NOTFOUND;
	for (int i = 0; i < at_once && !c && !(o->stop && *o->stop); i++) {
		struct step s = {
			.db = db, .o = o, .arena = ARENA_INIT(ARENA_MAX), .now_ms = now_ms
		};

		c = claim(&s, e);
		if (!c) {
			any = true;
			c = work(&s, e);
		}
		arena_release(&s.arena);
	}
	if (c == E_NOTFOUND && !e->code)
		c = E_OK;
	return c ? c : any ? E_OK : E_NOTFOUND;
}
