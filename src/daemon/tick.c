/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/tick.h"

#include "base/log.h"
#include "base/must.h"
#include "base/time.h"
#include "core/deliver.h"
#include "core/evaluate.h"
#include "core/publish.h"
#include "core/remediate.h"
#include "core/roll_up.h"
#include "discover/kept.h"
#include "store/prune.h"
#include "store/publication.h"
#include "store/recorder.h"
#include <stdio.h>

#define ARENA_MAX            (4 << 20)
#define SOURCES_MAX          1000
/* A sink that has much to be told gives way to others after so many. */
#define NOTICES_AT_ONCE      1000
/* Their texts are in memory at once. */
#define ROLL_UPS_AT_ONCE     500
/* So long it waits for functions that are running before it has the next look at what is due. */
#define INVOKE_WAIT_MS       500
/* Whoever is asked may be slow to answer. */
#define REMEDIATIONS_AT_ONCE 20

struct round {
	struct arena arena;
	struct source *sources;
	size_t n;
	struct recorder recorder;
	bool own_only;    /* only types with an interval of their own are due */
	int64_t own_ms;   /* when those are due next; 0: there are none */
	struct err worst; /* of a source that could not be looked at at all */
};

static enum code take(void *ctx, const struct source *s, struct err *e)
{
	struct round *r = ctx;

	if (r->n == SOURCES_MAX)
		return err_set(e, E_TOOBIG, "more than %d sources", SOURCES_MAX);
	return kept_copy(&r->arena, s, &r->sources[r->n++], e);
}

static void tell_sweep(const char *source, const struct sweep_sum *sum, int64_t ms)
{
	const struct record_sum *r = &sum->recorded;
	bool whole = !sum->partial && !sum->failed;

	log_write(whole ? EV_SWEEP_DONE : EV_SWEEP_PARTIAL, NULL, log_text("source", source),
		log_text("account", sum->account), log_int("seen", r->seen),
		log_int("created", r->created), log_int("changed", r->changed),
		log_int("deleted", r->deleted), log_int("looks", sum->looks),
		log_int("partial", sum->partial), log_int("failed", sum->failed),
		log_int("calls", sum->calls), log_int("ms", ms),
		log_text("reason", sum->n_notes ? sum->notes[0].reason : NULL));
}

static enum code sweep_source(struct round *r, const struct source *s,
	const struct tick_ports *ports, struct db *db, struct err *e)
{
	struct sweep_options o;
	struct sweep_sum sum = { 0 };
	int64_t began_ms = time_now_ms(), ticks_ms = time_ticks_ms();

	must(s);
	if (kept_options(&r->arena, s, &o, e)) {
		log_write(EV_SWEEP_FAILED, e, log_text("source", s->name));
		return e->code;
	}
	o.when_due = true;
	o.own_only = r->own_only;
	o.stop = ports->stop;
	log_write(EV_SWEEP_BEGUN, NULL, log_text("source", s->name));
	sweep_run(db, &o, began_ms, &sum, e);
	if (!e->code) {
		tell_sweep(s->name, &sum, time_ticks_ms() - ticks_ms);
		if (sum.next_ms && (!r->own_ms || sum.next_ms < r->own_ms))
			r->own_ms = sum.next_ms;
		histogram_add(&ports->metrics->ingest, (time_ticks_ms() - ticks_ms) * 1000);
	} else {
		log_write(e->code == E_CANCELED ? EV_SWEEP_STOPPED : EV_SWEEP_FAILED, e,
			log_text("source", s->name));
	}
	sweep_sum_release(&sum);
	return e->code;
}

/* One source that fails does not keep the others from being looked at. */
static enum code sweep_all(
	struct round *r, const struct tick_ports *ports, struct db *db, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		struct err one = { 0 };

		if (sweep_source(r, &r->sources[i], ports, db, &one) == E_CANCELED) {
			*e = one;
			return e->code;
		}
		if (one.code && !r->worst.code)
			r->worst = one;
	}
	return E_OK;
}

static enum code due(struct round *r, struct db *db, int64_t now_ms, struct err *e)
{
	struct err none = { 0 };
	enum code c = recorder_get(db, &r->arena, &r->recorder, &none);

	if (c && c != E_NOTFOUND)
		*e = none;
	if (c)
		return c;
	/* A wait longer than any begins with a clock that has been set back since. */
	r->own_only = r->recorder.next_ms > now_ms &&
		      r->recorder.next_ms <= now_ms + r->recorder.every_ms;
	if (!r->recorder.recording)
		return E_NOTFOUND;
	return !r->own_only || (r->recorder.own_ms && r->recorder.own_ms <= now_ms) ? E_OK
										    : E_NOTFOUND;
}

static enum code sweep(void *ctx, struct db *db, struct err *e)
{
	struct round r = { .arena = ARENA_INIT(ARENA_MAX) };
	int64_t now_ms = time_now_ms();
	enum code c = due(&r, db, now_ms, e);

