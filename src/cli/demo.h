/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"
#include "demo/demo.h"

/** Makes the demonstration's store at @path, as --end and --scale say. */
enum code demo_write(struct cli *c, const char *path, struct demo_sum *sum, struct err *e);
