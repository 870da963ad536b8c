/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/gzip_file.h"

/**
 * A file of configuration items in AWS Config's envelope (spec section 3.2)
 * =======================================================================
 *
 *     {"fileVersion":"1.0","configSnapshotId":"<uuid>","configurationItems":[CI,...]}
 *
 * compact, gzipped, on its way to an object store. Snapshots have an id, history files have none.
 */
struct item_file {
	struct gzip_file gzip;
	int64_t items;
	int64_t first_ms, last_ms; /* earliest and latest capture; as item_file_add() was told */
};

/** @snapshot_id NULL: a history file. Errors as gzip_file_open(). On failure there is nothing to close. */
enum code item_file_open(struct item_file *f, const char *snapshot_id, struct err *e);
/** @body is one item, JSON. */
enum code item_file_add(struct item_file *f, struct str body, int64_t captured_ms, struct err *e);
/** Complete: gzip.fd, gzip.bytes and gzip.sha256 are those of an object. */
enum code item_file_finish(struct item_file *f, struct err *e);
/** Safe after a failed open and when called twice. */
void item_file_close(struct item_file *f);
