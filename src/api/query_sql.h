/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/query_compiler.h"
#include "api/query_property.h"

/**
 * The pieces that a compiled query is put together from; for query_compiler.c and query_condition.c alone.
 */
#define QUERY_SQL_BYTES   ((size_t)8 << 20)
#define QUERY_VALUE_BYTES ((size_t)1 << 20)
#define QUERY_COLUMNS_MAX 32

/* A property that GROUP BY names. */
struct query_group {
	struct query_property is;
	const struct query_item *item;
	const char *sql; /* what is grouped by: a column, or the value of a json_each */
	const char *key; /* what it is ordered by */
};

struct query_compiler {
	struct arena *a;
	const struct query *q;
	const struct query_scope *scope;
	struct query_plan *plan;
	struct query_fault *fault;
	struct err *e;
	struct buf *sql; /* what is written to at the moment */
	size_t room;     /* for values */
	size_t columns;
	int selected[QUERY_COLUMNS_MAX]; /* by query_columns: the column it is, plus 1 */
	struct query_group *groups;
	bool grouped;
	bool document; /* the text needs the tables d and b */
};

/** A fault there. */
enum code query_refuse(struct query_compiler *c, struct query_place at, const char *why);
/** A parameter for @value, and its name into the text. Texts are borrowed. */
void query_param(struct query_compiler *c, struct str text);
void query_param_cell(struct query_compiler *c, struct cell value);
/** Write a piece by itself: what was written to @b comes back as a text of the arena, and writing goes on in @before. */
const char *query_piece(struct query_compiler *c, struct buf *b, struct buf *before);
/** What a name means. E_INVALID: nothing. */
enum code query_find(struct query_compiler *c, const struct str *parts, size_t n,
	struct query_place at, struct query_property *out);
/** The two arguments that are a document. What is below configuration is kept from who asks as AWS does about a type that is
 * not AWS's. */
void query_body(struct query_compiler *c, const struct query_property *p);
/** A function over the leaves of a property. */
void query_leaf_call(
	struct query_compiler *c, const char *function, const struct query_property *p);
/** The query's condition, as an SQL expression that is true, false or NULL (which is false). */
enum code query_condition_write(struct query_compiler *c, const struct query_condition *w);
