/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"

/** From what --code says to a folder, whole path, in the command's arena: a folder as it is, an archive unpacked for @name. */
enum code function_code(
	struct cli *c, const char *name, const char *given, const char **out, struct err *e);
/** Remove a folder that function_code() unpacked; others are left alone. */
void function_code_drop(struct cli *c, const char *folder);
