/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"
#include "port/publisher.h"

/**
 * A bus of EventBridge as a publisher (spec section 4.6): PutEvents with entries whose detail is
 * the body, whose detail-type follows from the kind of message, and whose resources are the ARN of what it
 * is about. Nulls of a compliance change are left out.
 *
 * AWS lets nobody but itself use the source "aws.config"; emulators do. E_DENIED with a hint then.
 */
struct eventbridge_bus {
	const char *bus; /* name or ARN */
	const char *region;
	const char *source;
};
/** @aws is borrowed, the texts are copied. */
enum code eventbridge_open(
	struct publisher **out, struct aws *aws, const struct eventbridge_bus *b, struct err *e);

/** The detail-type of a messageType; NULL: none. */
const char *eventbridge_detail_type(const char *message_type);
