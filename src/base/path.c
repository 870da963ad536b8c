/* SPDX-License-Identifier: Apache-2.0 */
#include "base/path.h"

#include "base/mem.h"
#include <stdlib.h>
#include <string.h>

char *path_whole(const char *path)
{
	char *real = realpath(path, NULL);
	char *out = NULL;

	if (real) {
		const size_t n = strlen(real) + 1;

		out = mem_alloc(n);
		if (out)
			memcpy(out, real, n);
	}
	free(real);
	return out;
}
