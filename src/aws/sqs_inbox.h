/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"

/** Reading a queue of SQS: API reference, ReceiveMessage and DeleteMessageBatch. */
struct sqs_inbox {
	struct aws *aws;
	const char *url, *region;
};

struct sqs_message {
	struct sqs_message *next;
	struct str body;
	struct str receipt; /* what it is deleted by */
	bool keep;          /* it is not to be deleted */
};

/** Up to ten, waiting for up to @wait_s seconds (20 at most) for the first, put in front of *@list; texts
 * in @a. *@n: how many. */
enum code sqs_receive(const struct sqs_inbox *inbox, int wait_s, struct arena *a,
	struct sqs_message **list, size_t *n, struct err *e);

/** Delete those that are not to be kept. Those that would not go come again. */
enum code sqs_delete(
	const struct sqs_inbox *inbox, const struct sqs_message *list, size_t *n, struct err *e);

/** The region in "https://sqs.eu-west-1.amazonaws.com/...", in @a; NULL: the URL does not say. */
const char *sqs_url_region(struct arena *a, const char *url);
