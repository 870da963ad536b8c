/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/entry.h"
#include "discover/field.h"

/** The parts of entry_parse(): each reads one field of an authored entry into the entry. Where
 * the field is missing @object or @list is NULL. */
struct parse {
	struct arena *a;
	struct entry *t;
	struct err *e;
};

static inline struct field_place entry_place(const struct parse *p, const char *where)
{
	return (struct field_place){ p->t->type, where };
}

enum code entry_read_list(struct parse *p, const struct json *object);
enum code entry_read_steps(struct parse *p, const struct json *list);
enum code entry_read_get(struct parse *p, const struct json *object);
enum code entry_read_get_steps(struct parse *p, const struct json *list);
