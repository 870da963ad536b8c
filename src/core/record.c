/* SPDX-License-Identifier: Apache-2.0 */
#include "core/record.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/failpoint.h"
#include "base/time.h"
#include "core/content.h"
#include "core/relate.h"
#include "core/touched.h"
#include "store/event.h"
#include "store/lineage.h"
#include "store/scope.h"
#include "store/seal.h"
#include "store/stage.h"
#include "store/stage_event.h"
#include "store/version.h"
#include "json/canon.h"
#include "json/diff.h"
#include "json/patch.h"
#include "json/read.h"
#include "json/write.h"
#include <stdio.h>
#include <time.h>

/* So much goes into one transaction: enough that syncing costs little, and little enough that
 * other writers get in between. */
#define BATCH_ROWS  500
#define BATCH_BYTES (4u << 20)
/* What took an hour to gather is not given up because somebody else writes. */
#define PATIENCE_MS 600000
/* So long the store is written to before others get a turn. */
#define SHARE_MS    100
/* One document with its trees, its stored form with those, and what differs. AWS's largest
 * configurations are a few MB; a network may be told by 100,000 others. */
#define ROW_BYTES   CONTENT_ROW_BYTES
#define TEXT_BYTES  ((size_t)1 << 30)

enum code record_begin(
	struct record *r, struct db *db, int64_t source_id, int64_t sweep_ms, struct err *e)
{
	enum code c = stage_open(db, e);

	*r = (struct record){ .db = db, .source_id = source_id, .sweep_ms = sweep_ms };
	return c ? c : version_last_item(db, &r->last_item, e);
}

enum code record_scope(struct record *r, struct str account, int64_t now_ms, struct err *e)
{
	r->scoped = true;
	return account.n ? scope_stage_types(r->db, account, now_ms, e) : E_OK;
}

/* What one settling carries from row to row. */
struct settling {
	struct record *r;
	int64_t now_ms, last_stage_id;
	int64_t paused_ms; /* ticks: when the store was last left to others */
	struct content_rules rules;
	struct record_sum sum;
};

/* The version about to be written. */
struct writing {
	struct arena *a;
	const struct stage_row *row;
	const struct content *content; /* NULL: the resource is gone */
	int64_t rid;
	struct version_newest newest;
	struct json *base; /* the keyframe of the newest document, or NULL: not read */
	int64_t base_id;
	bool same_tags;    /* as the newest item has */
	struct json *diff; /* or NULL */
	bool wrote;        /* something of it is in the transaction */
};

/* Over all it says, see store/seal.h. */
static bool digest_item(const struct writing *w, struct version_item *item)
{
	const struct stage_row *row = w->row;
	const struct seal_item said = { .account = row->account,
		.region = row->region,
		.type = row->type,
		.id = row->id,
		.captured_ms = item->captured_ms,
		.status = str_of(item->status),
		.document = w->content ? w->content->sha256 : NULL,
		.recorded_ms = item->recorded_ms,
		.az = item->az,
		.has_created = item->has_created,
		.created_ms = item->created_ms,
		.name = row->name,
		.arn = row->arn,
		.actor = item->actor,
		.source_id = item->source_id };

	return seal_item_digest(&said, item->digest);
}

/* What was gone and is back has a last keyframe all the same. */
static enum code load_keyframe(struct record *r, struct writing *w, struct err *e)
{
	struct buf text = BUF_INIT(TEXT_BYTES);
	enum code c;

	if (w->base || !w->newest.item_id)
		return E_OK;
	c = version_keyframe(r->db, w->rid, &w->base_id, &text, e);
	if (!c)
		c = json_read(w->a, buf_slice(&text), &w->base, e);
	buf_release(&text);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

/* Whole, or as a patch against the last keyframe when that takes less than half. */
static enum code add_document(
	struct record *r, struct writing *w, int64_t *document_id, struct err *e)
{
	const struct content *content = w->content;
	struct buf patch = BUF_INIT(TEXT_BYTES);
	struct json *p = NULL;
	enum code c = load_keyframe(r, w, e);

