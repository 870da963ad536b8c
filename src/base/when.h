/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stdint.h>

/**
 * Moments as people write them. Without a zone it is UTC.
 *
 *     2026-11-20 14:00   2026-11-20   2026-11-20T14:00:00+01:00    ISO 8601, RFC 3339
 *     1795183200   1795183200000                                   epoch seconds, milliseconds
 *     90s  45m  2h  3d  2w  1d12h   (with or without "ago")         before now
 *     now   today   yesterday   yesterday 09:00   today 14:30:05
 *     friday 14:00   last friday 14:00                             the last one before today
 *
 * E_INVALID: none of these; the hint lists them.
 */
enum code when_parse(const char *text, int64_t now_ms, int64_t *ms, struct err *e);

/** The last millisecond of a second: the views tell whole seconds, and what they show as of a
 * moment includes all of its second. */
int64_t when_whole_second(int64_t ms);

/** "2 d ago", "in 3 h", "now": the largest unit that fits. */
#define WHEN_AGO_BYTES 32
const char *when_ago(int64_t ms, int64_t now_ms, char out[WHEN_AGO_BYTES]);

/** The forms, a line each, for `siltstone help time`. */
extern const char when_forms[];
