/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

/** Taking text files apart: each call cuts a piece off the front of @rest. */

/** The next line without its end; false when nothing is left. */
bool line_next(struct str *rest, struct str *line);
/** The next word between blanks and tabs; empty when nothing is left. */
struct str word_next(struct str *rest);
/** What stands before @c, with @c consumed; everything when there is no @c. */
struct str part_next(struct str *rest, char c);
bool str_ends(struct str s, struct str suffix);
/** What follows the last '/'. */
struct str str_basename(struct str s);

/** A whole number in base 10 or 16 without a sign or prefix. False: it is none, or over 64 bits. */
bool word_number(struct str s, unsigned base, uint64_t *value);
/** Read 2 x @n hexadecimal digits as bytes. */
bool word_bytes(struct str s, unsigned char *bytes, size_t n);
