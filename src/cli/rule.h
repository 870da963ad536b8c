/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/asking.h"

/** What PutConfigRule calls a policy that is a SELECT of our own. */
#define RULE_SQL_RUNTIME "sql"

/** The verbs of `siltstone rule` that have a file of their own. */
enum code cmd_rule_put(struct cli *c, const char *name, struct err *e);
enum code cmd_rule_try(struct cli *c, const char *what, struct err *e);
enum code cmd_rule_test(struct cli *c, int n, char **files, struct err *e);

/** A file, or standard input for "-", whole. E_TOOBIG: over @max bytes. */
enum code rule_read(struct cli *c, const char *path, size_t max, struct str *out, struct err *e);
/** The parameters of --param as a JSON object of texts; NULL: none was given. E_INVALID. */
enum code rule_parameters(struct cli *c, struct json **out, struct err *e);
