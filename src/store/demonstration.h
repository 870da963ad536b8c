/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include <stdint.h>

/** What the demonstration (demo/demo.h) asks of the store that it makes, and nobody else. */
struct demonstration_resource {
	struct str account, region, type, id;
};
/** E_NOTFOUND. */
enum code demonstration_rid(
	struct db *db, const struct demonstration_resource *r, int64_t *rid, struct err *e);
/** All that was written has been judged by all rules: none is to begin anew. A transaction of its own. */
enum code demonstration_judged(struct db *db, int64_t now_ms, struct err *e);
/** How many versions there are, and how many resources live. */
enum code demonstration_sum(struct db *db, int64_t *items, int64_t *resources, struct err *e);
