/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/scarce.h"

#include "base/mem.h"
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_int left = INT_MAX;
static atomic_bool lasting, refused;

static bool refuse(void)
{
	int n = atomic_load(&left) == INT_MAX ? INT_MAX : atomic_fetch_sub(&left, 1);

	if (n > 0 || (n < 0 && !atomic_load(&lasting)))
		return false;
	atomic_store(&refused, true);
	return true;
}

static void *scarce_alloc(size_t n)
{
	return refuse() ? NULL : calloc(1, n ? n : 1);
}

static void *scarce_realloc(void *p, size_t n)
{
	return refuse() ? NULL : realloc(p, n);
}

void scarce_begin(int n, bool for_ever)
{
	static const struct mem_hooks hooks = { scarce_alloc, scarce_realloc, free };
	static bool hooked;

	if (!hooked)
		mem_hook(&hooks);
	hooked = true;
	atomic_store(&lasting, for_ever);
	atomic_store(&refused, false);
	atomic_store(&left, n);
}

bool scarce_end(void)
{
	atomic_store(&left, INT_MAX);
	return atomic_load(&refused);
}
