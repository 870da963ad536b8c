/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/evaluate.h"
#include "store/evaluation.h"

/* How rules are evaluated. */
enum rule_kind {
	RULE_STATEMENT, /* here */
	RULE_GUARD,     /* by a policy's runner */
	RULE_FUNCTION,  /* by a function */
	RULE_PEOPLE,    /* by people: AWS_CONFIG_PROCESS_CHECK */
	RULE_UNKNOWN,   /* not at all */
};
enum rule_kind evaluate_rule_kind(const struct evaluation_rule *rule);

/** What it judges, and how: texts of @rule are borrowed, others put into @a. E_UNSUPPORTED: no statement here does, see
 * evaluate_rule_get(); for RULE_GUARD and RULE_FUNCTION the scope is there, and no statement. */
enum code evaluate_rule_make(struct arena *a, const struct evaluation_rule *rule,
	struct evaluate_rule *out, struct err *e);
