/* SPDX-License-Identifier: Apache-2.0 */
#include "store/prune.h"

#include "base/failpoint.h"
#include "base/time.h"
#include "db/stmt.h"
#include "store/seal.h"
#include <time.h>

#define DAYS_MIN 30
#define DAYS_MAX 2557
/* So long one transaction goes on before others get a turn. */
#define SHARE_MS INT64_C(100)
#define SPAN     INT64_C(5000)
#define NONE     INT64_MAX /* :keep when no version stays */

struct pruning {
	struct db *db;
	const struct prune_options *o;
	int64_t now_ms, limit_ms, safe_event;
	int64_t after; /* resources up to this one are done */
	struct prune_sum *sum;
};

static enum code number(struct stmt *st, int col, int64_t *out, struct err *e)
{
	enum code c = stmt_step(st, e);

	if (!c)
		*out = stmt_col_int(st, col);
	stmt_end(st);
	return c;
}

static enum code settle_bounds(struct pruning *p, struct err *e)
{
	struct stmt st = stmt_begin(p->db, SQL_PRUNE_SAFE_EVENT);
	enum code c = number(&st, prune_safe_event_event_id, &p->safe_event, e);

	if (c)
		return c;
	st = stmt_begin(p->db, SQL_PRUNE_LIMIT);
	stmt_int(&st, prune_limit__limit, p->o->limit_ms);
	return number(&st, prune_limit_limit_ms, &p->limit_ms, e);
}

/* The first version that stays and its time; NONE: no version does. */
static enum code find_keep(
	struct pruning *p, int64_t rid, int64_t *keep, int64_t *captured_ms, struct err *e)
{
	struct stmt st = stmt_begin(p->db, SQL_PRUNE_KEEP);
	enum code c;

	stmt_int(&st, prune_keep__rid, rid);
	stmt_int(&st, prune_keep__limit, p->limit_ms);
	stmt_int(&st, prune_keep__safe, p->safe_event);
	c = stmt_step(&st, e);
	*keep = c ? NONE : stmt_col_int(&st, prune_keep_version);
	*captured_ms = c ? INT64_MAX : stmt_col_int(&st, prune_keep_captured_ms);
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code weigh(struct pruning *p, int64_t rid, int64_t keep, int64_t *items, struct err *e)
{
	struct stmt st = stmt_begin(p->db, SQL_PRUNE_WEIGH);
	enum code c;

	stmt_int(&st, prune_weigh__rid, rid);
	stmt_int(&st, prune_weigh__keep, keep);
	c = stmt_step(&st, e);
	if (!c) {
		int64_t bytes = stmt_col_int(&st, prune_weigh_bytes);

		*items = stmt_col_int(&st, prune_weigh_items);
		p->sum->resources += *items > 0;
		p->sum->whole += *items > 0 && keep == NONE;
		p->sum->items += *items;
		p->sum->documents += stmt_col_int(&st, prune_weigh_documents);
		p->sum->bytes += bytes;
		if (p->o->tell && *items)
			p->o->tell(p->o->ctx, stmt_col_str(&st, prune_weigh_type), *items, bytes,
				p->sum);
	}
	stmt_end(&st);
	return c;
}

/* A statement over the versions of a resource before :keep. */
static enum code run_versions(struct pruning *p, enum sql_id id, int rid_param, int keep_param,
	const int64_t at[2], struct err *e)
{
	struct stmt st = stmt_begin(p->db, id);

	stmt_int(&st, rid_param, at[0]);
	stmt_int(&st, keep_param, at[1]);
	return stmt_run(&st, e);
}

static enum code remove_digests(struct pruning *p, const int64_t at[2], struct err *e)
{
	struct stmt st = stmt_begin(p->db, SQL_PRUNE_DIGESTS);

	stmt_int(&st, prune_digests__rid, at[0]);
	stmt_int(&st, prune_digests__keep, at[1]);
	stmt_int(&st, prune_digests__now, p->now_ms);
	return stmt_run(&st, e);
}

static enum code remove_versions(struct pruning *p, const int64_t at[2], struct err *e)
{
	enum code c = remove_digests(p, at, e);

	if (!c)
		c = run_versions(
			p, SQL_PRUNE_DOCUMENTS, prune_documents__rid, prune_documents__keep, at, e);
	if (!c)
		c = run_versions(p, SQL_PRUNE_DIFFS, prune_diffs__rid, prune_diffs__keep, at, e);
	if (!c)
		c = run_versions(p, SQL_PRUNE_ITEM_EVENTS, prune_item_events__rid,
			prune_item_events__keep, at, e);
	if (!c)
		c = run_versions(p, SQL_PRUNE_ITEMS, prune_items__rid, prune_items__keep, at, e);
	if (!c && at[1] != NONE)
		c = run_versions(p, SQL_PRUNE_NUMBER, prune_number__rid, prune_number__keep, at, e);
	return c;
}

/* Intervals that ended by the time of the first version that stays. */
static enum code remove_intervals(struct pruning *p, int64_t rid, int64_t before_ms, struct err *e)
{
	const int64_t at[2] = { rid, before_ms };
	enum code c =
		run_versions(p, SQL_PRUNE_EDGES, prune_edges__rid, prune_edges__before, at, e);

