/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "store/invocation_row.h"

/** Lambda takes no more of an asynchronous call. What is larger is told in short, whoever runs the function, so that
 * it behaves alike. */
#define INVOKE_EVENT_MAX 262144

/**
 * The event of an evaluation, as AWS Config gives it to a rule's function (spec sections 6.3 and 6.4): what is to be
 * judged as JSON text (a change as its notification has it, or the time, or a snapshot's message), the rule's
 * parameters, and a token that results come back with. @key: 32 bytes that the token is sealed with.
 * E_NOTFOUND: the item is no more.
 */
enum code invoke_event_write(struct buf *out, struct db *db, const struct invocation *i,
	const unsigned char *key, int64_t now_ms, struct err *e);
