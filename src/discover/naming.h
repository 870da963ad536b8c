/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * Five ways to spell a member's name
 * ==================================
 *
 * AWS Config's classic types are Java beans written by different generations of code, so the
 * same API member is spelled differently by type (measured on its published property lists):
 * `first` lowers one letter (DBInstanceIdentifier -> dBInstanceIdentifier), `bean` the whole leading
 * run of capitals (DBClusterIdentifier -> dbclusterIdentifier), `camel` the run but for its last
 * letter when a small one follows (SSEAlgorithm -> sseAlgorithm). Newer types are spelled as
 * CloudFormation does: `upper` raises the first letter, `keep` leaves all as it is.
 */
enum naming { NAMING_KEEP, NAMING_FIRST, NAMING_BEAN, NAMING_CAMEL, NAMING_UPPER };

/** "first" and so on; false when @s is none of them. */
bool naming_parse(struct str s, enum naming *out);

/** The spelling of one name, in @a where it differs from @name. */
struct str naming_name(struct arena *a, enum naming naming, struct str name);

/** Spell the members of @v and of everything below it; the names in maps are somebody's data
 * and stay as they are. */
void naming_apply(struct arena *a, enum naming naming, struct json *v);
