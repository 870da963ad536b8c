/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * What is known of listings
 * =========================
 *
 * A listed item that is, to the last byte, what it was when a resource was described from it makes that
 * resource *the same*: it is neither described nor staged again, only counted. What vouches for it is a row
 * of _known, written in the transaction that settled the resource, and good only while the item settled
 * then is still its newest: whatever else is recorded of it meanwhile (an event, an import, another
 * program) makes the row void. A page of a listing is known while all of its resources are.
 *
 * A resource that is the same may still show something else: relationships are told at both ends.
 * known_touched() says which of them have to be compared after all.
 */
#define KNOWN_HASH_BYTES 16

/** What a listing said of a resource. */
struct known_mark {
	unsigned char
		hash[KNOWN_HASH_BYTES]; /* of the listed item, and of how and where it was read */
	int64_t page;                   /* 0: its page tells nothing */
	bool full;                      /* more calls were made for it */
};

struct known_item {
	int64_t rid;     /* 0: it is not known */
	int64_t page;    /* 0: none */
	int64_t full_ms; /* when calls were last made for it; INT64_MIN: it takes none */
	char region[64];
};
enum code known_find(struct db *db, const unsigned char hash[KNOWN_HASH_BYTES],
	struct known_item *out, struct err *e);
/** @n: so many resources are on it, all of them known; -1: it is not known. */
enum code known_find_page(struct db *db, int64_t page, const unsigned char hash[KNOWN_HASH_BYTES],
	int64_t *n, struct err *e);

/** In this sweep it is the same, and what was staged of it before is not what counts. @page: where it is
 * listed now; 0: where it was. */
enum code known_same(struct db *db, int64_t rid, int64_t page, struct err *e);
/** All of that page are. */
enum code known_same_page(struct db *db, int64_t page, struct err *e);
/** It is staged after all. */
enum code known_not_same(struct db *db, int64_t rid, struct err *e);
enum code known_count_same(struct db *db, int64_t *n, struct err *e);
enum code known_any_same(struct db *db, bool *any, struct err *e);

/** A page that was listed. */
struct known_page {
	int64_t page;
	unsigned char hash[KNOWN_HASH_BYTES];
	int64_t n; /* resources that the hash speaks for; -1: it does not speak for all of them, or is known */
	struct str account, region, type;
};
enum code known_note_page(struct db *db, const struct known_page *page, struct err *e);

typedef enum code known_rid_fn(void *ctx, int64_t rid, struct err *e);
/** Those that are the same and may show something else because of what is staged and linked: all of them,
 * where anything was recorded since the last whole sweep of the source (known_mark()). */
enum code known_touched(
	struct db *db, int64_t source_id, known_rid_fn *fn, void *ctx, struct err *e);

/** A live resource as it was recorded last. Texts in the arena of known_resource(). */
struct known_resource {
	struct str account, region, type, id, name, arn, az;
	bool has_created;
	int64_t created_ms, item_id;
};
/** E_NOTFOUND. */
enum code known_resource(
	struct db *db, struct arena *a, int64_t rid, struct known_resource *out, struct err *e);

/** Within the transaction that settled it: a staged resource's mark vouches for its newest item. */
enum code known_keep(struct db *db, int64_t stage_id, int64_t now_ms, struct err *e);
enum code known_forget(struct db *db, int64_t rid, struct err *e);
/** Within the transaction that ends a sweep: its pages, and where their resources are. */
enum code known_keep_pages(struct db *db, int64_t source_id, struct err *e);
/** And how far both ends tell of their links: this sweep began behind item @before and wrote so many. */
enum code known_mark(
	struct db *db, int64_t source_id, int64_t before, int64_t written, struct err *e);
