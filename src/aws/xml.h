/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/**
 * Reading XML
 * ===========
 *
 * As much of XML as AWS answers with: elements, attributes, text. Namespace prefixes are cut
 * off. Text counts only in elements that have no child elements. A document type is refused
 * (so no entity can be declared), as are documents deeper than 64 or with more than 16 MB of
 * text in one element.
 */
struct xml_attribute {
	struct str name, value;
	struct xml_attribute *next;
};

struct xml {
	struct str name;
	struct str text; /* "" when it has children */
	struct xml_attribute *attributes;
	struct xml *first, *last; /* child elements */
	struct xml *next;
};

/**
 * Parse @text into a tree in @a.
 * E_INVALID: no XML, or a document type; @e says what and in which line. E_TOOBIG: over a
 * limit of ours or of the arena. E_NOMEM.
 */
enum code xml_read(struct arena *a, struct str text, struct xml **out, struct err *e);

/** The first child called so, or NULL; also when @x is NULL. */
const struct xml *xml_child(const struct xml *x, const char *name);
/** The text of that child, or STR_NONE. */
struct str xml_child_text(const struct xml *x, const char *name);
