/* SPDX-License-Identifier: Apache-2.0 */
#include "db/stmt.h"
#include "store/channel.h"
#include "store/event.h"
#include "store/item_text.h"

_Static_assert((int)delivery_items_item_id == ITEM_TEXT_ITEM_ID &&
		       (int)delivery_items_arn == ITEM_TEXT_ARN &&
		       (int)delivery_items_document == ITEM_TEXT_DOCUMENT,
	"the columns of item_text() come first");

static enum code run_now(
	struct db *db, enum sql_id id, int now_param, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, id);

	stmt_int(&st, now_param, now_ms);
	return stmt_run(&st, e);
}

static enum code newest(struct db *db, int64_t *delivery_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_NEWEST);
	enum code c = stmt_step(&st, e);

	if (!c)
		*delivery_id = stmt_col_int(&st, delivery_newest_delivery_id);
	stmt_end(&st);
	return c;
}

static enum code plan_checks(struct db *db, int64_t after, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_PLAN_CHECKS);

	stmt_int(&st, delivery_plan_checks__after, after);
	stmt_int(&st, delivery_plan_checks__now, now_ms);
	return stmt_run(&st, e);
}

/* @channel NULL: the periodic ones. */
static enum code plan_snapshots(
	struct db *db, const char *channel, int64_t at_ms, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_PLAN_SNAPSHOTS);

	stmt_text(&st, delivery_plan_snapshots__name, channel);
	stmt_int(&st, delivery_plan_snapshots__at, at_ms);
	stmt_int(&st, delivery_plan_snapshots__now, now_ms);
	return stmt_run(&st, e);
}

static enum code plan(struct db *db, int64_t now_ms, struct err *e)
{
	int64_t after = 0;
	enum code c = newest(db, &after, e);

	if (!c)
		c = run_now(db, SQL_DELIVERY_PLAN_HISTORY, delivery_plan_history__now, now_ms, e);
	if (!c)
		c = run_now(db, SQL_DELIVERY_PLAN_HISTORY_NEXT, delivery_plan_history_next__now,
			now_ms, e);
	if (!c)
		c = plan_snapshots(db, NULL, 0, now_ms, e);
	if (!c)
		c = run_now(db, SQL_DELIVERY_PLAN_SNAPSHOTS_NEXT, delivery_plan_snapshots_next__now,
			now_ms, e);
	return c ? c : plan_checks(db, after, now_ms, e);
}

static enum code is_due(struct db *db, int64_t now_ms, bool *due, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_IS_DUE);
	enum code c;

	stmt_int(&st, delivery_is_due__now, now_ms);
	c = stmt_step(&st, e);
	*due = c == E_OK;
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

enum code delivery_plan(struct db *db, int64_t now_ms, struct err *e)
{
	bool due = false;

	/* Asked often and seldom true: the write lock is not taken for the question. */
	if (is_due(db, now_ms, &due, e) || !due || db_begin(db, e))
		return e->code;
	if (plan(db, now_ms, e) == E_OK)
		return db_commit(db, e);
	db_rollback(db);
	return err_add(e, "plan what is to be delivered");
}

static enum code planned_id(struct db *db, int64_t after, char snapshot_id[37], struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_SNAPSHOT_ID);
	enum code c;

	stmt_int(&st, delivery_snapshot_id__after, after);
	c = stmt_step(&st, e);
	if (!c) {
		struct str id = stmt_col_str(&st, delivery_snapshot_id_snapshot_id);

		memcpy(snapshot_id, id.p, id.n < 36 ? id.n : 36);
		snapshot_id[id.n < 36 ? id.n : 36] = '\0';
	}
	stmt_end(&st);
	return c == E_NOTFOUND ? err_set(e, c, "nothing was ever recorded") : c;
}

struct asked {
	const char *channel;
	int64_t at_ms, now_ms;
};

static enum code plan_asked(
	struct db *db, const struct asked *q, char snapshot_id[37], struct err *e)
{
	struct arena a = ARENA_INIT(1 << 16);
	struct channel channel;
	int64_t after = 0;
	enum code c = channel_get(db, &a, q->channel, &channel, e);