	return c ? c : run_versions(p, SQL_PRUNE_TAGS, prune_tags__rid, prune_tags__before, at, e);
}

static enum code run_resource(
	struct pruning *p, enum sql_id id, int param, int64_t rid, struct err *e)
{
	struct stmt st = stmt_begin(p->db, id);

	stmt_int(&st, param, rid);
	return stmt_run(&st, e);
}

static enum code remove_resource(struct pruning *p, int64_t rid, struct err *e)
{
	enum code c =
		run_resource(p, SQL_PRUNE_RESOURCE_VERDICTS, prune_resource_verdicts__rid, rid, e);

	if (!c)
		c = run_resource(p, SQL_PRUNE_UNLINK, prune_unlink__rid, rid, e);
	return c ? c : run_resource(p, SQL_PRUNE_RESOURCE, prune_resource__rid, rid, e);
}

static enum code prune_one(struct pruning *p, int64_t rid, struct err *e)
{
	int64_t at[2] = { rid, 0 }, captured_ms, items = 0;
	enum code c = find_keep(p, rid, &at[1], &captured_ms, e);

	if (!c)
		c = weigh(p, rid, at[1], &items, e);
	if (c || !items || p->o->dry_run)
		return c;
	c = remove_versions(p, at, e);
	if (!c)
		c = remove_intervals(p, rid, captured_ms, e);
	if (!c && at[1] == NONE)
		c = remove_resource(p, rid, e);
	return c;
}

/* E_NOTFOUND: no resource is left. */
static enum code prune_next(struct pruning *p, struct err *e)
{
	struct stmt st = stmt_begin(p->db, SQL_PRUNE_NEXT);
	int64_t rid;
	enum code c;

	stmt_int(&st, prune_next__after, p->after);
	stmt_int(&st, prune_next__limit, p->limit_ms);
	c = number(&st, prune_next_rid, &rid, e);
	if (c)
		return c;
	p->after = rid;
	return prune_one(p, rid, e);
}

static bool stopped(const struct pruning *p)
{
	return p->o->stop && *p->o->stop;
}

/* Others look for the lock every millisecond: leave them a gap to hit. */
static void make_room(void)
{
	const struct timespec gap = { .tv_nsec = 3000000 };

	(void)nanosleep(&gap, NULL);
}

static enum code end(struct pruning *p, enum code c, struct err *e)
{
	bool through = c == E_NOTFOUND && !e->code;

	if (c && !through) {
		db_rollback(p->db);
		return c;
	}
	failpoint("prune.before_commit");
	if (db_commit(p->db, e))
		return e->code;
	make_room();
	return c;
}

static enum code prune_batch(struct pruning *p, struct err *e)
{
	int64_t until = time_ticks_ms() + SHARE_MS;
	enum code c = db_begin(p->db, e);

	if (c)
		return c;
	/* What is to be told may have changed since the last turn. */
	c = settle_bounds(p, e);
	while (!c && time_ticks_ms() < until && !stopped(p))
		c = prune_next(p, e);
	return end(p, c, e);
}

static enum code prune_resources(struct pruning *p, struct err *e)
{
	enum code c = E_OK;

	if (p->o->dry_run) {
		c = settle_bounds(p, e);
		while (!c && !stopped(p))
			c = prune_next(p, e);
	}
	while (!c && !stopped(p) && !p->o->dry_run)
		c = prune_batch(p, e);
	if (!c)
		return err_set(e, E_CANCELED, "stopped before everything was removed");
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

/* A table's rows with ids in (from, from + SPAN]. */
static enum code run_span(
	struct pruning *p, enum sql_id id, const int params[3], int64_t from, struct err *e)
{
	struct stmt st = stmt_begin(p->db, id);
	enum code c;

