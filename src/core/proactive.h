/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/evaluate.h"

/**
 * Judge resources that are to be made (_resource_evaluation, spec section 6.8) by the statements of the rules that are for that. Nothing of it
 * becomes a verdict. *@n: so many were judged. Those that cannot be have failed, and say why.
 */
enum code proactive_run(
	struct db *db, const struct evaluate_options *o, int64_t now_ms, int64_t *n, struct err *e);
