/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "port/function_runner.h"

/**
 * Starting rules' functions
 * =========================
 *
 * Each row of _invocation is one event for one function. A round leases rows that are due, writes their events, has them
 * started, several at a time, and takes results as they come; some are still under way when it ends, and the next round,
 * whichever connection it has, goes on with them. Who dies leaves leases that run out: a function is started at least once.
 *
 * A function whose name is one of ours (_function), whatever region and account its ARN says, is run here; any other by
 * Lambda, as an asynchronous call, of which only the start is known. What failed in the function is started twice more, after one
 * minute and after two, as Lambda does; what could not be started because Lambda is throttled or away is tried for six
 * hours; what can never be started is given up at once. What became of it is in the rule's status, and of ours in _function_run, too.
 */
#define INVOKE_AT_ONCE 64

struct invoke_ports {
	struct function_runner *runner;
	/** What results are sealed with: 32 bytes, those of the API that takes them. */
	const unsigned char *token_key;
	/** Told how one went, or NULL: E_OK, or why not. */
	void (*told)(
		void *ctx, const char *rule, const char *function, const struct function_result *r);
	void *ctx;
};

struct invoking;
enum code invoking_open(struct invoking **out, const struct invoke_ports *ports, struct err *e);
/** What is under way is somebody else's when its lease runs out. Takes NULL. */
void invoking_close(struct invoking *v);

/**
 * One round, of at most @wait_ms where there is nothing to do but to wait. E_OK: something was started, came back, or is under
 * way. E_NOTFOUND: nothing is due.
 */
enum code invoke_round(
	struct invoking *v, struct db *db, int64_t now_ms, int64_t wait_ms, struct err *e);
