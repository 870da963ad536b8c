/* SPDX-License-Identifier: Apache-2.0 */
#include "core/roll_up.h"

#include "base/arena.h"
#include "db/stmt.h"
#include "store/roll_up.h"
#include "store/source.h"
#include "store/stage.h"
#include "json/read.h"

#define TYPE      STR("AWS::Config::ResourceCompliance")
#define RELATION  STR("Is associated with ") /* with the space, as AWS Config spells it */
#define ARENA_MAX ((size_t)256 << 20)

struct rolling {
	struct record record;
	struct arena arena;
	struct roll_up *done; /* what to say of them when they are written */
	size_t n;
	int64_t now_ms;
};

static enum code stage_live(struct rolling *w, const struct roll_up *r, struct err *e)
{
	struct observation o = { .account = r->account,
		.region = r->region,
		.type = TYPE,
		.id = arena_printf(&w->arena, "%.*s/%.*s", STR_ARG(r->type), STR_ARG(r->id)),
		.created_ms = INT64_MIN,
		.captured_ms = w->now_ms };
	const struct stage_rule rule = { .name = RELATION, .target = r->type, .by = STR("id") };

	if (json_read(&w->arena, r->configuration, &o.configuration, e) ||
		record_stage(&w->record, &o, e))
		return e->code;
	return stage_add_edge(w->record.db, db_last_rowid(w->record.db), &rule, r->id, e);
}

static enum code stage(void *ctx, const struct roll_up *r, struct err *e)
{
	struct rolling *w = ctx;

	w->done[w->n++] = (struct roll_up){ .account = arena_str(&w->arena, r->account),
		.region = arena_str(&w->arena, r->region),
		.rid = r->rid,
		.times = r->times };
	if (!arena_ok(&w->arena))
		return err_nomem(e);
	if (r->configuration.p)
		return stage_live(w, r, e);
	return r->item ? record_stage_gone(&w->record, r->item, w->now_ms, e) : E_OK;
}

static enum code finish(struct db *db, const struct rolling *w, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	for (size_t i = 0; i < w->n && !c; i++)
		c = roll_up_done(db, &w->done[i], e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

static enum code write_all(
	struct db *db, struct rolling *w, int limit, struct record_sum *sum, struct err *e)
{
	struct source source = { .name = "siltstone", .kind = "house", .settings = "{}" };
	enum code c = source_put(db, &source, e);

	if (!c)
		c = record_begin(&w->record, db, source.source_id, w->now_ms, e);
	if (!c)
		c = roll_up_walk(db, limit, stage, w, e);
	if (!c)
		c = record_settle(&w->record, w->now_ms, sum, e);
	return c ? c : finish(db, w, e);
}

static enum code forget(struct db *db, struct err *e)
{
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = roll_up_forget(db, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

static enum code see(void *ctx, const struct roll_up *r, struct err *e)
{
	(void)ctx;
	(void)r;
	(void)e;
	return E_OK;
}

enum code roll_up_record(
	struct db *db, int limit, int64_t now_ms, struct record_sum *sum, struct err *e)
{
	struct rolling w = { .arena = ARENA_INIT(ARENA_MAX), .now_ms = now_ms };
	bool recorded = false;
	enum code c = roll_up_walk(db, 1, see, NULL, e);

	*sum = (struct record_sum){ 0 };
	if (!c)
		c = roll_up_recorded(db, &recorded, e);
	if (!c && !recorded)
		return forget(db, e);
	if (!c) {
		w.done = arena_alloc(&w.arena, (size_t)limit * sizeof(*w.done));
		c = w.done ? write_all(db, &w, limit, sum, e) : err_nomem(e);
	}
	arena_release(&w.arena);
	return c;
}
