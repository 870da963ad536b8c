/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/answer.h"
#include "cli/cli.h"
#include "json/json.h"

/**
 * Commands that are operations of AWS Config's API, asked in process: the same checks and the same rows as for whoever
 * asks the daemon. --account and --region say whose AWS Config is meant.
 */
struct asking {
	struct cli *c;
	struct api *api;
	const char *account, *region; /* whose; NULL: see asking_place() */
};

/** Opens the store, too: of the command, to write where @writes. */
enum code asking_open(struct asking *a, struct cli *c, bool writes, struct err *e);
/** Safe after a failed open. */
void asking_close(struct asking *a);
/** Find out whose AWS Config is asked where nobody says. E_NOTFOUND: there is nothing in the store to tell it by. */
enum code asking_place(struct asking *a, struct err *e);
/**
 * Ask; @answer (or NULL) lives in the command's arena. E_NOTFOUND: there is nothing of that name; E_INVALID: it was
 * refused for another reason; e->msg is what AWS Config says to it.
 */
enum code asking_ask(struct asking *a, const char *operation, const struct json *input,
	struct json **answer, struct err *e);
