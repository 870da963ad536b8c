/* SPDX-License-Identifier: Apache-2.0 */
#include "core/scribe.h"

#include "base/time.h"
#include "core/rebuild.h"
#include "store/seal.h"
#include "store/version.h"
#include "json/canon.h"
#include "json/diff.h"
#include "json/patch.h"
#include "json/read.h"
#include "json/write.h"

#define TEXT_BYTES   ((size_t)1 << 30)
#define MEMORY_BYTES ((size_t)2 << 30)
#define DAY_MS       INT64_C(86400000)

/* A document that the group has met, by its digest. */
struct met {
	struct met *next;
	unsigned char sha256[SHA256_BYTES];
	int64_t document_id;
};

/* The items of one resource that are written together. */
struct group {
	struct scribe *s;
	struct arena a;
	struct scribe_item **items;
	size_t n;
	struct lineage_head head;
	struct lineage_now now;
	/* The item before the one at hand; `content` NULL: none, or without a document. */
	struct content prior; /* of the newest in the store */
	const struct content *before;
	/* The keyframe that patches go against. */
	const struct json *base;
	int64_t base_id;
	struct met *met;
	struct intervals edges, tags;
	/* Counted and not yet written. */
	int64_t counted, day;
	const char *event;
};

void scribe_init(struct scribe *s, struct db *db, int64_t now_ms)
{
	*s = (struct scribe){ .db = db, .now_ms = now_ms };
	relater_init(&s->relater, db);
	content_book_init(&s->book, db);
}

void scribe_release(struct scribe *s)
{
	relater_release(&s->relater);
	content_book_release(&s->book);
}

static int in_order(int64_t x, int64_t y)
{
	return x < y ? -1 : x > y;
}

static int compare_times(const struct scribe_item *x, const struct scribe_item *y)
{
	int d = in_order(x->captured_ms, y->captured_ms);

	return d ? d : in_order(x->state_id, y->state_id);
}

static int compare_resources(const struct scribe_item *x, const struct scribe_item *y)
{
	int d = str_cmp(x->key.account, y->key.account);

	if (!d)
		d = str_cmp(x->key.region, y->key.region);
	if (!d)
		d = str_cmp(x->key.type, y->key.type);
	return d ? d : str_cmp(x->key.id, y->key.id);
}

int scribe_compare(const struct scribe_item *x, const struct scribe_item *y)
{
	int d = compare_resources(x, y);

	return d ? d : compare_times(x, y);
}

bool scribe_same_resource(const struct scribe_item *x, const struct scribe_item *y)
{
	return compare_resources(x, y) == 0;
}

enum code scribe_begin(struct scribe *s, struct err *e)
{
	return version_last_item(s->db, &s->last_item, e);
}

enum code scribe_end(struct scribe *s, struct err *e)
{
	return seal_add(s->db, s->now_ms, e);
}

static bool same_or_none(struct str a, struct str b)
{
	return a.p && b.p ? str_eq(a, b) : !a.p && !b.p;
}

/* Behind the newest there is. */
static bool is_behind(const struct scribe_item *item, const struct lineage_head *head)
{
	int d = in_order(item->captured_ms, head->captured_ms);

	return !head->item_id || d > 0 || (d == 0 && item->state_id > head->state_id);
}

/* Somebody's inventory, again, that nothing has changed in. */
static bool is_old_news(const struct group *g, const struct scribe_item *item)
{
	const struct content *c = &item->content;

	return item->seen_now && g->head.has_content && c->document && is_behind(item, &g->head) &&
	       memcmp(g->head.content, c->compared_sha256, SHA256_BYTES) == 0;
}

/* Leaves the items that are not there yet, each once. */
static enum code drop_known(struct group *g, struct err *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < g->n; i++) {
		struct scribe_item *item = g->items[i];
		bool known = (kept && compare_times(g->items[kept - 1], item) == 0) ||
			     is_old_news(g, item);

