/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"
#include "port/publisher.h"

/**
 * A queue of SQS as a publisher: SendMessage with the body as it is. Of a FIFO queue each resource is a
 * group of its own and the event's number tells repeats. @aws is borrowed, the texts are copied.
 */
enum code sqs_open(struct publisher **out, struct aws *aws, const char *queue_url,
	const char *region, struct err *e);
