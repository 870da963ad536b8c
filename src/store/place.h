/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Places: an account and a region. Resources that belong to no region of their account have
 * the region "global".
 */
#define PLACE_GLOBAL "global"

struct place {
	struct str account, region;
	int64_t resources; /* live ones */
};

/** Anything but E_OK ends the walk with that code. @p is borrowed for the call. @fn must not use
 * the connection. */
typedef enum code place_fn(void *ctx, const struct place *p, struct err *e);
/** The places of @account (NULL: of every one) where a resource is live at @at_ms, by account
 * and region. A place without any is left out. */
enum code place_walk(
	struct db *db, const char *account, int64_t at_ms, place_fn *fn, void *ctx, struct err *e);

/** The region in whose files those of an account are that have none: us-east-1, or the first where it has something else.
 * *@out is in @a. */
enum code place_home(
	struct db *db, struct arena *a, struct str account, struct str *out, struct err *e);

/** What place_items() is to walk. */
struct place_items_query {
	struct str account, region;
	bool with_global; /* those of the account that have no region, too */
	int64_t at_ms;
};
/** @body is one configuration item as AWS Config writes it into its files, compact JSON; borrowed
 * for the call. Anything but E_OK ends the walk with that code. @fn must not use the connection. */
typedef enum code place_item_fn(void *ctx, struct str body, struct err *e);
/**
 * The item in force at at_ms of every resource that is live then, by type and id. A read snapshot
 * is held during the walk: @fn may write to a local file, never to a network.
 */
enum code place_items(struct db *db, const struct place_items_query *q, place_item_fn *fn,
	void *ctx, struct err *e);
