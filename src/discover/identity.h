/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/record.h"
#include "discover/entry.h"
#include "discover/template.h"

/**
 * Who a described resource is: id, name, ARN, zone, region, creation and tags, by the entry's
 * paths over the finished configuration.
 */
struct place {
	const char *account, *region, *partition;
};

/**
 * Fill @o, in which configuration and supplementary (or NULL) stand already, but for captured_ms. Texts live in @a or in the trees. o->id is STR_NONE when the
 * entry's path leads nowhere; that is the caller's to judge.
 */
enum code identity_fill(struct arena *a, const struct entry *t, const struct place *at,
	struct observation *o, struct err *e);

/** What @value ("$.path", "$.a|$.b", "=text", "{template}") means for @configuration. */
struct str identity_value(
	struct arena *a, const char *value, struct json *configuration, const struct known *known);
