/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"

struct sqlite3;

/**
 * The SQL functions that compiled queries use. A document is two arguments, body and base, as the table _document has
 * it (base NULL: body is whole); paths, operators and literals are those of db/leaf.h and db/leaf_test.h.
 *
 *   leaf_any(body, base, paths, op, literals)  1 when a leaf fits, else 0
 *   leaf_values(body, base, paths)             the different leaves as a JSON list of their JSON texts; '[null]' for none
 *   leaf_least(body, base, paths)              the first leaf in the order numbers, texts; NULL for none
 *   leaf_greatest(body, base, paths)           the last
 *   leaf_sum(body, base, paths)                of those that are numbers; NULL for none
 *   leaf_numbers(body, base, paths)            how many are
 *   leaf_there(body, base, paths)              1 when the path leads to anything but null, an object too
 *   leaf_key(text)                             the value of a JSON text as it is ordered by: a number or a text
 *   text_like(text, pattern)                   as leaf_like(); NULL for NULL
 */
enum code leaf_fn_register(struct sqlite3 *h, struct err *e);
