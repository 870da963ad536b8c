/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * JSON merge patch (RFC 7396) between canonical documents.
 *
 * Canonical documents hold no null members, so every change of members has a patch;
 * arrays are replaced whole. SQLite's json_patch(from, patch) gives `to` again, byte
 * for byte after canonicalising.
 */

/** The patch that leads from @from to @to (objects). Shares nodes with @to. NULL when
 * memory ran out. An empty object: nothing differs. */
struct json *json_patch_make(struct arena *a, const struct json *from, const struct json *to);
/** Apply @patch to a copy of @target. NULL when memory ran out. */
struct json *json_patch_apply(struct arena *a, const struct json *target, const struct json *patch);
