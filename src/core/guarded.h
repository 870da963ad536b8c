/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "port/policy_runner.h"
#include "store/judge.h"

/**
 * The same as judge_run() for a policy in a language of its own: @runner is asked of each item in scope, by itself.
 * E_UNSUPPORTED: there is no runner, or not on this machine.
 */
enum code guarded_run(struct judge *j, const struct judge_trial *trial,
	struct policy_runner *runner, struct str policy, struct judge_sum *sum, struct err *e);
