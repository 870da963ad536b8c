/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "discover/entry.h"
#include "discover/region.h"

/**
 * The plan of a sweep: which types, where, in which listings. A regional type is listed once
 * a region, a global one once; a global list (buckets) is one listing that is a look in each of
 * the regions asked for.
 */
struct listing_plan {
	const struct entry *entry;
	const char *call_region;  /* where its list operation is called */
	const char *const *looks; /* the regions it is a look in, as resources name them */
	size_t n_looks;
};

struct plan {
	struct listing_plan *listings; /* by type, then in the order of the regions */
	size_t n;
	size_t n_looks;
	struct regions regions;
};

struct plan_query {
	const char *kind;       /* "aws", "exec" */
	const char *types;      /* comma-separated globs, or NULL */
	struct regions regions; /* "exec": the host's name alone */
	const char *home; /* where global types are looked at; NULL: where the partition has them */
};

/**
 * Make it. Everything lives in @a. E_INVALID: a glob that no type of the kind matches (the hint
 * has the nearest name), a kind that is not known, a mistake in an entry.
 */
enum code plan_make(struct plan *plan, struct arena *a, struct db *db,
	const struct plan_query *query, struct err *e);
