/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "port/object_source.h"
#include <stdbool.h>

/**
 * Another store as a source of items
 * ==================================
 *
 * What somebody else's store has recorded, for core/import: every STORE_SOURCE_ITEMS numbers of items are a file of JSON lines,
 * in the order in which they were written. Items are only ever added, so that all but the last of these files stay what
 * they are, and an import that is done again reads what is new. Nothing is changed there, and it may be written to
 * meanwhile: what comes later is the next import's. What is not an item stays there: looks, verdicts, and who made a change.
 */
#define STORE_SOURCE_ITEMS 4096

/** Whether there is a file that begins as a SQLite database does. */
bool store_source_is(const char *path);

/** E_NOMEM. What is wrong with the store is told of by list(), as store_open() says it. */
enum code store_source_open(
	struct object_source **out, const char *path, int64_t now_ms, struct err *e);
