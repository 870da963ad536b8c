/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/flat.h"
#include <stdbool.h>

/**
 * Publishing: the flat copy at a place of its own
 * ===============================================
 *
 * A copy that is written anew and renamed over the old one, and only when the store is no longer what the old
 * one was made of. Who opens the file for each query sees the new one at once; who keeps it open keeps
 * the old one. Only copies are ever replaced, never another file.
 */

/** *@written: there was something to do. @always: also when nothing changed. E_CONFLICT: @path is a file that is no copy. */
enum code publish(struct db *db, const char *path, const struct flat_options *o, bool always,
	bool *written, struct err *e);
