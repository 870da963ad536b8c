/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/invoke.h"
#include "daemon/hear.h"
#include "daemon/metrics.h"
#include "daemon/schedule.h"
#include "discover/courier.h"
#include "discover/target.h"
#include "port/policy_runner.h"
#include "port/remediator.h"
#include <signal.h>

/** What the ticks need from outside. */
struct tick_ports {
	struct targets *targets;
	struct courier *courier;
	struct metrics *metrics;
	struct hear *hear;
	struct policy_runner *guard;       /* who evaluates policies for Guard */
	struct invoking *invoking;         /* NULL: functions are not run */
	struct remediator *remediator;     /* NULL: nothing is mended */
	const volatile sig_atomic_t *stop; /* set: a sweep ends within a moment, nothing written */
};

/** Sweep, hear of changes, deliver, evaluate rules, mend what they find, record compliance, notify, count, publish, prune; their ctx is a struct tick_ports. They log how it went. */
extern const struct tick ticks[];
extern const size_t n_ticks;
