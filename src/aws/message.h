/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"
#include "port/publisher.h"

/**
 * What the publishers of AWS share. Private to aws/.
 */
struct aws_publisher {
	struct publisher port; /* first, so that one pointer is both */
	struct aws *aws;
	const char *target, *region, *source; /* of the arena */
	bool fifo;
	struct arena texts;
};

/** NULL texts stay NULL. */
enum code aws_publisher_new(struct aws_publisher **out, struct aws *aws, const char *target,
	const char *region, struct err *e);
void aws_publisher_free(struct publisher *p);

/** Add a text member; NULL: none. */
void message_put(struct arena *a, struct json *params, const char *name, const char *value);
/** MessageGroupId and MessageDeduplicationId. */
void message_put_fifo(struct arena *a, struct json *params, const struct message *m);
/** The region within an ARN, or STR_NONE. */
struct str message_arn_region(const char *arn);

/** Room for a body in a tree and what is answered. */
#define MESSAGE_ARENA_BYTES (16u << 20)