		if (!known && g->head.rid && !is_behind(item, &g->head) &&
			lineage_has(g->s->db, g->head.rid, item->captured_ms, item->state_id,
				&known, e))
			return e->code;
		if (!known)
			g->items[kept++] = item;
	}
	g->n = kept;
	return E_OK;
}

/* The newest document, and the keyframe it is told against. */
static enum code load_newest(struct group *g, const struct content_rules *rules, struct err *e)
{
	struct lineage_document d;
	struct json *base = NULL, *patch = NULL, *document;

	if (lineage_document(g->s->db, g->head.item_id, &g->a, &d, e) ||
		json_read(&g->a, d.keyframe, &base, e) ||
		(d.patch.p && json_read(&g->a, d.patch, &patch, e)))
		return e->code;
	document = patch ? json_patch_apply(&g->a, base, patch) : base;
	if (!document)
		return err_nomem(e);
	json_canon(document);
	if (content_known(&g->prior, &g->a, document, rules, e))
		return e->code;
	memcpy(g->prior.sha256, d.sha256, SHA256_BYTES);
	memcpy(g->prior.compared_sha256, g->head.content, SHA256_BYTES);
	if (!g->head.has_content && !json_digest(g->prior.compared, g->prior.compared_sha256))
		return err_nomem(e);
	g->before = &g->prior;
	g->base = base;
	g->base_id = d.base;
	return E_OK;
}

/* One that is gone has a last keyframe all the same. */
static enum code load_keyframe(struct group *g, struct err *e)
{
	struct buf text = BUF_INIT(TEXT_BYTES);
	struct json *base = NULL;
	enum code c = version_keyframe(g->s->db, g->head.rid, &g->base_id, &text, e);

	if (!c)
		c = json_read(&g->a, buf_slice(&text), &base, e);
	else if (c == E_NOTFOUND && !e->code)
		c = E_OK;
	g->base = base;
	buf_release(&text);
	return c;
}

static enum code load_prior(struct group *g, struct err *e)
{
	const struct content_rules *rules =
		content_book_rules(&g->s->book, g->items[0]->key.type, e);

	if (!rules)
		return e->code;
	return g->head.document_id ? load_newest(g, rules, e) : load_keyframe(g, e);
}

static enum code remember(struct group *g, const struct content *c, int64_t id, struct err *e)
{
	struct met *m = arena_alloc(&g->a, sizeof(*m));

	if (!m)
		return err_nomem(e);
	memcpy(m->sha256, c->sha256, SHA256_BYTES);
	m->document_id = id;
	m->next = g->met;
	g->met = m;
	return E_OK;
}

/* Whole, or as a patch against the keyframe when that takes less than half. */
static enum code add_document(
	struct group *g, const struct content *content, int64_t *id, struct err *e)
{
	struct db *db = g->s->db;
	struct buf patch = BUF_INIT(TEXT_BYTES);
	struct json *p = NULL;
	enum code c = E_OK;

	if (g->base) {
		p = json_patch_make(&g->a, g->base, content->document);
		if (p)
			json_write(&patch, p);
		if (!p || !buf_ok(&patch))
			c = err_nomem(e);
	}
	if (!c && p && patch.n * 2 < content->text.n) {
		c = version_add_document(db, g->base_id, content->sha256, buf_slice(&patch), id, e);
	} else if (!c) {
		c = version_add_document(db, 0, content->sha256, buf_slice(&content->text), id, e);
		g->base = content->document;
		g->base_id = *id;
	}
	buf_release(&patch);
	return c ? c : remember(g, content, *id, e);
}

static enum code find_document(
	struct group *g, const struct content *content, int64_t *id, struct err *e)
{
	enum code c;

	for (const struct met *m = g->met; m; m = m->next)
		if (memcmp(m->sha256, content->sha256, SHA256_BYTES) == 0) {
			*id = m->document_id;
			return E_OK;
		}
	if (!g->head.rid)
		return add_document(g, content, id, e);
	c = version_same_document(g->s->db, g->head.rid, content->sha256, id, e);
	return c == E_NOTFOUND ? add_document(g, content, id, e) : c;
}

