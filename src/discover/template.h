/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * Templates in the catalogue: "arn:{partition}:ec2:{region}:{account}:volume/{id}",
 * {"TableName": "{.}"}. A name in braces is first looked for among the known values, then among
 * the members of the item (`{.}`: the item itself, where it is a scalar).
 */
struct known {
	const char *name;
	struct str value; /* STR_NONE: not known */
};

struct bindings {
	const struct json *item;   /* or NULL */
	const struct known *known; /* ended by a NULL name; or NULL */
};

/** @template with its names replaced, in @a; STR_NONE when one of them has no value. */
struct str template_text(struct arena *a, struct str template, const struct bindings *b);

/** A copy of @template with every string in it replaced so. E_INVALID: a name has no value; @e
 * says which. */
enum code template_json(struct arena *a, const struct json *template, const struct bindings *b,
	struct json **out, struct err *e);
