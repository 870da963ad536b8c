/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/sha256.h"
#include "base/str.h"
#include "db/db.h"

/**
 * What an export into a lake asks the store
 * =========================================
 *
 * Items by partition (day, account, region, type), and which partitions an item that is new changes. Lists are in
 * temporary tables of the connection, so neither memory nor a read snapshot is held while files go out.
 */

/** Begin anew. *@newest is the newest item: what comes later is of the next run. *@chain (65 bytes) names the
 * store: the digest of its first seal, or "". */
enum code lake_open(struct db *db, int64_t *newest, char chain[SHA256_HEX_BYTES], struct err *e);
/** List the partitions that the items in (@last, @newest] change. */
enum code lake_plan(struct db *db, int64_t last, int64_t newest, struct err *e);

/** An item in the order of partitions. Texts are borrowed for the call. */
struct lake_item {
	const char *day; /* "2026-10-01" */
	int64_t item_id;
	struct str account, region, type;
	struct str id, name, arn, status, event, az, actor; /* STR_NONE where there is none */
	int64_t version, captured_ms, recorded_ms, n_changes;
	int64_t created_ms; /* INT64_MIN: not known */
	struct str document;
};
struct lake_reader {
	/** Before each item: which partition it belongs to (day, account, region, type). Nothing of the store is
	 * held meanwhile, so files may go out. */
	enum code (*enter)(void *ctx, const struct lake_item *item, struct err *e);
	/** May use the connection. */
	enum code (*take)(void *ctx, const struct lake_item *item, struct err *e);
	void *ctx;
};
/** Every item of the listed partitions, those of one together. */
enum code lake_walk(struct db *db, int64_t newest, const struct lake_reader *reader, struct err *e);

struct lake_change {
	struct str op, property, before, after;
};
typedef enum code lake_change_fn(void *ctx, const struct lake_change *change, struct err *e);
/** The property changes of one item. @fn must not use the connection. */
enum code lake_changes(
	struct db *db, int64_t item_id, lake_change_fn *fn, void *ctx, struct err *e);

/** One file of the lake. */
struct lake_file {
	struct str key;
	int64_t rows, bytes;
	struct str sha256; /* in hexadecimal */
};
enum code lake_file_put(struct db *db, const struct lake_file *f, struct err *e);
/** Is this file in the manifest as it is? */
enum code lake_file_same(struct db *db, const struct lake_file *f, bool *same, struct err *e);
typedef enum code lake_file_fn(void *ctx, const struct lake_file *f, struct err *e);
/** By key. @fn must not use the connection. */
enum code lake_files(struct db *db, lake_file_fn *fn, void *ctx, struct err *e);
