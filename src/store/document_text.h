/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdbool.h>

/**
 * Reading a stored document where it stands
 * =========================================
 *
 * Documents are canonical JSON, compact and without a null, so that their members are found by their brackets and
 * copied as they are. What is of another form is told (false), and has to be read in another way.
 */

/** What a document has; spans of its text, or STR_NONE. */
struct document_text {
	struct str configuration, relationships, supplementary, tags;
};
bool document_text_read(struct str document, struct document_text *out);

/** Reading on in canonical JSON. `p` is NULL once it has turned out to be something else. Behind `end` stands a
 * NUL. */
struct document_reader {
	const char *p, *end;
};
struct document_reader document_reader_of(struct str text);
bool document_take(struct document_reader *r, char c);
/** The same, but there must be one. */
void document_want(struct document_reader *r, char c);
/** A string with its quotes. One with escapes is not taken: it may have another spelling. */
struct str document_take_string(struct document_reader *r);
/** A string with its quotes, whatever is in it. */
struct str document_take_text(struct document_reader *r);
/** An object or array. */
struct str document_take_brackets(struct document_reader *r);
/** Any value. */
struct str document_take_value(struct document_reader *r);
