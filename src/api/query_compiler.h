/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/query_parser.h"
#include "base/buf.h"
#include "db/select.h"

/**
 * An advanced query as SQL
 * ========================
 *
 * The only place where SQL is put together from what somebody wrote. The text consists of pieces of this file and of
 * query_property.c alone; names and values of the query are parameters. What it makes has this shape:
 *
 *     SELECT columns, keys FROM resources r JOIN _item i ... JOIN _document d ... [JOIN json_each(leaf_values(...)) g1]
 *      WHERE what makes a resource eligible AND the query's condition AND what lies behind the page before
 *      [GROUP BY ...] ORDER BY keys LIMIT :limit
 *
 * Top-level properties are columns, so that the tables' indices answer for them; tags are rows of the view tags; what is in
 * a document is asked by leaf_any() and the like, which read off the stored text (db/leaf_fn.h). The keys are what rows
 * are ordered by, so that no two rows have the same: the last row's are where the next page begins.
 */
enum query_field_kind {
	FIELD_COLUMN,   /* a text */
	FIELD_VALUE,    /* a JSON text: what a group has in common */
	FIELD_COUNT,    /* an integer */
	FIELD_FIGURE,   /* of an aggregate: a number or text */
	FIELD_DOCUMENT, /* to be taken from the document */
};

struct query_field {
	enum query_field_kind kind;
	struct str name;         /* as selected */
	const struct str *parts; /* where it goes in the row */
	size_t n;
	int column; /* of the statement; FIELD_DOCUMENT: none */
};

/** What is wanted of the document: a tree of names. */
struct query_tree {
	struct str name;
	bool whole; /* all of it */
	struct query_tree *first, *next;
};

struct query_key {
	const char *sql;
	bool descending;
	bool never_null; /* a plain column then: rows may be read in its order */
};

struct query_plan {
	const char *sql;
	struct select_value *values;
	size_t n_values;
	struct query_field *fields;
	size_t n_fields;
	struct query_tree tree; /* of FIELD_DOCUMENT */
	int document, type;     /* columns, or -1 */
	int key;                /* the first key's column */
	struct query_key *keys;
	size_t n_keys;
	bool pages;
};

struct query_scope {
	const char *account, *region, *accounts, *regions, *types;
	int64_t limit;
	struct str after; /* as query_plan_next() gave it, or empty */
	bool aws_limits;
};

/** Everything in @out lives in @a. E_INVALID: see query_fault_set(); or @scope->after is not of this query
 * (remote InvalidNextTokenException). E_NOMEM. */
enum code query_compile(struct arena *a, const struct query *q, const struct query_scope *scope,
	struct query_plan *out, struct query_fault *fault, struct err *e);

/** Where the page that ends with this row ends: a JSON text for query_scope.after. */
void query_plan_next(const struct query_plan *plan, struct str expression, const struct cell *cells,
	struct buf *out);
