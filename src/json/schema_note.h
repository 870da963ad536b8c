/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/pattern.h"
#include "json/schema.h"

/**
 * What reading a schema leaves for checking: beside places of the document, where a $ref leads to and the
 * compiled form of an expression, to be found by the place.
 */

/** What may stand behind a keyword. */
enum schema_form {
	SCHEMA_ANYTHING,
	SCHEMA_ONE,      /* a schema */
	SCHEMA_BY_NAME,  /* an object of schemas */
	SCHEMA_BY_REGEX, /* an object of schemas, by expressions */
	SCHEMA_EACH,     /* a list of schemas, not empty */
	SCHEMA_TYPES,    /* a type's name, or a list of such */
	SCHEMA_VALUES,   /* a list of values, not empty */
	SCHEMA_NAMES,    /* a list of strings */
	SCHEMA_NUMBER,
	SCHEMA_COUNT,
	SCHEMA_FLAG,
	SCHEMA_REGEX,
	SCHEMA_POINTER,
};

enum schema_word {
	WORD_NONE, /* passed over */
	WORD_ADDITIONAL,
	WORD_ALL_OF,
	WORD_ANY_OF,
	WORD_CONST,
	WORD_ENUM,
	WORD_EXCLUSIVE_MAX,
	WORD_EXCLUSIVE_MIN,
	WORD_ITEMS,
	WORD_MAX_ITEMS,
	WORD_MAX_LENGTH,
	WORD_MAX_PROPERTIES,
	WORD_MAX,
	WORD_MIN_ITEMS,
	WORD_MIN_LENGTH,
	WORD_MIN_PROPERTIES,
	WORD_MIN,
	WORD_ONE_OF,
	WORD_PATTERN,
	WORD_PATTERN_PROPERTIES,
	WORD_PROPERTIES,
	WORD_REQUIRED,
	WORD_TYPE,
	WORD_UNIQUE,
};

struct schema_keyword {
	const char *name;
	enum schema_form form;
	enum schema_word word;
};
/** NULL: it is none. */
const struct schema_keyword *schema_keyword(struct str name);

struct schema_note {
	const struct json *at; /* a schema, the text of a $ref, or what an expression stands at */
	const struct json *leads; /* of a $ref */
	struct pattern *pattern;  /* of an expression */
};
struct schema {
	struct arena arena;
	struct json *root;
	struct schema_note *notes; /* by place */
	size_t n, cap;
};
/** NULL: there is none. */
const struct schema_note *schema_note(const struct schema *s, const struct json *at);
