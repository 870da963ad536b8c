/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * Reading JSON
 * ============
 *
 * One strict reader for everything that comes from outside: yajl's tokens, and on
 * top of them what yajl lacks (c-style section 2.7): a depth limit, no
 * duplicate names in an object, UTF-8 that is really UTF-8 (no overlongs, no
 * surrogates, nothing beyond U+10FFFF, also after unescaping), no NUL in a name, numbers
 * kept as text, exactly one value with nothing but white space behind it.
 */

/** How many objects and arrays may stand within each other. */
#define JSON_DEPTH_MAX 100

/**
 * Parse @text into a tree in @a (nothing in it points into @text). Behind the last byte of
 * each name and string stands a NUL, as with arena_str(); a string may hold others.
 * E_INVALID: not JSON, or against the rules above; @e says what and at which byte.
 * E_TOOBIG: deeper than JSON_DEPTH_MAX or over the arena's limit. E_NOMEM.
 */
enum code json_read(struct arena *a, struct str text, struct json **out, struct err *e);

/** True when @s is well-formed UTF-8 (RFC 3629). */
bool utf8_ok(struct str s);
/** How many bytes at the front of @s are well-formed UTF-8, whole characters only. */
size_t utf8_span(struct str s);
