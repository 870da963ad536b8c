/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "core/content.h"
#include "core/record.h"
#include "store/stage.h"
#include "store/stage_event.h"
#include "json/canon.h"
#include "json/write.h"

/* AWS's longest ids and ARNs are 2 KB. */
#define ID_BYTES (16u << 10)

static enum code write_part(struct buf *b, struct json *v, const char *what, struct err *e)
{
	if (v && v->kind != JSON_OBJECT)
		return err_set(e, E_INVALID, "%s is not an object", what);
	if (v && content_check_weight(v, what, e))
		return e->code;
	if (v) {
		json_canon(v);
		json_write(b, v);
	} else {
		buf_text(b, "{}");
	}
	if (b->full)
		return err_set(e, E_TOOBIG, "%s is too large to record", what);
	return buf_ok(b) ? E_OK : err_nomem(e);
}

struct parts {
	struct buf configuration, supplementary, tags;
};

static enum code put(struct record *r, const struct observation *o, struct parts *p, struct err *e)
{
	struct stage_row row = { .account = o->account,
		.region = o->region,
		.type = o->type,
		.id = o->id,
		.name = o->name,
		.arn = o->arn,
		.az = o->az,
		.has_created = o->created_ms != INT64_MIN,
		.created_ms = o->created_ms,
		.captured_ms = o->captured_ms,
		.cause = o->cause,
		.mark = o->mark };
	enum code c = write_part(&p->configuration, o->configuration, "the configuration", e);

	if (!c)
		c = write_part(
			&p->supplementary, o->supplementary, "the supplementary configuration", e);
	if (!c)
		c = write_part(&p->tags, o->tags, "the set of tags", e);
	if (c)
		return c;
	row.configuration = buf_slice(&p->configuration);
	row.supplementary = buf_slice(&p->supplementary);
	row.tags = buf_slice(&p->tags);
	return stage_put(r->db, &row, e);
}

enum code record_stage(struct record *r, const struct observation *o, struct err *e)
{
	struct parts p = { BUF_INIT(64 << 20), BUF_INIT(64 << 20), BUF_INIT(16 << 20) };
	enum code c;

	if (!o->id.n)
		return err_set(e, E_INVALID, "a %.*s without an id", STR_ARG(o->type));
	if (o->id.n > ID_BYTES)
		return err_set(
			e, E_TOOBIG, "a %.*s with an id of %zu bytes", STR_ARG(o->type), o->id.n);
	c = o->configuration ? put(r, o, &p, e)
			     : err_set(e, E_INVALID, "there is no configuration");
	buf_release(&p.configuration);
	buf_release(&p.supplementary);
	buf_release(&p.tags);
	return c ? err_add(e, "stage %.*s", STR_ARG(o->id)) : E_OK;
}

struct unseen_bridge {
	record_unseen_fn *fn;
	void *ctx;
};

static enum code pass_unseen(void *ctx, const struct stage_unseen *u, struct err *e)
{
	struct unseen_bridge *b = ctx;
	struct unseen mine = { u->rid, u->id, u->name, u->arn, u->region };

	return b->fn(b->ctx, &mine, e);
}

enum code record_unseen(struct record *r, struct str account, struct str region, struct str type,
	record_unseen_fn *fn, void *ctx, struct err *e)
{
	struct unseen_bridge b = { fn, ctx };

	return stage_unseen(r->db, account, region, type, pass_unseen, &b, e);
}

enum code record_stage_gone(struct record *r, int64_t rid, int64_t now_ms, struct err *e)
{
	return stage_gone(r->db, rid, now_ms, e);
}

enum code record_add_cause(
	struct record *r, const struct cause *cause, int64_t *number, struct err *e)
{
	const struct stage_cause as = { cause->event_id, cause->event_name, cause->event_source,
		cause->actor, cause->source_ip, cause->user_agent, cause->region, cause->account,
		cause->at_ms };

	return stage_add_cause(r->db, &as, number, e);
}

enum code record_blame(
	struct record *r, int64_t cause, const struct record_named *named, struct err *e)
{
	const struct stage_named as = { named->type, named->account, named->id, named->name,
		named->arn };

	return stage_blame(r->db, cause, &as, e);
}

enum code record_look(struct record *r, const struct look *look, struct err *e)
{
	static const char *const outcomes[] = { [LOOK_COMPLETE] = "complete",
		[LOOK_PARTIAL] = "partial",
		[LOOK_FAILED] = "failed",
		[LOOK_UNSUPPORTED] = "unsupported" };
	struct stage_look l = { look->account, look->region, look->type, look->started_ms,
		look->ended_ms, outcomes[look->outcome], look->reason, look->code, look->seen,
		look->calls };

	return stage_look(r->db, &l, e);
}
