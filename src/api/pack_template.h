/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "json/json.h"

/**
 * Templates of conformance packs
 * ==============================
 *
 * YAML or JSON, in the part of CloudFormation's language that packs have: Parameters, Mappings, Conditions, and Resources that
 * are AWS::Config::ConfigRule or AWS::Config::RemediationConfiguration. Functions: Ref, Fn::Sub, Fn::If, Fn::Join, Fn::Select,
 * Fn::Split, Fn::FindInMap, in conditions Fn::Equals, Fn::And, Fn::Or, Fn::Not and Condition; in long form or as tags (!Ref).
 * What needs others to be asked (Fn::GetAtt, Fn::ImportValue, a parameter from SSM ...) is refused.
 *
 * Reading gives what is to be made: everything is replaced by its value, what a condition switches off is not there. Others
 * wrote the template, so that what functions make has a limit, and circles are found.
 */
#define PACK_PARAMETERS_MAX 60
#define PACK_RULES_MAX      130
/** Of all that functions make; 64 for each node. */
#define PACK_MADE_BYTES_MAX ((size_t)1 << 20)

/** Where it is put to use. */
struct pack_scope {
	const char *account, *region;
	const char *name, *arn;    /* the pack's: AWS::StackName, AWS::StackId */
	const char *pack_id;       /* its rules' names end with "-" and this */
	const struct json *inputs; /* list of {ParameterName, ParameterValue}, or NULL */
};

struct pack_template {
	struct json *rules; /* by logical id, each as PutConfigRule's ConfigRule; names are whole */
	struct json *remediations; /* by logical id, each as one of PutRemediationConfigurations */
	struct json *
		controls; /* by logical id of a rule that has some: what AWS Config calls its Controls */
};

/** E_INVALID, E_TOOBIG: it is no such template, and why. E_NOMEM. What is in @out borrows @text and @scope. */
enum code pack_template_read(struct arena *a, struct str text, const struct pack_scope *scope,
	struct pack_template *out, struct err *e);
