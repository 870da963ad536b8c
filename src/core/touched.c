/* SPDX-License-Identifier: Apache-2.0 */
#include "core/touched.h"

#include "base/arena.h"
#include "base/buf.h"
#include "core/content.h"
#include "store/known.h"
#include "store/lineage.h"
#include "store/stage.h"
#include "json/canon.h"
#include "json/patch.h"
#include "json/read.h"
#include "json/write.h"

/* Eight bytes for each of a hundred million resources. */
#define RIDS_BYTES ((size_t)800 << 20)

static enum code note(void *ctx, int64_t rid, struct err *e)
{
	struct buf *rids = ctx;

	buf_add(rids, &rid, sizeof(rid));
	return buf_ok(rids) ? E_OK : err_nomem(e);
}

static enum code read_document(
	struct db *db, struct arena *a, int64_t item_id, struct json **out, struct err *e)
{
	struct lineage_document d;
	struct json *base = NULL, *patch = NULL;

	if (lineage_document(db, item_id, a, &d, e) || json_read(a, d.keyframe, &base, e) ||
		(d.patch.p && json_read(a, d.patch, &patch, e)))
		return e->code;
	*out = patch ? json_patch_apply(a, base, patch) : base;
	if (!*out)
		return err_nomem(e);
	json_canon(*out);
	return E_OK;
}

static struct str part(struct arena *a, const struct json *document, const char *name)
{
	struct buf b = BUF_INIT((size_t)1 << 30);
	const struct json *v = json_get(document, name);
	struct str out;

	if (v)
		json_write(&b, v);
	else
		buf_text(&b, "{}");
	out = buf_ok(&b) ? arena_str(a, buf_slice(&b)) : STR_NONE;
	buf_release(&b);
	return out;
}

static enum code stage_as_recorded(
	const struct touching *t, struct arena *a, int64_t rid, struct err *e)
{
	struct known_resource r;
	struct json *document = NULL;
	struct stage_row row;

	if (known_resource(t->db, a, rid, &r, e) ||
		read_document(t->db, a, r.item_id, &document, e))
		return e->code;
	row = (struct stage_row){ .account = r.account,
		.region = r.region,
		.type = r.type,
		.id = r.id,
		.name = r.name,
		.arn = r.arn,
		.az = r.az,
		.has_created = r.has_created,
		.created_ms = r.created_ms,
		.captured_ms = t->now_ms,
		.configuration = part(a, document, "configuration"),
		.supplementary = part(a, document, "supplementaryConfiguration"),
		.tags = part(a, document, "tags") };
	if (!row.configuration.p || !row.supplementary.p || !row.tags.p)
		return err_nomem(e);
	return stage_put(t->db, &row, e) ? e->code : known_not_same(t->db, rid, e);
}

enum code stage_touched(void *ctx, struct err *e)
{
	const struct touching *t = ctx;
	struct buf rids = BUF_INIT(RIDS_BYTES);
	bool any = false;
	enum code c = known_any_same(t->db, &any, e);

	if (!c && any)
		c = known_touched(t->db, t->source_id, note, &rids, e);
	for (size_t at = 0; at < rids.n && !c; at += sizeof(int64_t)) {
		struct arena a = ARENA_INIT(CONTENT_ROW_BYTES);
		int64_t rid;

		memcpy(&rid, rids.p + at, sizeof(rid));
		c = stage_as_recorded(t, &a, rid, e);
		arena_release(&a);
	}
	buf_release(&rids);
	return c;
}
