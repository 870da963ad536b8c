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
 *
 * Patterns stand in the tables as automata: a text is matched in one step a byte, whatever it is, and
 * nothing has to be compiled or shared. Shapes never lead back to themselves, so what walks them is
 * at most MODEL_DEPTH_MAX deep; tools/modelgen sees to that.
 */
#define MODEL_DEPTH_MAX 16

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
/** State 0 is the end of all hope, 1 is where a text begins. */
struct model_automaton {
	const uint8_t *classes; /* of each byte */
	const uint16_t *next;   /* at [state * classes_n + class] */
	const bool *final;      /* of each state: a text may end here */
	unsigned classes_n;
};
struct model_shape {
	const char *name;
	int64_t min, max;    /* of a value, a text's characters, a list's elements */
	const char *pattern; /* a regular expression the whole text must match, or NULL */
	const struct model_automaton *automaton; /* of the pattern */
	const char *const *values; /* an enum's, in the model's order, NULL-terminated; or NULL */
	const uint16_t *sorted;    /* their numbers in the order of their bytes */
	const struct model_automaton *also; /* what an enum takes beyond its values, or NULL */
	const struct model_member
		*members; /* of a structure, in the model's order; NULL name ends */
	enum model_kind kind;
	uint16_t values_n, members_n;
	uint16_t element; /* of a list; the values of a map */
	uint16_t map_key; /* of a map */
	bool has_min, has_max;
	bool wide; /* an integer of 64 bits, else of 32 */
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

/**
 * Where the service answers another exception than the rest do. With an error, model_check() answers that one
 * (and the bare text, without the count of errors) when nothing else is wrong; without one it lets the value
 * pass and the operation says in its own order and words what is wrong with it.
 */
enum model_constraint { MODEL_REQUIRED, MODEL_MIN, MODEL_MAX, MODEL_ENUM, MODEL_PATTERN };
struct model_exemption {
	const char *operation, *path; /* as AWS spells it: "configurationRecorder.name" */
	enum model_constraint constraint;
	const char *error; /* "InvalidLimitException", or NULL */
};

extern const struct model_shape model_shapes[];
extern const size_t model_shapes_n;
extern const struct model_operation model_operations[]; /* by name */
extern const size_t model_operations_n;
extern const struct model_exemption model_exemptions[];
extern const size_t model_exemptions_n;

/** NULL: there is none. */
const struct model_operation *model_find(struct str name);

/** The member of a structure that stands on the wire as @name, or NULL. *@hint: where to look first, kept between
 * calls for the names of one object; 0 at first. */
const struct model_member *model_member_find(
	const struct model_shape *shape, struct str name, size_t *hint);
bool model_matches(const struct model_automaton *automaton, struct str text);

/** What model_check() writes at most. */
#define MODEL_MESSAGE_MAX_BYTES ((size_t)1 << 16)

/**
 * Check an input. E_OK: it fits; members the model does not know are dropped, null ones too (as if not sent), and
 * integers are written as such ("5", not "5.0"). E_INVALID: @error is "ValidationException", "SerializationException"
 * (a value of the wrong kind; not an object) or an exemption's, @message AWS's text with every violation, in the
 * order of the request: spec 0.1. Paths and texts as AWS spells them (lowerCamel path); what is long is cut.
 * E_TOOBIG: @message holds less than MODEL_MESSAGE_MAX_BYTES. E_NOMEM.
 */
enum code model_check(const struct model_operation *op, struct json *input, struct arena *a,
	const char **error, struct buf *message, struct err *e);

/**
 * Write an output in the model's member order with the model's spelling; members that are null are left out, empty
 * lists and maps stay. Nothing is written for an operation without an output. Members it does not know and
 * values of another kind are a mistake of ours: E_INVALID, and what @out then holds is of no use. A time is
 * a number (epoch seconds) and is written with up to 3 decimals. As SQL has no booleans and counts in numbers, 0 and
 * other numbers do for false and true, and a number for a text. E_TOOBIG, E_NOMEM.
 */
enum code model_write(const struct model_operation *op, const struct json *output, struct buf *out,
	struct err *e);
