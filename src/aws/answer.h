/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/shape.h"
#include "aws/xml.h"
#include "net/http.h"
#include "json/json.h"

/**
 * From an answer to a tree
 * ========================
 *
 * Reads what a service answered by the tables: an object with the members of the operation's
 * output under the API's names, scalars in the forms of aws/scalar.h. What the answer does not
 * have is not in the tree; a list that is there and empty is []. Objects that stand for maps
 * (tags, variables) have `map` set: their names are somebody's data. Members that the tables
 * do not know are left out.
 */

/**
 * Read a successful answer. Everything is copied into @a.
 * E_CORRUPT: no XML or JSON, or cut off. E_TOOBIG: deeper or larger than xml.h, read.h or
 * the arena allow. E_NOMEM.
 */
enum code answer_read(const struct api_op *op, const struct http_response *r, struct arena *a,
	struct json **out, struct err *e);

/** One value from an element, and one from JSON. NULL when there is none. */
struct json *answer_from_xml(struct arena *a, int target, const struct xml *x);
struct json *answer_from_json(struct arena *a, int target, const struct json *v);
