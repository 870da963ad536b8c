/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/** What is due of the roll-ups of compliance, see core/roll_up.h. Texts are borrowed for the call. */
struct roll_up {
	struct str account, region; /* of the rules */
	int64_t rid, times;         /* what is rolled up, and how often that became due */
	struct str type, id;        /* of it */
	struct str configuration;   /* JSON; STR_NONE: no rule applies to it (any more) */
	int64_t item;               /* the resource that its roll-up is recorded as; 0: it is not */
};

/** Whether roll-ups are recorded. */
enum code roll_up_recorded(struct db *db, bool *yes, struct err *e);
/** Nothing is due. Part of the caller's transaction. */
enum code roll_up_forget(struct db *db, struct err *e);
typedef enum code roll_up_fn(void *ctx, const struct roll_up *r, struct err *e);
/** Walk at most @limit. E_NOTFOUND: there are none. */
enum code roll_up_walk(struct db *db, int limit, roll_up_fn *fn, void *ctx, struct err *e);
/** It is written as it was walked. Part of the caller's transaction. */
enum code roll_up_done(struct db *db, const struct roll_up *r, struct err *e);
