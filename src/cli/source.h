/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"
#include "discover/sweep.h"

/** The source that is always there: this machine. */
#define SOURCE_HOST "host"

/** The options that a source keeps, as a JSON object in the arena. */
const char *source_settings(struct cli *c);
/** What was given now beats what the source keeps. */
void source_override(struct cli *c, struct sweep_options *o);
