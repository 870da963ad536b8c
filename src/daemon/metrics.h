/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "db/db.h"

/** What Prometheus reads ("Exposition formats", text format 0.0.4): everything that rows can say, and the sizes of the
 * store's files. */
enum code metrics_write(
	struct db *db, const char *store, int64_t now_ms, struct buf *out, struct err *e);
