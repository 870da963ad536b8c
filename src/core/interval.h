/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "store/lineage.h"

/**
 * Intervals of links and tags
 * ===========================
 *
 * A resource's items are gone through in order; each says which links (or tags) it has from its
 * moment on. What is there and was not before begins, what was there and is no more ends. An
 * interval that ends when it begins is none.
 */
struct interval {
	struct interval *next;
	struct lineage_interval is;
	int64_t was_until_ms; /* of a row that is there: what it says */
};

struct intervals {
	enum lineage_kind kind;
	struct arena *a;        /* for what is kept */
	struct interval *open;  /* by parts */
	struct interval *ended; /* latest first */
};
void intervals_init(struct intervals *v, enum lineage_kind kind, struct arena *a);
/** Begin with what holds now in the store, to go on behind the newest item. */
enum code intervals_load(struct intervals *v, struct db *db, int64_t rid, struct err *e);

/** What one item has: filled by interval_list_add(), in any order, double ones too. */
struct interval_list {
	struct arena *a; /* for this step */
	struct interval *first;
	size_t n;
};
/** Texts are borrowed until intervals_step() has taken them. False: no memory. */
bool interval_list_add(struct interval_list *l, const struct lineage_interval *v);
/** From @at_ms on it is these. */
enum code intervals_step(
	struct intervals *v, struct interval_list *list, int64_t at_ms, struct err *e);

/** After intervals_load(): write what began and ended since. */
enum code intervals_write(struct intervals *v, struct db *db, int64_t rid, struct err *e);
/**
 * Without it: bring the store's rows of the resource in line, leaving alone those that fit. A
 * link whose interval is written anew leads where the row before it led. @first_ms: when the
 * resource's first item was captured; @pruned: there were earlier ones, of which rows may tell.
 * @wrong is increased by the rows that did not fit.
 */
struct interval_frame {
	int64_t rid, first_ms;
	bool pruned;
};
enum code intervals_mend(struct intervals *v, struct db *db, const struct interval_frame *f,
	int64_t *wrong, struct err *e);
