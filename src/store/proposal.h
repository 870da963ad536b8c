/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/judge.h"

/**
 * What is to be made, as it would be recorded
 * ===========================================
 *
 * StartResourceEvaluation brings a resource in CloudFormation's schema. Rules know resources as they are recorded: types that are
 * described by their services have CloudFormation's names but for the first letter, which is small; types that are read through
 * Cloud Control have them as they are. What else differs (what S3 tells of a bucket in parts, say) is not there, and rules
 * that ask for it cannot tell.
 */

struct proposal {
	struct str account, region, evaluation, type, id, configuration;
};
/** One whose evaluation is asked for; texts live in @a. E_NOTFOUND: there is none (any more). */
enum code proposal_next(
	struct db *db, int64_t now_ms, struct arena *a, struct proposal *out, struct err *e);
/** What the rule that judged last says of it. E_NOTFOUND: nothing. */
enum code proposal_result(
	struct db *db, struct arena *a, struct str *result, struct str *annotation, struct err *e);
/** It is done: @results is a JSON list of {rule, result, annotation, recorded_ms, invoked_ms}; with a @reason it has failed. Part of
 * the caller's transaction. */
enum code proposal_done(struct db *db, const struct proposal *p, struct str results,
	const char *reason, struct err *e);

/** @given's configuration is as it came; its tags are found in there. E_INVALID: it is no JSON object. Texts of @out are in @a; type
 * and id are borrowed. */
enum code proposal_make(struct arena *a, struct db *db, const struct judge_proposal *given,
	struct judge_proposal *out, struct err *e);
