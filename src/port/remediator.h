/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/**
 * Who carries remediations out: AWS Systems Manager and programs of this machine (daemon/mender), a fake in tests.
 */
struct remediation_order {
	int64_t execution_id, invoked_ms; /* the same order again is the same execution */
	struct str account, region, rule;
	struct str type, id;   /* the resource */
	struct str annotation; /* what is wrong with it, or STR_NONE */
	struct str target;     /* an SSM document: its name or ARN; "local:PROGRAM" */
	struct str version;    /* of the document, or STR_NONE */
	struct str parameters; /* JSON object: name to a list of texts */
};

/** How it stands. Texts live in the arena of the call. */
struct remediation_news {
	const char *state; /* IN_PROGRESS | SUCCEEDED | FAILED | UNKNOWN */
	struct str remote; /* what it is called there; STR_NONE: it needs not be asked about */
	struct str
		steps; /* JSON list of {Name, State, ErrorMessage, StartTime, StopTime}, times in epoch seconds */
};

struct remediator {
	/**
	 * Begin. E_DENIED, E_INVALID, E_NOTFOUND, E_UNSUPPORTED: it will not be. What code_is_transient() says of may work later.
	 * E_CANCELED: we are ending.
	 */
	enum code (*start)(struct remediator *r, const struct remediation_order *o, struct arena *a,
		struct remediation_news *news, struct err *e);
	/** Ask how one that is IN_PROGRESS stands. Errors as start. */
	enum code (*look)(struct remediator *r, const struct remediation_order *o,
		struct str remote, struct arena *a, struct remediation_news *news, struct err *e);
};
