/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"

/** Deliver everything that is planned and due. What fails is told on standard error; where nothing went
 * out at all the first failure is the error, where some did c->exit is CLI_EXIT_PARTIAL. */
enum code deliver_due(struct cli *c, struct err *e);
