/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "port/policy_runner.h"

/**
 * Policies for Guard, evaluated by AWS's own program
 * ==================================================
 *
 * `cfn-guard validate` (3.0 and newer) from PATH, one run an item: rules and item go to its standard input, its
 * structured report comes back. What it passes is COMPLIANT, what it fails NON_COMPLIANT with the failed rule and its
 * message, what it skips NOT_APPLICABLE. Parameters become variables of the policy (spec section 6.2) that it does not
 * itself define.
 */
struct guard {
	struct policy_runner runner;
	const char *program; /* looked up in PATH */
};

/** Nothing to be released; must not be moved while its runner is in use. */
struct guard guard_make(void);
