/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lineage.h"

#include "base/time.h"
#include "db/stmt.h"
#include "store/typed.h"

static struct str kept(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NONE;
}

static enum code ended(struct stmt *st, enum code c, const struct err *e)
{
	stmt_end(st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code lineage_find(struct db *db, const struct lineage_key *key, struct arena *a,
	struct lineage_head *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_FIND);
	enum code c;

	*out = (struct lineage_head){ 0 };
	stmt_str(&st, lineage_find__account, key->account);
	stmt_str(&st, lineage_find__region, key->region);
	stmt_str(&st, lineage_find__type, key->type);
	stmt_str(&st, lineage_find__id, key->id);
	c = stmt_step(&st, e);
	if (!c) {
		struct str content = stmt_col_blob(&st, lineage_find_content);

		*out = (struct lineage_head){ stmt_col_int(&st, lineage_find_rid),
			kept(a, stmt_col_str(&st, lineage_find_name)),
			kept(a, stmt_col_str(&st, lineage_find_arn)),
			stmt_col_int(&st, lineage_find_pruned),
			stmt_col_int(&st, lineage_find_item_id),
			stmt_col_int(&st, lineage_find_version),
			stmt_col_int(&st, lineage_find_captured_ms),
			stmt_col_int(&st, lineage_find_state_id),
			stmt_col_int(&st, lineage_find_document_id), content.n == SHA256_BYTES,
			{ 0 }, stmt_col_int(&st, lineage_find_deleted) != 0 };
		if (out->has_content)
			memcpy(out->content, content.p, SHA256_BYTES);
	}
	c = ended(&st, c, e);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code lineage_get(
	struct db *db, int64_t rid, struct arena *a, struct lineage_resource *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_GET);
	enum code c;

	stmt_int(&st, lineage_get__rid, rid);
	c = stmt_step(&st, e);
	if (!c) {
		struct str content = stmt_col_blob(&st, lineage_get_content);

		*out = (struct lineage_resource){
			{ kept(a, stmt_col_str(&st, lineage_get_account)),
				kept(a, stmt_col_str(&st, lineage_get_region)),
				kept(a, stmt_col_str(&st, lineage_get_type)),
				kept(a, stmt_col_str(&st, lineage_get_id)) },
			kept(a, stmt_col_str(&st, lineage_get_name)),
			kept(a, stmt_col_str(&st, lineage_get_arn)),
			stmt_col_int(&st, lineage_get_last_item),
			stmt_col_int(&st, lineage_get_pruned),
			stmt_col_int(&st, lineage_get_deleted) != 0, content.n == SHA256_BYTES,
			{ 0 }
		};
		if (content.n == SHA256_BYTES)
			memcpy(out->content, content.p, SHA256_BYTES);
	}
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code lineage_next(struct db *db, int64_t after, int64_t *rid, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_NEXT);
	enum code c;

	stmt_int(&st, lineage_next__after, after);
	c = stmt_step(&st, e);
	*rid = c ? 0 : stmt_col_int(&st, lineage_next_rid);
	return ended(&st, c, e);
}

enum code lineage_has(
	struct db *db, int64_t rid, int64_t captured_ms, int64_t state_id, bool *has, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_HAS);
	enum code c;

	stmt_int(&st, lineage_has__rid, rid);
	stmt_int(&st, lineage_has__captured, captured_ms);
	stmt_int(&st, lineage_has__state, state_id);
	c = stmt_step(&st, e);
	*has = !c;
	return ended(&st, c, e);
}

enum code lineage_add_resource(struct db *db, const struct lineage_key *key,
	const struct lineage_now *now, int64_t *rid, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_ADD_RESOURCE);
	enum code c;

	stmt_str(&st, lineage_add_resource__account, key->account);
	stmt_str(&st, lineage_add_resource__region, key->region);
	stmt_str(&st, lineage_add_resource__type, key->type);
	stmt_str(&st, lineage_add_resource__id, key->id);
	stmt_str(&st, lineage_add_resource__name, now->name);
	stmt_str(&st, lineage_add_resource__arn, now->arn);
	stmt_int(&st, lineage_add_resource__item, now->item_id);
	stmt_int(&st, lineage_add_resource__deleted, !now->content);
	if (now->content)
		stmt_blob(&st, lineage_add_resource__content, now->content, SHA256_BYTES);
	c = stmt_run(&st, e);
	if (c)
		return c;
	*rid = db_last_rowid(db);
	return typed_add(db, key->type, e);
}

