/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"
#include "net/crew.h"
#include "port/publisher.h"

/**
 * What the publishers of AWS share. Private to aws/.
 */
struct aws_publisher {
	struct publisher port; /* first, so that one pointer is both */
	struct aws *aws;
	const char *target, *region, *source; /* of the arena */
	bool fifo;
	/* One call for some messages: at most BATCH_MESSAGES, and BATCH_BYTES. What became of each is in @each, which
	 * comes cleared; or what became of the call in @e, and @each says nothing. */
	enum code (*publish_batch)(struct aws_publisher *p, const struct message *m, size_t n,
		struct err *each, struct err *e);
	struct crew *crew; /* NULL until several are told at a time */
	struct arena texts;
};

/* SNS PublishBatch, SQS SendMessageBatch and EventBridge PutEvents, each API reference: 10 entries, 256 KiB. */
#define BATCH_MESSAGES 10
#define BATCH_BYTES    262144

/** NULL texts stay NULL. */
enum code aws_publisher_new(struct aws_publisher **out, struct aws *aws, const char *target,
	const char *region, struct err *e);
void aws_publisher_free(struct publisher *p);

/** Add a text member; NULL: none. */
void message_put(struct arena *a, struct json *params, const char *name, const char *value);
/** MessageGroupId and MessageDeduplicationId. */
void message_put_fifo(struct arena *a, struct json *params, const struct message *m);
/** "Id" of an entry of a batch: its number. */
void message_put_number(struct arena *a, struct json *params, size_t i);
/** The region within an ARN, or STR_NONE. */
struct str message_arn_region(const char *arn);

/** Room for a body in a tree and what is answered. */
#define MESSAGE_ARENA_BYTES (16u << 20)

/** publish_many() over ->publish_batch: several calls at a time. What a batch would not take is told by itself. */
void message_publish_many(
	struct publisher *port, const struct message *m, size_t n, struct err *each);

/** The judgement of a batch whose answer names what was taken by the number of the message ("Successful", "Id"): the
 * others are told by themselves, so that they fail as they would have alone. */
void message_retry_failed(struct aws_publisher *p, const struct json *answer,
	const struct message *m, size_t n, struct err *each);