static const char *event_of(struct str status)
{
	return str_starts(status, STR("ResourceDeleted")) ? "deleted"
	       : str_is(status, "ResourceDiscovered")     ? "created"
	       : str_is(status, "ResourceNotRecorded")    ? "not recorded"
							  : "changed";
}

static enum code flush_count(struct group *g, struct err *e)
{
	int64_t n = g->counted;

	g->counted = 0;
	return n ? lineage_count(g->s->db, g->day * DAY_MS, g->items[0]->key.type, g->event, n, e)
		 : E_OK;
}

static enum code count(struct group *g, const struct scribe_item *item, struct err *e)
{
	const char *event = event_of(item->status);
	int64_t day = item->captured_ms / DAY_MS - (item->captured_ms % DAY_MS < 0);

	if (g->counted && (day != g->day || event != g->event) && flush_count(g, e))
		return e->code;
	g->day = day;
	g->event = event;
	g->counted++;
	return E_OK;
}

static enum code digest(const struct scribe_item *item, struct lineage_row *row, struct err *e)
{
	const struct seal_item said = { .account = item->key.account,
		.region = item->key.region,
		.type = item->key.type,
		.id = item->key.id,
		.captured_ms = item->captured_ms,
		.has_state = row->has_state,
		.state_id = row->state_id,
		.status = item->status,
		.document = item->content.document ? item->content.sha256 : NULL,
		.recorded_ms = item->recorded_ms,
		.az = item->az,
		.has_created = item->has_created,
		.created_ms = item->created_ms,
		.name = item->name,
		.arn = item->arn,
		.actor = item->actor,
		.source_id = item->source_id,
		.extra = item->extra };

	return seal_item_digest(&said, row->digest) ? E_OK : err_nomem(e);
}

static struct str differing(struct str own, struct str now)
{
	return same_or_none(own, now) ? STR_NONE : own.p ? own : STR("");
}

/* The row of an item, but for its place among the others. */
static enum code make_row(
	struct group *g, const struct scribe_item *item, struct lineage_row *row, struct err *e)
{
	*row = (struct lineage_row){ .item_id = ++g->s->last_item,
		.rid = g->head.rid,
		.captured_ms = item->captured_ms,
		.recorded_ms = item->recorded_ms,
		.status = item->status,
		.az = item->az,
		.actor = item->actor,
		.has_created = item->has_created,
		.created_ms = item->created_ms,
		.source_id = item->source_id,
		.has_state = item->state_id != item->captured_ms,
		.state_id = item->state_id,
		.name = differing(item->name, g->now.name),
		.arn = differing(item->arn, g->now.arn),
		.extra = item->extra };
	if (count(g, item, e) || digest(item, row, e))
		return e->code;
	return item->content.document ? find_document(g, &item->content, &row->document_id, e)
				      : E_OK;
}

static enum code add_link(void *ctx, const struct stage_rule *rule, struct str link, struct err *e)
{
	struct interval_list *l = ctx;
	const struct lineage_interval v = { .part = { arena_str(l->a, rule->name),
						    arena_str(l->a, rule->target),
						    arena_str(l->a, link) },
		.ext = rule->ext,
		.by = arena_str(l->a, rule->by) };

	return interval_list_add(l, &v) && arena_ok(l->a) ? E_OK : err_nomem(e);
}

/* As SQL's CAST of a value that json_each() finds; STR_NONE for null. */
static struct str tag_text(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(1 << 20);
	struct str s;

	switch (v->kind) {
	case JSON_NULL: return STR_NONE;
	case JSON_BOOL: return str_is(v->text, "true") ? STR("1") : STR("0");
	case JSON_NUMBER:
	case JSON_STRING: return v->text;
	case JSON_ARRAY:
	case JSON_OBJECT: break;
	}
	json_write(&b, v);
	s = arena_str(a, buf_slice(&b));
	buf_release(&b);
	return s;
}

