/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>

/**
 * Which events a sink wants: an SQL expression over the columns below, true for those it is told of.
 *
 *     resource_type GLOB 'AWS::EC2::*' AND configuration->>'$.state.name' = 'stopped'
 *
 * It runs as any query of a stranger does (db/select.h): it can read the store and change
 * nothing. NULL is false.
 */
struct predicate_facts {
	struct str resource_type, resource_id, name, account, region;
	struct str status;        /* of the item, "ResourceDeleted" */
	struct str kind;          /* messageType */
	struct str configuration; /* JSON */
};

/** E_INVALID: not one expression, or over columns that there are not; the hint has the nearest name. */
enum code predicate_check(struct db *db, const char *predicate, struct err *e);
/** E_INVALID: it failed. E_TOOBIG: it took longer than two seconds. */
enum code predicate_holds(struct db *db, const char *predicate, const struct predicate_facts *facts,
	bool *out, struct err *e);
