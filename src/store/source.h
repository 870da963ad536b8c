/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"

/**
 * Sources: where items come from. Those added by name are kept and belong to "all"; one used ad
 * hoc is noted too, so that every item can say where it is from.
 */
struct source {
	int64_t source_id;
	const char *name;     /* "prod", "host" */
	const char *kind;     /* "aws" | "exec" */
	const char *settings; /* JSON object */
	int kept;
};

/** Add, or replace the settings of, the source called source->name; fills source->source_id.
 * A transaction of its own. */
enum code source_put(struct db *db, struct source *source, struct err *e);
/** E_NOTFOUND. Texts are put into @a. */
enum code source_get(
	struct db *db, struct arena *a, const char *name, struct source *out, struct err *e);
/** No longer part of "all"; its items stay. E_NOTFOUND. */
enum code source_remove(struct db *db, const char *name, struct err *e);

typedef enum code source_fn(void *ctx, const struct source *s, struct err *e);
/** The kept ones by name; with @all those noted ad hoc too. */
enum code source_walk(struct db *db, bool all, source_fn *fn, void *ctx, struct err *e);