	if (!c)
		c = newest(db, &after, e);
	if (!c)
		c = plan_snapshots(db, q->channel, q->at_ms, q->now_ms, e);
	if (!c)
		c = planned_id(db, after, snapshot_id, e);
	if (!c)
		c = plan_checks(db, after, q->now_ms, e);
	arena_release(&a);
	return c;
}

enum code delivery_plan_snapshot(struct db *db, const char *channel, int64_t at_ms, int64_t now_ms,
	char snapshot_id[37], struct err *e)
{
	struct asked q = { channel, at_ms, now_ms };

	if (db_begin(db, e))
		return e->code;
	if (plan_asked(db, &q, snapshot_id, e) == E_OK)
		return db_commit(db, e);
	db_rollback(db);
	return e->code;
}

static const char *text_of(struct arena *a, const struct stmt *st, int col)
{
	struct str s = stmt_col_str(st, col);

	return s.p ? arena_text(a, s) : NULL;
}

static void read_row(struct arena *a, const struct stmt *st, struct delivery *out)
{
	*out = (struct delivery){
		.delivery_id = stmt_col_int(st, delivery_claim_delivery_id),
		.channel = text_of(a, st, delivery_claim_channel),
		.kind = text_of(a, st, delivery_claim_kind),
		.account = text_of(a, st, delivery_claim_account),
		.region = text_of(a, st, delivery_claim_region),
		.type = text_of(a, st, delivery_claim_type),
		.globals = stmt_col_int(st, delivery_claim_globals) != 0,
		.due_ms = stmt_col_int(st, delivery_claim_due_ms),
		.from_event = stmt_col_int(st, delivery_claim_from_event),
		.to_event = stmt_col_int(st, delivery_claim_to_event),
		.item_id = stmt_col_int(st, delivery_claim_item_id),
		.part = stmt_col_int(st, delivery_claim_part),
		.after_item = stmt_col_int(st, delivery_claim_after_item),
		.last_item = stmt_col_int(st, delivery_claim_last_item),
		.snapshot_id = text_of(a, st, delivery_claim_snapshot_id),
		.key = text_of(a, st, delivery_claim_key),
		.tries = stmt_col_int(st, delivery_claim_tries),
	};
}

/* E_NOTFOUND: none. */
static enum code find_due(struct db *db, struct arena *a, int64_t now_ms, int64_t lease_ms,
	struct delivery *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_CLAIM);
	enum code c;

	stmt_int(&st, delivery_claim__now, now_ms);
	stmt_int(&st, delivery_claim__lease, lease_ms);
	c = stmt_step(&st, e);
	if (!c)
		read_row(a, &st, out);
	stmt_end(&st);
	return c || arena_ok(a) ? c : err_nomem(e);
}

static enum code lease(struct db *db, int64_t delivery_id, int64_t until_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_LEASE);

	stmt_int(&st, delivery_lease__id, delivery_id);
	stmt_int(&st, delivery_lease__until, until_ms);
	return stmt_run(&st, e);
}

enum code delivery_claim(struct db *db, struct arena *a, int64_t now_ms, int64_t lease_ms,
	struct delivery *out, struct err *e)
{
	/* Most often there is none, and looking takes no lock. */
	enum code c = find_due(db, a, now_ms, lease_ms, out, e);

	if (!c)
		c = db_begin(db, e);
	if (c)
		return c;
	c = find_due(db, a, now_ms, lease_ms, out, e);
	if (!c)
		c = lease(db, out->delivery_id, now_ms + lease_ms, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

enum code delivery_release(struct db *db, const struct delivery *d, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_RELEASE);

	stmt_int(&st, delivery_release__id, d->delivery_id);
	return stmt_run(&st, e);
}

enum code delivery_free_leases(struct db *db, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_FREE_LEASES);

	return stmt_run(&st, e);
}

/* What is to be told of a delivery. */
struct telling {
	struct str kind;
	const char *key, *error_code, *error; /* or NULL */
};

