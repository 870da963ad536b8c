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
/** All of them, those of one metric together. */
enum code figure_walk(struct db *db, int64_t now_ms, figure_fn *fn, void *ctx, struct err *e);
