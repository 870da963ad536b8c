/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stddef.h>
#include <stdint.h>

/**
 * What was seen lately: digests, each until it can be forgotten
 * ============================================================
 *
 * A hash table that grows to a limit. What has had its time gives way when there is need of room.
 */
#define SEEN_BYTES 16
#define SEEN_MAX   ((size_t)1 << 19)

struct seen_entry {
	unsigned char digest[SEEN_BYTES];
	int64_t first_ms, until_ms; /* until_ms 0: empty */
};

struct seen {
	struct seen_entry *entries;
	size_t n, cap;
};

/** When @digest was seen first (@now_ms: now), until @until_ms. E_FULL: it was not, and there is no room; E_NOMEM. */
enum code seen_first(struct seen *s, const unsigned char digest[SEEN_BYTES], int64_t now_ms,
	int64_t until_ms, int64_t *first_ms);
/** Safe on a zeroed struct. */
void seen_release(struct seen *s);
