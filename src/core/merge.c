/* SPDX-License-Identifier: Apache-2.0 */
#include "core/merge.h"

#include "core/scribe.h"
#include "store/catalogue.h"
#include "store/merge.h"
#include <stdio.h>
#include <stdlib.h>

#define BATCH_ITEMS 2048
#define BATCH_BYTES ((size_t)8 << 20)
#define ARENA_BYTES ((size_t)4 << 30)
#define SMALL_BYTES ((size_t)64 << 20)

/* A source as one of the stores knows it, and as the new one does. */
struct origin {
	struct origin *next;
	size_t side;
	struct merge_source is;
	int64_t new_id;
};

struct catalogue {
	struct catalogue *next;
	struct str name, doc;
};

/* One of the stores. */
struct side {
	struct db *db;
	struct stmt st;
	struct merge_item at;
	bool has;
};

struct merging {
	struct db *to;
	struct side sides[MERGE_STORES_MAX];
	size_t n;
	const struct merge_options *o;
	struct merge_sum *sum;
	struct scribe scribe;
	struct arena small;
	struct origin *origins;
	size_t n_origins;
	struct catalogue *catalogues;
	size_t n_catalogues;
	size_t side; /* whose sources or looks are at hand */
	/* The batch. */
	struct arena arena;
	struct scribe_item *items[BATCH_ITEMS];
	size_t n_items, bytes;
};

static enum code add_origin(void *ctx, const struct merge_source *s, struct err *e)
{
	struct merging *m = ctx;
	struct origin *o = arena_alloc(&m->small, sizeof(*o));

	if (!o)
		return err_nomem(e);
	*o = (struct origin){ m->origins, m->side,
		{ s->source_id, arena_text(&m->small, str_of(s->name)),
			arena_text(&m->small, str_of(s->kind)),
			arena_text(&m->small, str_of(s->settings)) },
		0 };
	m->origins = o;
	m->n_origins++;
	return arena_ok(&m->small) ? E_OK : err_nomem(e);
}

static enum code add_catalogue(void *ctx, struct str name, struct str doc, struct err *e)
{
	struct merging *m = ctx;
	struct catalogue *k = arena_alloc(&m->small, sizeof(*k));

	if (!k)
		return err_nomem(e);
	*k = (struct catalogue){ m->catalogues, arena_str(&m->small, name),
		arena_str(&m->small, doc) };
	m->catalogues = k;
	m->n_catalogues++;
	return arena_ok(&m->small) ? E_OK : err_nomem(e);
}

static int origins_in_order(const void *a, const void *b)
{
	const struct origin *x = *(struct origin *const *)a, *y = *(struct origin *const *)b;
	int d = strcmp(x->is.name, y->is.name);

	if (!d)
		d = strcmp(x->is.kind, y->is.kind);
	return d ? d : strcmp(x->is.settings, y->is.settings);
}

static int catalogues_in_order(const void *a, const void *b)
{
	const struct catalogue *x = *(struct catalogue *const *)a;
	const struct catalogue *y = *(struct catalogue *const *)b;
	int d = str_cmp(x->name, y->name);

	return d ? d : str_cmp(x->doc, y->doc);
}

/* Two that are called the same and are not: the second gets a number. */
static enum code add_source(
	struct merging *m, struct origin *o, int *alike, const struct origin *before, struct err *e)
{
	struct merge_source s = o->is;

	*alike = before && strcmp(before->is.name, o->is.name) == 0 ? *alike + 1 : 1;
	if (*alike > 1)
		s.name = arena_printf(&m->small, "%s (%d)", o->is.name, *alike).p;
	return merge_add_source(m->to, &s, &o->new_id, e);
}

static enum code write_sources(struct merging *m, struct err *e)
{
	struct origin **all = arena_alloc(&m->small, (m->n_origins + 1) * sizeof(struct origin *));
	enum code c = E_OK;
	size_t n = 0;
	int alike = 0;

	if (!all)
		return err_nomem(e);
	for (struct origin *o = m->origins; o; o = o->next)
		all[n++] = o;
	if (n)
		qsort(all, n, sizeof(struct origin *), origins_in_order);
	for (size_t i = 0; !c && i < n; i++) {
		if (i && origins_in_order(&all[i - 1], &all[i]) == 0)
			all[i]->new_id = all[i - 1]->new_id;
		else
			c = add_source(m, all[i], &alike, i ? all[i - 1] : NULL, e);
	}
	return c;
}

static enum code write_catalogues(struct merging *m, struct err *e)
{
	struct catalogue **all =
		arena_alloc(&m->small, (m->n_catalogues + 1) * sizeof(struct catalogue *));
	enum code c = E_OK;
	size_t n = 0;

	if (!all)
		return err_nomem(e);
	for (struct catalogue *k = m->catalogues; k; k = k->next)
		all[n++] = k;
	if (n)
		qsort(all, n, sizeof(struct catalogue *), catalogues_in_order);
	for (size_t i = 0; !c && i < n; i++)
		c = merge_add_catalogue(m->to, all[i]->name, all[i]->doc, e);
	return c;
}

