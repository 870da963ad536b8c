/* SPDX-License-Identifier: Apache-2.0 */
#include "core/rebuild.h"

#include "base/time.h"
#include "store/version.h"

#define TEXT_BYTES   ((size_t)1 << 30)
#define MEMORY_BYTES ((size_t)2 << 30)
/* So many resources go into one transaction. */
#define BATCH        500

/* Where an item stands, and where it belongs. */
struct place {
	struct place *next;
	struct lineage_item was, is;
};

struct rebuilding {
	struct scribe *s;
	struct arena a;         /* for the whole resource */
	struct arena bodies[2]; /* for a version and the one before it, in turn */
	int64_t rid;
	struct lineage_resource resource;
	const struct content_rules *rules;
	struct place *first, **last;
	struct content contents[2];
	const struct content *before;
	int turn;
	struct intervals edges, tags;
	int64_t wrong;
};

static enum code add_place(void *ctx, const struct lineage_item *item, struct err *e)
{
	struct rebuilding *r = ctx;
	struct place *p = arena_alloc(&r->a, sizeof(*p));

	if (!p)
		return err_nomem(e);
	p->was = p->is = *item;
	*r->last = p;
	r->last = &p->next;
	return E_OK;
}

static void set_places(struct rebuilding *r)
{
	int64_t version = r->resource.pruned;

	for (struct place *p = r->first; p; p = p->next) {
		p->is.version = ++version;
		p->is.until_ms = p->next ? p->next->was.captured_ms : TIME_FOREVER_MS;
	}
}

static enum code step(struct rebuilding *r, const struct content *now, int64_t at_ms, struct err *e)
{
	struct arena a = ARENA_INIT(MEMORY_BYTES);
	struct interval_list edges = { .a = &a }, tags = { .a = &a };
	enum code c = E_OK;

	if (now)
		c = scribe_links(r->s, &r->resource.key, now->document, &edges, &tags, e);
	if (!c)
		c = intervals_step(&r->edges, &edges, at_ms, e);
	if (!c)
		c = intervals_step(&r->tags, &tags, at_ms, e);
	arena_release(&a);
	return c;
}

static enum code read_document(struct rebuilding *r, int64_t item_id, struct err *e)
{
	struct content *to = &r->contents[r->turn];
	struct arena *a = &r->bodies[r->turn];
	struct buf text = BUF_INIT(TEXT_BYTES);
	enum code c;

	content_release(to);
	arena_release(a);
	*to = (struct content)CONTENT_INIT;
	c = version_document(r->s->db, item_id, &text, e);
	if (!c)
		c = content_of_text(to, a, buf_slice(&text), r->rules, e);
	buf_release(&text);
	return c;
}

/* The first that is left of a history tells of changes to one that is not. */
static bool is_cut_off(const struct rebuilding *r, const struct place *p)
{
	return p == r->first && r->resource.pruned > 0;
}

static enum code mend_diff(
	struct rebuilding *r, struct place *p, const struct content *now, struct err *e)
{
	struct buf text = BUF_INIT(TEXT_BYTES);
	struct arena a = ARENA_INIT(MEMORY_BYTES);
	struct str changes = STR_NONE;
	bool same = false;
	enum code c = scribe_diff(&a, r->before, now, &text, &p->is.n_changes, e);

	if (p->is.n_changes)
		changes = buf_slice(&text);
	if (!c)
		c = lineage_diff_is(r->s->db, p->was.item_id, changes, &same, e);
	if (!c && !same) {
		r->wrong++;
		c = lineage_put_diff(r->s->db, p->was.item_id, changes, e);
	}
	arena_release(&a);
	buf_release(&text);
	return c;
}

static enum code go_through(struct rebuilding *r, struct err *e)
{
	enum code c = E_OK;

	for (struct place *p = r->first; !c && p; p = p->next) {
		const struct content *now = NULL;

		if (p->was.document_id) {
			r->turn = !r->turn;
			c = read_document(r, p->was.item_id, e);
			now = &r->contents[r->turn];
		}
		if (!c && !is_cut_off(r, p))
			c = mend_diff(r, p, now, e);
		if (!c)
			c = step(r, now, p->was.captured_ms, e);
		r->before = now;
	}
	return c;
}

static bool is_right(const struct place *p)
{
	return p->was.version == p->is.version && p->was.until_ms == p->is.until_ms &&
	       p->was.n_changes == p->is.n_changes;
}

/* Versions are unique: those that move are put out of the way first. */
static enum code put_places(struct rebuilding *r, struct err *e)
{
	struct db *db = r->s->db;
	bool moves = false;
	enum code c = E_OK;
	int64_t aside = 0;

	for (const struct place *p = r->first; p; p = p->next) {
		if (p->was.version < aside)
			aside = p->was.version;
		moves = moves || p->was.version != p->is.version;
	}
	for (struct place *p = r->first; !c && moves && p; p = p->next) {
		struct lineage_item out = p->was;

		if (p->was.version == p->is.version)
			continue;
		out.version = --aside;
		c = lineage_place(db, &out, e);
	}
	for (const struct place *p = r->first; !c && p; p = p->next) {
		if (is_right(p))
			continue;
		r->wrong++;
		c = lineage_place(db, &p->is, e);
	}
	return c;
}

static bool same_or_none(struct str a, struct str b)
{
	return a.p && b.p ? str_eq(a, b) : !a.p && !b.p;
}

/* What an item says that it is called, by its columns and the resource's. */
static struct str said(struct str own, struct str resource)
{
	return !own.p ? resource : own.n ? own : STR_NONE;
}

