/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/**
 * Relating
 * ========
 *
 * The catalogue's rules say where in a configuration another resource is named. This applies
 * them to everything that is staged, by walking each document once per rule of its type, and
 * has the stage resolve what the values name. (As one SQL statement over json_tree() it took
 * ten times as long: every sweep relates everything, not only what changed.)
 */
enum code relate_staged(struct db *db, struct err *e);
