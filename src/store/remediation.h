/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Executions of remediations: rows of _remediation_execution, made by whoever asks (StartRemediationExecution) or because a
 * rule with an automatic remediation finds something not compliant. A row is leased while somebody works on it.
 */

/** Whether anything is due now; whether there are automatic ones. */
enum code remediation_any(struct db *db, int64_t now_ms, bool *due, bool *automatic, struct err *e);
/** Rows for what is to be mended of itself; what was tried as often as may be gets an exception. Part of the
 * caller's transaction, as all below. *@planned: so many rows. */
enum code remediation_plan(struct db *db, int64_t now_ms, int64_t *planned, struct err *e);

struct remediation_claim {
	int64_t execution_id;
	bool begun;        /* it is IN_PROGRESS: to be asked about */
	struct str remote; /* STR_NONE */
};
/** The next that is due, leased until @lease_ms; texts live in @a. E_NOTFOUND, @e left alone: there is none. */
enum code remediation_claim(struct db *db, int64_t now_ms, int64_t lease_ms, struct arena *a,
	struct remediation_claim *out, struct err *e);
/** What is to be done: the members of struct remediation_order (port/remediator.h). */
struct remediation_task {
	int64_t invoked_ms;
	struct str account, region, rule, type, id, annotation, target, version, parameters;
};
/** Texts live in @a. E_NOTFOUND: the remediation has gone meanwhile. */
enum code remediation_task_get(struct db *db, int64_t execution_id, struct arena *a,
	struct remediation_task *out, struct err *e);

/** How it stands. STR_NONE: as it was. */
struct remediation_state {
	const char *state;
	struct str remote, steps;
	int64_t now_ms;
	int64_t due_ms; /* when to ask next, where it goes on */
};
enum code remediation_settle(
	struct db *db, int64_t execution_id, const struct remediation_state *how, struct err *e);
/** Nothing came of it: again then. */
enum code remediation_later(struct db *db, int64_t execution_id, int64_t due_ms, struct err *e);
