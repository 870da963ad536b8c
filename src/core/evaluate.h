/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "port/policy_runner.h"
#include "store/evaluation.h"
#include "store/judge.h"

/**
 * Evaluation of rules
 * ===================
 *
 * Rules run when they are made or changed, when somebody asks, when a resource in their scope changes, from time to time, and
 * when a snapshot was delivered (spec section 6.2). evaluate_due() finds out what that is and does it: a
 * managed rule's statement (store/rule_text.h) and a policy's are run here, policies for Guard by a port, functions get a row each
 * (_invocation) that whoever runs functions takes. What they find is taken as any verdict is (store/verdict.h).
 *
 * Verdicts are written in slices, and what was due is marked done in the last transaction, together with the rows for functions: a crash in
 * between loses nothing, and what is judged again says the same, of which nobody is told. Several programs may
 * evaluate the same store: who finds that another one was faster throws away what it has.
 *
 * A rule that cannot be evaluated keeps its verdicts; its status says why (_rule_status.error_code, error), and others go on.
 */
/** What came of one rule. */
struct evaluate_run {
	const char *account, *region, *rule;
	const char *cause; /* "wanted", "change", "periodic" or "snapshot" */
	struct judge_sum sum;
	int64_t changed;     /* verdicts that are others now */
	int64_t invocations; /* rows left for a function */
	int64_t ms;
};

struct evaluate_options {
	struct policy_runner
		*guard; /* NULL: policies for Guard are not evaluated, and their status says so */
	int64_t timeout_ms; /* for one statement; 0: JUDGE_DEADLINE_MS */
	const volatile sig_atomic_t *stop;
	/** Told of each rule that was run, or NULL. @why: E_OK, or what went wrong. */
	void (*told)(void *ctx, const struct evaluate_run *run, const struct err *why);
	void *ctx;
};

struct evaluate_sum {
	int64_t rules; /* runs of rules */
	int64_t failed, changed, invocations;
};

/**
 * Everything that is due. E_NOTFOUND: nothing was. Rules that fail are counted; an error is what kept all of it from going
 * on. E_CANCELED: stopped.
 */
enum code evaluate_due(struct db *db, const struct evaluate_options *o, int64_t now_ms,
	struct evaluate_sum *sum, struct err *e);

/**
 * What a rule of the store is, for whoever runs it by himself: its statement, scope, and parameters with the defaults
 * of the managed rule. E_NOTFOUND: no such rule. E_UNSUPPORTED: it is none that a statement evaluates
 * (a function, a policy for Guard, a check by people, a managed rule that has no statement here); @e says which.
 */
struct evaluate_rule {
	struct str rule_id, name, arn, account, region;
	struct rule_text text;
	struct judge_scope scope;
	struct str parameters;
};
enum code evaluate_rule_get(struct db *db, struct arena *a, const struct evaluation_name *name,
	struct evaluate_rule *out, struct err *e);
/** The same for a managed rule that nobody has made, by its identifier, with these parameters (STR_NONE: none). E_NOTFOUND: there is no such
 * managed rule. E_UNSUPPORTED: it has no statement here. */
enum code evaluate_managed_get(struct db *db, struct arena *a, struct str identifier,
	struct str parameters, struct evaluate_rule *out, struct err *e);
