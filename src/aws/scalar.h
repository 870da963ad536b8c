/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/shape.h"
#include "base/arena.h"
#include "json/json.h"

/**
 * One form for every scalar
 * =========================
 *
 * Protocols spell the same value differently: a moment is ISO text here, an HTTP date there,
 * a number of seconds elsewhere. These make one JSON scalar of each: moments ISO 8601 with
 * milliseconds and Z, integers and doubles JSON numbers, booleans booleans, blobs base64 text.
 *
 * What does not look like its type ("unlimited" for an integer, "NaN") is kept as a string
 * rather than lost; an empty text where a number, a boolean or a moment should be is nothing
 * (NULL). @target is an enum api_scalar. NULL also when the arena failed.
 */
struct json *scalar_from_text(struct arena *a, int target, struct str text);
/** The same for a value that came as JSON; null is NULL. Copies everything into @a. */
struct json *scalar_from_json(struct arena *a, int target, const struct json *v);

/** As it is sent in a JSON body: typed by @target, moments as seconds where it says so. */
struct json *scalar_to_json(struct arena *a, int target, const struct json *v);

/** The moment in any of the three spellings. */
bool scalar_time(struct str text, int64_t *ms);

/** Base64 (RFC 4648, section 4) of @bytes. */
struct str scalar_base64(struct arena *a, struct str bytes);
