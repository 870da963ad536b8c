/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include <stdbool.h>

/**
 * The recorder that people set: what is recorded, how often, and how it is. One row, "default". As AWS Config's
 * API speaks of it, and of those that belong to services: store/recorder_call.h. What both say together about a type:
 * store/scope.h.
 */
struct recorder {
	const char *name, *role_arn;
	bool excluding;    /* `types` are those that are not recorded */
	bool no_globals;   /* with all types: without IAM's users, groups, roles and policies */
	bool daily;        /* every type is looked at once a day, but for those of `overrides` */
	const char *types; /* comma-separated names and globs; NULL: every type of the catalogue */
	/* "GLOB=OFTEN" with commas between them, OFTEN is DAILY, CONTINUOUS (at every sweep) or a length such as
	 * 300s; or NULL. */
	const char *overrides;
	/* Only resources with one of these tags, and with none of those that begin with '!': "key" or "key=value", one
	 * a line; or NULL. */
	const char *tags;
	int64_t every_ms; /* a sweep so often */
	bool recording;
	int64_t started_ms, stopped_ms, status_ms, next_ms;
	int64_t own_ms; /* the next look at types with an interval of their own is due; 0: none has */
	const char *status, *error_code, *error; /* or NULL */
};
/** E_NOTFOUND: there is none. */
enum code recorder_get(struct db *db, struct arena *a, struct recorder *out, struct err *e);
/** Add or change name, role_arn, every_ms and what is recorded; the next sweep is due at once. E_INVALID, where AWS
 * Config has them in the words of spec section 5.4: a name, role, time, override or tag that cannot be, a second recorder. */
enum code recorder_put(struct db *db, const struct recorder *r, struct err *e);
/** Start (due at once, PENDING) or stop. Started while it records, it only becomes due at once. E_NOTFOUND: there is none. */
enum code recorder_switch(struct db *db, bool recording, int64_t now_ms, struct err *e);
/** A sweep ended; the next one is due every_ms after @started_ms. @error NULL: it went well; else it is tried
 * again in a minute. One that was stopped meanwhile stays as it is. */
enum code recorder_swept(struct db *db, int64_t started_ms, int64_t now_ms, const char *error_code,
	const char *error, struct err *e);
/** When types with an interval of their own are due next; 0: none is. */
enum code recorder_owes(struct db *db, int64_t own_ms, struct err *e);
