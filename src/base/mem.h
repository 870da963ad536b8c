/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * Memory
 * ======
 *
 * Every allocation of ours goes through these three, so that a test can make the
 * n-th one fail and an embedding program can bring its own allocator. Everything
 * above base/ uses arenas and bufs and never calls these directly.
 */

/** @n zeroed bytes, or NULL. */
void *mem_alloc(size_t n);
/** As realloc(): @p stays valid on failure. */
void *mem_realloc(void *p, size_t n);
/** Takes NULL. */
void mem_free(void *p);

/** For a process that lives long: threads share a few heaps, since each that has its own keeps what it once needed.
 * Before the first thread is started; without effect where libc knows no such thing. */
void mem_share_heaps(void);
/** What was freed goes back to the system, however it lies. Costs a millisecond or so: for when work has ended. */
void mem_give_back(void);

/** Replaces the allocator; call before anything is allocated. NULL restores libc's. */
struct mem_hooks {
	void *(*alloc)(size_t n);
	void *(*realloc)(void *p, size_t n);
	void (*free)(void *p);
};
void mem_hook(const struct mem_hooks *hooks);
