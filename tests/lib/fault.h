/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * Faults on demand: the n-th allocation (ours, or SQLite's), the n-th write to a file.
 *
 * A scenario is run again and again with n = 0, 1, 2 ... until a run in which the fault did not
 * happen any more; that last run must have succeeded.
 */
enum fault_kind {
	FAULT_MEMORY, /* mem_alloc, mem_realloc */
	FAULT_SQLITE, /* SQLite's allocator */
	FAULT_IO,     /* write, sync, truncate of the VFS "fault" */
};

/** Before SQLite is used at all: puts the allocator and the VFS in place (as the default). */
void fault_install(void);
/** The @n-th occasion (from 0) fails; with @for_ever those behind it too. */
void fault_arm(enum fault_kind kind, long n, bool for_ever);
/** Nothing fails any more. True when the fault happened. */
bool fault_disarm(void);
/** The occasion to try behind @n. SQLite's memory is asked for so often, and mostly for the same again, that
 * the steps grow; with a sanitizer, under which a run takes long, faster. */
long fault_next(enum fault_kind kind, long n);
