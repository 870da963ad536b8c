/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/**
 * Making and upgrading the schema. For store.c and the test that proves that a new store and
 * an upgraded one are the same.
 */

/** The highest number among the built-in migrations. */
int migrate_newest(void);
/** Make the schema in an empty file, from schema/. One transaction. E_CONFLICT: another program
 * was first. */
enum code migrate_create(struct db *db, int64_t now_ms, struct err *e);
/** Bring a file from schema @from (0: empty) to the newest, one transaction a migration. What
 * another program has applied meanwhile is not applied again. */
enum code migrate_from(struct db *db, int from, int64_t now_ms, struct err *e);
