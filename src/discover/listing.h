/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/describe.h"
#include "discover/login.h"
#include "discover/plan.h"
#include "discover/sweep.h"
#include "net/crew.h"
#include "store/source.h"
#include <pthread.h>
#include <stdatomic.h>

/**
 * A listing under way
 * ===================
 *
 * One job lists page after page; each resource that takes calls of its own is a job, the
 * others are described on the spot. When all of that went well, each resource of the store that
 * was not met is looked at by itself, and those that are not there are staged as gone. A
 * listing thus passes through two phases, and whoever ends the last job of one begins the next.
 *
 * Everything here and in the record is under sweep->lock but for what a job owns.
 */
enum { EXPRS_MAX = 64 };

struct sweep {
	const struct sweep_options *options;
	struct caller caller;
	struct crew *crew;
	struct plan plan;
	const char *account;
	int64_t now_ms, started_ticks_ms;
	bool one_of_many; /* accounts of a source */

	pthread_mutex_t lock;
	pthread_cond_t changed; /* a listing ended, or something fatal happened */
	struct record record;
	struct listing *listings;
	size_t n_open;
	int64_t looks_done, seen;
	struct err fatal;              /* of the store: the sweep cannot go on */
	atomic_bool stopped;           /* jobs do no more than end */
	struct expr *exprs[EXPRS_MAX]; /* evaluators nobody uses at the moment */
	size_t n_exprs;
	bool knows;         /* what is known of listings is made use of */
	struct arena arena; /* texts of the listings */
};

enum phase { PHASE_LISTING, PHASE_CONFIRMING, PHASE_DONE };

struct listing {
	struct sweep *sweep;
	const struct listing_plan *plan;
	const struct entry *entry; /* the plan's, or its fallback */
	const char *lane;
	enum phase phase;
	size_t pending; /* jobs of the phase that have not ended */
	int64_t started_ms, ended_ms;
	int64_t calls;
	int64_t *seen;         /* for each look: resources listed */
	bool complete;         /* listed to the end, and the source says that is all */
	int64_t n_failed;      /* resources that could not be described or confirmed */
	int64_t n_answering;   /* not listed, but still there */
	const char *answering; /* the first of them */
	struct err why;        /* the first failure; code E_OK: none */
	struct aws_fault fault;
	bool list_failed; /* why is the listing's own */
	bool once;        /* there was a complete look at this before, so it is offered here */
	bool any;         /* at least one resource came */
	bool refused;     /* lately; it is not asked */
	bool was_refused; /* when it was asked before */
	int64_t n_pages;  /* answers of the list operation so far */
};

/** Begin it: its first job goes to the crew. */
enum code listing_begin(struct listing *l, struct err *e);
/** What came of it, when done: for the record and for people. Reason in @a, NULL when complete. */
enum look_outcome listing_outcome(const struct listing *l, struct arena *a, const char **reason);
/** Let go of a job that will not be run. */
crew_job_fn listing_drop_job;

/* For the jobs of a listing. */

/** A describer in the place of @l. */
struct describer listing_describer(struct listing *l, struct arena *a, struct expr *x);
/** Under the lock: a resource could not be read. */
void listing_note_failure(struct listing *l, const struct err *e, const struct aws_fault *fault);
/** What the list operation is called for: an array, of one `null` where the type has no parents. */
enum code listing_parents(struct listing *l, struct arena *a, struct json **out, struct err *e);
/** All pages of its list operation for one of them to @fn. */
enum code listing_pages(struct listing *l, const struct json *parent, aws_page_fn *fn, void *ctx,
	struct aws_fault *fault, struct err *e);
/** A listed item on its own, in @a: with what it takes from its page and its parent. */
struct json *listing_item(struct listing *l, struct arena *a, const struct json *listed,
	struct json *page, const struct json *parent);
/** A job has ended; the last one of a phase leads to the next. */
void listing_end_job(struct listing *l);

/** The present, by a clock that does not jump during the sweep. */
int64_t sweep_now_ms(const struct sweep *s);
/** Something that ends the sweep; the first one is kept. */
void sweep_fatal(struct sweep *s, const struct err *e);
/** An expression evaluator for one job. */
enum code sweep_take_expr(struct sweep *s, struct expr **out, struct err *e);
void sweep_give_expr(struct sweep *s, struct expr *x);

/** When it began, by the clock and by ticks: accounts of one source share that. */
struct sweep_begun {
	int64_t now_ms, ticks_ms;
	bool one_of_many;
};
/** sweep_run() for a single account or host. */
enum code sweep_one(struct db *db, const struct sweep_options *options,
	const struct sweep_begun *begun, struct sweep_sum *sum, struct err *e);

/* What a sweep is made of, for whoever looks at less than everything. */

/** The first of all; sweep_close() is the last. */
enum code sweep_open_locks(struct sweep *s, struct err *e);
void sweep_close(struct sweep *s);
/** Log in as the options say and plan all that they allow. */
enum code sweep_plan(struct sweep *s, struct db *db, struct login *login, struct err *e);
/** The settings that options come to, as JSON. */
void sweep_write_settings(struct buf *b, const struct sweep_options *o);
enum code sweep_note_source(
	struct db *db, const struct sweep_options *o, struct source *source, struct err *e);
/** Until s->n_open is 0. E_CANCELED: it was stopped. Otherwise what was fatal. */
enum code sweep_wait(struct sweep *s, struct login *login, struct err *e);
/** @early: what waits is dropped, what runs is made to end. */
void sweep_end_crew(struct sweep *s, struct login *login, bool early);
