/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/**
 * One SQL expression over one JSON document
 * =========================================
 *
 * Catalogue entries reshape odd answers with SQLite's JSON functions
 * ("json_object('status', json_extract(:r, '$.status'))"). They are evaluated here, on a
 * connection in memory that holds nothing: an expression reaches no table and no file. Not for
 * two threads at once.
 */
struct expr;

enum code expr_open(struct expr **out, struct err *e);
/** Takes NULL. */
void expr_close(struct expr *x);

/**
 * Evaluate @sql with every parameter in it (:r, :c) standing for @document. @out is the text of
 * the result in @a, or STR_NONE when it is NULL. E_INVALID: no expression, or it failed.
 */
enum code expr_eval(struct expr *x, const char *sql, struct str document, struct arena *a,
	struct str *out, struct err *e);
