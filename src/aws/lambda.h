/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"

/**
 * Start a function of AWS Lambda and do not wait for it: Invoke with InvocationType Event, as AWS Config does.
 * @arn is its ARN, with or without a qualifier; its region is where it is asked. @event: at most 256 KB of JSON.
 *
 * E_NOTFOUND: no such function. E_DENIED: it may not be called. E_INVALID: no ARN of a function, or not such an event. E_THROTTLED,
 * E_REMOTE after all attempts. err_remote() is the word of Lambda.
 */
enum code lambda_start(struct aws *aws, const char *arn, struct str event, struct err *e);
