/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * Two path languages, as the catalogue uses them (both documented in
 * schema/catalogue/README of the types' fields).
 *
 * *Document paths* are SQLite's, with wildcards: `$`, `$.a.b`, `$.a[0]`, `$.a[*].b`,
 * `$.a.*`, `$."a.b"`. *Response paths* are those of the API's reference: `Table`,
 * `Reservations[].Instances[]`, `TagDescriptions[0].Tags`; "" is the whole response.
 */

/** One place a path leads to. */
struct json_place {
	struct json *parent; /* NULL for the root */
	struct json *value;
};

/** Called for each place in document order; return false to stop. Removing or replacing
 * place->value from within is allowed. */
typedef bool json_place_fn(void *ctx, const struct json_place *place);

/** Visit every place @path leads to; none is no error. A malformed path matches nothing. */
void json_visit(struct json *root, const char *path, json_place_fn *fn, void *ctx);
/** The first place's value, or NULL. */
struct json *json_first(struct json *root, const char *path);
/** Remove every place @path leads to. */
void json_remove_all(struct json *root, const char *path);

/** Visit every value a response path leads to; JSON nulls are skipped. */
void json_visit_response(struct json *root, const char *path, json_place_fn *fn, void *ctx);
/** The first of them, or NULL. */
struct json *json_first_response(struct json *root, const char *path);
