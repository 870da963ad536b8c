/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdint.h>

/**
 * A named place where a test build can die as by SIGKILL.
 *
 * SILTSTONE_FAILPOINT="record.before_commit" kills the process the first time it
 * passes there, "record.before_commit:3" the third time. In release builds (no
 * SILTSTONE_FAILPOINTS macro) it compiles to nothing.
 */
#ifdef SILTSTONE_FAILPOINTS
void failpoint(const char *name);
/** What the environment's @variable says instead of @usual, so that a test need not wait for, or send, as
 * much as the world does. */
int64_t failpoint_number(const char *variable, int64_t usual);
#else
#define failpoint(name)                   ((void)0)
#define failpoint_number(variable, usual) (usual)
#endif