enum code scribe_links(struct scribe *s, const struct lineage_key *key, struct json *document,
	struct interval_list *edges, struct interval_list *tags, struct err *e)
{
	const struct relate_place place = { key->account, key->type };
	const struct json *map = json_get(document, "tags");
	enum code c = relate_document(&s->relater, edges->a, &place, document, add_link, edges, e);

	for (const struct json *t = map ? map->first : NULL; !c && t; t = t->next) {
		const struct lineage_interval v = { .part = { t->key, tag_text(tags->a, t) } };

		if (v.part[1].p && !interval_list_add(tags, &v))
			c = err_nomem(e);
	}
	return c;
}

enum code scribe_diff(struct arena *a, const struct content *before, const struct content *after,
	struct buf *text, int64_t *n, struct err *e)
{
	struct json *diff;

	*n = 0;
	if (!before || !after ||
		memcmp(before->compared_sha256, after->compared_sha256, SHA256_BYTES) == 0)
		return E_OK;
	diff = json_diff(a, before->compared, after->compared);
	if (!diff)
		return err_nomem(e);
	*n = (int64_t)diff->n;
	if (diff->n)
		json_write(text, diff);
	return buf_ok(text) ? E_OK : err_nomem(e);
}

static enum code step(struct group *g, const struct scribe_item *item, struct err *e)
{
	struct arena a = ARENA_INIT(MEMORY_BYTES);
	struct interval_list edges = { .a = &a }, tags = { .a = &a };
	enum code c = E_OK;

	if (item->content.document)
		c = scribe_links(g->s, &item->key, item->content.document, &edges, &tags, e);
	if (!c)
		c = intervals_step(&g->edges, &edges, item->captured_ms, e);
	if (!c)
		c = intervals_step(&g->tags, &tags, item->captured_ms, e);
	arena_release(&a);
	return c;
}

static bool says_the_same(const struct content *x, const struct content *y)
{
	return x && y && memcmp(x->sha256, y->sha256, SHA256_BYTES) == 0;
}

static enum code append_item(struct group *g, size_t i, struct err *e)
{
	struct scribe_item *item = g->items[i];
	const struct content *content = item->content.document ? &item->content : NULL;
	struct buf changes = BUF_INIT(TEXT_BYTES);
	struct lineage_row row;
	enum code c;

	if (!item->status.p)
		item->status = g->before ? STR("OK") : STR("ResourceDiscovered");
	c = make_row(g, item, &row, e);
	row.version = (g->head.item_id ? g->head.version : g->head.pruned) + (int64_t)i + 1;
	row.until_ms = i + 1 < g->n ? g->items[i + 1]->captured_ms : TIME_FOREVER_MS;
	if (!c)
		c = scribe_diff(&g->a, g->before, content, &changes, &row.n_changes, e);
	if (!c)
		c = lineage_add_item(g->s->db, &row, e);
	if (!c && row.n_changes)
		c = lineage_put_diff(g->s->db, row.item_id, buf_slice(&changes), e);
	if (!c && !says_the_same(g->before, content))
		c = step(g, item, e);
	buf_release(&changes);
	g->before = content;
	g->s->added++;
	g->items[i]->added = true;
	return c;
}

/* The last item of the group that says what the resource is called: one that is gone may not. */
static void name_resource(struct group *g)
{
	const struct scribe_item *last = g->items[g->n - 1];
	size_t i = g->n;

	g->now = (struct lineage_now){ .item_id = g->s->last_item + (int64_t)g->n,
		.name = g->head.name,
		.arn = g->head.arn,
		.content = last->content.document ? last->content.compared_sha256 : NULL };
	while (i && !g->items[i - 1]->content.document && !g->items[i - 1]->name.p)
		i--;
	if (i) {
		g->now.name = g->items[i - 1]->name;
		g->now.arn = g->items[i - 1]->arn;
	}
	if (last->renamed) {
		g->now.name = last->now_name;
		g->now.arn = last->now_arn;
	}
}

