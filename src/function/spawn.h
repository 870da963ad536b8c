/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stdint.h>
#include <sys/types.h>

/**
 * Starting a function's child
 * ===========================
 *
 * It leads a session and group of its own, has no descriptor of ours but its output, an environment that is all
 * given, limits, and is killed when the thread that started it ends: that thread has to live as long.
 * It is no prison: the child may do what our own user may.
 */
struct spawn {
	const char *path;        /* of the program */
	const char *const *argv; /* NULL-terminated */
	const char *const *envp;
	const char *folder; /* where it begins */
	int64_t memory_mb; /* what it may have of its own is far above this: who watches ends it before */
	int64_t file_bytes; /* no file it writes grows larger */
};

struct spawned {
	pid_t pid;
	int output; /* what it prints on both; does not block */
	int pidfd;  /* readable when it has ended; -1: the kernel has none */
};

/** E_NOTFOUND: no such program or folder. E_DENIED, E_IO, E_NOMEM. */
enum code spawn_run(const struct spawn *s, struct spawned *out, struct err *e);
