/* SPDX-License-Identifier: Apache-2.0 */
#include "store/item.h"

#include "db/stmt.h"
#include "store/item_text.h"

_Static_assert((int)item_files_item_id == ITEM_TEXT_ITEM_ID &&
		       (int)item_files_arn == ITEM_TEXT_ARN &&
		       (int)item_files_document == ITEM_TEXT_DOCUMENT,
	"the columns of item_text() come first");

enum code item_in_force(struct db *db, int64_t rid, int64_t at_ms, struct item *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_IN_FORCE);
	enum code c;

	stmt_int(&st, item_in_force__rid, rid);
	stmt_int(&st, item_in_force__at, at_ms);
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct item){
			.item_id = stmt_col_int(&st, item_in_force_item_id),
			.version = stmt_col_int(&st, item_in_force_version),
			.captured_ms = stmt_col_int(&st, item_in_force_captured_ms),
			.deleted = stmt_col_int(&st, item_in_force_gone) != 0,
		};
	stmt_end(&st);
	return c == E_NOTFOUND ? err_set(e, c, "it was not recorded yet at that moment") : c;
}

enum code item_version(struct db *db, int64_t rid, int64_t version, struct item *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_VERSION);
	enum code c;

	stmt_int(&st, item_version__rid, rid);
	stmt_int(&st, item_version__version, version);
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct item){
			.item_id = stmt_col_int(&st, item_version_item_id),
			.version = version,
			.captured_ms = stmt_col_int(&st, item_version_captured_ms),
			.deleted = stmt_col_int(&st, item_version_gone) != 0,
		};
	stmt_end(&st);
	return c == E_NOTFOUND ? err_set(e, c, "it has no version %lld", (long long)version) : c;
}

/* Takes the one text column of the one row of a statement. */
static enum code take_text(struct stmt *st, struct buf *out, const char *missing, struct err *e)
{
	enum code c = stmt_step(st, e);

	if (!c)
		buf_str(out, stmt_col_str(st, 0));
	stmt_end(st);
	if (c == E_NOTFOUND)
		return err_set(e, c, "%s", missing);
	return c ? c : buf_ok(out) ? E_OK : err_nomem(e);
}

enum code item_file(struct db *db, int64_t item_id, struct buf *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_FILE);

	stmt_int(&st, item_file__item, item_id);
	return take_text(&st, out, "there is no such item", e);
}

enum code item_resource(struct db *db, int64_t item_id, int64_t *rid, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_RESOURCE);
	enum code c;

	stmt_int(&st, item_resource__item, item_id);
	c = stmt_step(&st, e);
	if (!c)
		*rid = stmt_col_int(&st, item_resource_rid);
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? err_set(e, c, "there is no such item") : c;
}

enum code item_files(
	struct db *db, const struct item_walk *w, item_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_FILES);
	struct buf body = BUF_INIT(ITEM_TEXT_MAX_BYTES);
	enum code c;

	stmt_int(&st, item_files__since, w->since_ms);
	stmt_int(&st, item_files__until, w->until_ms);
	stmt_text(&st, item_files__type, w->types);
	if (w->rid)
		stmt_int(&st, item_files__rid, w->rid);
	while ((c = stmt_step(&st, e)) == E_OK) {
		c = item_text(&st, &body, e);
		if (!c)
			c = fn(ctx, buf_slice(&body), e);
		if (c)
			break;
	}
	stmt_end(&st);
	buf_release(&body);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static struct str keep(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NONE;
}

enum code item_change(
	struct db *db, struct arena *a, int64_t item_id, struct item_change *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_ITEM_CHANGE);
	enum code c;

	stmt_int(&st, item_change__item, item_id);
	c = stmt_step(&st, e);
	if (!c)
		*out = (struct item_change){ .account = keep(
						     a, stmt_col_str(&st, item_change_account)),
			.region = keep(a, stmt_col_str(&st, item_change_region)),
			.type = keep(a, stmt_col_str(&st, item_change_type)),
			.id = keep(a, stmt_col_str(&st, item_change_id)),
			.name = keep(a, stmt_col_str(&st, item_change_name)),
			.arn = keep(a, stmt_col_str(&st, item_change_arn)),
			.status = keep(a, stmt_col_str(&st, item_change_status)),
			.az = keep(a, stmt_col_str(&st, item_change_az)),
			.captured_ms = stmt_col_int(&st, item_change_captured_ms),
			.created_ms = stmt_is_null(&st, item_change_created_ms)
					      ? INT64_MIN
					      : stmt_col_int(&st, item_change_created_ms),
			.document = keep(a, stmt_col_str(&st, item_change_document)),
			.before = keep(a, stmt_col_str(&st, item_change_before)) };
	stmt_end(&st);
	if (c == E_NOTFOUND && !e->code)
		return err_set(e, c, "there is no item %lld", (long long)item_id);
	if (!c && !arena_ok(a))
		return a->full ? err_set(e, E_TOOBIG, "item %lld is too large", (long long)item_id)
			       : err_nomem(e);
	return c;
}
