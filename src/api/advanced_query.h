/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/query_fault.h"
#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"
#include <signal.h>

/**
 * AWS Config's advanced queries
 * =============================
 *
 * The language of SelectResourceConfig: SELECT over the newest configuration item of every resource that exists, without
 * a FROM. A text is read (query_lexer, query_parser), made into one SQL statement over the store's tables with a parameter
 * for everything the text names (query_compiler), and each row is made into a JSON text as AWS Config gives it
 * (query_result). On a connection that store_as_of() was called for, the answer is for that moment.
 *
 * Grammar, meaning and form: AWS Config reference, section 7. Where that is silent, this is how it is here:
 *
 *   - A comparison with != or <>, NOT IN and NOT LIKE hold where some value is there and is different: a resource without the
 *     property fits neither = nor !=. NOT in front of a condition turns it round, whatever it was.
 *   - A number and a text that is one, all of it, compare as numbers; below `configuration` and
 *     `supplementaryConfiguration` only, all else are texts.
 *   - GROUP BY a property in a list counts a resource once for each of its values; without a value it is a group of its own.
 *   - ORDER BY goes by the least of several values, with DESC by the greatest; numbers before texts, no value last.
 *   - COUNT(property) counts resources that have it; the other aggregates take every value in a list.
 *   - AVG and SUM take numbers, and texts only where AWS Config's schema says that they are numbers.
 */
struct advanced_query_request {
	struct str expression;
	/* Whose resources. Of one account and region ("global" ones with it), or NULL: any. */
	const char *account, *region;
	/* Of several: JSON lists of texts; or NULL: any. */
	const char *accounts, *regions;
	const char *types; /* of these alone: a JSON list of texts; or NULL: any */
	int64_t limit;     /* rows at most; 0: all */
	/* Where a page before ended: its `next`. Empty or STR_NONE: from the beginning. Another query's is E_INVALID. */
	struct str after;
	/* As AWS does: 1 to 4096 characters, at most three groups (one when it is ordered by an aggregate), LIKE with a wildcard at its
	 * end alone, nothing below `configuration` for types that are not AWS's, numbers as doubles, and Gson's escapes. */
	bool aws_limits;
	int64_t timeout_ms;                /* 0: none */
	const volatile sig_atomic_t *stop; /* or NULL */
};

/** Who is told. Anything but E_OK ends the query with that code. */
struct advanced_query_rows {
	/** Once, before the first row, also when there are none: the names of QueryInfo.SelectFields. */
	enum code (*begin)(void *ctx, const struct str *fields, size_t n, struct err *e);
	/** One row, a JSON object. Valid during the call. */
	enum code (*row)(void *ctx, struct str json, struct err *e);
	void *ctx;
};

/**
 * Answer a query. *@next, when there are more rows than the limit, is what `after` of the next page must be, else it is
 * cleared. Pages follow each other by their values, so that what is written in between moves no row to another page. A
 * query that is ordered by an aggregate has one page: its limit cuts it off and there is no next.
 *
 * E_INVALID with err.remote "InvalidExpressionException": the text is not of the language; err.msg is AWS's
 * "syntax error at line L, column C", and @fault (or NULL) says where and why for people. With "InvalidNextTokenException":
 * `after` is not of this query. E_TOOBIG: it takes too long, or is more than SQLite takes. E_CANCELED, E_BUSY, E_CORRUPT, E_IO as everywhere.
 */
enum code advanced_query_run(struct db *db, const struct advanced_query_request *r,
	const struct advanced_query_rows *rows, struct buf *next, struct query_fault *fault,
	struct err *e);

/** What would be asked of SQLite: the statement, and what its parameters are, each ":name = value" on a line of its own.
 * Errors as advanced_query_run(). */
enum code advanced_query_explain(const struct advanced_query_request *r, struct buf *sql,
	struct buf *values, struct query_fault *fault, struct err *e);
