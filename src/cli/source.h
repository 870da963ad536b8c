/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"
#include "discover/sweep.h"

/** The source that is always there: this machine. */
#define SOURCE_HOST "host"

/** The options that a source keeps, as a JSON object in the arena. E_INVALID, E_NOTFOUND: what they name is no policy, no
 * moment, no file. */
enum code source_settings(struct cli *c, const char **out, struct err *e);
/** What was given now beats what the source keeps. E_INVALID: they do not go together. */
enum code source_override(struct cli *c, struct sweep_options *o, struct err *e);
