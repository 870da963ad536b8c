/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "base/str.h"
#include <stdint.h>

/**
 * Who is told: SNS, SQS, EventBridge (aws/), a webhook or a file (net/), a fake in tests.
 */
struct message {
	int64_t event_id;
	const char *type;    /* messageType */
	const char *account; /* 12 digits */
	const char *region;
	const char *arn;     /* of the resource it is about, or NULL */
	const char *subject; /* at most 100 characters, or NULL */
	struct str body;     /* JSON */
	int64_t at_ms;       /* notificationCreationTime */
};

struct publisher {
	/**
	 * Tell one. E_NOTFOUND: no such topic, queue, bus. E_DENIED. E_TOOBIG: over the limit of the
	 * other side; never worth a second try. E_REMOTE, E_THROTTLED, E_IO: may work later.
	 */
	enum code (*publish)(struct publisher *p, const struct message *m, struct err *e);
	void (*free)(struct publisher *p);
	/**
	 * Tell several, of which no two are about the same resource, in any order and as many at a time as it
	 * likes. NULL: it knows only how to tell one. What became of each is in @each, which comes cleared.
	 */
	void (*publish_many)(
		struct publisher *p, const struct message *m, size_t n, struct err *each);
};
