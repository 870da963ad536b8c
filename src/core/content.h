/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/sha256.h"
#include "db/db.h"
#include "store/stage.h"
#include "json/json.h"

/**
 * The content of an item
 * ======================
 *
 * A document `{"configuration","relationships","supplementaryConfiguration","tags"}` in
 * canonical form, and beside it what of it is compared: the same without the paths that the
 * catalogue ignores (values that move by themselves) and with arrays sorted whose order means
 * nothing. Two items are the same when their compared forms are.
 */

/** One document with its trees, its stored form with those, and what differs. AWS's largest
 * configurations are a few MB; a network may be told by 100,000 others. */
#define CONTENT_ROW_BYTES ((size_t)1 << 30)
/** E_TOOBIG: @v, called @what, is deeper or larger than what can be put together and compared. */
enum code content_check_weight(const struct json *v, const char *what, struct err *e);

/** Which paths of a type's documents are left out or sorted. */
struct content_rules {
	struct str type; /* borrowed from `arena` */
	struct content_path *first;
	struct arena arena;
};
#define CONTENT_RULES_INIT                                                                         \
	{                                                                                          \
		.arena = ARENA_INIT(1 << 20)                                                       \
	}
/** The rules of @type; a second call for the same type does nothing. */
enum code content_rules_load(
	struct content_rules *rules, struct db *db, struct str type, struct err *e);
void content_rules_release(struct content_rules *rules);

/** The rules of several types at once: each is read when it is first asked for. */
struct content_book {
	struct db *db;
	struct arena arena;
	struct content_page *first;
};
void content_book_init(struct content_book *b, struct db *db);
void content_book_release(struct content_book *b);
/** Read the rules of every type and let go of the store, so that another thread can use the book. */
enum code content_book_read(struct content_book *b, struct err *e);
/** Valid until the book is released. NULL with @e filled when they cannot be read. */
const struct content_rules *content_book_rules(
	struct content_book *b, struct str type, struct err *e);

struct content {
	struct json *document;              /* canonical */
	struct json *compared;              /* it as it is compared: a copy where that differs */
	struct buf text;                    /* the document's writing */
	unsigned char sha256[SHA256_BYTES]; /* of text */
	unsigned char compared_sha256[SHA256_BYTES];
};
#define CONTENT_INIT                                                                               \
	{                                                                                          \
		.text = BUF_INIT((size_t)1 << 30)                                                  \
	}

/** Put a staged row and its relationships together: the text and its digest, without any tree. */
enum code content_of_row(
	struct content *content, struct db *db, const struct stage_row *row, struct err *e);
/** The trees of a content that has its text, in @a, and the digest of what is compared. */
enum code content_open(
	struct content *content, struct arena *a, const struct content_rules *rules, struct err *e);
/** One that is there already, in canonical form, with members in their order. */
enum code content_of_document(struct content *content, struct arena *a, struct json *document,
	const struct content_rules *rules, struct err *e);
/** One whose digests are known: it gets no text. */
enum code content_known(struct content *content, struct arena *a, struct json *document,
	const struct content_rules *rules, struct err *e);
/** The digest of what is compared, where that of the text is there. */
enum code content_digest(struct content *content, struct err *e);
/** A stored document again. */
enum code content_of_text(struct content *content, struct arena *a, struct str text,
	const struct content_rules *rules, struct err *e);
void content_release(struct content *content);
