/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>

/**
 * Memory for one request or one job, given back all at once.
 *
 * An arena has a byte limit from birth. The first allocation that crosses it or
 * cannot get memory marks the arena failed. Strings put into a failed arena come
 * back as "" so that a chain of them needs one question at its end, arena_ok();
 * arena_alloc() returns NULL and must be checked on the spot.
 */
struct arena {
	struct arena_block *blocks;
	size_t used, max;
	bool failed;
	bool full; /* it failed because of its limit, not for want of memory */
};

#define ARENA_INIT(limit)                                                                          \
	{                                                                                          \
		.max = (limit)                                                                     \
	}

/** @n zeroed bytes, aligned for anything, or NULL. */
void *arena_alloc(struct arena *a, size_t n);
/** A NUL-terminated copy of @s. */
struct str arena_str(struct arena *a, struct str s);
/** The same as a C string. */
const char *arena_text(struct arena *a, struct str s);
/** A formatted, NUL-terminated string. */
struct str arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static inline bool arena_ok(const struct arena *a)
{
	return !a->failed;
}

/** Frees everything; ready for use again with the same limit. */
void arena_release(struct arena *a);
