/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/operation.h"
#include "store/item_text.h"

/**
 * Configuration items in the API's dress
 * ======================================
 *
 * What stands in a file as an object is a string here: the configuration, each supplementary part, the state's
 * number; times are numbers (spec section 1.1, 1.3). A stored document has no nulls and is spelled as it goes out, so
 * it is copied from where it stands and never parsed. An item from elsewhere with members that are not made here takes
 * the long way, over its file spelling.
 */
enum item_dress { ITEM_WHOLE, ITEM_BASE }; /* ConfigurationItem, BaseConfigurationItem */

/** The row where @st stands (columns as enum item_text_column has them), added to @out. */
enum code item_answer(
	struct operation *op, const struct stmt *st, enum item_dress dress, struct buf *out);
/** The long way, whatever the item: what the short one is compared with. */
enum code item_answer_slowly(
	struct operation *op, int64_t item_id, enum item_dress dress, struct buf *out);