	if (!c) {
		r.sources = arena_alloc(&r.arena, SOURCES_MAX * sizeof(*r.sources));
		c = r.sources ? source_walk(db, false, take, &r, e) : err_nomem(e);
	}
	if (!c)
		c = db_take_memory(db, 32, e);
	if (!c)
		c = sweep_all(&r, ctx, db, e);
	if (!c)
		c = recorder_owes(db, r.own_ms, e);
	if (!c && !r.own_only)
		c = recorder_swept(db, now_ms, time_now_ms(),
			r.worst.code ? code_name(r.worst.code) : NULL,
			r.worst.code ? r.worst.msg : NULL, e);
	/* What was staged lies in its temporary tables, in memory and on the disk, until it is closed. */
	db->spent = c != E_NOTFOUND;
	arena_release(&r.arena);
	return c;
}

static void seal_failed(const char *channel, const struct err *e)
{
	log_write(EV_SEAL_FAILED, e, log_text("channel", channel));
}

static enum code deliver(void *ctx, struct db *db, struct err *e)
{
	const struct tick_ports *ports = ctx;
	struct deliver_ports p = {
		.store = targets_store, .ctx = ports->targets, .seal_failed = seal_failed
	};
	enum code c = delivery_plan(db, time_now_ms(), e);

	if (!c)
		c = deliver_one(db, &p, time_now_ms(), e);
	if (!c)
		log_write(EV_DELIVERY_DONE, NULL, log_text("tick", "deliver"));
	else if (c != E_NOTFOUND && c != E_CANCELED)
		log_write(EV_DELIVERY_FAILED, e, log_text("tick", "deliver"));
	return c;
}

static enum code notify(void *ctx, struct db *db, struct err *e)
{
	const struct tick_ports *ports = ctx;
	struct notify_ports p = courier_ports(ports->courier);
	enum code c = notify_one(db, &p, NOTICES_AT_ONCE, time_now_ms(), e);

	if (!c)
		log_write(EV_NOTICE_TOLD, NULL, log_text("tick", "notify"));
	else if (c != E_NOTFOUND && c != E_CANCELED)
		log_write(EV_NOTICE_FAILED, e, log_text("tick", "notify"));
	return c;
}

/* For whoever asks for figures: see metrics.h. What happened is not over when it is counted, so that nothing
 * else is woken by it. */
static enum code count(void *ctx, struct db *db, struct err *e)
{
	const struct tick_ports *ports = ctx;
	enum code c = metrics_count(ports->metrics, db, e);

	return c ? c : E_NOTFOUND;
}

static enum code publish_due(
	const struct tick_ports *ports, struct db *db, const char *path, struct err *e)
{
	struct flat_options o = { .at_ms = INT64_MAX, .stop = ports->stop };
	int64_t ticks_ms = time_ticks_ms();
	struct err why = { 0 };
	bool written;

	if (publish(db, path, &o, false, &written, &why) == E_CANCELED) {
		*e = why;
		return e->code;
	}
	if (why.code)
		log_write(EV_PUBLISH_FAILED, &why, log_text("path", path));
	else if (written)
		log_write(EV_PUBLISH_DONE, NULL, log_text("path", path),
			log_int("ms", time_ticks_ms() - ticks_ms));
	return publication_tried(db, why.code ? why.msg : NULL, time_now_ms(), e);
}

/* That it failed is in its row and in the log; as a tick it is done until it is due again. */
static enum code publish_tick(void *ctx, struct db *db, struct err *e)
{
	struct arena a = ARENA_INIT(ARENA_MAX);
	struct publication p;
	enum code c = publication_get(db, &a, &p, e);

	if (!c)
		c = p.next_ms > time_now_ms() ? E_NOTFOUND : publish_due(ctx, db, p.path, e);
	arena_release(&a);
	return c;
}

/* Nothing remembers when it was done last: doing it again finds nothing. */
static enum code prune(void *ctx, struct db *db, struct err *e)
{
	const struct tick_ports *ports = ctx;
	struct prune_options o = { .stop = ports->stop };
	struct prune_sum sum = { 0 };
	int64_t days = 0, began_ms = time_ticks_ms();
	enum code c = prune_days(db, &days, e);

	if (!c && !days)
		return E_NOTFOUND;
	o.limit_ms = time_now_ms() - days * PRUNE_DAY_MS;
	if (!c)
		c = prune_run(db, &o, time_now_ms(), &sum, e);
	if (c && c != E_CANCELED)
		log_write(EV_PRUNE_FAILED, e, log_text("tick", "prune"));
	else if (sum.items)
		log_write(EV_PRUNE_DONE, NULL, log_int("items", sum.items),
			log_int("resources", sum.resources), log_int("bytes", sum.bytes),
			log_int("ms", time_ticks_ms() - began_ms));
	return c ? c : E_NOTFOUND;
}

static enum code queues(void *ctx, struct db *db, struct err *e)
{
	const struct tick_ports *ports = ctx;

