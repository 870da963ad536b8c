/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "db/select.h"

/** How cells are written, wherever rows go: each the same on a command line and over HTTP. */

/** As such, before any quoting: NULL is nothing, bytes are hexadecimal digits. */
void cell_plain(struct buf *b, const struct cell *c);
/** As JSON. Values of columns that hold JSON (configuration, supplementary, tags_json, settings) are put in as they
 * are; bytes that are no UTF-8 become U+FFFD; what JSON has no number for becomes null. */
void cell_json(struct buf *b, const char *column, const struct cell *c);
/** One field of a CSV line, in quotes where it needs them (RFC 4180). */
void csv_field(struct buf *b, struct str s);

/** What somebody wrote as a value: what looks like a number is one. Borrows @text. */
struct cell cell_typed(const char *text);
/** A number as JSON has it. */
struct cell cell_number(struct str text);
