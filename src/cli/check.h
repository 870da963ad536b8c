/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"

/**
 * What rules would say now, or at the moment of --as-of, had they run then; in the columns of findings_resources() where
 * f->rule is set, else of findings_rules() as far as a judgement has them. Nothing is written.
 */
enum code check_evaluate(
	struct cli *c, const struct read_filter *f, const struct rows *rows, struct err *e);
