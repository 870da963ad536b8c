/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "function/host.h"
#include "function/spawn.h"
#include "function/wire.h"
#include <pthread.h>

/**
 * A sandbox: one child of a function, and the thread that lives for it
 * ====================================================================
 *
 * The thread starts the child, offers it the Runtime API (and AWS Config) on a port of the loopback interface below a
 * path that only the child knows, takes what it prints, watches its memory and its time, and buries it. One event is
 * under way at a time; between two the child waits in its request for the next one and is warm.
 * Nothing here is shared but what the lock guards: the work that is handed over and the wish to end.
 */

/** One call on its way through. */
struct work {
	struct work *next;
	struct buf event, arn;
	struct function_result result;
};

struct work *work_make(const struct function_call *call);
/** Takes NULL. */
void work_free(struct work *w);

struct sandbox;
struct sandbox_options {
	const struct function_host_options *host; /* borrowed */
	const struct function_spec *spec;         /* copied */
	const char *account, *region;             /* copied */
	/** On the sandbox's thread. @w: its result is there, and the next may be given; it is the owner's again. NULL: the
	 * sandbox has ended and is to be closed. */
	void (*done)(void *owner, struct sandbox *s, struct work *w);
	void *owner;
};

/** The thread is started with its first work, which it takes over when this is E_OK. */
enum code sandbox_open(
	struct sandbox **out, const struct sandbox_options *o, struct work *w, struct err *e);
/** Once it is done with the work before. False: it is at its end, and takes none. */
bool sandbox_give(struct sandbox *s, struct work *w);
/** It ends soon, whatever it does. */
void sandbox_stop(struct sandbox *s);
/** Waits for its end. */
void sandbox_close(struct sandbox *s);

/** What tells sandboxes of the same function apart: another version of it, or another account or region. */
bool sandbox_is_of(const struct sandbox *s, const struct function_spec *spec, const char *account,
	const char *region);
bool sandbox_is_older(const struct sandbox *s, const struct function_spec *spec);
const char *sandbox_function(const struct sandbox *s);

/* What follows is between sandbox.c and sandbox_serve.c. */

#define CONNECTIONS_MAX 16

struct connection {
	int fd; /* -1: none */
	struct buf in, out;
	size_t sent;
	bool proven; /* it knew the path */
	bool waits;  /* for the next event */
	bool closing;
	int64_t since_ms;
};

struct sandbox {
	pthread_t thread;
	struct arena a;
	struct sandbox_options o;
	struct function_spec spec;

	pthread_mutex_t lock; /* over the three below */
	struct work *given;
	bool stop, closed;
	int wake; /* eventfd */

	/* The thread's own. */
	int listener;
	char secret[UUID_BYTES];
	char place[96]; /* "127.0.0.1:4711/secret" */
	const char *scratch;
	int scratch_lock; /* -1: none */
	struct spawned child;
	struct connection connections[CONNECTIONS_MAX];
	struct work *work;
	bool delivered;
	int64_t born_ms, due_ms; /* ticks */
	int64_t idle_ms;         /* ticks: since then it has nothing to do */
	int64_t init_ms;
	int64_t done;  /* so many calls */
	int64_t asked; /* of AWS Config, in this call */
	int64_t peak_kb;
	struct buf log;
	int64_t printed; /* bytes, in this call */
	bool over;
};

void sandbox_log(struct sandbox *s, struct str piece);
/** The work under way is done. @outcome "ok": @answer is what the handler gave back. */
void sandbox_finish(struct sandbox *s, const char *outcome, const char *message, struct str answer);
/** Read and answer; closes it at its end or when it is nobody we know. */
void sandbox_serve(struct sandbox *s, struct connection *c);
/** Hand the event over, if there is one and somebody waits for it. */
void sandbox_deliver(struct sandbox *s);
void sandbox_accept(struct sandbox *s);
void connection_close(struct connection *c);
/** Send what is to be sent. */
void connection_flush(struct connection *c);
