/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/evaluation.h"

/**
 * What a rule was just found to say (temp.judge_answer), written as verdicts: what differs from those in force is
 * taken (store/verdict.h), what does not is noted as having come again, and where the rule says nothing any more
 * its verdict becomes NOT_APPLICABLE.
 */
struct findings {
	struct db *db;
	const struct evaluation_rule *rule;
	int64_t cursor;      /* changes were judged up to here when the rule was run */
	int64_t ordering_ms; /* of what has no capture time, or of everything with timed */
	bool timed;          /* the results are of now, and not of when resources were captured */
	bool touched;        /* only what is in temp.judge_touched was judged */
	int64_t now_ms;
	int64_t changed; /* verdicts that became others */
};

/**
 * In transactions of some thousand verdicts each. The last one is left open for the caller, who adds what belongs to it and commits; on
 * failure none is. E_CONFLICT: somebody else was faster, or the rule has changed; what was written until then is right all the same.
 */
enum code findings_write(struct findings *f, struct err *e);
