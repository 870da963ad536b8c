/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/scribe.h"

/**
 * Items as others write them
 * ==========================
 *
 * Every dress that AWS Config has given its items: versions 1.0 to 1.3, of files, notifications and
 * the API (spec section 1.1), and JSON lines of anybody's inventory. Members:
 *
 *     resourceType, resourceId       must be there
 *     configuration                  an object, or JSON text of one; must be there unless
 *                                    configurationItemStatus is ResourceDeleted... or ...NotRecorded
 *     awsAccountId (accountId)       else the default
 *     awsRegion                      else the default
 *     configurationItemCaptureTime   ISO 8601, or seconds, from 1970 to 9999; else it was seen now
 *     configurationStateId (...ID)   a whole number, also as text; else the capture time
 *     configurationItemStatus        else ResourceDiscovered, or OK where it was there before
 *     resourceName, ARN (arn), availabilityZone (availibilityZone), resourceCreationTime
 *     tags                           an object, or a list of {key,value}
 *     relationships                  a list of {name or relationshipName,resourceType,resourceId,resourceName}
 *     supplementaryConfiguration     an object; texts of the API's are read as JSON
 *
 * Nulls are as good as missing. All else is kept as it came (scribe_item.extra) where it isn't
 * what an item written here says anyway, and comes out again with the item.
 */
struct foreign {
	struct content_book *book;
	struct str account, region; /* where an item does not say; or STR_NONE */
	int64_t now_ms;
};
/** @out lives in @a, but for its content, which is released in every case. E_INVALID: not an item,
 * and why. E_TOOBIG. */
enum code foreign_read(const struct foreign *f, struct arena *a, struct str text,
	struct scribe_item *out, struct err *e);
