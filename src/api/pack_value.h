/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/pack_template.h"

/**
 * Values in templates: what Ref and the functions come to
 * =======================================================
 */
struct pack_values {
	struct arena *a;
	struct err *e;
	const struct pack_scope *scope;
	struct json *parameters;       /* by name: strings, or lists of them */
	struct json *rules;            /* by logical id: the names of the rules, as strings */
	const struct json *mappings;   /* or NULL */
	const struct json *conditions; /* or NULL */
	struct json *known; /* conditions that were asked: true, false; null: under way */
	size_t made;        /* bytes, of PACK_MADE_BYTES_MAX */
	unsigned depth;
};

/** @v with all functions replaced. *@out NULL: it is AWS::NoValue. E_INVALID, E_TOOBIG, E_NOMEM. */
enum code pack_value(struct pack_values *p, const struct json *v, const struct json **out);
/** The same, and it must be a text (or a number or a boolean, whose text it is then). @what: for the error. */
enum code pack_text(struct pack_values *p, const struct json *v, const char *what, struct str *out);
/** A condition by its name. */
enum code pack_condition(struct pack_values *p, struct str name, bool *out);
/** Whether it is a string, a number or a boolean. */
bool pack_scalar(const struct json *v);
