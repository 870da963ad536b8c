/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "db/stmt.h"

/**
 * All items of a store, in the order in which they were written, by their numbers: part by part, of which all but the last
 * stay what they are, as items are only ever added (retention removes some).
 */
struct item_part {
	int64_t first, last, n; /* the numbers that there are, and how many */
	struct str digest;      /* of the last of them, in hex */
};
/** @p is borrowed. Anything but E_OK ends the walk with that code. */
typedef enum code item_part_fn(void *ctx, const struct item_part *p, struct err *e);
/** Parts of @size numbers each, beginning with 1. @fn must not use the connection. */
enum code item_parts(struct db *db, int64_t size, item_part_fn *fn, void *ctx, struct err *e);

/** The items of a part, one after the other. */
struct item_reader {
	struct stmt st;
};
void item_reader_open(struct item_reader *r, struct db *db, int64_t first, int64_t last);
/** The next one in AWS Config's file spelling into @out, which is cleared first. E_NOTFOUND, and @e is left alone: that was all.
 * E_TOOBIG: over @out's limit. */
enum code item_reader_next(struct item_reader *r, struct buf *out, struct err *e);
void item_reader_close(struct item_reader *r);
