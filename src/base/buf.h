/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>

/**
 * A byte string that grows up to a limit given when it is made.
 *
 * Appending never reports an error on the spot. The first append that would
 * cross the limit or cannot get memory marks the buffer failed; later appends
 * do nothing. Ask once, at the end, with buf_ok(). `p` is never NULL and
 * p[n] == 0, so it can be handed to anything that wants a C string.
 */
struct buf {
	char *p;
	size_t n, cap, max;
	bool failed;
	bool full; /* it failed because of its limit, not for want of memory */
};

extern char buf_empty[1];
#define BUF_INIT(limit)                                                                            \
	{                                                                                          \
		.p = buf_empty, .max = (limit)                                                     \
	}

void buf_add(struct buf *b, const void *p, size_t n);
void buf_char(struct buf *b, char c);
void buf_text(struct buf *b, const char *s);
void buf_str(struct buf *b, struct str s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static inline bool buf_ok(const struct buf *b)
{
	return !b->failed;
}

static inline struct str buf_slice(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

/** Empty again, ready for use, keeping its memory and its limit. */
void buf_clear(struct buf *b);
/** What is behind the first @n bytes is forgotten; not that it failed. */
void buf_cut(struct buf *b, size_t n);
void buf_release(struct buf *b);
