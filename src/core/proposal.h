/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/judge.h"

/**
 * What is to be made, as it would be recorded
 * ===========================================
 *
 * StartResourceEvaluation brings a resource in CloudFormation's schema. Rules know resources as they are recorded: types that are
 * described by their services have CloudFormation's names but for the first letter, which is small; types that are read through
 * Cloud Control have them as they are. What else differs (what S3 tells of a bucket in parts, say) is not there, and rules
 * that ask for it cannot tell.
 */

/** @given's configuration is as it came; its tags are found in there. E_INVALID: it is no JSON object. Texts of @out are in @a; type
 * and id are borrowed. */
enum code proposal_make(struct arena *a, struct db *db, const struct judge_proposal *given,
	struct judge_proposal *out, struct err *e);
