/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"

/**
 * "Did you mean": the names nearest to one that nobody knows. A name that holds the asked one
 * (case set aside) is nearest, then come those that take the fewest edits.
 */
enum { NEAREST_MAX = 3 };

struct nearest {
	struct str wanted;
	struct str names[NEAREST_MAX];
	size_t distance[NEAREST_MAX];
	size_t n;
};

#define NEAREST_INIT(name)                                                                         \
	{                                                                                          \
		.wanted = (name)                                                                   \
	}

/** Consider @name, which must live as long as @near. */
void nearest_add(struct nearest *near, struct str name);
/** "A, B or C" appended to @out. */
void nearest_write(const struct nearest *near, struct buf *out);