	if (!c && w->base) {
		p = json_patch_make(w->a, w->base, content->document);
		if (p)
			json_write(&patch, p);
		if (!p || !buf_ok(&patch))
			c = err_nomem(e);
	}
	w->wrote = w->wrote || !c;
	if (!c && p && patch.n * 2 < content->text.n)
		c = version_add_document(
			r->db, w->base_id, content->sha256, buf_slice(&patch), document_id, e);
	else if (!c)
		c = version_add_document(
			r->db, 0, content->sha256, buf_slice(&content->text), document_id, e);
	buf_release(&patch);
	return c;
}

static enum code find_document(
	struct record *r, struct writing *w, int64_t *document_id, struct err *e)
{
	enum code c = w->newest.item_id ? version_same_document(
						  r->db, w->rid, w->content->sha256, document_id, e)
					: E_NOTFOUND;

	return c == E_NOTFOUND ? add_document(r, w, document_id, e) : c;
}

static enum code add_diff(struct record *r, const struct writing *w, int64_t item_id, struct err *e)
{
	struct buf b = BUF_INIT(TEXT_BYTES);
	enum code c;

	if (!w->diff || !w->diff->n)
		return E_OK;
	json_write(&b, w->diff);
	c = buf_ok(&b) ? version_add_diff(r->db, item_id, buf_slice(&b), e) : err_nomem(e);
	buf_release(&b);
	return c;
}

static const char *event_of(const struct version_item *item)
{
	return strcmp(item->status, "ResourceNotRecorded") == 0 ? "not recorded"
	       : !item->document_id                             ? "deleted"
	       : strcmp(item->status, "OK") == 0                ? "changed"
								: "created";
}

static enum code write_intervals(
	struct settling *s, const struct writing *w, int64_t at_ms, struct err *e)
{
	struct db *db = s->r->db;
	enum code c;

	if (!w->content)
		return version_end_intervals(db, w->rid, at_ms, e);
	c = version_set_edges(db, w->rid, w->row->stage_id, at_ms, e);
	return c || w->same_tags ? c : version_set_tags(db, w->rid, w->row->tags, at_ms, e);
}

/* Whoever is told of changes is told of this one: the row is part of the item's transaction. */
static enum code add_event(
	struct settling *s, const struct stage_row *row, int64_t item_id, struct err *e)
{
	struct event event = { .at_ms = s->now_ms,
		.kind = STR("ConfigurationItemChangeNotification"),
		.item_id = item_id,
		.account = row->account,
		.region = row->region };

	return event_add(s->r->db, &event, e);
}

static bool same_or_none(struct str a, struct str b)
{
	return a.p && b.p ? str_eq(a, b) : !a.p && !b.p;
}

static bool is_renamed(const struct stage_row *row)
{
	return !same_or_none(row->name, row->stored_name) ||
	       !same_or_none(row->arn, row->stored_arn);
}

static enum code add_item(struct settling *s, const struct writing *w, struct version_item *item,
	int64_t *item_id, struct err *e)
{
	if (w->row->cause && stage_keep_cause(s->r->db, w->row->cause, &item->cause_id, e))
		return e->code;
	if (!digest_item(w, item))
		return err_nomem(e);
	return version_add_item(s->r->db, item, item_id, e);
}

static const char *status_of(const struct writing *w)
{
	if (!w->content)
		return w->row->unrecorded ? "ResourceNotRecorded" : "ResourceDeleted";
	return w->newest.item_id && w->newest.has_document ? "OK" : "ResourceDiscovered";
}

static enum code write_item(struct settling *s, struct writing *w, struct err *e)
{
	const struct stage_row *row = w->row;
	struct version_item item = { .rid = w->rid,
		.version = w->newest.version + 1,
		.captured_ms = row->captured_ms,
		.recorded_ms = s->now_ms,
		.status = status_of(w),
		.source_id = s->r->source_id,
		.n_changes = w->diff ? (int64_t)w->diff->n : 0,
		.actor = row->actor };
	struct version_settled settled = { .rid = w->rid,
		.deleted = !w->content,
		.renamed = w->newest.item_id && is_renamed(row),
		.name = row->name,
		.arn = row->arn,
		.content = w->content ? w->content->compared_sha256 : NULL };
	enum code c = E_OK;

