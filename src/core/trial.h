/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/judge.h"

/**
 * What a rule would have said
 * ===========================
 *
 * A statement run over the history: for each resource the intervals in which it would have found the same. Where the
 * statement looks at one version at a time, all versions are judged in one go; else it is asked again for each second at whose
 * end something that it looks at was new (one that looks at the clock once a day, too). Either way the answer
 * is that of the end of each second: what was in force for less is not told. Nothing is written.
 *
 * What has no region is told with the first region of its account.
 */
struct trial {
	struct db *db;
	const struct rule_text *text;
	struct judge_scope scope;
	struct str parameters;
	const char *account, *region; /* NULL: any; the region is a glob */
	int64_t from_ms,
		to_ms; /* seconds; what was before is told as if it had begun with the first */
	bool trusting; /* as struct judge_trial */
	bool stepping; /* moment by moment, also where that is not needed */
	int64_t moments_max; /* 0: TRIAL_MOMENTS_MAX */
	const volatile sig_atomic_t *stop;
	/** Told after each moment of a place, or NULL. */
	void (*progress)(void *ctx, int64_t done, int64_t of);
	void *progress_ctx;
};
/** More than that in one place are put together into minutes, hours or days. */
#define TRIAL_MOMENTS_MAX 2000

struct trial_interval {
	struct str account, region; /* where it was judged; a resource may be global */
	struct str type, id, name;
	int64_t rid;                /* 0: not known here */
	int64_t since_ms, until_ms; /* whole seconds; TIME_FOREVER_MS: it still held at to_ms */
	struct str result;
	struct str annotation; /* the last that was said in it, or STR_NONE */
};
typedef enum code trial_fn(void *ctx, const struct trial_interval *i, struct err *e);

struct trial_sum {
	int64_t resources, intervals;
	int64_t failing, ever; /* resources: not compliant at the end; at any time */
	int64_t transitions;   /* from one result, or none, to another, of one resource */
	int64_t moments;       /* asked one by one; 0: all versions were judged in one go */
	int64_t step_s;        /* what moments were put together into; 1: seconds */
};

/** By place, type, id and time. Errors as judge_run(). Texts are borrowed for the call. */
enum code trial_run(
	const struct trial *t, trial_fn *fn, void *ctx, struct trial_sum *sum, struct err *e);

/** Whether a statement's answer for an item follows from that item alone, whatever the time. E_INVALID as judge_reads(). */
enum code trial_is_plain(struct db *db, const char *sql, bool *plain, struct err *e);
