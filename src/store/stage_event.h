/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/stage.h"

/**
 * What the stage knows of change events: which of its rows are due to which, and what else is to be looked
 * at because of them. An event belongs into the store only when an item is due to it.
 */
struct stage_cause {
	struct str event_id, event_name, event_source, actor, source_ip, user_agent, region,
		account;
	int64_t at_ms; /* INT64_MIN: not told */
};
/** @number is what rows call it. */
enum code stage_add_cause(
	struct db *db, const struct stage_cause *cause, int64_t *number, struct err *e);

/** A resource by one of its keys; the others are STR_NONE. */
struct stage_named {
	struct str type, account, id, name, arn;
};
/** The rows of @named that are due to nothing are due to it. */
enum code stage_blame(struct db *db, int64_t cause, const struct stage_named *named, struct err *e);
/** What is new, due to nothing and shows something that is due to an event is due to that. */
enum code stage_blame_born(struct db *db, struct err *e);
/** Write it (within a transaction) unless it is there. */
enum code stage_keep_cause(struct db *db, int64_t cause, int64_t *cause_id, struct err *e);

/** A live resource of the store. Borrowed texts. */
struct stage_live {
	int64_t rid;
	struct str type, region, id, name, arn;
	int64_t cause; /* of what it is related to; 0: none */
};
typedef enum code stage_live_fn(void *ctx, const struct stage_live *l, struct err *e);
/** Who is known by @named; @fn must not use the connection. */
enum code stage_live(struct db *db, const struct stage_named *named, stage_live_fn *fn, void *ctx,
	struct err *e);

/** The row staged last. */
enum code stage_last(struct db *db, int64_t *stage_id, struct err *e);
/**
 * Live resources, not staged, that may show something else because of what was staged behind @after and
 * related since; only because of what came or went unless @all. @fn must not use the connection.
 */
enum code stage_related(
	struct db *db, int64_t after, bool all, stage_live_fn *fn, void *ctx, struct err *e);

/** What a staged document leads to and nobody has recorded. */
struct stage_unmet {
	struct str type, region, by, link;
	int64_t cause;
};
typedef enum code stage_unmet_fn(void *ctx, const struct stage_unmet *u, struct err *e);
enum code stage_unmet(struct db *db, int64_t after, stage_unmet_fn *fn, void *ctx, struct err *e);

/** As if nothing had been related. */
enum code stage_unrelate(struct db *db, struct err *e);
/** As if nothing had been listed: what an event has looked at is no look at a type. */
enum code stage_forget_looks(struct db *db, struct err *e);
