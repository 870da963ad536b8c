/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "port/function_runner.h"

/**
 * The function host: AWS Lambda's functions, run here
 * ===================================================
 *
 * A function is a folder of code as it would be uploaded to Lambda, unchanged. It runs in a child process that speaks
 * Lambda's Runtime API to us, is kept warm between calls, and is ended when it takes too long, too much memory, prints
 * without end, or has had nothing to do for a while. What goes wrong in it is a result with Lambda's name for it:
 *
 *     Function.Timeout             over its time; the child and all it started are killed
 *     Runtime.ExitError            it ended or crashed, or was killed over its memory (Runtime.OutOfMemory)
 *     Runtime.ImportModuleError    and other errors of its beginning
 *     Function.ResponseSizeTooLarge, Function.OutputTooLarge
 *     NameError, ...               what the handler raised
 *
 * Calls of AWS Config that a function makes come to us as well (AWS_ENDPOINT_URL_CONFIG_SERVICE) and are answered by
 * `config`. A child has no descriptor and no variable of ours, but it is the same user: run only what you trust with that.
 */
struct function_question {
	const char *name, *account; /* of the function, and whose it is said to be */
	const char *region;         /* that it asks about */
	struct str operation;       /* "PutEvaluations" */
	struct str body;
};

struct function_host_options {
	/** AWS Config's API: the answer and its HTTP status. On threads of the host, several at once. */
	enum code (*config)(void *ctx, const struct function_question *q, int *status,
		struct buf *answer, struct err *e);
	void *ctx;
	const char *python, *node; /* interpreters; NULL: by PATH */
	const char *scratch; /* where children have their private folders; NULL: $TMPDIR or /tmp */
	int children_max;    /* at a time; 0: 16 */
	int64_t idle_ms;     /* a child is kept so long without work; 0: 5 minutes */
	int64_t init_ms; /* a child's beginning may take so long beside its time; 0: 10 s, as Lambda's */
};

struct function_host;

/** Texts are borrowed. Nothing is started yet. */
enum code function_host_open(
	struct function_host **out, const struct function_host_options *options, struct err *e);
/** Ends every child, waits for them; results that nobody took are dropped. Takes NULL. */
void function_host_close(struct function_host *host);

/** As the port's. E_BUSY: as many of the function, or of all, are running. E_CANCELED: it is being closed. */
enum code function_host_start(
	struct function_host *host, const struct function_call *call, struct err *e);
enum code function_host_reap(
	struct function_host *host, int64_t wait_ms, struct function_result *out, struct err *e);
/** Ends every child and lets none begin: calls under way come back with E_CANCELED. From any thread. */
void function_host_stop(struct function_host *host);
/** What runs elsewhere may be reaped here with the others: it is announced, and its result is put when it is there.
 * E_BUSY: @most of them are under way. */
enum code function_host_expect(struct function_host *host, int most, struct err *e);
/** @r is moved. It is dropped when memory runs out: whoever waits has a lease. */
void function_host_put(struct function_host *host, struct function_result *r);
/** It is not coming. */
void function_host_unexpect(struct function_host *host);
/** Calls begun and not taken. */
int function_host_pending(struct function_host *host);
/** Children there are, whether they work or not. */
int function_host_children(struct function_host *host);
