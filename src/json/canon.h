/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/sha256.h"
#include "json/json.h"

/**
 * Canonical form
 * ==============
 *
 * Object members sorted by the bytes of their names, members that are null left out
 * (nulls inside arrays stay), numbers as they came. Together with json_write() two
 * trees of equal content give equal bytes; canon(canon(x)) = canon(x).
 *
 * json_read() refuses a name that stands twice in an object. Should a tree made by hand
 * have one, canonical form keeps the last, so that what is stored can be read again.
 */

/** Bring @v into canonical form in place. */
void json_canon(struct json *v);
/** Sort the elements of @array by the bytes of their canonical writing. @a for scratch.
 * For arrays whose order means nothing, before comparing. False when memory ran out. */
bool json_sort_elements(struct arena *a, struct json *array);
/** The canonical writing of @v, which stays as it is. STR_NONE when memory ran out. */
struct str json_canon_text(struct arena *a, const struct json *v);
/** SHA-256 over the writing of @v as it stands. False when memory ran out. */
bool json_digest(const struct json *v, unsigned char out[SHA256_BYTES]);
