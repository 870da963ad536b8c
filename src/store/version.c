/* SPDX-License-Identifier: Apache-2.0 */
#include "store/version.h"

#include "base/buf.h"
#include "db/stmt.h"
#include "store/typed.h"

enum code version_add_resource(struct db *db, struct str account, struct str region,
	struct str type, struct str id, int64_t *rid, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_RESOURCE_ADD);
	enum code c;

	stmt_str(&st, resource_add__account, account);
	stmt_str(&st, resource_add__region, region);
	stmt_str(&st, resource_add__type, type);
	stmt_str(&st, resource_add__id, id);
	c = stmt_run(&st, e);
	if (c)
		return c;
	*rid = db_last_rowid(db);
	return typed_add(db, type, e);
}

enum code version_last_item(struct db *db, int64_t *item_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_LAST);
	enum code c = stmt_step(&st, e);

	if (!c)
		*item_id = stmt_col_int(&st, item_last_item_id);
	stmt_end(&st);
	return c;
}

enum code version_newest(struct db *db, int64_t rid, struct version_newest *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_NEWEST);
	enum code c;

	*out = (struct version_newest){ 0 };
	stmt_int(&st, item_newest__rid, rid);
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct version_newest){ stmt_col_int(&st, item_newest_item_id),
			stmt_col_int(&st, item_newest_version),
			stmt_col_int(&st, item_newest_captured_ms),
			!stmt_is_null(&st, item_newest_document_id) };
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

enum code version_document(struct db *db, int64_t item_id, struct buf *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_DOCUMENT);
	enum code c;

	stmt_int(&st, item_document__item, item_id);
	c = stmt_step(&st, e);
	if (!c)
		buf_str(out, stmt_col_str(&st, item_document_document));
	stmt_end(&st);
	return c ? c : buf_ok(out) ? E_OK : err_nomem(e);
}

enum code version_same_document(struct db *db, int64_t rid,
	const unsigned char sha256[SHA256_BYTES], int64_t *document_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DOCUMENT_SAME);
	enum code c;

	stmt_int(&st, document_same__rid, rid);
	stmt_blob(&st, document_same__sha256, sha256, SHA256_BYTES);
	c = stmt_step(&st, e);
	if (!c)
		*document_id = stmt_col_int(&st, document_same_document_id);
	stmt_end(&st);
	return c;
}

enum code version_keyframe(
	struct db *db, int64_t rid, int64_t *document_id, struct buf *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DOCUMENT_KEYFRAME);
	enum code c;

	stmt_int(&st, document_keyframe__rid, rid);
	c = stmt_step(&st, e);
	if (!c) {
		*document_id = stmt_col_int(&st, document_keyframe_document_id);
		buf_str(out, stmt_col_str(&st, document_keyframe_body));
	}
	stmt_end(&st);
	return c ? c : buf_ok(out) ? E_OK : err_nomem(e);
}

enum code version_document_sha256(
	struct db *db, int64_t rid, unsigned char out[SHA256_BYTES], struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DOCUMENT_NEWEST);
	struct str sha256;
	enum code c;

	stmt_int(&st, document_newest__rid, rid);
	c = stmt_step(&st, e);
	if (!c) {
		sha256 = stmt_col_blob(&st, document_newest_sha256);
		if (sha256.n == SHA256_BYTES)
			memcpy(out, sha256.p, SHA256_BYTES);
		else
			c = err_set(
				e, E_CORRUPT, "the digest of a document has %zu bytes", sha256.n);
	}
	stmt_end(&st);
	return c;
}

enum code version_add_document(struct db *db, int64_t base,
	const unsigned char sha256[SHA256_BYTES], struct str body, int64_t *document_id,
	struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DOCUMENT_ADD);
	enum code c;

	if (base)
		stmt_int(&st, document_add__base, base);
	stmt_blob(&st, document_add__sha256, sha256, SHA256_BYTES);
	stmt_str(&st, document_add__body, body);
	c = stmt_run(&st, e);
	if (!c)
		*document_id = db_last_rowid(db);
	return c;
}

