/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"

/** Evaluate all rules that are due, and say on standard error what came of it, unless there was nothing. Rules that
 * cannot be evaluated are told of one by one. */
enum code cli_evaluate(struct cli *c, struct err *e);
