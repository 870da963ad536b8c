/* SPDX-License-Identifier: Apache-2.0 */
#include "base/asset.h"

#include <string.h>

const struct asset *asset_next(const struct asset *after, const char *prefix)
{
	for (const struct asset *a = after ? after + 1 : assets; a->name; a++)
		if (strncmp(a->name, prefix, strlen(prefix)) == 0)
			return a;
	return NULL;
}
