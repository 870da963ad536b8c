/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "json/json.h"

/**
 * Writing JSON: compact, UTF-8, with only the escapes that JSON demands (quote,
 * backslash, control characters as \b \f \n \r \t or \u00xx). One spelling for every
 * string, which is what SQLite's json_patch() needs to find members by name.
 */

/** Append @v to @b in the order in which its members stand. */
void json_write(struct buf *b, const struct json *v);
/** Append one string with its quotes. */
void json_write_string(struct buf *b, struct str s);
/** Indented by two spaces, for people. */
void json_write_pretty(struct buf *b, const struct json *v);
