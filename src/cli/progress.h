/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"

/**
 * One line on standard error that is written over: only on a terminal, only from the second
 * second on, and wiped at the end.
 */
struct progress {
	int64_t began; /* ticks, ms */
	bool wanted, shown;
};

void progress_init(struct progress *p, const struct cli *c);
void progress_show(struct progress *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void progress_end(struct progress *p);
