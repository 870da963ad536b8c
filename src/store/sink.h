/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"

/**
 * Sinks: who is told of events. A row each, with a cursor: everything up to it is told or given up.
 * See schema/35-delivery.sql for what the columns mean.
 *
 * Settings are texts by name: endpoint, region, profile, role_arn, account, ca_bundle; source (of
 * EventBridge's events); secret_file or secret_env, where a webhook's key is to be found;
 * oversized, where what is too large goes ("s3://BUCKET/PREFIX" or "dir:PATH"), and kms_key for
 * it. Any other name is refused, so that no key gets in here.
 */
struct sink {
	const char *name, *kind, *target;
	const char *predicate; /* or NULL */
	const char *settings;  /* JSON object */
	int64_t cursor, next_ms, lease_ms, tries, told_ms;
	const char *error_code, *error; /* of the last try, or NULL */
};

/** Add, or change kind, target, predicate and settings of, a sink; a new one starts behind the newest
 * event (or at sink->cursor when @from_cursor). A transaction of its own. E_INVALID: bad kind, target
 * or predicate (it is prepared to find out). */
enum code sink_put(struct db *db, const struct sink *sink, bool from_cursor, struct err *e);
/** The same as part of the caller's transaction. */
enum code sink_set(struct db *db, const struct sink *sink, bool from_cursor, struct err *e);
/** E_NOTFOUND. */
enum code sink_get(
	struct db *db, struct arena *a, const char *name, struct sink *out, struct err *e);
enum code sink_remove(struct db *db, const char *name, struct err *e);
typedef enum code sink_fn(void *ctx, const struct sink *s, struct err *e);
enum code sink_walk(struct db *db, sink_fn *fn, void *ctx, struct err *e);

/** How long a sink waits at most (and with it: a wait beyond that was written by another clock). */
#define SINK_WAIT_MAX_MS INT64_C(3600000)

/** Take one sink that has something to tell and is neither waiting nor leased; it is ours until
 * @lease_ms (out->lease_ms). E_NOTFOUND: none. */
enum code sink_claim(struct db *db, struct arena *a, int64_t now_ms, int64_t lease_ms,
	struct sink *out, struct err *e);
/** Whoever held a lease is gone: any sink can be taken. */
enum code sink_free_leases(struct db *db, struct err *e);
/* What follows is for whoever holds the lease that sink->lease_ms names: E_CONFLICT, and nothing is changed, when
 * it had run out and somebody else took the sink. */
/** Nothing happened: frees the lease. */
enum code sink_release(struct db *db, const struct sink *sink, struct err *e);
/* The four below say in the same transaction how the notifications of a channel are when the sink is
 * that of its topic, "channel:NAME": SUCCESS, or FAILURE with the error. */
/** Told up to @event_id and at work on what follows; the lease is @lease_ms from now on, also in @sink. */
enum code sink_passed(struct db *db, struct sink *sink, int64_t event_id, int64_t now_ms,
	int64_t lease_ms, struct err *e);
/** Told up to @event_id; frees the lease. */
enum code sink_told(
	struct db *db, const struct sink *sink, int64_t event_id, int64_t now_ms, struct err *e);
/** The event behind the cursor could not be told; wait until @next_ms; frees the lease. */
enum code sink_failed(struct db *db, const struct sink *sink, int64_t next_ms, int64_t now_ms,
	const char *error_code, const char *error, struct err *e);
/** Give up the event behind the cursor: a dead letter, and on; the lease is kept. One transaction. */
enum code sink_give_up(struct db *db, struct sink *sink, int64_t event_id, int64_t now_ms,
	const char *error_code, const char *error, struct err *e);

struct dead {
	int64_t dead_id, event_id, at_ms, tries;
	const char *sink, *error_code, *error;
};
typedef enum code dead_fn(void *ctx, const struct dead *d, struct err *e);
enum code dead_walk(struct db *db, dead_fn *fn, void *ctx, struct err *e);
/** E_NOTFOUND. */
enum code dead_get(
	struct db *db, struct arena *a, int64_t dead_id, struct dead *out, struct err *e);
/** It was sent again, to no avail. */
enum code dead_failed(struct db *db, int64_t dead_id, int64_t now_ms, const char *error_code,
	const char *error, struct err *e);
enum code dead_remove(struct db *db, int64_t dead_id, struct err *e);
