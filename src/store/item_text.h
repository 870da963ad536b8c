/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "db/stmt.h"

/**
 * Configuration items in AWS Config's file spelling, one after the other
 * =====================================================================
 *
 * What the view _item_file says, byte for byte, made without reading the document: it is canonical
 * JSON, compact and without a null, so that its members are found by their brackets and copied as they
 * stand. Where a document is not of that form, or an item has members that are not made here, the view
 * itself is asked.
 *
 * A statement that gives items selects the columns of enum item_text_column first, in this order.
 */
enum item_text_column {
	ITEM_TEXT_ITEM_ID,
	ITEM_TEXT_CAPTURED_MS,
	ITEM_TEXT_CREATED_MS,
	ITEM_TEXT_STATUS,
	ITEM_TEXT_AZ,
	ITEM_TEXT_ACCOUNT,
	ITEM_TEXT_REGION,
	ITEM_TEXT_TYPE,
	ITEM_TEXT_ID,
	ITEM_TEXT_NAME,
	ITEM_TEXT_ARN,
	ITEM_TEXT_STATE_ID,
	ITEM_TEXT_EXTRA,
	ITEM_TEXT_DOCUMENT_ID,
	ITEM_TEXT_DOCUMENT,
};

#define ITEM_TEXT_MAX_BYTES ((size_t)1 << 30)

/** The item in the row where @st stands, into @out, which is cleared first. E_TOOBIG: over @out's limit. */
enum code item_text(const struct stmt *st, struct buf *out, struct err *e);
