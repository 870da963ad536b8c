/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Moments are int64_t milliseconds since 1970 UTC, named `_ms`. Core and store
 * take the present as a parameter; only a program's edge asks time_now_ms().
 */

/** What "still" is as a moment: 9999-12-31 23:59:59 UTC. */
#define TIME_FOREVER_MS INT64_C(253402300799000)

/** In test builds (SILTSTONE_FAILPOINTS) the file that SILTSTONE_CLOCK names says by how many milliseconds
 * the clock is off. */
int64_t time_now_ms(void);
/** Milliseconds of a clock that never jumps, for measuring and deadlines. */
int64_t time_ticks_ms(void);
/** The same clock in microseconds. */
int64_t time_ticks_us(void);

/** "2026-02-13T06:24:42.227Z", the form of AWS Config's files. */
#define TIME_ISO_BYTES 32
const char *time_iso(int64_t ms, char out[TIME_ISO_BYTES]);
/** "2026-02-13 06:24:42", the form of the public views. */
const char *time_text(int64_t ms, char out[TIME_ISO_BYTES]);
/** "20260213T062442Z", the form of file names and signatures. */
const char *time_stamp(int64_t ms, char out[TIME_ISO_BYTES]);

/** Calendar fields in UTC. */
struct time_fields {
	int year, month, day, hour, minute, second, millisecond;
};
struct time_fields time_split(int64_t ms);
/** The moment of @f; fields may be out of range and are carried over. */
int64_t time_join(struct time_fields f);

/**
 * Read an RFC 3339 or ISO 8601 date-time ("2026-02-13T06:24:42.227Z", with offset,
 * with a space for the T, without seconds or a time). Without a zone it is UTC.
 */
bool time_parse_iso(struct str s, int64_t *ms);
