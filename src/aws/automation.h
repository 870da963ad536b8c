/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"

/**
 * Automations of AWS Systems Manager: documents that are run, step by step, by somebody else.
 */
struct automation {
	const char *region;
	const char *document, *version; /* version NULL: the default */
	const char *token;              /* a UUID: the same token starts nothing twice */
	const struct json *parameters;  /* object: name to a list of texts; or NULL */
};
/** Start it; *@id is what it is called, in @a. Errors as aws_call(); E_CORRUPT: an answer without a name. */
enum code automation_start(struct aws *aws, const struct automation *m, struct arena *a,
	struct str *id, struct err *e);

/** How it stands, as AWS Config tells of it. */
struct automation_status {
	const char *state; /* IN_PROGRESS | SUCCEEDED | FAILED | UNKNOWN */
	struct str
		steps; /* JSON list of {Name, State, ErrorMessage, StartTime, StopTime}, times in epoch seconds */
};
enum code automation_look(struct aws *aws, const char *region, const char *id, struct arena *a,
	struct automation_status *out, struct err *e);
