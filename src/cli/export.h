/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"

/** siltstone export --lake @where; the store is open. */
enum code export_lake(struct cli *c, const char *where, struct err *e);
/** siltstone export --case @path; the store is open. */
enum code export_case(struct cli *c, const char *path, struct err *e);
