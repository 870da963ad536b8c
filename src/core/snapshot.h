/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "core/item_file.h"
#include "port/object_store.h"
#include "store/place.h"
#include <stdint.h>

/**
 * Configuration snapshots
 * =======================
 *
 * One gzip file per account and region with the newest item of every live resource, in AWS
 * Config's layout, envelope, key order and null rules (spec sections 1.2, 3.1, 3.2): keys
 *
 *     AWSLogs/{account}/Config/{region}/{Y}/{M}/{D}/ConfigSnapshot/
 *         {account}_Config_{region}_ConfigSnapshot_{stamp}_{configSnapshotId}.json.gz
 *
 * with month and day unpadded. Global resources are in the file of one region: us-east-1 where
 * it has one, else the first. Rows stream through JSON, gzip and SHA-256 into an unlinked
 * temporary file; memory does not grow with the number of items.
 */
struct snapshot_query {
	const char *account; /* NULL: every one */
	const char *region;  /* NULL: every one */
	int64_t at_ms;       /* the state in force at this moment */
};

/** One file that was delivered. */
struct snapshot_file {
	const char *key;
	const char *where; /* as the object store says it */
	const char *account, *region;
	char snapshot_id[37];
	int64_t items;
	int64_t bytes; /* compressed */
};
typedef void snapshot_fn(void *ctx, const struct snapshot_file *f);

/**
 * Write and deliver one file for each account and region of @q; @done is told of each. A row of
 * the outbox is there before a file goes out and says afterwards how it went.
 * E_NOTFOUND: nothing is recorded there. Otherwise what the object store says.
 */
enum code snapshot_deliver(struct db *db, struct object_store *store,
	const struct snapshot_query *q, int64_t now_ms, snapshot_fn *done, void *ctx,
	struct err *e);

/** Write a snapshot of @q into @f (open) and finish it; f->items may turn out to be 0. */
enum code snapshot_write(
	struct item_file *f, struct db *db, const struct place_items_query *q, struct err *e);
/** The key of a snapshot that goes out @now_ms, without a prefix, in @a. */
const char *snapshot_key(struct arena *a, struct str account, struct str region,
	const char *snapshot_id, int64_t now_ms);
