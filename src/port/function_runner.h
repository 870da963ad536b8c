/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/uuid.h"
#include <stdint.h>

/**
 * Whoever runs functions: a host of our own (function/host.h), AWS Lambda (aws/lambda.h), a fake in tests.
 *
 * A call is begun and its result is taken later, so that several are under way and nobody waits for the slowest.
 */

/** A function that is run here; texts are borrowed. */
struct function_spec {
	const char *name;
	const char *runtime;     /* "python3.11", "nodejs20.x", "provided" */
	const char *handler;     /* "file.function" */
	const char *code;        /* folder */
	const char *environment; /* JSON: name to value; to null: as it is in our own environment */
	int64_t timeout_ms, memory_mb, concurrency;
	int64_t changed_ms; /* one that was changed is started anew */
};

struct function_call {
	int64_t call_id; /* the caller's own; comes back with the result */
	const char *arn; /* as the rule names it; its region and account are the function's */
	const char *region, *account;
	const struct function_spec *hosted; /* NULL: it is Lambda's */
	struct str event;                   /* JSON */
};

#define FUNCTION_OUTCOME_BYTES 96
#define FUNCTION_ANSWER_MAX    (6 << 20) /* as Lambda has it */
#define FUNCTION_LOG_MAX       (16 << 10)

/** What became of a call. */
struct function_result {
	int64_t call_id;
	bool begun; /* false: it could not be started, `err` says why */
	char request_id[UUID_BYTES];
	int64_t started_ms, took_ms;
	int64_t init_ms, peak_kb; /* of a new child until it asked for work, or 0; of memory */
	char outcome
		[FUNCTION_OUTCOME_BYTES]; /* "ok", or the type of the error: "Function.Timeout" */
	struct err err;                   /* code E_OK with "ok" */
	struct buf answer;                /* JSON; of an error {"errorMessage", "errorType", ...} */
	struct buf log;                   /* the end of what it printed, as text */
};
#define FUNCTION_RESULT_INIT                                                                       \
	{                                                                                          \
		.answer = BUF_INIT(FUNCTION_ANSWER_MAX), .log = BUF_INIT(FUNCTION_LOG_MAX + 64)    \
	}

static inline void function_result_release(struct function_result *r)
{
	buf_release(&r->answer);
	buf_release(&r->log);
}

struct function_runner {
	/** Begin; texts are copied. E_BUSY: as many as may run are running, so @call waits. Another code: it cannot
	 * be started at all, and no result comes. */
	enum code (*start)(
		struct function_runner *r, const struct function_call *call, struct err *e);
	/** The result of one that ended, or E_NOTFOUND when none has after @wait_ms. @out is initialised, and the
	 * caller's to release. */
	enum code (*reap)(struct function_runner *r, int64_t wait_ms, struct function_result *out,
		struct err *e);
};
