/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>

/**
 * Memory that runs out (ours, base/mem.h), in whatever thread. A scenario is run with n = 0, 1, 2
 * ... until scarce_end() says that none was refused any more.
 */

/** @n allocations are granted, the next is refused; with @for_ever those behind it too. */
void scarce_begin(int n, bool for_ever);
/** There is enough again. True when one was refused. */
bool scarce_end(void);
