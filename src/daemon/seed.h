/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/config.h"
#include "db/db.h"

/**
 * Rows from the configuration file
 * ================================
 *
 * Recorder, sources, channels and sinks are rows; the file seeds them. A row that is as the file last made
 * it follows the file: it changes with it, and goes when its section does. One that a command or the API has
 * changed or removed since wins over the file, and that is logged. One that never was in the file is
 * none of its business.
 *
 * Where a flat copy is published is only ever said by the file.
 *
 * A section that cannot be meant is logged and left out; the others are seeded. Where there is no recorder at
 * all, one is made that records: whoever starts a daemon wants that.
 */
enum code seed_rows(struct db *db, const struct config *config, int64_t now_ms, struct err *e);
