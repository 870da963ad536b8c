/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "port/remediator.h"
#include <signal.h>

/**
 * Remediation
 * ===========
 *
 * What a rule finds not compliant is mended by whoever carries remediations out (spec sections 6.9 and 8.8): when somebody asks
 * (StartRemediationExecution), or of itself, where the remediation is automatic. That is tried as often as the
 * remediation says, so long after each try, and then an exception keeps the resource from being tried again.
 *
 * Whoever dies between having begun one and noting it begins it again: the order carries an id by which the other side knows
 * it. No transaction is open while somebody is waited for.
 */
struct remediate_options {
	struct remediator *remediator;
	const volatile sig_atomic_t *stop; /* or NULL */
	/** Told of each that was begun, ended, or could not be begun (@state NULL: it is tried again), or NULL. */
	void (*told)(void *ctx, const struct remediation_order *o, const char *state,
		const struct err *why);
	void *ctx;
};

/** Plan what is automatic, begin what waits, and ask about what is under way, at most @at_once of them.
 * E_NOTFOUND: nothing was due. Errors are the store's; what fails elsewhere is noted with the execution. */
enum code remediate_round(struct db *db, const struct remediate_options *o, int at_once,
	int64_t now_ms, struct err *e);
