/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Moments at which something was new, and the places in which something is or was: for who goes through the past step by
 * step.
 */

/** The @n-th place of what @account (NULL: any) and @region (a glob; NULL: any) let through, by account and region; an account's
 * 'global' comes last and always. Texts live in @a. E_NOTFOUND, @e left alone: there are not so many. */
struct moment_place {
	const char *account, *region;
};
enum code moment_place_get(struct db *db, const char *account, const char *region, int64_t n,
	struct arena *a, struct moment_place *out, struct err *e);

struct moment_wanted {
	const char *account, *region; /* one place, with what is global */
	struct str types;             /* JSON list of those that count; STR_NONE: all */
	bool links;                   /* when links began and ended, too */
	struct str besides;           /* JSON list of seconds */
	int64_t step_s;               /* each moment is the end of a step of so many seconds */
	int64_t from_s, to_s;         /* behind the first, up to the second */
};
/** Seconds, in order, as many as there is room for. *@more: there are more of them. */
enum code moment_seconds(struct db *db, const struct moment_wanted *w, int64_t *out, size_t room,
	size_t *n, bool *more, struct err *e);
