/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * A child process that answers on its standard output
 * ===================================================
 *
 * For credential_process and for exec sources. The child gets its own session, standard
 * input from @input, no other file descriptor of ours, and a deadline after which it is told
 * to end (TERM) and two seconds later made to (KILL), its whole group with it. What it leaves
 * behind in its group when it ends by itself is told to end too. What it prints is untrusted;
 * of standard error only the last line is kept, for the message.
 */
struct child {
	const char *const *argv; /* argv[0] is looked up in PATH; NULL-terminated */
	struct str input;
	int64_t deadline_ms; /* for the whole run */
	size_t answer_max;   /* bytes of standard output taken; more is E_TOOBIG */
	/* Whatever it prints may be a secret: messages have nothing of standard error, and of
	 * argv[0] what stands before a blank or a '=' (a whole command in quotes, NAME=VALUE). */
	bool secret;
	/* Called for each line of standard output as it comes, without its end; NULL: collect in
	 * out. A last line without an end is given only after a clean exit. Returning anything but
	 * E_OK ends the child, and child_run() with that code. */
	enum code (*line)(void *ctx, struct str line, struct err *e);
	void *ctx;
};

/**
 * Run it. E_NOTFOUND: no such program. E_REMOTE: it failed; the message has its exit status or
 * signal and the last line of its standard error. E_CANCELED: over its deadline. Messages name
 * argv[0] alone: arguments may hold secrets. @out is cleared first; it may be NULL with @line.
 */
enum code child_run(const struct child *child, struct buf *out, struct err *e);
