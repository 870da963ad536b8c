/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include <stddef.h>

/**
 * Text for a terminal. Names and tags come from anywhere: control characters, which could
 * move the cursor or change the title, are shown as escapes (\n, \t, \u001b), bytes that are no
 * UTF-8 as U+FFFD.
 */

/** Append @s so that it is safe to show; the result has one line. */
void plain_text(struct buf *b, struct str s);
/** How many columns of a terminal plain text takes: 0 for what combines, 2 for wide letters. */
size_t plain_width(struct str s);
/** The longest beginning of @s that takes at most @columns. */
struct str plain_cut(struct str s, size_t columns);
/** Append @s and blanks up to @columns; what is too long is cut and ends in "…". */
void plain_cell(struct buf *b, struct str s, size_t columns);
/** The same, but cut in the middle: ARNs, types and property paths differ at their ends. */
void plain_cell_ends(struct buf *b, struct str s, size_t columns);
