/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/listing.h"

/**
 * What is left of a plan when recorders have their say (store/scope.h).
 *
 * For a sweep: without what they do not record and, where the options say so, without what is not due. @next_ms: when
 * the first of the types with an interval of their own is due again; 0: the plan has none. E_INVALID: types
 * were named, and none of them is recorded.
 */
enum code cut_sweep(struct sweep *s, struct db *db, int64_t *next_ms, struct err *e);
/** For change events: without what is not recorded, or is looked at once a day. */
enum code cut_heed(struct sweep *s, struct db *db, struct err *e);
