/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/query_lexer.h"

/**
 * An advanced query as a tree
 * ===========================
 *
 *     query   := SELECT item (',' item)* [WHERE cond] [GROUP BY name (',' name)*] [ORDER BY order (',' order)*] [';']
 *     item    := '*' | name | aggregate
 *     order   := (name | aggregate) [ASC | DESC]
 *     cond    := cond OR cond | cond AND cond | NOT cond | '(' cond ')' | test
 *     test    := name op value | name BETWEEN value AND value | name [NOT] IN '(' value (',' value)* ')'
 *              | name [NOT] LIKE text
 *
 * Only the grammar is looked at here; what names mean is for query_compiler. All of it lives in the arena.
 */
enum query_aggregate {
	AGGREGATE_NONE,
	AGGREGATE_AVG,
	AGGREGATE_COUNT,
	AGGREGATE_MAX,
	AGGREGATE_MIN,
	AGGREGATE_SUM
};

/** One of SELECT, GROUP BY or ORDER BY. */
struct query_item {
	struct query_item *next;
	enum query_aggregate aggregate;
	bool star;               /* '*', or the one of COUNT(*) */
	bool descending;         /* ORDER BY */
	struct str text;         /* as it stands */
	struct query_place at;   /* of all of it */
	struct query_place name; /* of the name */
	struct str *parts;
	size_t n;
};

struct query_value {
	struct query_value *next;
	enum { VALUE_TEXT, VALUE_NUMBER, VALUE_BOOL } kind;
	struct str text; /* a bool is "true" or "false" */
	struct query_place at;
};

/** AND and OR have a list of two or more below them, NOT one. */
struct query_condition {
	struct query_condition *next;
	enum { CONDITION_AND, CONDITION_OR, CONDITION_NOT, CONDITION_TEST } kind;
	struct query_condition *first;
	size_t n; /* of the list */

	const char *op; /* as db/leaf_test.h calls them */
	struct query_place name;
	struct str *parts;
	size_t n_parts;
	struct query_value *values;
};

struct query {
	struct str text;
	struct query_item *select, *group, *order;
	size_t n_group;
	struct query_condition *where; /* or NULL */
};

/** How deep brackets may stand within each other: SQLite reads no more than a hundred things that are not finished. */
#define QUERY_DEPTH_MAX 40

/** Read @text, which must live as long as @out. E_INVALID: see query_fault_set(). E_NOMEM. */
enum code query_parse(struct arena *a, struct str text, struct query *out,
	struct query_fault *fault, struct err *e);