static int64_t map_source(void *ctx, int64_t source_id)
{
	const struct merging *m = ctx;

	for (const struct origin *o = m->origins; source_id && o; o = o->next)
		if (o->side == m->side && o->is.source_id == source_id)
			return o->new_id;
	return 0;
}

static enum code committed(struct db *db, enum code c, struct err *e)
{
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

/* What is small: the types, and where all comes from. */
static enum code unite_frames(struct merging *m, struct err *e)
{
	enum code c = catalogue_sync(m->to, e);

	for (m->side = 0; !c && m->side < m->n; m->side++) {
		c = merge_sources(m->sides[m->side].db, add_origin, m, e);
		if (!c)
			c = merge_catalogues(m->sides[m->side].db, add_catalogue, m, e);
	}
	if (!c)
		c = db_begin(m->to, e);
	if (c)
		return c;
	c = write_catalogues(m, e);
	if (!c)
		c = write_sources(m, e);
	return committed(m->to, c, e);
}

static enum code unite_looks(struct merging *m, struct err *e)
{
	enum code c = merge_open_looks(m->to, e);

	for (m->side = 0; !c && m->side < m->n; m->side++)
		c = merge_put_looks(m->to, m->sides[m->side].db, map_source, m, e);
	if (!c)
		c = db_begin(m->to, e);
	return c ? c : committed(m->to, merge_write_looks(m->to, e), e);
}

static enum code advance(struct side *s, struct err *e)
{
	enum code c = merge_item_next(&s->st, &s->at, e);

	s->has = !c;
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static int order(int64_t x, int64_t y)
{
	return x < y ? -1 : x > y;
}

static int compare(const struct merge_item *x, const struct merge_item *y)
{
	int d = str_cmp(x->account, y->account);

	if (!d)
		d = str_cmp(x->region, y->region);
	if (!d)
		d = str_cmp(x->type, y->type);
	if (!d)
		d = str_cmp(x->id, y->id);
	if (!d)
		d = order(x->captured_ms, y->captured_ms);
	return d ? d : order(x->state_id, y->state_id);
}

static struct str kept(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NONE;
}

static bool same_or_none(struct str a, struct str b)
{
	return a.p && b.p ? str_eq(a, b) : !a.p && !b.p;
}

static enum code take(
	struct merging *m, const struct merge_item *at, struct scribe_item *out, struct err *e)
{
	struct arena *a = &m->arena;
	const struct content_rules *rules;

	*out = (struct scribe_item){ .key = { kept(a, at->account), kept(a, at->region),
					     kept(a, at->type), kept(a, at->id) },
		.name = kept(a, at->name),
		.arn = kept(a, at->arn),
		.az = kept(a, at->az),
		.status = kept(a, at->status),
		.actor = kept(a, at->actor),
		.captured_ms = at->captured_ms,
		.state_id = at->state_id,
		.recorded_ms = at->recorded_ms,
		.has_created = at->has_created,
		.created_ms = at->created_ms,
		.source_id = map_source(m, at->source_id),
		.extra = kept(a, at->extra),
		.content = CONTENT_INIT,
		.now_name = kept(a, at->now_name),
		.now_arn = kept(a, at->now_arn) };
	/* One that is gone is called as an item says, of whichever store; a look may have renamed one that
	 * is there. */
	out->renamed =
		at->is_last && at->document.p &&
		(!same_or_none(at->now_name, at->name) || !same_or_none(at->now_arn, at->arn));
	if (!arena_ok(a))
		return err_nomem(e);
	if (!at->document.p)
		return E_OK;
	rules = content_book_rules(&m->scribe.book, out->key.type, e);
	return rules ? content_of_text(&out->content, a, at->document, rules, e) : e->code;
}

/* Of two accounts of one item the one that was written first, else the first by what it says. */
static bool is_better(const struct scribe_item *x, const struct scribe_item *y)
{
	const struct str sides[][2] = { { x->status, y->status }, { x->extra, y->extra },
		{ x->name, y->name }, { x->arn, y->arn }, { x->actor, y->actor },
		{ x->az, y->az } };
	int d = order(x->recorded_ms, y->recorded_ms);

	if (!d)
		d = memcmp(x->content.sha256, y->content.sha256, SHA256_BYTES);
	for (size_t i = 0; !d && i < sizeof(sides) / sizeof(*sides); i++)
		d = str_cmp(sides[i][0], sides[i][1]);
	if (!d)
		d = order(x->created_ms, y->created_ms);
	return (d ? d : order(x->source_id, y->source_id)) < 0;
}

/* A name that was given since may be known to one of them only. */
static void share_name(struct scribe_item *to, const struct scribe_item *from)
{
	if (!from->renamed)
		return;
	if (to->renamed && (str_cmp(to->now_name, from->now_name) < 0 ||
				   (str_eq(to->now_name, from->now_name) &&
					   str_cmp(to->now_arn, from->now_arn) <= 0)))
		return;
	to->renamed = true;
	to->now_name = from->now_name;
	to->now_arn = from->now_arn;
}

static enum code flush(struct merging *m, struct err *e)
{
	enum code c = db_begin(m->to, e);

