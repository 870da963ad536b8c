/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "daemon/lane.h"
#include "daemon/loop.h"
#include <stdbool.h>

/**
 * The schedule: a table of ticks
 * ==============================
 *
 * A tick is a blocking function that does one piece of what is due. In its lane, one of it at a time, it is
 * run every `every_ms`; one that found something to do (E_OK) is run again at once, one that found
 * nothing (E_NOTFOUND) or failed waits. Nothing about what is due is kept here: rows say it.
 */
struct tick {
	const char *name;
	enum lane lane;
	int64_t every_ms;
	enum code (*run)(void *ctx, struct db *db, struct err *e);
};

#define TICKS_MAX 16

struct schedule;
struct schedule_state {
	struct job job;
	struct loop_timer timer;
	struct schedule *schedule;
	const struct tick *tick;
	bool running, again;
	int failures; /* in a row */
};

struct schedule {
	struct loop *loop;
	struct lanes *lanes;
	void *ctx; /* of the ticks */
	struct schedule_state states[TICKS_MAX];
	size_t n;
	bool stopped;
	/* --once: each tick until it finds nothing, one after the other; then `idle`. */
	bool once;
	void (*idle)(void *ctx, const struct err *first);
	void *idle_ctx;
	struct err first; /* what failed first */
};

/** Zeroed but for loop, lanes, ctx, and once, idle, idle_ctx; must not move. */
void schedule_start(struct schedule *s, const struct tick *ticks, size_t n);
/** Something changed: look now. */
void schedule_kick(struct schedule *s);
/** The same for the tick of that name alone. */
void schedule_kick_one(struct schedule *s, const char *name);
/** Nothing is begun any more. */
void schedule_stop(struct schedule *s);
