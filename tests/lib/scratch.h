/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"

/** A directory of a test's own below TMPDIR (or /tmp); removed by scratch_remove(). */
struct scratch {
	char dir[256];
};
void scratch_make(struct scratch *s);
/** "DIR/name", in @a. */
const char *scratch_path(const struct scratch *s, struct arena *a, const char *name);
void scratch_remove(struct scratch *s);
