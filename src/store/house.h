/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include <stdint.h>

/** The recorders as resources, see core/house.h. Borrowed texts; @fn must not walk the same again. */
struct house_recorder {
	struct str name, configuration, tags; /* JSON */
};
typedef enum code house_recorder_fn(void *ctx, const struct house_recorder *r, struct err *e);
enum code house_recorders(struct db *db, house_recorder_fn *fn, void *ctx, struct err *e);

typedef enum code house_place_fn(void *ctx, struct str account, struct str region, struct err *e);
/** Accounts and regions that they were recorded in. */
enum code house_places(struct db *db, house_place_fn *fn, void *ctx, struct err *e);

typedef enum code house_removed_fn(void *ctx, int64_t rid, struct err *e);
/** Those that are recorded and do not exist any more. */
enum code house_removed(struct db *db, house_removed_fn *fn, void *ctx, struct err *e);
