/* SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

void must_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "siltstone: %s:%d: broken rule: %s\n", file, line, expression);
	abort();
}
