/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/cli.h"

/** Everything that explains: made from the tables of commands and options. */
void help_program(FILE *out);
void help_command(FILE *out, const struct command *k);
/** The manual page, mdoc. */
void help_man(FILE *out);

/** The command called @name. E_INVALID: none; the hint has the nearest. */
enum code command_find(const char *name, const struct command **out, struct err *e);

/** Exit statuses, for help and the manual. */
struct exit_status {
	int status;
	const char *text;
};
extern const struct exit_status exit_statuses[]; /* ends with an entry without a text */
