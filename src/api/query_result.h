/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/query_compiler.h"
#include "json/json.h"

/**
 * Rows of an advanced query, as AWS Config gives them
 * ===================================================
 *
 * One JSON object a row, what was selected under its names, dotted ones nested and merged; what has no value is left out.
 * Below a list only the members that were selected are kept, and elements that have none of them are not. `tags` is
 * a list of {key, value, tag}, relationships have the names of the API's items.
 *
 * As AWS: numbers of items are doubles in the form of Java's Double.toString ("100.0", "1.609308615222E12"), what its schema
 * calls a number is one, a scalar that other types have an object for is {"value": ...}, and = < > & ' are
 * escaped as Gson does. Otherwise all is as the item has it.
 */
struct query_result {
	const struct query_plan *plan;
	bool as_aws;
	struct arena memory; /* of one row */
	struct buf path, row;
};

#define QUERY_ROW_BYTES ((size_t)256 << 20)

void query_result_init(struct query_result *r, const struct query_plan *plan, bool as_aws);
void query_result_release(struct query_result *r);
/** *@out is valid until the next. E_TOOBIG, E_NOMEM; E_CORRUPT: the document is no JSON. */
enum code query_result_row(
	struct query_result *r, const struct cell *cells, struct str *out, struct err *e);

/** A double as Java writes it; "" for what is no number. */
#define QUERY_DOUBLE_BYTES 40
const char *query_double_text(double v, char out[QUERY_DOUBLE_BYTES]);
