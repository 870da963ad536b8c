/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include "base/mem.h"
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

struct arena_block {
	struct arena_block *next;
	size_t used, cap;
	_Alignas(max_align_t) char bytes[];
};

/* Most requests fit into one block; larger wishes get a block of their own. */
#define BLOCK_BYTES 8192

static struct arena_block *block_for(struct arena *a, size_t n)
{
	struct arena_block *b = a->blocks;
	size_t cap = n > BLOCK_BYTES / 2 ? n : BLOCK_BYTES;

	if (b && b->cap - b->used >= n)
		return b;
	if (a->failed)
		return NULL;
	if (cap > a->max || a->used > a->max - cap) {
		a->full = true;
		return NULL;
	}
	b = mem_alloc(sizeof(*b) + cap);
	if (!b)
		return NULL;
	b->cap = cap;
	a->used += cap;
	if (cap == n && a->blocks) {
		/* A block made to measure is full at once: keep the open one in front. */
		b->next = a->blocks->next;
		a->blocks->next = b;
	} else {
		b->next = a->blocks;
		a->blocks = b;
	}
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b;
	void *p;

	n = (n + align - 1) / align * align;
	b = block_for(a, n);
	if (!b) {
		a->failed = true;
		return NULL;
	}
	p = b->bytes + b->used;
	b->used += n;
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (!p)
		return STR("");
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct str){ p, s.n };
}

const char *arena_text(struct arena *a, struct str s)
{
	return arena_str(a, s).p;
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (!p)
		return STR("");
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct str){ p, (size_t)n };
}

void arena_release(struct arena *a)
{
	struct arena_block *b = a->blocks;

	while (b) {
		struct arena_block *next = b->next;

		mem_free(b);
		b = next;
	}
	*a = (struct arena)ARENA_INIT(a->max);
}
