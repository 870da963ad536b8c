/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * A named place where a test build can die as by SIGKILL.
 *
 * SILTSTONE_FAILPOINT="record.before_commit" kills the process the first time it
 * passes there, "record.before_commit:3" the third time. In release builds (no
 * SILTSTONE_FAILPOINTS macro) it compiles to nothing.
 */
#ifdef SILTSTONE_FAILPOINTS
void failpoint(const char *name);
#else
#define failpoint(name) ((void)0)
#endif
