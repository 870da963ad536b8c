/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"

/** query --aws: the word of the command line is a query in AWS Config's language. With --explain, its SQL. */
enum code query_aws(struct cli *c, int64_t timeout_ms, struct err *e);
