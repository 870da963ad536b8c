/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdbool.h>
#include <stddef.h>

/**
 * The leaves of a JSON text
 * =========================
 *
 * What stands at a path of a document, read off its text without taking it apart into a tree. Lists on the way are
 * walked through, so that one path has any number of leaves. A document is given as the store has it: whole, or as
 * an RFC 7396 merge patch with the whole document it is laid over; of those two only what the path names is looked at.
 *
 * Paths are JSON pointers (RFC 6901) without indices, "/configuration/state/name", their names spelled as canonical
 * JSON spells them; '|' joins several (a '|' in a name is "~2"), of which only the first leads to objects, too. A sign in front says what the texts at the path are
 * meant as: '#' numbers, '@' Internet addresses or blocks.
 *
 * Nothing is known of texts that are no JSON, but that reading them ends.
 */
enum leaf_kind { LEAF_TEXT, LEAF_NUMBER, LEAF_BOOL, LEAF_OBJECT };

struct leaf {
	enum leaf_kind kind;
	struct str
		raw; /* of a text what is between its quotes; of a number or bool itself; of an object nothing */
};

/** False ends the visit. */
typedef bool leaf_fn(void *ctx, const struct leaf *leaf);

/** In the order of the text; null is passed over. @base is STR_NONE for a whole @body. */
void leaf_visit(struct str body, struct str base, struct str paths, leaf_fn *fn, void *ctx);

/** Whether @text is a number as JSON writes them, all of it; then *@out (or NULL) is what it is worth. */
bool leaf_number(struct str text, double *out);

/** The shortest digits that are this number again, as "1e+20", "0.1" or "100"; "" for what is no number. */
#define LEAF_NUMBER_BYTES 32
const char *leaf_number_text(double v, char out[LEAF_NUMBER_BYTES]);
