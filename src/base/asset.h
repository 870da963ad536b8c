/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/** A file that was built into the program (tools/embed). */
struct asset {
	const char *name; /* "schema/10-item.sql"; NULL ends the list */
	const char *text; /* NUL-terminated */
	size_t n;
};

extern const struct asset assets[];

/** The next asset after @after (NULL: the first) whose name begins with @prefix, or NULL. */
const struct asset *asset_next(const struct asset *after, const char *prefix);
