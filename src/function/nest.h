/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/** A private folder below @base (NULL: $TMPDIR, else /tmp) that nobody else may enter. Its path is in @a. */
enum code nest_make(struct arena *a, const char *base, const char **out, struct err *e);
/** Write a file into it that nobody may change. */
enum code nest_write(const char *folder, const char *name, struct str text, struct err *e);
/** Remove it with all there is in it, without following links. What cannot be removed stays. Takes NULL. */
void nest_remove(const char *folder);
