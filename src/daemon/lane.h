/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"

/**
 * Lanes: threads that do what blocks
 * ==================================
 *
 * A job is a plain blocking function. It is put into a lane and taken by one of the lane's
 * workers, in order; each worker has a connection to the store of its own, opened at its first job
 * and used by nobody else. Between two jobs a connection keeps no pages, unless it is a reader's; what work in the net lane took goes
 * back to the system, and a connection that is not needed for a while is closed: a daemon waits most of its life. When a job has run, it waits to be reaped: lanes_reap(), called on
 * the thread that submits (which `wake` tells to), calls its `done`. So a job's owner sees
 * everything on one thread and needs no lock.
 */
enum lane {
	LANE_READ,  /* short questions */
	LANE_WRITE, /* settings: one at a time */
	LANE_NET,   /* whatever waits for others */
	LANE_COUNT
};

struct job {
	/** On a worker. What it returns and says in @e is kept for done(). */
	enum code (*run)(struct job *job, struct db *db, struct err *e);
	/** On the thread that reaps. May submit the same job again. */
	void (*done)(struct job *job, const struct err *e);
	struct job *next;
	struct err err;
	uint64_t submitted_ns; /* of the loop's clock */
};

struct lanes;
struct lanes_options {
	const char *store;       /* borrowed */
	const char *seal_key;    /* what seals are signed with, or NULL; borrowed */
	int workers[LANE_COUNT]; /* 0: 1 */
	void (*wake)(void *ctx); /* from any worker: something is to be reaped */
	void *ctx;
};

/** The threads are started, nothing is opened. */
enum code lanes_open(struct lanes **out, const struct lanes_options *options, struct err *e);
/** The job stays the caller's and lives until its done(). After lanes_drop() it is done at once, with
 * E_CANCELED. */
void lanes_submit(struct lanes *lanes, enum lane lane, struct job *job);
/** Call done() of what has run. */
void lanes_reap(struct lanes *lanes);
/** Jobs that were submitted and not reaped. */
int lanes_pending(struct lanes *lanes);
/** Jobs that have not begun are done, with E_CANCELED; none begins any more. */
void lanes_drop(struct lanes *lanes);
/** Interrupt what the connections do: statements under way fail with E_CANCELED. */
void lanes_interrupt(struct lanes *lanes);
/** Waits for what runs, reaps, ends the threads. Takes NULL. */
void lanes_close(struct lanes *lanes);
