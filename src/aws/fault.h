/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"
#include "aws/shape.h"
#include "net/http.h"

/**
 * What a refusal means
 * ====================
 *
 * Services refuse in XML, in JSON and in headers, with some hundred codes for a handful of
 * reasons. This finds the service's code and message and turns them into one of our codes,
 * by what the caller will do about it; E_THROTTLED and E_REMOTE alone are worth another
 * attempt.
 */

/**
 * E_OK when @r is a successful answer. Otherwise @fault and @e are filled: the message is
 * "AccessDenied: what the service said", the hint what to try. E_DENIED, E_NOTFOUND,
 * E_THROTTLED, E_UNSUPPORTED, E_INVALID (the service does not like the request), E_REMOTE (it
 * failed) as aws_call() says. @op is NULL for what no table describes.
 */
enum code fault_read(const struct api_op *op, const struct http_response *r, int64_t now_ms,
	struct aws_fault *fault, struct err *e);

/** True for refusals of whoever asks (keys, tokens, clocks), which say nothing of what was asked for. */
bool fault_is_of_keys(const struct aws_fault *fault);
/** True for codes of credentials that have run out and may be fetched anew. */
bool fault_is_expiry(const struct aws_fault *fault);
