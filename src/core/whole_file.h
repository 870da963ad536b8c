/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include <stdbool.h>

/**
 * A file that is there whole or not at all
 * ========================================
 *
 * Something is written to a name of its own beside where it is to be (".NAME.siltstone-PID.part"), synced,
 * and renamed. Whoever had the old file open keeps reading that one.
 */
struct whole_file {
	const char *path; /* where it is to be; borrowed */
	const char *part; /* where it is written; an empty file after whole_file_begin() */
	bool replace;
	bool begun;
	struct arena memory;
};

/** E_CONFLICT: there is a file already and @replace is false. E_NOTFOUND: no such folder. E_DENIED, E_FULL, E_IO. */
enum code whole_file_begin(struct whole_file *f, const char *path, bool replace, struct err *e);
/** It is at its place. E_CONFLICT as above. */
enum code whole_file_finish(struct whole_file *f, struct err *e);
/** What is not finished is gone. Safe on a zeroed struct and when called twice. */
void whole_file_drop(struct whole_file *f);