static enum code tell(struct db *db, const struct delivery *d, const struct telling *t,
	int64_t now_ms, struct err *e)
{
	struct event event = { .at_ms = now_ms,
		.kind = t->kind,
		.account = str_of(d->account),
		.region = str_of(d->region) };
	struct stmt st = stmt_begin(db, SQL_DELIVERY_TOLD);
	enum code c;

	stmt_int(&st, delivery_told__id, d->delivery_id);
	stmt_text(&st, delivery_told__key, t->key);
	stmt_text(&st, delivery_told__error_code, t->error_code);
	stmt_text(&st, delivery_told__error, t->error);
	c = stmt_step(&st, e);
	if (!c) {
		event.payload = stmt_col_str(&st, delivery_told_payload);
		c = event_add(db, &event, e);
	}
	stmt_end(&st);
	/* The channel was removed meanwhile: there is nobody to be told. */
	return c == E_NOTFOUND ? E_OK : c;
}

static bool is_kind(const struct delivery *d, const char *kind)
{
	return strcmp(d->kind, kind) == 0;
}

/* A kind without a status of its own has none to set. */
static enum code set_status(struct db *db, const struct delivery *d, const struct telling *t,
	int64_t now_ms, struct err *e)
{
	const char *status = t->error ? "FAILURE" : "SUCCESS";
	struct stmt st;

	if (is_kind(d, "history")) {
		st = stmt_begin(db, SQL_DELIVERY_HISTORY_STATUS);
		stmt_text(&st, delivery_history_status__name, d->channel);
		stmt_text(&st, delivery_history_status__status, status);
		stmt_int(&st, delivery_history_status__now, now_ms);
		stmt_text(&st, delivery_history_status__error_code, t->error_code);
		stmt_text(&st, delivery_history_status__error, t->error);
		return stmt_run(&st, e);
	}
	if (!is_kind(d, "snapshot"))
		return E_OK;
	st = stmt_begin(db, SQL_DELIVERY_SNAPSHOT_STATUS);
	stmt_text(&st, delivery_snapshot_status__name, d->channel);
	stmt_text(&st, delivery_snapshot_status__status, status);
	stmt_int(&st, delivery_snapshot_status__now, now_ms);
	stmt_text(&st, delivery_snapshot_status__error_code, t->error_code);
	stmt_text(&st, delivery_snapshot_status__error, t->error);
	return stmt_run(&st, e);
}

static enum code write_key(
	struct db *db, const struct delivery *d, const char *key, int64_t last_item, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_SET_KEY);

	stmt_int(&st, delivery_set_key__id, d->delivery_id);
	stmt_text(&st, delivery_set_key__key, key);
	stmt_int(&st, delivery_set_key__last_item, last_item);
	return stmt_run(&st, e);
}

static enum code add_part(
	struct db *db, const struct delivery *d, int64_t last_item, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_ADD_PART);

	stmt_int(&st, delivery_add_part__id, d->delivery_id);
	stmt_int(&st, delivery_add_part__last_item, last_item);
	stmt_int(&st, delivery_add_part__now, now_ms);
	return stmt_run(&st, e);
}

enum code delivery_key_is_taken(
	struct db *db, const struct delivery *d, const char *key, bool *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_KEY_IS_TAKEN);
	enum code c;

	stmt_text(&st, delivery_key_is_taken__channel, d->channel);
	stmt_text(&st, delivery_key_is_taken__account, d->account);
	stmt_text(&st, delivery_key_is_taken__region, d->region);
	stmt_text(&st, delivery_key_is_taken__type, d->type);
	stmt_text(&st, delivery_key_is_taken__key, key);
	stmt_int(&st, delivery_key_is_taken__id, d->delivery_id);
	c = stmt_step(&st, e);
	if (!c)
		*out = stmt_col_int(&st, delivery_key_is_taken_taken) != 0;
	stmt_end(&st);
	return c;
}

enum code delivery_set_key(struct db *db, const struct delivery *d, const char *key,
	int64_t last_item, int64_t now_ms, struct err *e)
{
	static const struct telling started = { .kind = { "ConfigurationSnapshotDeliveryStarted",
							36 } };
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = write_key(db, d, key, last_item, e);
	if (!c && last_item)
		c = add_part(db, d, last_item, now_ms, e);
	if (!c && is_kind(d, "snapshot"))
		c = tell(db, d, &started, now_ms, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

enum code delivery_resume(struct db *db, const char *channel, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_RESUME);

	stmt_text(&st, delivery_resume__channel, channel);
	stmt_int(&st, delivery_resume__now, now_ms);
	return stmt_run(&st, e);
}

/* How large a delivered file is. */
struct extent {
	int64_t items, bytes;
};

static enum code mark_done(struct db *db, const struct delivery *d, const char *key,
	const struct extent *x, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_DONE);

	stmt_int(&st, delivery_done__id, d->delivery_id);
	stmt_text(&st, delivery_done__key, key);
	stmt_int(&st, delivery_done__items, x->items);
	stmt_int(&st, delivery_done__bytes, x->bytes);
	stmt_int(&st, delivery_done__now, now_ms);
	return stmt_run(&st, e);
}