enum code lineage_settle(struct db *db, int64_t rid, const struct lineage_now *now, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_SETTLE);

	stmt_int(&st, lineage_settle__rid, rid);
	stmt_int(&st, lineage_settle__item, now->item_id);
	stmt_int(&st, lineage_settle__deleted, !now->content);
	stmt_str(&st, lineage_settle__name, now->name);
	stmt_str(&st, lineage_settle__arn, now->arn);
	if (now->content)
		stmt_blob(&st, lineage_settle__content, now->content, SHA256_BYTES);
	return stmt_run(&st, e);
}

enum code lineage_go_on(struct db *db, int64_t rid, const struct lineage_now *now, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_GO_ON);

	stmt_int(&st, lineage_go_on__rid, rid);
	stmt_int(&st, lineage_go_on__item, now->item_id);
	if (now->content)
		stmt_blob(&st, lineage_go_on__content, now->content, SHA256_BYTES);
	return stmt_run(&st, e);
}

enum code lineage_document(struct db *db, int64_t item_id, struct arena *a,
	struct lineage_document *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_DOCUMENT);
	enum code c;

	stmt_int(&st, lineage_document__item, item_id);
	c = stmt_step(&st, e);
	if (!c) {
		struct str sha256 = stmt_col_blob(&st, lineage_document_sha256);
		struct str body = kept(a, stmt_col_str(&st, lineage_document_body));
		struct str base = kept(a, stmt_col_str(&st, lineage_document_base_body));

		*out = (struct lineage_document){ { 0 }, stmt_col_int(&st, lineage_document_base),
			base.p ? base : body, base.p ? body : STR_NONE };
		if (sha256.n == SHA256_BYTES)
			memcpy(out->sha256, sha256.p, SHA256_BYTES);
	}
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code lineage_add_item(struct db *db, const struct lineage_row *row, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_ADD_ITEM);

	stmt_int(&st, lineage_add_item__item, row->item_id);
	stmt_int(&st, lineage_add_item__rid, row->rid);
	stmt_int(&st, lineage_add_item__version, row->version);
	stmt_int(&st, lineage_add_item__captured, row->captured_ms);
	stmt_int(&st, lineage_add_item__recorded, row->recorded_ms);
	stmt_int(&st, lineage_add_item__until, row->until_ms);
	stmt_str(&st, lineage_add_item__status, row->status);
	stmt_str(&st, lineage_add_item__az, row->az);
	if (row->has_created)
		stmt_int(&st, lineage_add_item__created, row->created_ms);
	stmt_str(&st, lineage_add_item__actor, row->actor);
	if (row->source_id)
		stmt_int(&st, lineage_add_item__source, row->source_id);
	if (row->document_id)
		stmt_int(&st, lineage_add_item__document, row->document_id);
	stmt_int(&st, lineage_add_item__n_changes, row->n_changes);
	stmt_blob(&st, lineage_add_item__digest, row->digest, SHA256_BYTES);
	if (row->has_state)
		stmt_int(&st, lineage_add_item__state, row->state_id);
	stmt_str(&st, lineage_add_item__name, row->name);
	stmt_str(&st, lineage_add_item__arn, row->arn);
	stmt_str(&st, lineage_add_item__extra, row->extra);
	return stmt_run(&st, e);
}

enum code lineage_keep_names(struct db *db, const struct lineage_rename *r, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_KEEP_NAMES);

	stmt_int(&st, lineage_keep_names__rid, r->rid);
	stmt_int(&st, lineage_keep_names__except, r->except);
	stmt_str(&st, lineage_keep_names__old_name, r->old_name);
	stmt_str(&st, lineage_keep_names__old_arn, r->old_arn);
	stmt_str(&st, lineage_keep_names__name, r->name);
	stmt_str(&st, lineage_keep_names__arn, r->arn);
	return stmt_run(&st, e);
}

enum code lineage_items(struct db *db, int64_t rid, lineage_item_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_ITEMS);
	enum code c;

	stmt_int(&st, lineage_items__rid, rid);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct lineage_item item = { stmt_col_int(&st, lineage_items_item_id),
			stmt_col_int(&st, lineage_items_version),
			stmt_col_int(&st, lineage_items_captured_ms),
			stmt_col_int(&st, lineage_items_until_ms),
			stmt_col_int(&st, lineage_items_document_id),
			stmt_col_int(&st, lineage_items_n_changes) };

		c = fn(ctx, &item, e);
		if (c)
			break;
	}
	return ended(&st, c, e);
}

enum code lineage_names(struct db *db, int64_t item_id, struct arena *a, struct str *name,
	struct str *arn, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_NAMES);
	enum code c;

	stmt_int(&st, lineage_names__item, item_id);
	c = stmt_step(&st, e);
	if (!c) {
		*name = kept(a, stmt_col_str(&st, lineage_names_name));
		*arn = kept(a, stmt_col_str(&st, lineage_names_arn));
	}
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code lineage_place(struct db *db, const struct lineage_item *item, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_PLACE);

	stmt_int(&st, lineage_place__item, item->item_id);
	stmt_int(&st, lineage_place__version, item->version);
	stmt_int(&st, lineage_place__until, item->until_ms);
	stmt_int(&st, lineage_place__n_changes, item->n_changes);
	return stmt_run(&st, e);
}