static enum code keep_names(struct group *g, struct err *e)
{
	const struct lineage_rename r = { g->head.rid, 0, g->head.name, g->head.arn, g->now.name,
		g->now.arn };

	if (same_or_none(r.name, r.old_name) && same_or_none(r.arn, r.old_arn))
		return E_OK;
	return lineage_keep_names(g->s->db, &r, e);
}

static enum code settle(struct group *g, struct err *e)
{
	const bool same = same_or_none(g->now.name, g->head.name) &&
			  same_or_none(g->now.arn, g->head.arn) &&
			  g->head.deleted == !g->now.content;

	return same ? lineage_go_on(g->s->db, g->head.rid, &g->now, e)
		    : lineage_settle(g->s->db, g->head.rid, &g->now, e);
}

static enum code append(struct group *g, struct err *e)
{
	struct db *db = g->s->db;
	const bool known = g->head.rid != 0;
	enum code c = E_OK;

	name_resource(g);
	if (known)
		c = keep_names(g, e);
	else
		c = lineage_add_resource(db, &g->items[0]->key, &g->now, &g->head.rid, e);
	if (!c && known)
		c = intervals_load(&g->edges, db, g->head.rid, e);
	if (!c && known)
		c = intervals_load(&g->tags, db, g->head.rid, e);
	if (!c && g->head.item_id)
		c = version_close_item(db, g->head.item_id, g->items[0]->captured_ms, e);
	for (size_t i = 0; !c && i < g->n; i++)
		c = append_item(g, i, e);
	if (!c && known)
		c = settle(g, e);
	if (!c)
		c = intervals_write(&g->edges, db, g->head.rid, e);
	return c ? c : intervals_write(&g->tags, db, g->head.rid, e);
}

/* Anywhere in the history: the resource is put in order behind it. */
static enum code insert(struct group *g, struct err *e)
{
	int64_t lowest = 0, wrong = 0;
	enum code c;

	g->now = (struct lineage_now){ .name = g->head.name, .arn = g->head.arn };
	c = lineage_lowest_version(g->s->db, g->head.rid, &lowest, e);
	if (lowest > 0)
		lowest = 0;
	for (size_t i = 0; !c && i < g->n; i++) {
		struct lineage_row row;

		if (!g->items[i]->status.p)
			g->items[i]->status = STR("OK");
		c = make_row(g, g->items[i], &row, e);
		row.version = lowest - (int64_t)i - 1;
		row.until_ms = TIME_FOREVER_MS;
		if (!c)
			c = lineage_add_item(g->s->db, &row, e);
		g->s->added++;
		g->items[i]->added = true;
	}
	return c ? c : rebuild_resource(g->s, g->head.rid, &wrong, e);
}

static enum code write_group(struct group *g, struct err *e)
{
	enum code c = lineage_find(g->s->db, &g->items[0]->key, &g->a, &g->head, e);

	if (!c)
		c = drop_known(g, e);
	if (c || !g->n)
		return c;
	if (g->head.rid)
		c = load_prior(g, e);
	if (!c)
		c = is_behind(g->items[0], &g->head) ? append(g, e) : insert(g, e);
	return c ? c : flush_count(g, e);
}

enum code scribe_write(struct scribe *s, struct scribe_item **items, size_t n, struct err *e)
{
	struct group g = {
		.s = s, .a = ARENA_INIT(MEMORY_BYTES), .items = items, .n = n, .prior = CONTENT_INIT
	};
	const struct lineage_key *key = &items[0]->key;

	intervals_init(&g.edges, LINEAGE_EDGE, &g.a);
	intervals_init(&g.tags, LINEAGE_TAG, &g.a);
	if (write_group(&g, e))
		err_add(e, "write %.*s \"%.*s\"", STR_ARG(key->type),
			(int)(key->id.n < 100 ? key->id.n : 100), key->id.p);
	content_release(&g.prior);
	arena_release(&g.a);
	return e->code;
}
