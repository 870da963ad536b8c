/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * A JSON value
 * ============
 *
 * A tree of nodes in an arena; children hang in a list in the order in which they
 * came. Numbers keep the text they came with, strings are unescaped UTF-8. Nodes
 * may be moved between parents of the same arena; nothing is ever freed singly.
 *
 * A node stands in at most one parent. `key` is its name there when the parent
 * is an object.
 */
enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	enum json_kind kind;
	bool map; /* object whose names are somebody's data (tags, variables), not API names */
	struct str key;     /* name in the enclosing object, else STR_NONE */
	struct str text;    /* string: its bytes; number: as written; bool: "true" or "false" */
	struct json *first; /* children of an array or object */
	struct json *last;
	struct json *next; /* sibling */
	size_t n;          /* how many children */
};

/** Makers. NULL when the arena failed; adding NULL to a parent does nothing, so a chain
 * of them is checked once, with arena_ok(). @text is borrowed: copy it into the arena
 * first if it does not live as long. */
struct json *json_new(struct arena *a, enum json_kind kind);
struct json *json_string(struct arena *a, struct str text);
struct json *json_number(struct arena *a, struct str text);
struct json *json_int(struct arena *a, int64_t v);
struct json *json_bool(struct arena *a, bool v);

/** Append to an array. */
void json_push(struct json *array, struct json *v);
/** Append under a name that is not there yet. @key is borrowed. */
void json_add(struct json *object, struct str key, struct json *v);
/** Append or replace in place. */
void json_set(struct json *object, struct str key, struct json *v);
/** Take a child out of its parent (array or object). */
void json_remove(struct json *parent, struct json *child);
/** Put @v where @child stands, under the same name. */
void json_replace(struct json *parent, struct json *child, struct json *v);
/** A deep copy whose texts are copied too, so that it may outlive the source. */
struct json *json_copy(struct arena *a, const struct json *v);

/** The member called @key, or NULL; also NULL when @object is NULL or no object. */
struct json *json_get(const struct json *object, const char *key);
struct json *json_get_str(const struct json *object, struct str key);
/** The text of a string member, or STR_NONE. */
struct str json_get_text(const struct json *object, const char *key);
/** True when the member is `true` or a number other than 0. */
bool json_get_flag(const struct json *object, const char *key);
/** The whole number in @key, or @otherwise. */
int64_t json_get_int(const struct json *object, const char *key, int64_t otherwise);

/** Equal content; the order of object members does not matter, that of elements does.
 * Numbers are equal when their texts are. */
bool json_equal(const struct json *a, const struct json *b);

static inline bool json_is(const struct json *v, enum json_kind kind)
{
	return v && v->kind == kind;
}