	return hear_queues(ports->hear, db, e);
}

static enum code trails(void *ctx, struct db *db, struct err *e)
{
	const struct tick_ports *ports = ctx;

	return hear_trails(ports->hear, db, e);
}

static enum code posted(void *ctx, struct db *db, struct err *e)
{
	const struct tick_ports *ports = ctx;

	return hear_posted(ports->hear, db, e);
}

static void tell_rule(void *ctx, const struct evaluate_run *run, const struct err *why)
{
	(void)ctx;
	log_write(why->code ? EV_RULE_FAILED : EV_RULE_DONE, why->code ? why : NULL,
		log_text("rule", run->rule), log_text("account", run->account),
		log_text("region", run->region), log_text("cause", run->cause),
		log_int("judged", run->sum.judged), log_int("changed", run->changed),
		log_int("non_compliant", run->sum.non_compliant),
		log_int("invocations", run->invocations), log_int("ms", run->ms));
}

static enum code evaluate(void *ctx, struct db *db, struct err *e)
{
	const struct tick_ports *ports = ctx;
	const struct evaluate_options o = {
		.guard = ports->guard, .stop = ports->stop, .told = tell_rule
	};
	struct evaluate_sum sum;
	enum code c = evaluate_due(db, &o, time_now_ms(), &sum, e);

	if (c && c != E_NOTFOUND && c != E_CANCELED)
		log_write(EV_EVALUATE_FAILED, e, log_text("tick", "evaluate"));
	/* What was judged lies in its temporary tables until it is closed. */
	db->spent = c != E_NOTFOUND;
	return c;
}

static enum code invoke(void *ctx, struct db *db, struct err *e)
{
	const struct tick_ports *ports = ctx;
	enum code c = ports->invoking
			      ? invoke_round(ports->invoking, db, time_now_ms(), INVOKE_WAIT_MS, e)
			      : E_NOTFOUND;

	if (c && c != E_NOTFOUND && c != E_CANCELED)
		log_write(EV_FUNCTION_FAILED, e, log_text("tick", "invoke"));
	return c;
}

static void tell_remediation(
	void *ctx, const struct remediation_order *o, const char *state, const struct err *why)
{
	char rule[520], id[1040];
	enum log_event event = why->code                                    ? EV_REMEDIATION_FAILED
			       : state && strcmp(state, "SUCCEEDED") == 0   ? EV_REMEDIATION_DONE
			       : state && strcmp(state, "IN_PROGRESS") == 0 ? EV_REMEDIATION_BEGUN
									    : EV_REMEDIATION_FAILED;

	(void)ctx;
	snprintf(rule, sizeof(rule), "%.*s", STR_ARG(o->rule));
	snprintf(id, sizeof(id), "%.*s", STR_ARG(o->id));
	log_write(event, why->code ? why : NULL, log_text("rule", rule), log_text("resource", id),
		log_text("state", state ? state : "QUEUED"));
}

static enum code remediate(void *ctx, struct db *db, struct err *e)
{
	const struct tick_ports *ports = ctx;
	const struct remediate_options o = {
		.remediator = ports->remediator, .stop = ports->stop, .told = tell_remediation
	};
	enum code c = ports->remediator
			      ? remediate_round(db, &o, REMEDIATIONS_AT_ONCE, time_now_ms(), e)
			      : E_NOTFOUND;

	if (c && c != E_NOTFOUND && c != E_CANCELED)
		log_write(EV_REMEDIATION_FAILED, e, log_text("tick", "remediate"));
	return c;
}

/* What rules find on a resource, as the resource it is. */
static enum code roll_up(void *ctx, struct db *db, struct err *e)
{
	struct record_sum sum;
	enum code c = roll_up_record(db, ROLL_UPS_AT_ONCE, time_now_ms(), &sum, e);

	(void)ctx;
	if (c && c != E_NOTFOUND && c != E_CANCELED)
		log_write(EV_ROLL_UP_FAILED, e, log_text("tick", "compliance"));
	return c;
}

/* A second is what a person does not notice; asking rows costs some microseconds. */
const struct tick ticks[] = {
	{ "sweep", LANE_NET, 1000, sweep },
	{ "queues", LANE_NET, 1000, queues },
	{ "posted", LANE_NET, 1000, posted },
	{ "trails", LANE_NET, 5000, trails },
	{ "deliver", LANE_NET, 5000, deliver },
	{ "evaluate", LANE_NET, 1000, evaluate },
	{ "invoke", LANE_NET, 1000, invoke },
	{ "remediate", LANE_NET, 1000, remediate },
	{ "compliance", LANE_NET, 1000, roll_up },
	{ "notify", LANE_NET, 1000, notify },
	{ "count", LANE_READ, 1000, count },
	{ "publish", LANE_NET, 5000, publish_tick },
	{ "prune", LANE_NET, PRUNE_DAY_MS, prune },
};
const size_t n_ticks = sizeof(ticks) / sizeof(*ticks);
