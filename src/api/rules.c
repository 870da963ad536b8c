/* SPDX-License-Identifier: Apache-2.0 */
#include "api/operation.h"
#include "base/time.h"
#include "core/result_token.h"
#include "store/verdict.h"
#include <stdlib.h>

/* What rules answer: spec section 6.5. */

#define INVALID "InvalidParameterValueException"
#define UNKNOWN "NoSuchConfigRuleException"

static int64_t when(const struct json *evaluation)
{
	const struct json *v = json_get(evaluation, "OrderingTimestamp");
	double ms = json_is(v, JSON_NUMBER) ? strtod(v->text.p, NULL) * 1000 : 0;

	if (ms < 0)
		return 0;
	return ms < (double)TIME_FOREVER_MS ? (int64_t)(ms + 0.5) : TIME_FOREVER_MS - 1;
}

static enum code check(struct operation *op, const struct json *evaluation)
{
	if (str_is(json_get_text(evaluation, "ComplianceType"), "INSUFFICIENT_DATA"))
		return api_refuse(op, INVALID,
			"The ComplianceType INSUFFICIENT_DATA is invalid.  Only the following values are permitted: COMPLIANT, NON_COMPLIANT, NOT_APPLICABLE");
	return E_OK;
}

/* @v is the rule's; what it says of one resource is put into it. */
static enum code take(struct operation *op, struct verdict *v, const struct json *evaluation)
{
	bool changed = false;

	v->type = json_get_text(evaluation, "ComplianceResourceType");
	v->id = json_get_text(evaluation, "ComplianceResourceId");
	v->result = json_get_text(evaluation, "ComplianceType");
	v->annotation = json_get_text(evaluation, "Annotation");
	v->ordering_ms = when(evaluation);
	v->now_ms = op->now_ms;
	return verdict_take(op->db, v, &changed, op->e);
}

/* A rule that is gone can be answered for no more. */
static enum code find_rule(
	struct operation *op, const struct result_token *token, struct verdict_rule *out)
{
	enum code c = verdict_rule_get(op->db, str_of(token->account), str_of(token->region),
		str_of(token->rule_id), out, op->e);

	if (c == E_NOTFOUND || (!c && out->going))
		return api_refuse(op, UNKNOWN,
			"The ConfigRule provided in the request is invalid. Please check the configRule name");
	return c;
}

static enum code take_all(struct operation *op, const struct json *evaluations)
{
	const struct str text = json_get_text(op->input, "ResultToken");
	struct result_token token;
	struct verdict_rule rule;
	struct verdict v;
	enum code c;

	if (!result_token_open(op->token_key, op->arena, text, &token))
		return api_refuse(
			op, "InvalidResultTokenException", "Result Token provided is invalid");
	c = find_rule(op, &token, &rule);
	if (c)
		return c;
	v = (struct verdict){ .account = str_of(token.account),
		.region = str_of(token.region),
		.rule = str_of(rule.name),
		.arn = str_of(rule.arn),
		.invoked_ms = token.invoked_ms };
	for (const struct json *x = evaluations->first; x && !c; x = x->next)
		c = take(op, &v, x);
	return c ? c : verdict_rule_answered(op->db, str_of(token.rule_id), op->now_ms, op->e);
}

enum code api_put_evaluations(struct operation *op)
{
	const struct json *evaluations = json_get(op->input, "Evaluations");
	enum code c = E_OK;

	if (!evaluations)
		return api_refuse(op, INVALID,
			"The Evaluations object in your request cannot be null.Add the required parameters and try again.");
	for (const struct json *x = evaluations->first; x && !c; x = x->next)
		c = check(op, x);
	if (!c && !json_get_flag(op->input, "TestMode"))
		c = take_all(op, evaluations);
	if (!c)
		json_set(op->output, STR("FailedEvaluations"), json_new(op->arena, JSON_ARRAY));
	return c;
}

/* Of a rule that people evaluate: schema/api/rules.sql has refused others. */
static enum code find_external(struct operation *op, struct verdict *v, struct str *rule_id)
{
	struct stmt st = stmt_begin(op->db, SQL_EXTERNAL_RULE);
	enum code c;

	operation_bind(op, &st);
	c = stmt_step(&st, op->e);
	if (!c) {
		*v = (struct verdict){ .account = str_of(op->account),
			.region = str_of(op->region),
			.rule = arena_str(op->arena, stmt_col_str(&st, external_rule_name)),
			.arn = arena_str(op->arena, stmt_col_str(&st, external_rule_arn)),
			.invoked_ms = op->now_ms };
		*rule_id = arena_str(op->arena, stmt_col_str(&st, external_rule_rule_id));
	}
	stmt_end(&st);
	return !c && !arena_ok(op->arena) ? err_nomem(op->e) : c;
}

enum code api_put_external_evaluation(struct operation *op)
{
	const struct json *evaluation = json_get(op->input, "ExternalEvaluation");
	struct str rule_id = STR_NONE;
	struct verdict v;
	enum code c = check(op, evaluation);

	if (!c)
		c = find_external(op, &v, &rule_id);
	if (!c)
		c = take(op, &v, evaluation);
	return c ? c : verdict_rule_answered(op->db, rule_id, op->now_ms, op->e);
}
