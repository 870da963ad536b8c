/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"

/**
 * One daemon a store
 * ==================
 *
 * A daemon holds an exclusive lock on the file "STORE-lock" and writes its process id into it. The
 * lock is the kernel's (an open file description lock, fcntl(2)): it goes with the process however
 * that ends, so a file that was left behind means nothing. Whoever finds it taken is told by whom.
 */
struct lock {
	int fd; /* -1: not held */
};
#define LOCK_INIT                                                                                  \
	{                                                                                          \
		-1                                                                                 \
	}

/** E_CONFLICT: another process has it; @e says its id. E_IO, E_DENIED: the file cannot be made. */
enum code lock_take(struct lock *l, const char *store, struct err *e);
/** E_OK: nobody has it. E_CONFLICT as above. Leaves nothing behind. */
enum code lock_probe(const char *store, struct err *e);
void lock_release(struct lock *l);
