/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * The difference of two documents, for people
 * ===========================================
 *
 * An array of `{"path","op","before","after"}`: op is "add", "change" or "remove";
 * `before` is missing for add, `after` for remove. Paths are dotted,
 * `configuration.state.name`; names that hold dots or brackets stand in quotes.
 *
 * Elements of arrays are matched by what names them: for objects the first of a list of
 * identity members (key, tagKey, groupId, volumeId, networkInterfaceId, ... name, id, arn)
 * which every element of both sides has, with unequal values; for scalars the value. A
 * matched element recurses (`configuration.securityGroups[sg-1].groupName`); one that came
 * or went is one row, whole (`configuration.securityGroups[sg-1]`, op add). Elements that
 * nothing names are compared as a multiset and told as `configuration.ipPermissions[]`.
 * Relationships are named by what they lead to: `relationships[Is contained in Vpc vpc-1]`.
 */

/** The rows, sorted by path (rows of one path: remove before add). @before or @after may be
 * NULL (nothing was, nothing is). Shares nodes with both. NULL when memory ran out. */
struct json *json_diff(struct arena *a, struct json *before, struct json *after);
