/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"

/**
 * Delivery channels and what is to be delivered through them: rows of _channel and _delivery.
 */
struct channel {
	const char *name, *target, *prefix, *kms_key, *topic, *frequency;
	const char *endpoint, *region, *profile;
	int64_t history_event, history_at_ms;
	int64_t snapshot_at_ms; /* 0: no snapshots */
};

/** How one of the three streams is. */
struct channel_stream {
	const char *status; /* SUCCESS | FAILURE | NOT_APPLICABLE, or NULL: never tried */
	int64_t tried_ms, ok_ms, next_ms;
	const char *error_code, *error;
};
struct channel_status {
	struct channel_stream snapshot, history, stream;
};

/** Add or replace (fields that are NULL are cleared); a new one has history from now on. Its topic
 * becomes the sink "channel:NAME", or that sink goes. E_INVALID with the reason: the checks of the spec's
 * section 3.6 that need nobody else. One transaction. */
enum code channel_put(struct db *db, const struct channel *c, int64_t now_ms, struct err *e);
enum code channel_get(
	struct db *db, struct arena *a, const char *name, struct channel *out, struct err *e);
enum code channel_status(struct db *db, struct arena *a, const char *name,
	struct channel_status *out, struct err *e);
enum code channel_remove(struct db *db, const char *name, struct err *e);
typedef enum code channel_fn(void *ctx, const struct channel *c, struct err *e);
enum code channel_walk(struct db *db, channel_fn *fn, void *ctx, struct err *e);

/** A file that is to go out. */
struct delivery {
	int64_t delivery_id;
	const char *channel, *kind, *account, *region, *type;
	int64_t due_ms, from_event, to_event, item_id;
	const char *snapshot_id, *key;
	int64_t tries;
};
/** Plan, within one transaction, everything that is due at @now_ms on all channels: history files (one per
 * account, region and type that changed since the last ones) and snapshots; sets the next times. */
enum code delivery_plan(struct db *db, int64_t now_ms, struct err *e);
/** Plan a snapshot now, of the state at @at_ms. Fills @snapshot_id for the first of its files. */
enum code delivery_plan_snapshot(struct db *db, const char *channel, int64_t at_ms, int64_t now_ms,
	char snapshot_id[37], struct err *e);
/** Take one that is due and that nobody is working on. E_NOTFOUND: none. */
enum code delivery_claim(struct db *db, struct arena *a, int64_t now_ms, int64_t lease_ms,
	struct delivery *out, struct err *e);
/** The key it will have, before it goes out. */
enum code delivery_set_key(struct db *db, int64_t delivery_id, const char *key, struct err *e);
/** Out: done, the channel's status and the event that tells of it, in one transaction. Nothing to write
 * (no items): done with @key NULL and nothing is told. */
enum code delivery_done(struct db *db, const struct delivery *d, const char *key, int64_t items,
	int64_t bytes, int64_t now_ms, struct err *e);
enum code delivery_failed(struct db *db, const struct delivery *d, int64_t next_ms,
	const char *error_code, const char *error, int64_t now_ms, struct err *e);