	stmt_int(&st, params[0], from);
	stmt_int(&st, params[1], from + SPAN);
	stmt_int(&st, params[2], p->limit_ms);
	if (id == SQL_PRUNE_EVENTS)
		stmt_int(&st, prune_events__safe, p->safe_event);
	c = stmt_run(&st, e);
	if (!c)
		p->sum->rows += db_changes(p->db);
	return c;
}

static enum code prune_span(struct pruning *p, int64_t from, struct err *e)
{
	static const struct {
		enum sql_id id;
		int params[3];
	} tables[] = {
		{ SQL_PRUNE_VERDICTS,
			{ prune_verdicts__from, prune_verdicts__to, prune_verdicts__limit } },
		{ SQL_PRUNE_NOTED, { prune_noted__from, prune_noted__to, prune_noted__limit } },
		{ SQL_PRUNE_COVERAGE,
			{ prune_coverage__from, prune_coverage__to, prune_coverage__limit } },
		{ SQL_PRUNE_EVENTS, { prune_events__from, prune_events__to, prune_events__limit } },
		{ SQL_PRUNE_CAUSES, { prune_causes__from, prune_causes__to, prune_causes__limit } },
		{ SQL_PRUNE_DELIVERIES,
			{ prune_deliveries__from, prune_deliveries__to, prune_deliveries__limit } },
		{ SQL_PRUNE_OUTBOX, { prune_outbox__from, prune_outbox__to, prune_outbox__limit } },
	};
	enum code c = db_begin(p->db, e);

	if (c)
		return c;
	c = settle_bounds(p, e);
	for (size_t i = 0; !c && i < sizeof(tables) / sizeof(*tables); i++)
		c = run_span(p, tables[i].id, tables[i].params, from, e);
	return end(p, c, e);
}

static enum code prune_activity(struct pruning *p, struct err *e)
{
	enum code c = db_begin(p->db, e);

	if (c)
		return c;
	c = run_resource(p, SQL_PRUNE_ACTIVITY, prune_activity__limit, p->limit_ms, e);
	if (!c)
		p->sum->rows += db_changes(p->db);
	if (!c)
		c = run_resource(p, SQL_PRUNE_RECOUNT, prune_recount__limit, p->limit_ms, e);
	if (!c)
		p->sum->rows -= db_changes(p->db);
	return end(p, c, e);
}

static enum code prune_others(struct pruning *p, struct err *e)
{
	struct stmt st = stmt_begin(p->db, SQL_PRUNE_SPANS);
	int64_t last = 0;
	enum code c = number(&st, prune_spans_last, &last, e);

	for (int64_t from = 0; !c && from < last; from += SPAN)
		c = stopped(p) ? err_set(e, E_CANCELED, "stopped before everything was removed")
			       : prune_span(p, from, e);
	return c ? c : prune_activity(p, e);
}

/* Only what a seal covers may go. */
static enum code seal_rest(struct pruning *p, struct err *e)
{
	enum code c = db_begin(p->db, e);

	if (c)
		return c;
	c = seal_add(p->db, p->now_ms, e);
	if (!c)
		return db_commit(p->db, e);
	db_rollback(p->db);
	return c;
}

enum code prune_run(struct db *db, const struct prune_options *options, int64_t now_ms,
	struct prune_sum *sum, struct err *e)
{
	struct pruning p = {
		.db = db, .o = options, .now_ms = now_ms, .limit_ms = options->limit_ms, .sum = sum
	};
	struct err again = { 0 };
	enum code c;

	*sum = (struct prune_sum){ 0 };
	if (options->dry_run)
		return prune_resources(&p, e);
	/* With them on, SQLite would look for users of each document through all items; here nothing goes
	 * that anything refers to. What is removed is overwritten where that costs no more writing. */
	c = db_script(
		db, "prepare to remove", "PRAGMA foreign_keys=OFF; PRAGMA secure_delete=FAST;", e);
	if (!c)
		c = seal_rest(&p, e);
	if (!c)
		c = prune_resources(&p, e);
	if (!c)
		c = prune_others(&p, e);
	if (db_script(db, "end removing", "PRAGMA foreign_keys=ON", &again) && !c)
		*e = again;
	return e->code;
}

enum code prune_vacuum(struct db *db, struct err *e)
{
	return db_script(db, "give space back", "VACUUM; PRAGMA wal_checkpoint(TRUNCATE);", e);
}

enum code prune_days(struct db *db, int64_t *days, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PRUNE_RETENTION);
	enum code c = number(&st, prune_retention_days, days, e);

	if (c == E_NOTFOUND && !e->code) {
		*days = 0;
		c = E_OK;
	}
	return c;
}

enum code prune_set_days(struct db *db, int64_t days, struct err *e)
{
	struct stmt st;

	if (!days) {
		st = stmt_begin(db, SQL_PRUNE_CLEAR_RETENTION);
		return stmt_run(&st, e);
	}
	if (days < DAYS_MIN || days > DAYS_MAX)
		return err_set(e, E_INVALID, "items are kept for %d to %d days, not %lld", DAYS_MIN,
			DAYS_MAX, (long long)days);
	st = stmt_begin(db, SQL_PRUNE_SET_RETENTION);
	stmt_int(&st, prune_set_retention__days, days);
	return stmt_run(&st, e);
}