/* The newest item has become another: it, or the last one before it that says so, names the resource. */
static enum code rename_resource(struct rebuilding *r, struct lineage_now *now, struct err *e)
{
	struct lineage_rename to = { .rid = r->rid,
		.old_name = r->resource.name,
		.old_arn = r->resource.arn,
		.name = r->resource.name,
		.arn = r->resource.arn };
	enum code c = E_OK;

	for (const struct place *p = r->first; !c && p; p = p->next) {
		struct str name, arn;

		c = lineage_names(r->s->db, p->was.item_id, &r->a, &name, &arn, e);
		name = said(name, r->resource.name);
		arn = said(arn, r->resource.arn);
		if (c || (!p->was.document_id && !name.p))
			continue;
		to.name = name;
		to.arn = arn;
	}
	now->name = to.name;
	now->arn = to.arn;
	if (c || (same_or_none(to.name, to.old_name) && same_or_none(to.arn, to.old_arn)))
		return c;
	return lineage_keep_names(r->s->db, &to, e);
}

static bool is_settled(const struct rebuilding *r, const struct lineage_now *now)
{
	const struct lineage_resource *was = &r->resource;

	return now->item_id == was->last_item && was->deleted == !now->content &&
	       same_or_none(now->name, was->name) && same_or_none(now->arn, was->arn) &&
	       (!now->content ||
		       (was->has_content && memcmp(was->content, now->content, SHA256_BYTES) == 0));
}

static enum code settle(struct rebuilding *r, struct err *e)
{
	struct lineage_now now = { .name = r->resource.name, .arn = r->resource.arn };
	const struct place *newest = r->first;

	while (newest->next)
		newest = newest->next;
	now.item_id = newest->was.item_id;
	now.content = newest->was.document_id ? r->before->compared_sha256 : NULL;
	/* What a look has called it since stays, as no item says so. */
	if ((now.item_id != r->resource.last_item || !now.content) && rename_resource(r, &now, e))
		return e->code;
	if (is_settled(r, &now))
		return E_OK;
	r->wrong++;
	return lineage_settle(r->s->db, r->rid, &now, e);
}

static enum code rebuild(struct rebuilding *r, struct err *e)
{
	struct interval_frame frame = { .rid = r->rid };
	enum code c = lineage_get(r->s->db, r->rid, &r->a, &r->resource, e);

	if (!c) {
		r->rules = content_book_rules(&r->s->book, r->resource.key.type, e);
		c = r->rules ? lineage_items(r->s->db, r->rid, add_place, r, e) : e->code;
	}
	if (c || !r->first)
		return c;
	frame.first_ms = r->first->was.captured_ms;
	frame.pruned = r->resource.pruned > 0;
	set_places(r);
	c = go_through(r, e);
	if (!c)
		c = put_places(r, e);
	if (!c)
		c = intervals_mend(&r->edges, r->s->db, &frame, &r->wrong, e);
	if (!c)
		c = intervals_mend(&r->tags, r->s->db, &frame, &r->wrong, e);
	return c ? c : settle(r, e);
}

enum code rebuild_resource(struct scribe *s, int64_t rid, int64_t *wrong, struct err *e)
{
	struct rebuilding r = { .s = s,
		.a = ARENA_INIT(MEMORY_BYTES),
		.bodies = { ARENA_INIT(MEMORY_BYTES), ARENA_INIT(MEMORY_BYTES) },
		.rid = rid,
		.contents = { CONTENT_INIT, CONTENT_INIT } };
	enum code c;

	r.last = &r.first;
	intervals_init(&r.edges, LINEAGE_EDGE, &r.a);
	intervals_init(&r.tags, LINEAGE_TAG, &r.a);
	c = rebuild(&r, e);
	for (int i = 0; i < 2; i++) {
		content_release(&r.contents[i]);
		arena_release(&r.bodies[i]);
	}
	arena_release(&r.a);
	*wrong += r.wrong;
	return c;
}

static bool stopped(const struct rebuild_options *o)
{
	return o->stop && *o->stop;
}

/* E_NOTFOUND: there are no more. */
static enum code rebuild_batch(struct scribe *s, const struct rebuild_options *o, int64_t *rid,
	struct rebuild_sum *sum, struct err *e)
{
	enum code c = db_begin(s->db, e);

	if (c)
		return c;
	for (int i = 0; !c && i < BATCH && !stopped(o); i++) {
		c = lineage_next(s->db, *rid, rid, e);
		if (c || !*rid)
			break;
		c = rebuild_resource(s, *rid, &sum->wrong, e);
		sum->resources++;
	}
	if (c) {
		db_rollback(s->db);
		return c;
	}
	if (db_commit(s->db, e))
		return e->code;
	return *rid ? E_OK : E_NOTFOUND;
}

static enum code finish(struct scribe *s, struct rebuild_sum *sum, struct err *e)
{
	int64_t days = 0;
	enum code c = db_begin(s->db, e);

	if (c)
		return c;
	c = version_resolve_edges(s->db, e);
	if (!c)
		c = lineage_recount(s->db, &days, e);
	sum->wrong += days;
	if (!c)
		return db_commit(s->db, e);
	db_rollback(s->db);
	return c;
}

enum code rebuild_all(
	struct db *db, const struct rebuild_options *o, struct rebuild_sum *sum, struct err *e)
{
	struct scribe s;
	int64_t rid = 0;
	enum code c = E_OK;

	*sum = (struct rebuild_sum){ 0 };
	scribe_init(&s, db, o->now_ms);
	while (!c && !stopped(o)) {
		c = rebuild_batch(&s, o, &rid, sum, e);
		if (!c && o->progress)
			o->progress(o->ctx, sum);
	}
	if (c == E_NOTFOUND && !e->code)
		c = finish(&s, sum, e);
	else if (!c)
		c = err_set(
			e, E_CANCELED, "stopped after %lld resources", (long long)sum->resources);
	scribe_release(&s);
	return c;
}
