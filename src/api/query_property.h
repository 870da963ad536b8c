/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/str.h"

/**
 * What an advanced query may name, and where the store has it: columns of the tables that query_compiler joins (r: the view
 * resources, i: _item, d and b: _document and its base), the view tags as g, or paths of the document (db/leaf.h).
 */
enum query_property_kind { PROPERTY_COLUMN, PROPERTY_TAG, PROPERTY_LEAF };

struct query_property {
	enum query_property_kind kind;
	const char *sql;  /* of a column or tag: a text, or NULL */
	struct str paths; /* of a leaf */
	bool below; /* configuration or supplementaryConfiguration, where values have kinds; else they are texts */
	bool hidden; /* to AWS Config the scalars here stand one below, under `value` */
	bool whole;  /* the document's part itself: its value is an object or list */
};

/** False: there is no such property. Paths live in @a. */
bool query_property_find(
	struct arena *a, const struct str *parts, size_t n, struct query_property *out);

/** The names of what is no part of the document, in the order in which `*` gives its ten; then the others. */
struct query_column {
	const char *name, *sql;
	bool in_star;
};
extern const struct query_column query_columns[];
extern const size_t query_columns_n;
/** -1: it is none. */
int query_column_find(struct str name);

/** How AWS Config's query store reshapes what items have at this path ("configuration.state"). */
bool query_path_is_number(struct str path);
bool query_path_is_wrapped(struct str path);

/** The nearest name to one that is not known, or NULL. */
const char *query_property_near(struct str name, char out[64]);
