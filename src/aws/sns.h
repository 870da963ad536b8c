/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"
#include "port/publisher.h"

/**
 * A topic of SNS as a publisher: Publish with the body as Message and the subject as Subject,
 * without attributes, as AWS Config does (spec section 4.1). Of a FIFO topic each resource is a group of
 * its own and the event's number tells repeats.
 *
 * @aws is borrowed, the texts are copied. The region is that of the ARN. E_INVALID: no ARN of a topic.
 */
enum code sns_open(struct publisher **out, struct aws *aws, const char *topic_arn, struct err *e);
