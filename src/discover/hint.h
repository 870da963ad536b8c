/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "core/record.h"
#include "json/json.h"

/**
 * Hints
 * =====
 *
 * A change event says that something was done, not what there is now: whoever gets one looks again. What
 * it says of who did it, and when, is kept; the rest serves to find the resources.
 *
 * Two forms are understood: CloudTrail's record of a call ("CloudTrail record contents" in its user guide), and an
 * event of EventBridge with its `detail` (which may be such a record). Either may come in what others wrap around it:
 * {"Records": [...]} of a log file, `Message` of SNS, `body` of SQS, an array, and several of these at once.
 */
enum hint_fate {
	HINT_UNRESOLVED, /* no rule of the catalogue knows what it is about */
	HINT_IGNORED,    /* nothing was changed: it was refused, or only read */
	HINT_ELSEWHERE,  /* another account, region or type than are looked at */
	HINT_HEEDED,     /* what it names was looked at */
	HINT_FAILED,     /* it could not be looked at; it may later */
};

struct hint {
	struct hint *next;
	struct cause cause;
	struct json *record;   /* the CloudTrail record, or the event's detail */
	struct json *envelope; /* what came of EventBridge; or NULL */
	bool is_change;        /* false: it was refused, or only read */
	size_t message;        /* which of the texts it came in */

	enum hint_fate fate;
	int64_t number; /* of its cause in the record; 0: none yet */
};

/** The hints of many texts, in the order in which they came. */
struct hints {
	struct arena *a;
	struct hint *first, **last;
	size_t n;
	size_t n_strange; /* texts, or parts of one, that are no event */
};

#define HINTS_INIT(hints, arena)                                                                   \
	{                                                                                          \
		.a = (arena), .last = &(hints).first                                               \
	}

/** Take the events out of @text, which is JSON. E_INVALID: it is none. What is JSON and no event is
 * counted. @message is noted with each. */
enum code hints_add(struct hints *h, struct str text, size_t message, struct err *e);

/** The same of a file's text: one JSON value, or one a line. */
enum code hints_add_lines(struct hints *h, struct str text, struct err *e);
