/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/read.h"

/** What the reading operations have in common; not for others. */

/** Statements with a user's condition in them. */
#define ASK_TEXT_BYTES ((size_t)1 << 16)

/** Ask @sql with the filter's members as its parameters; those it does not name are passed over. */
enum code ask_filtered(struct reader *r, const char *sql, const struct read_filter *f,
	const struct rows *rows, struct err *e);
/** A statement without the semicolon it ends with. */
struct str ask_bare(const char *sql);
