/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include <stdint.h>

/**
 * Refusals: where credentials may not look. What was refused is asked again after an hour, after two, four and
 * so on, at most a day apart; a person may ask at once. What is answered again is forgotten here.
 */
struct denial {
	const char *account, *region; /* where it was asked */
	const char *type;             /* COVERAGE_ALL_TYPES with region "": the account itself */
	const char *reason;
	const char *code; /* the service's own; or NULL */
	int64_t times, again_ms;
};

/** Fills the rest of @r from its account, region and type; texts in @a. E_NOTFOUND, without a message: nothing was refused. */
enum code denial_get(struct db *db, struct arena *a, struct denial *r, struct err *e);
/** It was refused now: once, or once more. No transaction of its own. */
enum code denial_note(struct db *db, const struct denial *r, int64_t now_ms, struct err *e);
/** It was answered. No transaction of its own. */
enum code denial_clear(struct db *db, const struct denial *r, struct err *e);
/** All of them are asked again at the next chance. */
enum code denial_retry(struct db *db, struct err *e);
/** How many there are, and when the first of them is asked again. */
enum code denial_count(struct db *db, int64_t *n, int64_t *again_ms, struct err *e);
