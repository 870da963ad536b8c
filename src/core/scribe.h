/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "core/content.h"
#include "core/interval.h"
#include "core/relate.h"

/**
 * Writing items from elsewhere
 * ============================
 *
 * Recording writes what is there now. The scribe writes what others saw: items with their own
 * capture times, in any order, of which some may be there already. An item is the same as
 * another when account, region, type, id, capture time and state id are.
 *
 * Items that come behind the newest of their resource are appended, with all that is derived
 * from them; as soon as one belongs before it, the resource is rebuilt (core/rebuild.h). Either
 * way the store is the same as if they had come in order.
 *
 * Nobody is told of these items: they make no events.
 */
struct scribe {
	struct db *db;
	struct relater relater;
	struct content_book book;
	int64_t now_ms;
	int64_t last_item; /* the last id given out */
	int64_t added;     /* items written so far */
};
void scribe_init(struct scribe *s, struct db *db, int64_t now_ms);
void scribe_release(struct scribe *s);

struct scribe_item {
	struct lineage_key key;
	struct str name, arn; /* STR_NONE: has none */
	struct str az, status, actor;
	int64_t captured_ms, state_id, recorded_ms;
	bool has_created;
	int64_t created_ms;
	int64_t source_id;      /* 0: none */
	struct str extra;       /* JSON object, or STR_NONE */
	struct content content; /* document NULL: none, as of one that was deleted */
	/* Nobody said when: nothing is written when the newest item says the same. Without a status it is
	 * OK or ResourceDiscovered, whichever comes next. */
	bool seen_now;
	bool added; /* out: it was written */
	/* What the resource is called since, without an item that says so. */
	bool renamed;
	struct str now_name, now_arn;
};

/** By resource, then by time: the order in which scribe_write() wants them. */
int scribe_compare(const struct scribe_item *x, const struct scribe_item *y);
bool scribe_same_resource(const struct scribe_item *x, const struct scribe_item *y);

/** After db_begin(). */
enum code scribe_begin(struct scribe *s, struct err *e);
/** @items (in order, all of one resource; the list is changed) that are not there yet. */
enum code scribe_write(struct scribe *s, struct scribe_item **items, size_t n, struct err *e);
/** Before db_commit(): seals them. */
enum code scribe_end(struct scribe *s, struct err *e);

/** What a document links to, and its tags. Texts are borrowed from it, or live in the lists'. */
enum code scribe_links(struct scribe *s, const struct lineage_key *key, struct json *document,
	struct interval_list *edges, struct interval_list *tags, struct err *e);
/** The rows of _diff: a diff's writing, STR_NONE in @text->p == NULL when nothing differs. */
enum code scribe_diff(struct arena *a, const struct content *before, const struct content *after,
	struct buf *text, int64_t *n, struct err *e);
