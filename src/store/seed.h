/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"

/**
 * What the configuration file last made of a row: the row's settings in words, kept so that a later start can
 * see whether anybody else changed it. Each call is a transaction of its own.
 */

/** E_NOTFOUND: the row did not come from the file (@e is left alone). */
enum code seed_get(struct db *db, struct arena *a, const char *kind, const char *name,
	const char **said, struct err *e);
enum code seed_put(
	struct db *db, const char *kind, const char *name, const char *said, struct err *e);
enum code seed_remove(struct db *db, const char *kind, const char *name, struct err *e);
/** The next name behind @after (""). E_NOTFOUND: no more (@e is left alone). */
enum code seed_next(struct db *db, struct arena *a, const char *kind, const char *after,
	const char **name, struct err *e);
