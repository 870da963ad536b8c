/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/listing.h"
#include "store/known.h"

/**
 * Knowing a listing again
 * =======================
 *
 * For the pages of one call of a list operation. Each listed item has a hash, of its decoded form and of all
 * else that its description depends on: the catalogue entry, the source, the place, the parent, what is
 * carried from the page, and the program. Request ids and tokens are not in it. An item that was described
 * without any further call is the same when its hash is; one that took calls only where the entry names a
 * version in the item (for a day at most), or where the sweep's recheck says that it is not its turn.
 */
struct knowing {
	struct listing *l;
	unsigned char place[SHA256_BYTES]; /* of everything that is the same for all pages */
	int64_t n_pages;
	/* The page at hand. */
	struct arena a;
	unsigned char (*hashes)[KNOWN_HASH_BYTES];
	size_t n_hashes, at;
	struct known_page page;
	bool whole; /* every resource on it was known, or described without calls */
	int64_t n;  /* resources on it */
};

/** @l's sweep may make no use of what is known: then nothing is. */
void knowing_begin(struct knowing *k, struct listing *l, const struct json *parent);
void knowing_end(struct knowing *k);

/** The next page; @items: the path of what it lists. @same turns true where all of it is known: it has been counted. */
enum code knowing_page(
	struct knowing *k, struct json *page, const char *items, bool *same, struct err *e);
/** Its next item. @same as above; otherwise @mark is filled, @marked says whether it means anything. */
enum code knowing_item(struct knowing *k, const struct json *listed, struct known_mark *mark,
	bool *marked, bool *same, struct err *e);
/** How an item that was not the same came out, where that is known at once. */
enum knowing_outcome { KNOWING_NOTHING, KNOWING_RESOURCE, KNOWING_DOUBT };
void knowing_tell(struct knowing *k, enum knowing_outcome outcome);
/** The page is over. */
enum code knowing_end_page(struct knowing *k, struct err *e);

/** May @mark vouch for a resource that was described with @calls calls? @version: the item has one. */
bool knowing_vouches(const struct listing *l, struct known_mark *mark, bool version, int64_t calls);
/** True when the listed item has the version that its entry names. */
bool knowing_has_version(const struct listing *l, const struct json *listed);
