/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

/**
 * The loop: one thread that waits for timers, signals, sockets and for what the lanes have finished.
 * It never touches the store and never blocks. Everything that a daemon is made of lives on it.
 */
struct loop_calls {
	void (*wake)(void *ctx);   /* somebody called loop_wake() */
	void (*stop)(void *ctx);   /* SIGINT or SIGTERM, each time */
	void (*reload)(void *ctx); /* SIGHUP */
	void *ctx;
};

struct loop {
	uv_loop_t uv;
	uv_async_t wake;
	uv_signal_t interrupt, terminate, hangup;
	struct loop_calls calls;
};

/** The struct must not move afterwards. */
enum code loop_init(struct loop *loop, const struct loop_calls *calls, struct err *e);
/** From any thread; several calls may become one. @arg is the loop: it is given as a callback. */
void loop_wake(void *arg);
/** Until loop_end(). */
void loop_run(struct loop *loop);
void loop_end(struct loop *loop);
/** Closes whatever is still open on it. */
void loop_release(struct loop *loop);

/** A timer on the loop; zeroed before the first use. */
struct loop_timer {
	uv_timer_t uv;
	void (*fn)(void *ctx);
	void *ctx;
};
void loop_timer_init(struct loop *loop, struct loop_timer *timer, void (*fn)(void *ctx), void *ctx);
/** Once, @ms from now; or again and again. Replaces what was set before. */
void loop_timer_once(struct loop_timer *timer, int64_t ms);
void loop_timer_every(struct loop_timer *timer, int64_t ms);
void loop_timer_stop(struct loop_timer *timer);

/** A file that is watched for changes; zeroed before the first use. */
struct loop_watch {
	uv_fs_event_t uv;
	struct loop_timer pause;
	char *folder, *name;
	int64_t pause_ms;
	bool waiting, late;
	void (*fn)(void *ctx);
	void *ctx;
};
/**
 * Call @fn soon after @path was written to, once for all that happens within @pause_ms, and once more half a second
 * after the last of it; the file need not be there yet.
 * A system that cannot tell makes this do nothing: who watches must look now and then as well.
 */
void loop_watch_start(struct loop *loop, struct loop_watch *watch, const char *path,
	int64_t pause_ms, void (*fn)(void *ctx), void *ctx);
/** After the loop was released. */
void loop_watch_release(struct loop_watch *watch);