enum code lineage_lowest_version(struct db *db, int64_t rid, int64_t *version, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_LOWEST_VERSION);
	enum code c;

	stmt_int(&st, lineage_lowest_version__rid, rid);
	c = stmt_step(&st, e);
	*version = c ? 0 : stmt_col_int(&st, lineage_lowest_version_version);
	return ended(&st, c, e);
}

enum code lineage_put_diff(struct db *db, int64_t item_id, struct str changes, struct err *e)
{
	struct stmt st;

	if (!changes.p) {
		st = stmt_begin(db, SQL_LINEAGE_DROP_DIFF);
		stmt_int(&st, lineage_drop_diff__item, item_id);
		return stmt_run(&st, e);
	}
	st = stmt_begin(db, SQL_LINEAGE_PUT_DIFF);
	stmt_int(&st, lineage_put_diff__item, item_id);
	stmt_str(&st, lineage_put_diff__changes, changes);
	return stmt_run(&st, e);
}

enum code lineage_diff_is(
	struct db *db, int64_t item_id, struct str changes, bool *same, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_DIFF);
	enum code c;

	stmt_int(&st, lineage_diff__item, item_id);
	c = stmt_step(&st, e);
	if (c)
		*same = !changes.p;
	else
		*same = changes.p && str_eq(stmt_col_str(&st, lineage_diff_changes), changes);
	return ended(&st, c, e);
}

enum code lineage_count(struct db *db, int64_t captured_ms, struct str type, const char *event,
	int64_t n, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_COUNT);

	stmt_int(&st, lineage_count__captured, captured_ms);
	stmt_str(&st, lineage_count__type, type);
	stmt_text(&st, lineage_count__event, event);
	stmt_int(&st, lineage_count__n, n);
	return stmt_run(&st, e);
}

static struct lineage_interval read_edge(const struct stmt *st)
{
	return (struct lineage_interval){ stmt_col_int(st, lineage_edges_edge_id),
		{ stmt_col_str(st, lineage_edges_name), stmt_col_str(st, lineage_edges_target_type),
			stmt_col_str(st, lineage_edges_link) },
		stmt_col_int(st, lineage_edges_ext) != 0, stmt_col_str(st, lineage_edges_by),
		stmt_col_str(st, lineage_edges_target_id),
		stmt_col_int(st, lineage_edges_target_rid),
		stmt_col_int(st, lineage_edges_since_ms),
		stmt_col_int(st, lineage_edges_until_ms) };
}

static struct lineage_interval read_tag(const struct stmt *st)
{
	return (struct lineage_interval){ .row_id = stmt_col_int(st, lineage_tags_tag_id),
		.part = { stmt_col_str(st, lineage_tags_key), stmt_col_str(st, lineage_tags_value),
			STR_NONE },
		.since_ms = stmt_col_int(st, lineage_tags_since_ms),
		.until_ms = stmt_col_int(st, lineage_tags_until_ms) };
}

enum code lineage_intervals(struct db *db, enum lineage_kind kind, int64_t rid, bool all,
	lineage_interval_fn *fn, void *ctx, struct err *e)
{
	const bool edge = kind == LINEAGE_EDGE;
	struct stmt st = stmt_begin(db, edge ? SQL_LINEAGE_EDGES : SQL_LINEAGE_TAGS);
	enum code c;

	stmt_int(&st, edge ? (int)lineage_edges__rid : (int)lineage_tags__rid, rid);
	stmt_int(&st, edge ? (int)lineage_edges__until : (int)lineage_tags__until,
		all ? INT64_MIN : TIME_FOREVER_MS);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct lineage_interval v = edge ? read_edge(&st) : read_tag(&st);

		c = fn(ctx, &v, e);
		if (c)
			break;
	}
	return ended(&st, c, e);
}

