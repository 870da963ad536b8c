/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/** A private folder below @base (NULL: $TMPDIR, else /tmp) that nobody else may enter. Its path is in @a. It is in use as long as
 * the descriptor @lock is open, which is the caller's to close. */
enum code nest_make(struct arena *a, const char *base, const char **out, int *lock, struct err *e);
/** Remove those below @base that are ours and in nobody's use: a process that was killed left them. */
void nest_sweep(const char *base);
/** Write a file into it that nobody may change. */
enum code nest_write(const char *folder, const char *name, struct str text, struct err *e);
/** Remove it with all there is in it, without following links. What cannot be removed stays. Takes NULL. */
void nest_remove(const char *folder);