enum code delivery_done(struct db *db, const struct delivery *d, const char *key, int64_t items,
	int64_t bytes, int64_t now_ms, struct err *e)
{
	struct telling t = { .kind = is_kind(d, "snapshot")
					     ? STR("ConfigurationSnapshotDeliveryCompleted")
					     : STR("ConfigurationHistoryDeliveryCompleted"),
		.key = key };
	struct extent x = { items, bytes };
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = mark_done(db, d, key, &x, now_ms, e);
	if (!c && key)
		c = set_status(db, d, &t, now_ms, e);
	if (!c && key)
		c = delivery_resume(db, d->channel, now_ms, e);
	if (!c && key && (is_kind(d, "snapshot") || is_kind(d, "history")))
		c = tell(db, d, &t, now_ms, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

enum code delivery_failures(struct db *db, const char *channel, int64_t *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_FAILURES);
	enum code c;

	stmt_text(&st, delivery_failures__channel, channel);
	c = stmt_step(&st, e);
	if (!c)
		*out = stmt_col_int(&st, delivery_failures_failures);
	stmt_end(&st);
	return c;
}

static enum code mark_failed(
	struct db *db, const struct delivery *d, const struct delivery_failure *f, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_FAILED);

	stmt_int(&st, delivery_failed__id, d->delivery_id);
	stmt_int(&st, delivery_failed__next, f->next_ms);
	stmt_text(&st, delivery_failed__error_code, f->error_code);
	stmt_text(&st, delivery_failed__error, f->error);
	if (stmt_run(&st, e) || !f->of_channel)
		return e->code;
	st = stmt_begin(db, SQL_DELIVERY_HOLD);
	stmt_text(&st, delivery_hold__channel, d->channel);
	stmt_int(&st, delivery_hold__next, f->next_ms);
	return stmt_run(&st, e);
}

enum code delivery_failed(struct db *db, const struct delivery *d, const struct delivery_failure *f,
	int64_t now_ms, struct err *e)
{
	struct telling t = { .kind = STR("ConfigurationSnapshotDeliveryFailed"),
		.error_code = f->error_code,
		.error = f->error };
	enum code c = db_begin(db, e);

	if (c)
		return c;
	c = mark_failed(db, d, f, e);
	if (!c)
		c = set_status(db, d, &t, now_ms, e);
	if (!c && is_kind(d, "snapshot") && !d->tries)
		c = tell(db, d, &t, now_ms, e);
	if (!c)
		return db_commit(db, e);
	db_rollback(db);
	return c;
}

enum code delivery_items(
	struct db *db, const struct delivery *d, delivery_item_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DELIVERY_ITEMS);
	struct buf body = BUF_INIT(ITEM_TEXT_MAX_BYTES);
	enum code c;

	stmt_int(&st, delivery_items__from, d->from_event);
	stmt_int(&st, delivery_items__to, d->to_event);
	stmt_text(&st, delivery_items__account, d->account);
	stmt_text(&st, delivery_items__region, d->region);
	stmt_text(&st, delivery_items__type, d->type);
	stmt_int(&st, delivery_items__globals, d->globals);
	stmt_int(&st, delivery_items__after, d->after_item);
	stmt_int(&st, delivery_items__last, d->last_item);
	while (!(c = stmt_step(&st, e))) {
		struct delivery_item item = { stmt_col_int(&st, delivery_items_item_id),
			stmt_col_int(&st, delivery_items_captured_ms), STR_NONE };

		c = item_text(&st, &body, e);
		item.body = buf_slice(&body);
		if (!c)
			c = fn(ctx, &item, e);
		if (c)
			break;
	}
	stmt_end(&st);
	buf_release(&body);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}
