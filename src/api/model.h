/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "json/json.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * What the operations of AWS Config take and give
 * ===============================================
 *
 * Tables made by tools/modelgen from the service's interface facts (src/api/model_data.c): every operation with its
 * input and output, every member with its name on the wire, and what a value must be: required, an enum, a
 * pattern, a length, a range. Requests are checked against them before anything runs.
 */
enum model_kind {
	MODEL_STRUCTURE,
	MODEL_LIST,
	MODEL_MAP,
	MODEL_STRING,
	MODEL_INTEGER,
	MODEL_DOUBLE,
	MODEL_BOOLEAN,
	MODEL_TIME,
	MODEL_BLOB
};

struct model_member {
	const char *name;
	uint16_t shape; /* index into model_shapes */
	bool required;
};
struct model_shape {
	enum model_kind kind;
	bool has_min, has_max;
	int64_t min, max;          /* of a value, a text's characters, a list's elements */
	const char *pattern;       /* a regular expression the whole text must match, or NULL */
	const char *const *values; /* an enum's, in the model's order, NULL-terminated; or NULL */
	const struct model_member
		*members; /* of a structure, in the model's order; NULL name ends */
	uint16_t element; /* of a list; the values of a map */
};
struct model_operation {
	const char *name;
	uint16_t input;                           /* shape */
	uint16_t output;                          /* shape, or 0: the answer has an empty body */
	const char *token_in, *token_out, *limit; /* members that page it, or NULL */
	const char *list; /* the output's member that a page is of, or NULL: it does not page */
	int64_t limit_default, limit_max;
	const char *const *errors; /* names, NULL-terminated */
};

extern const struct model_shape model_shapes[];
extern const struct model_operation model_operations[];
extern const size_t model_operations_n;

/** NULL: there is none. */
const struct model_operation *model_find(struct str name);

/**
 * Check an input. E_OK: it fits; members the model does not know are dropped, null ones too (as if not sent).
 * E_INVALID: @error is "ValidationException" or "SerializationException" (a value of the wrong kind; not an object),
 * @message AWS's text with every violation: spec 0.1. Paths and texts as AWS spells them (lowerCamel path).
 */
enum code model_check(const struct model_operation *op, struct json *input, struct arena *a,
	const char **error, struct buf *message, struct err *e);

/**
 * Write an output in the model's member order with the model's spelling. Members it does not know
 * are a mistake of ours: E_INVALID. A time may be given as a number (epoch seconds) and is written as one.
 */
enum code model_write(const struct model_operation *op, const struct json *output, struct buf *out,
	struct err *e);
