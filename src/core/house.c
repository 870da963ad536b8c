/* SPDX-License-Identifier: Apache-2.0 */
#include "core/house.h"

#include "base/arena.h"
#include "store/house.h"
#include "store/source.h"
#include "json/read.h"

#define TYPE      STR("AWS::Config::ConfigurationRecorder")
#define ARENA_MAX (16 << 20)

struct staging {
	struct record *record;
	struct str account, region;
	int64_t now_ms;
};

static enum code stage_recorder(void *ctx, const struct house_recorder *r, struct err *e)
{
	const struct staging *s = ctx;
	struct arena a = ARENA_INIT(ARENA_MAX);
	struct observation o = { .account = s->account,
		.region = s->region,
		.type = TYPE,
		.id = r->name,
		.created_ms = INT64_MIN,
		.captured_ms = s->now_ms };
	enum code c = json_read(&a, r->configuration, &o.configuration, e);

	if (!c)
		c = json_read(&a, r->tags, &o.tags, e);
	if (!c)
		c = record_stage(s->record, &o, e);
	arena_release(&a);
	return c;
}

enum code house_stage(
	struct record *r, struct str account, struct str region, int64_t now_ms, struct err *e)
{
	struct staging s = { r, account, region, now_ms };

	return house_recorders(r->db, stage_recorder, &s, e);
}

static enum code stage_place(void *ctx, struct str account, struct str region, struct err *e)
{
	struct staging *s = ctx;

	return house_stage(s->record, account, region, s->now_ms, e);
}

static enum code stage_removed(void *ctx, int64_t rid, struct err *e)
{
	struct staging *s = ctx;

	return record_stage_gone(s->record, rid, s->now_ms, e);
}

enum code house_record(struct db *db, int64_t now_ms, struct record_sum *sum, struct err *e)
{
	struct source source = { .name = "siltstone", .kind = "house", .settings = "{}" };
	struct record r;
	struct staging s = { .record = &r, .now_ms = now_ms };

	*sum = (struct record_sum){ 0 };
	if (source_put(db, &source, e) || record_begin(&r, db, source.source_id, now_ms, e) ||
		house_places(db, stage_place, &s, e) || house_removed(db, stage_removed, &s, e))
		return e->code;
	return record_settle(&r, now_ms, sum, e);
}