	if (c)
		return c;
	c = scribe_begin(&m->scribe, e);
	for (size_t i = 0, k; !c && i < m->n_items; i = k) {
		for (k = i + 1; k < m->n_items && scribe_same_resource(m->items[i], m->items[k]);
			k++)
			;
		c = scribe_write(&m->scribe, m->items + i, k - i, e);
	}
	if (!c)
		c = scribe_end(&m->scribe, e);
	c = committed(m->to, c, e);
	m->sum->items = m->scribe.added;
	if (!c && m->o->progress)
		m->o->progress(m->o->ctx, m->sum);
	return c;
}

static void drop(struct merging *m)
{
	for (size_t i = 0; i < m->n_items; i++)
		content_release(&m->items[i]->content);
	arena_release(&m->arena);
	m->n_items = m->bytes = 0;
}

/* The first item of all, out of every store that has it. */
static enum code take_first(struct merging *m, const struct side *first, struct err *e)
{
	struct scribe_item *item = arena_alloc(&m->arena, sizeof(*item));
	enum code c;

	if (!item)
		return err_nomem(e);
	m->side = (size_t)(first - m->sides);
	m->items[m->n_items] = item;
	c = take(m, &first->at, item, e);
	m->n_items++;
	m->bytes += first->at.document.n;
	for (size_t i = 0; !c && i < m->n; i++) {
		struct scribe_item other = { .content = CONTENT_INIT };
		struct scribe_item was = *item;

		if (&m->sides[i] == first || !m->sides[i].has ||
			compare(&m->sides[i].at, &first->at) != 0)
			continue;
		m->side = i;
		c = take(m, &m->sides[i].at, &other, e);
		if (!c && is_better(&other, &was)) {
			share_name(&other, &was);
			*item = other;
			other = was;
		} else if (!c) {
			share_name(item, &other);
		}
		content_release(&other.content);
	}
	return c;
}

static struct side *find_first(struct merging *m)
{
	struct side *first = NULL;

	for (size_t i = 0; i < m->n; i++)
		if (m->sides[i].has && (!first || compare(&m->sides[i].at, &first->at) < 0))
			first = &m->sides[i];
	return first;
}

/* Past the item that was taken. The first goes last, as the others are compared with it. */
static enum code pass(struct merging *m, struct side *first, struct err *e)
{
	enum code c = E_OK;

	for (size_t i = 0; !c && i < m->n; i++) {
		if (&m->sides[i] == first || !m->sides[i].has ||
			compare(&m->sides[i].at, &first->at) != 0)
			continue;
		m->sum->read++;
		c = advance(&m->sides[i], e);
	}
	m->sum->read++;
	return c ? c : advance(first, e);
}

static enum code unite_items(struct merging *m, struct err *e)
{
	struct side *first;
	enum code c = E_OK;

	for (size_t i = 0; !c && i < m->n; i++) {
		m->sides[i].st = merge_items(m->sides[i].db);
		c = advance(&m->sides[i], e);
	}
	while (!c && (first = find_first(m)) != NULL) {
		if (m->o->stop && *m->o->stop) {
			c = err_set(e, E_CANCELED, "stopped");
			break;
		}
		c = take_first(m, first, e);
		if (!c)
			c = pass(m, first, e);
		if (!c && (m->n_items == BATCH_ITEMS || m->bytes >= BATCH_BYTES)) {
			c = flush(m, e);
			drop(m);
		}
	}
	if (!c && m->n_items)
		c = flush(m, e);
	drop(m);
	for (size_t i = 0; i < m->n; i++)
		merge_items_end(&m->sides[i].st);
	return c;
}

static enum code resolve(struct merging *m, struct err *e)
{
	enum code c = db_begin(m->to, e);

	return c ? c : committed(m->to, lineage_resolve(m->to, e), e);
}

enum code merge_run(struct db *to, struct db *from, size_t n, const struct merge_options *o,
	struct merge_sum *sum, struct err *e)
{
	struct merging m = { .to = to,
		.n = n,
		.o = o,
		.sum = sum,
		.small = ARENA_INIT(SMALL_BYTES),
		.arena = ARENA_INIT(ARENA_BYTES) };
	enum code c;

	*sum = (struct merge_sum){ 0 };
	if (n > MERGE_STORES_MAX)
		return err_set(e, E_TOOBIG, "more than %d stores", MERGE_STORES_MAX);
	for (size_t i = 0; i < n; i++)
		m.sides[i].db = &from[i];
	scribe_init(&m.scribe, to, o->now_ms);
	c = unite_frames(&m, e);
	if (!c)
		c = unite_items(&m, e);
	if (!c)
		c = unite_looks(&m, e);
	if (!c)
		c = resolve(&m, e);
	scribe_release(&m.scribe);
	arena_release(&m.small);
	return c ? err_add(e, "unite the stores") : E_OK;
}
