/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include <stdbool.h>
#include <stddef.h>

/**
 * A crew: threads that take jobs
 * ==============================
 *
 * Many calls in flight, written as straight-line code: a job is a function that blocks as it
 * pleases. Each job names a *lane*, usually the service and region it calls; at most a
 * lane's limit of jobs run at once, so that one slow or throttled service holds up
 * nobody else. Jobs of one lane start in the order in which they came. A job may add jobs.
 */
struct crew;

typedef void crew_job_fn(void *ctx);

/** @threads threads, started now. */
enum code crew_open(struct crew **out, int threads, struct err *e);
/** Add a job. @lane is copied. @limit is the lane's (the newest given counts, at
 * least 1). E_NOMEM. E_CANCELED: the crew is being closed; @ctx stays the caller's. */
enum code crew_add(
	struct crew *crew, const char *lane, int limit, crew_job_fn *fn, void *ctx, struct err *e);
/** Wait until no job waits or runs. Not from within a job. */
void crew_wait(struct crew *crew);
/** Wait for the jobs that run, drop those that wait (their functions are never called; @drop,
 * if not NULL, is called with each one's ctx), end the threads. Takes NULL. */
void crew_close(struct crew *crew, crew_job_fn *drop);

/** Call @fn for each number below @n, at most @width at a time, and wait for all. *@crew is opened at the first
 * call and the caller's to close; where there are no threads to be had, the caller's own does it. */
void crew_each(struct crew **crew, int width, size_t n, void (*fn)(void *ctx, size_t i), void *ctx);