enum code version_add_item(
	struct db *db, const struct version_item *item, int64_t *item_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_ADD);
	enum code c;

	stmt_int(&st, item_add__rid, item->rid);
	stmt_int(&st, item_add__version, item->version);
	stmt_int(&st, item_add__captured, item->captured_ms);
	stmt_int(&st, item_add__recorded, item->recorded_ms);
	if (item->has_state)
		stmt_int(&st, item_add__state, item->state_id);
	stmt_text(&st, item_add__status, item->status);
	stmt_str(&st, item_add__az, item->az);
	stmt_str(&st, item_add__actor, item->actor);
	if (item->cause_id)
		stmt_int(&st, item_add__cause, item->cause_id);
	stmt_str(&st, item_add__name, item->name);
	stmt_str(&st, item_add__arn, item->arn);
	stmt_str(&st, item_add__extra, item->extra);
	if (item->has_created)
		stmt_int(&st, item_add__created, item->created_ms);
	if (item->source_id)
		stmt_int(&st, item_add__source, item->source_id);
	if (item->document_id)
		stmt_int(&st, item_add__document, item->document_id);
	stmt_int(&st, item_add__n_changes, item->n_changes);
	stmt_blob(&st, item_add__digest, item->digest, SHA256_BYTES);
	c = stmt_run(&st, e);
	if (!c)
		*item_id = db_last_rowid(db);
	return c;
}

enum code version_close_item(struct db *db, int64_t item_id, int64_t until_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_CLOSE);

	stmt_int(&st, item_close__item, item_id);
	stmt_int(&st, item_close__until, until_ms);
	return stmt_run(&st, e);
}

enum code version_add_diff(struct db *db, int64_t item_id, struct str changes, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_ADD_DIFF);

	stmt_int(&st, item_add_diff__item, item_id);
	stmt_str(&st, item_add_diff__changes, changes);
	return stmt_run(&st, e);
}

enum code version_count(
	struct db *db, int64_t captured_ms, struct str type, const char *event, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_COUNT_ACTIVITY);

	stmt_int(&st, item_count_activity__captured, captured_ms);
	stmt_str(&st, item_count_activity__type, type);
	stmt_text(&st, item_count_activity__event, event);
	return stmt_run(&st, e);
}

/* What items say of name and ARN where they don't say it themselves is the resource's. */
static enum code keep_names(struct db *db, int64_t rid, int64_t but_item, struct str name,
	struct str arn, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_KEEP_NAME);
	enum code c;

	stmt_int(&st, item_keep_name__rid, rid);
	stmt_int(&st, item_keep_name__item, but_item);
	stmt_str(&st, item_keep_name__name, name);
	c = stmt_run(&st, e);
	if (c)
		return c;
	st = stmt_begin(db, SQL_ITEM_KEEP_ARN);
	stmt_int(&st, item_keep_arn__rid, rid);
	stmt_int(&st, item_keep_arn__item, but_item);
	stmt_str(&st, item_keep_arn__arn, arn);
	return stmt_run(&st, e);
}

enum code version_settle(struct db *db, const struct version_settled *s, struct err *e)
{
	struct stmt st;

	if (s->renamed && keep_names(db, s->rid, s->item_id, s->name, s->arn, e))
		return e->code;
	st = stmt_begin(db, SQL_RESOURCE_SETTLE);
	stmt_int(&st, resource_settle__rid, s->rid);
	stmt_int(&st, resource_settle__item, s->item_id);
	stmt_int(&st, resource_settle__deleted, s->deleted);
	stmt_str(&st, resource_settle__name, s->name);
	stmt_str(&st, resource_settle__arn, s->arn);
	if (s->content)
		stmt_blob(&st, resource_settle__content, s->content, SHA256_BYTES);
	return stmt_run(&st, e);
}

enum code version_rename(struct db *db, int64_t rid, struct str name, struct str arn, struct err *e)
{
	enum code c = keep_names(db, rid, 0, name, arn, e);
	struct stmt st;

