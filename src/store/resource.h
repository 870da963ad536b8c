/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"

/** A resource as it is found by what people call it. Texts live in the arena of the search. */
struct resource {
	int64_t rid;
	const char *type, *id, *account, *region;
	const char *name, *arn; /* NULL: has none */
	bool deleted;
	int fit; /* 0: @what is its id or ARN; 1: its name; 2: either begins so */
};

struct resource_search {
	const char *what;
	const char *type, *account, *region; /* exact; NULL: any */
};

/** How many a search returns at most. */
#define RESOURCE_SEARCH_MAX 50

/** The best fits first, live before deleted. @out has room for RESOURCE_SEARCH_MAX; *@n may be 0. */
enum code resource_find(struct db *db, const struct resource_search *s, struct arena *a,
	struct resource *out, size_t *n, struct err *e);

/** The types of the store that a word means ("AWS::EC2::Instance", "AWS::EC2::*", "instance"),
 * separated by commas, in @a. E_NOTFOUND: none; the hint names the nearest. */
enum code resource_types(
	struct db *db, const char *word, struct arena *a, const char **out, struct err *e);
