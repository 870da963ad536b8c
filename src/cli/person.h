/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"

/**
 * What is printed for people rather than for programs: lines made safe for a terminal, with values
 * cut to what one takes in at a glance (all of it is in --format json).
 */

enum ink { INK_PLAIN, INK_STRONG, INK_FAINT, INK_GOOD, INK_BAD };

/** Print @text, safe, in @ink where colours are on. */
void say(struct cli *c, enum ink ink, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/** A value of at most @columns; "-" for NULL, "" in quotes for an empty one. */
void say_value(struct cli *c, enum ink ink, const struct cell *v, size_t columns);
/**
 * How much of two long texts is alike at their beginning and better left out, so that what differs
 * is within @columns: bytes for say_value_from(). 0: nothing.
 */
size_t say_alike(const struct cell *before, const struct cell *after, size_t columns);
/** say_value() from byte @from on; "…" stands for what is before. */
void say_value_from(struct cli *c, enum ink ink, const struct cell *v, size_t from, size_t columns);
/** Blanks up to @columns behind a text of @width. */
void say_pad(size_t width, size_t columns);

/** Columns of a row by name: the reading operations promise names, not places. */
struct columns {
	const char *const *names;
	size_t n;
};
const struct cell *column(const struct columns *k, const struct cell *cells, const char *name);
/** Its text; "" for NULL. */
struct str column_text(const struct columns *k, const struct cell *cells, const char *name);
int64_t column_int(const struct columns *k, const struct cell *cells, const char *name);
