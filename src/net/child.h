/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include <stdint.h>

/**
 * A child process that answers on its standard output
 * ===================================================
 *
 * For credential_process and for exec sources. The child gets its own session, standard
 * input from @input, no other file descriptor of ours, and a deadline after which it is told
 * to end (TERM) and two seconds later made to (KILL), its whole group with it. What it prints is
 * untrusted; standard error is passed through line by line to @log or dropped.
 */
struct child {
	const char *const *argv; /* argv[0] is looked up in PATH; NULL-terminated */
	struct str input;
	int64_t deadline_ms; /* for the whole run */
	size_t answer_max;   /* bytes of standard output taken; more is E_TOOBIG */
	/* Called for each whole line of standard output as it comes; NULL: collect in out. Returning
	 * anything but E_OK ends the child. */
	enum code (*line)(void *ctx, struct str line, struct err *e);
	void *ctx;
};

/**
 * Run it. E_NOTFOUND: no such program. E_REMOTE: it failed; the message has its exit status or
 * signal and the last line of its standard error. E_CANCELED: over its deadline.
 */
enum code child_run(const struct child *child, struct buf *out, struct err *e);
