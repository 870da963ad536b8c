/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/record.h"

/**
 * Compliance as configuration items
 * =================================
 *
 * What all rules of a region find on a resource is itself a resource, AWS::Config::ResourceCompliance, called
 * TYPE/ID (spec section 1.7): an item when the whole or one of the results changed, a deletion when no rule applies to it
 * any more. A verdict leaves word that this is due (store/verdict.h) in its own transaction; here the items are
 * written. Nothing is lost in between, and changes that come quickly become one item.
 *
 * They are recorded while a recorder runs that records the type; what becomes due otherwise is let go.
 */

/** Write what is due, @limit at most. E_NOTFOUND: there is nothing. */
enum code roll_up_record(
	struct db *db, int limit, int64_t now_ms, struct record_sum *sum, struct err *e);
