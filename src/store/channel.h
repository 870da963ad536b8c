/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include <stdbool.h>

/**
 * Delivery channels and what is to be delivered through them: rows of _channel and _delivery.
 */
struct channel {
	const char *name, *target, *prefix, *kms_key, *topic, *frequency;
	const char *endpoint, *region, *profile;
	int64_t history_event, history_at_ms;
	int64_t snapshot_at_ms; /* 0: no snapshots */
};

/** How one of the three streams is. That of notifications has no ok_ms and next_ms, and tried_ms is when
 * its status changed. */
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
 * section 3.6 that need nobody else, in its words. One transaction. */
enum code channel_put(struct db *db, const struct channel *c, int64_t now_ms, struct err *e);
/** Those checks alone. E_INVALID: *@error is AWS's name of what is wrong, e->msg its text. */
enum code channel_check(const struct channel *c, const char **error, struct err *e);
/** channel_put() of what was checked, part of the caller's transaction. */
enum code channel_keep(struct db *db, const struct channel *c, int64_t now_ms, struct err *e);

/** Why AWS Config would not have a channel, as it says so. */
struct channel_refusal {
	char error[64]; /* "InsufficientDeliveryPolicyException" */
	char message[1024];
};
enum code channel_get(
	struct db *db, struct arena *a, const char *name, struct channel *out, struct err *e);
enum code channel_status(struct db *db, struct arena *a, const char *name,
	struct channel_status *out, struct err *e);
/** E_NOTFOUND. What it delivered stays where it is; what it was to deliver is forgotten. */
enum code channel_remove(struct db *db, const char *name, struct err *e);
typedef enum code channel_fn(void *ctx, const struct channel *c, struct err *e);
enum code channel_walk(struct db *db, channel_fn *fn, void *ctx, struct err *e);

/** A file that is to go out. */
struct delivery {
	int64_t delivery_id;
	const char *channel, *kind, *account, *region, *type;
	bool globals; /* with those of the account that have no region */
	int64_t due_ms, from_event, to_event, item_id;
	int64_t part, after_item, last_item; /* of a history file, see schema/35-delivery.sql */
	const char *snapshot_id, *key;
	int64_t tries;
};
/** Plan, within one transaction, everything that is due at @now_ms on all channels: history files (one per
 * account, region and type that changed since the last ones), snapshots of the moment that was due, and a
 * write check for each account that gets a file; sets the next times. What was missed while nobody ran is
 * one window, and one snapshot. Resources without a region are in the files of their account's
 * us-east-1, else of its first region. Nothing is written when nothing is due. */
enum code delivery_plan(struct db *db, int64_t now_ms, struct err *e);
/** Plan a snapshot now, of the state at @at_ms. Fills @snapshot_id for the first of its files.
 * E_NOTFOUND: no such channel, or nothing was ever recorded. */
enum code delivery_plan_snapshot(struct db *db, const char *channel, int64_t at_ms, int64_t now_ms,
	char snapshot_id[37], struct err *e);
/** Take one that is due and that nobody is working on. E_NOTFOUND: none (@e is left alone). */
enum code delivery_claim(struct db *db, struct arena *a, int64_t now_ms, int64_t lease_ms,
	struct delivery *out, struct err *e);
/** Nothing came of it: it is due as it was. */
enum code delivery_release(struct db *db, const struct delivery *d, struct err *e);
/** Whoever held a lease is gone: everything that is not out can be claimed. */
enum code delivery_free_leases(struct db *db, struct err *e);
/** Whether another history file went out, or will, under @key. */
enum code delivery_key_is_taken(
	struct db *db, const struct delivery *d, const char *key, bool *out, struct err *e);
/** The key it will have, before it goes out; with it, in one transaction, where a history file ends
 * (@last_item, 0: it has all) and the part behind it, and the event that a snapshot's delivery started. */
enum code delivery_set_key(struct db *db, const struct delivery *d, const char *key,
	int64_t last_item, int64_t now_ms, struct err *e);
/** Out: done, the channel's status and the event that tells of it, in one transaction. Nothing to write
 * (no items): done with @key NULL and nothing is told. */
enum code delivery_done(struct db *db, const struct delivery *d, const char *key, int64_t items,
	int64_t bytes, int64_t now_ms, struct err *e);
/** How often what the channel has still to deliver has failed, all together. */
enum code delivery_failures(struct db *db, const char *channel, int64_t *out, struct err *e);
struct delivery_failure {
	const char *error_code, *error;
	int64_t next_ms; /* to be tried again then */
	bool of_channel; /* and nothing else of its channel before that, until something goes out or channel_put() */
};
/** Not out. The first failure of a snapshot is told. */
enum code delivery_failed(struct db *db, const struct delivery *d, const struct delivery_failure *f,
	int64_t now_ms, struct err *e);
/** What waited for its channel need not wait any more. Part of the caller's transaction. */
enum code delivery_resume(struct db *db, const char *channel, int64_t now_ms, struct err *e);

/** An item of a history file, borrowed. @body is what AWS Config writes into its files, compact JSON. */
struct delivery_item {
	int64_t item_id, captured_ms;
	struct str body;
};
/** Anything but E_OK ends the walk with that code. It must not use the connection. */
typedef enum code delivery_item_fn(void *ctx, const struct delivery_item *item, struct err *e);
/** The items of a history file by time of capture (configurationStateId). A read snapshot is held during
 * the walk. */
enum code delivery_items(
	struct db *db, const struct delivery *d, delivery_item_fn *fn, void *ctx, struct err *e);