	/* Capture times of one resource rise strictly, whatever the clock did. */
	if (w->newest.item_id && item.captured_ms <= w->newest.captured_ms)
		item.captured_ms = w->newest.captured_ms + 1;
	if (w->content) {
		item.az = row->az;
		item.has_created = row->has_created;
		item.created_ms = row->created_ms;
		c = find_document(s->r, w, &item.document_id, e);
	}
	if (!c)
		c = add_item(s, w, &item, &settled.item_id, e);
	if (!c && w->newest.item_id)
		c = version_close_item(s->r->db, w->newest.item_id, item.captured_ms, e);
	if (!c)
		c = add_diff(s->r, w, settled.item_id, e);
	if (!c)
		c = version_settle(s->r->db, &settled, e);
	if (!c)
		c = write_intervals(s, w, item.captured_ms, e);
	if (!c)
		c = version_count(s->r->db, item.captured_ms, row->type, event_of(&item), e);
	if (!c)
		c = add_event(s, row, settled.item_id, e);
	return c ? c : stage_count_written(s->r->db, row, e);
}

/* The newest document as it is compared today, and the keyframe it is told against. */
static enum code load_newest(
	struct settling *s, struct writing *w, struct content *before, struct err *e)
{
	struct lineage_document d;
	struct json *patch = NULL, *document;

	if (lineage_document(s->r->db, w->newest.item_id, w->a, &d, e) ||
		json_read(w->a, d.keyframe, &w->base, e) ||
		(d.patch.p && json_read(w->a, d.patch, &patch, e)))
		return e->code;
	w->base_id = d.base;
	document = patch ? json_patch_apply(w->a, w->base, patch) : w->base;
	if (!document)
		return err_nomem(e);
	/* A patch puts new members last. */
	json_canon(document);
	if (content_known(before, w->a, document, &s->rules, e))
		return e->code;
	memcpy(before->sha256, d.sha256, SHA256_BYTES);
	return content_digest(before, e);
}

static enum code compare_with_stored(
	struct settling *s, struct writing *w, bool *same, struct err *e)
{
	struct content before = CONTENT_INIT;

	if (load_newest(s, w, &before, e))
		return e->code;
	*same = memcmp(before.compared_sha256, w->content->compared_sha256, SHA256_BYTES) == 0;
	if (*same)
		return E_OK;
	w->same_tags = json_equal(
		json_get(before.document, "tags"), json_get(w->content->document, "tags"));
	w->diff = json_diff(w->a, before.compared, w->content->compared);
	return w->diff ? E_OK : err_nomem(e);
}

static bool content_is(const struct stage_row *row, const struct content *content)
{
	return row->content.n == SHA256_BYTES &&
	       memcmp(row->content.p, content->compared_sha256, SHA256_BYTES) == 0;
}

/* Another program has recorded a later look since this sweep began. Times alone would not tell:
 * the clock may have been put back since the newest item was captured. */
static bool is_overtaken(const struct settling *s, const struct writing *w)
{
	return w->newest.item_id > s->r->last_item && w->newest.captured_ms >= w->row->captured_ms;
}

static enum code add_resource(struct settling *s, struct writing *w, struct err *e)
{
	const struct stage_row *row = w->row;

	w->wrote = true;
	return version_add_resource(
		s->r->db, row->account, row->region, row->type, row->id, &w->rid, e);
}

/* The digests differ, or there is none to compare with. */
static enum code settle_differing(struct settling *s, struct writing *w, struct err *e)
{
	bool same = false;
	enum code c =
		w->rid ? version_newest(s->r->db, w->rid, &w->newest, e) : add_resource(s, w, e);

