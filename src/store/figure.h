/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"

/** A number about the store, as /metrics names it. Labels are borrowed; STR_NONE where there is none. */
struct figure {
	struct str metric, labels[3];
	int64_t value;
};
typedef enum code figure_fn(void *ctx, const struct figure *f, struct err *e);
/** Those that cost nothing to find, however large the store; those of one metric together. */
enum code figure_walk(struct db *db, int64_t now_ms, figure_fn *fn, void *ctx, struct err *e);
/** Those that take counting: a second and more with millions of resources. */
enum code figure_count(struct db *db, figure_fn *fn, void *ctx, struct err *e);

/** While it stays the same, figure_count() gives the same. Costs nothing. */
struct figure_edition {
	int64_t item, look;
};
enum code figure_edition(struct db *db, struct figure_edition *out, struct err *e);
