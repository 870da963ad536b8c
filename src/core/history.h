/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/item_file.h"
#include "store/channel.h"

/**
 * Configuration history files (spec sections 3.1, 3.2, 3.4)
 * =========================================================
 *
 * Every item of one account, region and type that was recorded in a window, deletions and several
 * items of one resource included, by configurationStateId; keys
 *
 *     AWSLogs/{account}/Config/{region}/{Y}/{M}/{D}/ConfigHistory/
 *         {account}_Config_{region}_ConfigHistory_{type}_{start}_{end}_{part}.json.gz
 *
 * with start and end the earliest and latest capture in the file, and month and day unpadded. A window
 * that is too much for one file goes on in a next part.
 */

/** Where a file is full. */
struct history_limit {
	int64_t items;
	int64_t plain_bytes; /* before compression */
};
#define HISTORY_LIMIT                                                                              \
	{                                                                                          \
		.items = 500000, .plain_bytes = INT64_C(100) << 20                                 \
	}

/**
 * Write the items of @d into @f (open) and finish it. Where the file became full and more items are
 * there, *@last_item is the last one in it; else it is what @d says. What a first try decided
 * (d->last_item) a second one keeps to, whatever the limit. Memory does not grow with the items.
 */
enum code history_write(struct item_file *f, struct db *db, const struct delivery *d,
	const struct history_limit *limit, int64_t *last_item, struct err *e);

/** The key of a written file, without the channel's prefix, in @a. @part: that of @d, or a later one where
 * a file of another window has that key. */
const char *history_key(struct arena *a, const struct delivery *d, const struct item_file *f,
	int64_t part, int64_t now_ms);