	if (c)
		return c;
	if (is_overtaken(s, w)) {
		s->sum.overtaken++;
		return E_OK;
	}
	if (w->newest.has_document)
		c = compare_with_stored(s, w, &same, e);
	if (!c && same) {
		/* Equal only under today's rules: what is ignored has changed, not the resource. */
		s->sum.unchanged++;
		return version_recontent(s->r->db, w->rid, w->content->compared_sha256, e);
	}
	if (!c)
		c = write_item(s, w, e);
	if (!c && w->newest.has_document)
		s->sum.changed++;
	else if (!c)
		s->sum.created++;
	return c;
}

static enum code settle_same(struct settling *s, const struct stage_row *row, struct err *e)
{
	s->sum.unchanged++;
	if (!is_renamed(row))
		return E_OK;
	/* No item tells of it, so nothing else makes what was known before void. */
	if (known_forget(s->r->db, row->rid, e))
		return e->code;
	return version_rename(s->r->db, row->rid, row->name, row->arn, e);
}

/* What is the same to the last byte is known by its digest, whatever is compared of it. */
static enum code is_stored(struct settling *s, const struct writing *w, bool *yes, struct err *e)
{
	unsigned char sha256[SHA256_BYTES];
	enum code c;

	*yes = false;
	if (!w->row->rid || w->row->deleted)
		return E_OK;
	if (!s->rules.first) {
		*yes = w->row->content.n == SHA256_BYTES &&
		       memcmp(w->row->content.p, w->content->sha256, SHA256_BYTES) == 0;
		return E_OK;
	}
	c = version_document_sha256(s->r->db, w->row->rid, sha256, e);
	*yes = !c && memcmp(sha256, w->content->sha256, SHA256_BYTES) == 0;
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static enum code settle_live(
	struct settling *s, struct writing *w, struct content *content, struct err *e)
{
	const struct stage_row *row = w->row;
	bool stored;

	if (content_rules_load(&s->rules, s->r->db, row->type, e) ||
		content_of_row(content, s->r->db, row, e) || is_stored(s, w, &stored, e))
		return e->code;
	if (!stored && content_open(content, w->a, &s->rules, e))
		return e->code;
	s->sum.seen++;
	if (stored || (row->rid && !row->deleted && content_is(row, content)))
		return settle_same(s, row, e);
	return settle_differing(s, w, e);
}

/* The transaction that says what a resource is says by what to know it again. */
static enum code settle_known(
	struct settling *s, struct writing *w, struct content *content, struct err *e)
{
	const int64_t overtaken = s->sum.overtaken;
	enum code c = settle_live(s, w, content, e);

	if (c || !w->row->known || s->sum.overtaken != overtaken)
		return c;
	return known_keep(s->r->db, w->row->stage_id, s->now_ms, e);
}

static enum code settle_gone(struct settling *s, struct writing *w, struct err *e)
{
	enum code c;

	if (!w->rid)
		return E_OK; /* it has not the tags that are wanted, and never had */
	c = version_newest(s->r->db, w->rid, &w->newest, e);
	if (c || !w->newest.has_document)
		return c;
	if (is_overtaken(s, w)) {
		s->sum.overtaken++;
		return E_OK;
	}
	if (w->row->unrecorded)
		s->sum.unrecorded++;
	else
		s->sum.deleted++;
	return write_item(s, w, e) ? e->code : known_forget(s->r->db, w->rid, e);
}

/* One document that is too large must not keep all behind it from being recorded, sweep for sweep.
 * What the store has of it stays, and its look says that it was not complete. */
static enum code refuse(struct settling *s, const struct stage_row *row, struct err *e)
{
	struct refusal *first = &s->sum.first_refused;
	struct err why = *e;

	if (!s->sum.refused++) {
		snprintf(first->type, sizeof(first->type), "%.*s", STR_ARG(row->type));
		snprintf(first->region, sizeof(first->region), "%.*s", STR_ARG(row->region));
		snprintf(first->reason, sizeof(first->reason), "\"%.100s\" is too large: %.250s",
			row->id.p, why.msg);
	}
	*e = (struct err){ 0 };
	return stage_refuse(s->r->db, row, s->sum.first_refused.reason, e);
}

static enum code settle_row(void *ctx, const struct stage_row *row, struct err *e)
{
	struct settling *s = ctx;
	struct arena a = ARENA_INIT(ROW_BYTES);
	struct content content = CONTENT_INIT;
	struct writing w = { .a = &a, .row = row, .rid = row->rid };
	enum code c;

