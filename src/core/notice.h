/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "db/db.h"
#include "store/event.h"
#include <stdbool.h>

/**
 * Notices: what an event says, as AWS Config says it (spec section 4)
 * ==================================================================
 *
 * Nine kinds of message, each with its keys in AWS's order and its nulls explicit, and a
 * subject cut at 100 characters. A configuration item's change carries AWS's own form of difference
 * (spec section 2; json/config_diff.h).
 */

/** An item whose notice is larger goes to S3 instead, and the notice says where (spec 4.4). */
#define NOTICE_MAX_BYTES 262144

struct notice {
	struct buf subject, body;
	char type[64];
	char account[32],
		region[32]; /* of whoever tells: of what has no region its account's home */
	struct buf arn;
	int64_t at_ms;
};
#define NOTICE_INIT                                                                                \
	{                                                                                          \
		.subject = BUF_INIT(1 << 10), .body = BUF_INIT(64 << 20), .arn = BUF_INIT(4096)    \
	}
void notice_release(struct notice *n);

/** Write the whole notice of @event, whatever its size. @now_ms is its notificationCreationTime. */
enum code notice_write(
	struct notice *n, struct db *db, const struct event *event, int64_t now_ms, struct err *e);

/** The same of an item, with its difference from the one before it, or @compared false with none: as a rule is told that is to judge
 * what is there. */
enum code notice_write_item(struct notice *n, struct db *db, int64_t item_id, bool compared,
	int64_t now_ms, struct err *e);

/** The short form of an item's notice that is too large: @location is "bucket/key", or NULL with the
 * error that kept it from S3 (OversizedConfigurationItemChangeDeliveryFailed), or with none: it was not put there. */
enum code notice_write_oversized(struct notice *n, struct db *db, const struct event *event,
	const char *location, const char *error_code, const char *error, int64_t now_ms,
	struct err *e);

/** What statuses call an error: the word of whoever refused, else one that AWS services have for such a thing. */
const char *notice_error_code(const struct err *e);
