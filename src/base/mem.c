/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdlib.h>

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