	if (c)
		return c;
	st = stmt_begin(db, SQL_RESOURCE_RENAME);
	stmt_int(&st, resource_rename__rid, rid);
	stmt_str(&st, resource_rename__name, name);
	stmt_str(&st, resource_rename__arn, arn);
	return stmt_run(&st, e);
}

enum code version_recontent(
	struct db *db, int64_t rid, const unsigned char content[SHA256_BYTES], struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_RESOURCE_RECONTENT);

	stmt_int(&st, resource_recontent__rid, rid);
	stmt_blob(&st, resource_recontent__content, content, SHA256_BYTES);
	return stmt_run(&st, e);
}

enum code version_set_edges(
	struct db *db, int64_t rid, int64_t stage_id, int64_t at_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EDGE_CLOSE_GONE);
	enum code c;

	stmt_int(&st, edge_close_gone__rid, rid);
	stmt_int(&st, edge_close_gone__stage, stage_id);
	stmt_int(&st, edge_close_gone__at, at_ms);
	c = stmt_run(&st, e);
	if (c)
		return c;
	st = stmt_begin(db, SQL_EDGE_ADD_NEW);
	stmt_int(&st, edge_add_new__rid, rid);
	stmt_int(&st, edge_add_new__stage, stage_id);
	stmt_int(&st, edge_add_new__at, at_ms);
	return stmt_run(&st, e);
}

enum code version_set_tags(
	struct db *db, int64_t rid, struct str tags, int64_t at_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_TAG_CLOSE_GONE);
	enum code c;

	stmt_int(&st, tag_close_gone__rid, rid);
	stmt_str(&st, tag_close_gone__tags, tags);
	stmt_int(&st, tag_close_gone__at, at_ms);
	c = stmt_run(&st, e);
	if (c)
		return c;
	st = stmt_begin(db, SQL_TAG_ADD_NEW);
	stmt_int(&st, tag_add_new__rid, rid);
	stmt_str(&st, tag_add_new__tags, tags);
	stmt_int(&st, tag_add_new__at, at_ms);
	return stmt_run(&st, e);
}

enum code version_end_intervals(struct db *db, int64_t rid, int64_t at_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EDGE_CLOSE_ALL);
	enum code c;

	stmt_int(&st, edge_close_all__rid, rid);
	stmt_int(&st, edge_close_all__at, at_ms);
	c = stmt_run(&st, e);
	if (c)
		return c;
	st = stmt_begin(db, SQL_TAG_CLOSE_ALL);
	stmt_int(&st, tag_close_all__rid, rid);
	stmt_int(&st, tag_close_all__at, at_ms);
	return stmt_run(&st, e);
}

enum code version_resolve_edges(struct db *db, struct err *e)
{
	static const enum sql_id steps[] = { SQL_EDGE_RESOLVE_IDS, SQL_EDGE_RESOLVE_NAMES,
		SQL_EDGE_RESOLVE_ARNS };
	enum code c = E_OK;

	for (size_t i = 0; !c && i < sizeof(steps) / sizeof(*steps); i++) {
		struct stmt st = stmt_begin(db, steps[i]);

		c = stmt_run(&st, e);
	}
	return c;
}

enum code version_paths(
	struct db *db, struct str type, version_path_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_PATHS);
	enum code c;

	stmt_str(&st, catalogue_paths__type, type);
	while ((c = stmt_step(&st, e)) == E_OK) {
		c = fn(ctx, str_is(stmt_col_str(&st, catalogue_paths_kind), "sort"),
			stmt_col_str(&st, catalogue_paths_path), e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code version_path_types(struct db *db, struct buf *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CATALOGUE_PATH_TYPES);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		buf_str(out, stmt_col_str(&st, catalogue_path_types_type));
		buf_char(out, '\n');
	}
	stmt_end(&st);
	if (c != E_NOTFOUND)
		return c;
	return buf_ok(out) ? E_OK : err_nomem(e);
}