	s->last_stage_id = row->stage_id;
	if (row->gone) {
		c = settle_gone(s, &w, e);
	} else {
		w.content = &content;
		c = settle_known(s, &w, &content, e);
	}
	if (c && (a.full || c == E_TOOBIG) && !w.wrote)
		c = refuse(s, row, e);
	content_release(&content);
	arena_release(&a);
	if (!c)
		return E_OK;
	return err_add(e, "record %.*s \"%.100s\"", STR_ARG(row->type), row->id.p);
}

static enum code begin(struct db *db, struct err *e)
{
	const int64_t until = time_ticks_ms() + PATIENCE_MS;
	enum code c = db_begin(db, e);

	while (c == E_BUSY && time_ticks_ms() < until) {
		*e = (struct err){ 0 };
		c = db_begin(db, e);
	}
	return c;
}

/* Others wait for the lock by looking every millisecond (db.c): leave them a gap to hit. */
static void make_room(struct settling *s)
{
	const struct timespec gap = { .tv_nsec = 3000000 };

	if (time_ticks_ms() - s->paused_ms < SHARE_MS)
		return;
	(void)nanosleep(&gap, NULL);
	s->paused_ms = time_ticks_ms();
}

/* E_NOTFOUND: nothing was left to do. */
static enum code settle_batch(struct settling *s, struct err *e)
{
	const struct stage_limit limit = { BATCH_ROWS, BATCH_BYTES };
	enum code c = begin(s->r->db, e);

	if (c)
		return c;
	c = stage_walk(s->r->db, s->last_stage_id, &limit, settle_row, s, e);
	if (c && !(c == E_NOTFOUND && !e->code)) {
		db_rollback(s->r->db);
		return c;
	}
	if (seal_add(s->r->db, s->now_ms, e)) {
		db_rollback(s->r->db);
		return e->code;
	}
	failpoint("record.before_commit");
	if (db_commit(s->r->db, e))
		return e->code;
	failpoint("record.after_commit");
	make_room(s);
	return c;
}

static enum code finish(struct settling *s, struct err *e)
{
	enum code c = begin(s->r->db, e);

	if (c)
		return c;
	c = version_resolve_edges(s->r->db, e);
	if (!c)
		c = stage_write_coverage(s->r->db, s->r->source_id, s->r->sweep_ms, e);
	if (!c && s->r->knows)
		c = known_keep_pages(s->r->db, s->r->source_id, e);
	if (!c && s->r->knows)
		c = known_mark(s->r->db, s->r->source_id, s->r->last_item,
			s->sum.created + s->sum.changed + s->sum.deleted, e);
	if (c) {
		db_rollback(s->r->db);
		return c;
	}
	failpoint("record.before_coverage");
	return db_commit(s->r->db, e);
}

enum code record_settle(struct record *r, int64_t now_ms, struct record_sum *sum, struct err *e)
{
	struct settling s = {
		.r = r, .now_ms = now_ms, .paused_ms = time_ticks_ms(), .rules = CONTENT_RULES_INIT
	};
	struct touching touching = { r->db, r->source_id, now_ms };
	int64_t same = 0;
	enum code c = r->scoped ? scope_stage_tags(r->db, now_ms, e) : E_OK;

	if (!c)
		c = relate_staged_and(r->db, stage_touched, &touching, e);
	if (!c)
		c = known_count_same(r->db, &same, e);
	s.sum.seen = s.sum.unchanged = same;
	while (!c)
		c = settle_batch(&s, e);
	if (c == E_NOTFOUND && !e->code)
		c = finish(&s, e);
	content_rules_release(&s.rules);
	*sum = s.sum;
	return c ? err_add(e, "write what the sweep saw") : E_OK;
}