enum code lineage_add_interval(struct db *db, enum lineage_kind kind, int64_t rid,
	const struct lineage_interval *v, struct err *e)
{
	struct stmt st;

	if (kind == LINEAGE_TAG) {
		st = stmt_begin(db, SQL_LINEAGE_ADD_TAG);
		stmt_int(&st, lineage_add_tag__rid, rid);
		stmt_str(&st, lineage_add_tag__key, v->part[0]);
		stmt_str(&st, lineage_add_tag__value, v->part[1]);
		stmt_int(&st, lineage_add_tag__since, v->since_ms);
		stmt_int(&st, lineage_add_tag__until, v->until_ms);
		return stmt_run(&st, e);
	}
	st = stmt_begin(db, SQL_LINEAGE_ADD_EDGE);
	stmt_int(&st, lineage_add_edge__rid, rid);
	stmt_str(&st, lineage_add_edge__name, v->part[0]);
	stmt_str(&st, lineage_add_edge__target_type, v->part[1]);
	stmt_str(&st, lineage_add_edge__link, v->part[2]);
	stmt_str(&st, lineage_add_edge__target_id, v->target_id.p ? v->target_id : v->part[2]);
	if (v->target_rid)
		stmt_int(&st, lineage_add_edge__target_rid, v->target_rid);
	stmt_str(&st, lineage_add_edge__by, v->by);
	stmt_int(&st, lineage_add_edge__ext, v->ext);
	stmt_int(&st, lineage_add_edge__since, v->since_ms);
	stmt_int(&st, lineage_add_edge__until, v->until_ms);
	return stmt_run(&st, e);
}

enum code lineage_end_interval(
	struct db *db, enum lineage_kind kind, int64_t row_id, int64_t until_ms, struct err *e)
{
	const bool edge = kind == LINEAGE_EDGE;
	struct stmt st = stmt_begin(db, edge ? SQL_LINEAGE_END_EDGE : SQL_LINEAGE_END_TAG);

	stmt_int(&st, edge ? (int)lineage_end_edge__edge : (int)lineage_end_tag__tag, row_id);
	stmt_int(&st, edge ? (int)lineage_end_edge__until : (int)lineage_end_tag__until, until_ms);
	return stmt_run(&st, e);
}

enum code lineage_drop_interval(
	struct db *db, enum lineage_kind kind, int64_t row_id, struct err *e)
{
	const bool edge = kind == LINEAGE_EDGE;
	struct stmt st = stmt_begin(db, edge ? SQL_LINEAGE_DROP_EDGE : SQL_LINEAGE_DROP_TAG);

	stmt_int(&st, edge ? (int)lineage_drop_edge__edge : (int)lineage_drop_tag__tag, row_id);
	return stmt_run(&st, e);
}

enum code lineage_resolve(struct db *db, struct err *e)
{
	static const enum sql_id steps[] = { SQL_LINEAGE_RESOLVE_IDS, SQL_LINEAGE_RESOLVE_NAMES,
		SQL_LINEAGE_RESOLVE_ARNS };
	enum code c = E_OK;

	for (size_t i = 0; !c && i < sizeof(steps) / sizeof(*steps); i++) {
		struct stmt st = stmt_begin(db, steps[i]);

		c = stmt_run(&st, e);
	}
	return c;
}

struct day {
	struct day *next;
	struct str day, type, event;
	int64_t n;
};

static enum code wrong_days(struct db *db, struct arena *a, struct day **days, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_LINEAGE_ACTIVITY_WRONG);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		struct day *d = arena_alloc(a, sizeof(*d));

		if (!d) {
			c = err_nomem(e);
			break;
		}
		*d = (struct day){ *days, kept(a, stmt_col_str(&st, lineage_activity_wrong_day)),
			kept(a, stmt_col_str(&st, lineage_activity_wrong_type)),
			kept(a, stmt_col_str(&st, lineage_activity_wrong_event)),
			stmt_col_int(&st, lineage_activity_wrong_n) };
		*days = d;
	}
	c = ended(&st, c, e);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

static enum code set_day(struct db *db, const struct day *d, struct err *e)
{
	struct stmt st;

	if (!d->n) {
		st = stmt_begin(db, SQL_LINEAGE_DROP_ACTIVITY);
		stmt_str(&st, lineage_drop_activity__day, d->day);
		stmt_str(&st, lineage_drop_activity__type, d->type);
		stmt_str(&st, lineage_drop_activity__event, d->event);
		return stmt_run(&st, e);
	}
	st = stmt_begin(db, SQL_LINEAGE_SET_ACTIVITY);
	stmt_str(&st, lineage_set_activity__day, d->day);
	stmt_str(&st, lineage_set_activity__type, d->type);
	stmt_str(&st, lineage_set_activity__event, d->event);
	stmt_int(&st, lineage_set_activity__n, d->n);
	return stmt_run(&st, e);
}

enum code lineage_recount(struct db *db, int64_t *wrong, struct err *e)
{
	struct arena a = ARENA_INIT(256u << 20);
	struct day *days = NULL;
	enum code c = wrong_days(db, &a, &days, e);

	*wrong = 0;
	for (const struct day *d = days; !c && d; d = d->next) {
		c = set_day(db, d, e);
		++*wrong;
	}
	arena_release(&a);
	return c;
}
