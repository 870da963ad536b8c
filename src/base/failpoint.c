/* SPDX-License-Identifier: Apache-2.0 */
#include "base/failpoint.h"

#ifdef SILTSTONE_FAILPOINTS
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

void failpoint(const char *name)
{
	static atomic_long passed;
	const char *want = getenv("SILTSTONE_FAILPOINT");
	size_t n = strlen(name);

	if (!want || strncmp(want, name, n) != 0 || (want[n] && want[n] != ':'))
		return;
	if (atomic_fetch_add(&passed, 1) + 1 >= (want[n] ? strtol(want + n + 1, NULL, 10) : 1))
		raise(SIGKILL);
}

int64_t failpoint_number(const char *variable, int64_t usual)
{
	const char *told = getenv(variable);

	return told && *told ? strtoll(told, NULL, 10) : usual;
}
#else
typedef int failpoints_are_off;
#endif
