/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <malloc.h>
#include <stdlib.h>

/* As many threads as that seldom allocate at the same moment. */
#define HEAPS_MAX   2
#define KEEP_BYTES  (1 << 20) /* free at the end of a heap before that goes back */
#define LARGE_BYTES (1 << 20) /* a block of this size comes from the system by itself */

static void *libc_alloc(size_t n)
{
	return calloc(1, n ? n : 1);
}

static const struct mem_hooks libc_hooks = { libc_alloc, realloc, free };
static struct mem_hooks hooks = { libc_alloc, realloc, free };

void mem_hook(const struct mem_hooks *h)
{
	hooks = h ? *h : libc_hooks;
}

void *mem_alloc(size_t n)
{
	return hooks.alloc(n);
}

void *mem_realloc(void *p, size_t n)
{
	return hooks.realloc(p, n);
}

void mem_free(void *p)
{
	if (p)
		hooks.free(p);
}

void mem_share_heaps(void)
{
#ifdef M_ARENA_MAX
	(void)mallopt(M_ARENA_MAX, HEAPS_MAX);
	/* Said once, as else it would follow the largest block that was ever freed. */
	(void)mallopt(M_TRIM_THRESHOLD, KEEP_BYTES);
	(void)mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
#endif
}

void mem_give_back(void)
{
#ifdef __GLIBC__
	(void)malloc_trim(0);
#endif
}
