/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include <stdbool.h>

/** The recorder: what is recorded, how often, and how it is. One row, "default". */
struct recorder {
	const char *name, *role_arn, *types;
	int64_t every_ms;
	bool recording;
	int64_t started_ms, stopped_ms, status_ms, next_ms;
	const char *status, *error_code, *error; /* or NULL */
};
/** E_NOTFOUND: there is none. */
enum code recorder_get(struct db *db, struct arena *a, struct recorder *out, struct err *e);
/** Add or change name, role_arn, types and every_ms; the next sweep is due at once. E_INVALID in the
 * words of spec section 5.4: a name, role or time that cannot be, a second recorder. */
enum code recorder_put(struct db *db, const struct recorder *r, struct err *e);
/** Start (due at once, PENDING) or stop. Started while it records, it only becomes due at once. E_NOTFOUND: there is none. */
enum code recorder_switch(struct db *db, bool recording, int64_t now_ms, struct err *e);
/** A sweep ended; the next one is due every_ms after @started_ms. @error NULL: it went well; else it is tried
 * again in a minute. One that was stopped meanwhile stays as it is. */
enum code recorder_swept(struct db *db, int64_t started_ms, int64_t now_ms, const char *error_code,
	const char *error, struct err *e);
