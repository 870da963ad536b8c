/* SPDX-License-Identifier: Apache-2.0 */
#include "demo/rules.h"

#include "store/verdict.h"
#include <stdio.h>
#include <string.h>

const struct rule rules[RULES] = {
#define RULE(id, name, identifier, day, parameters, scope)                                         \
	[RULE_##id] = { name, identifier, parameters, scope, day },
#include "demo/rules.def"
#undef RULE
};

static bool says(const struct thing *t, const char *key, const char *value)
{
	const char *is = thing_get(t, key);

	return is && strcmp(is, value) == 0;
}

/* Of the kinds that a rule looks at. */
static const char *unless(const struct thing *t, enum kind_id kind, bool fine, const char *why)
{
	return t->kind != kind ? NULL : fine ? "" : why;
}

static const char *find_tags(const struct thing *t)
{
	static const enum kind_id kinds_in_scope[] = { KIND_INSTANCE, KIND_VOLUME, KIND_SG,
		KIND_DATABASE, KIND_BUCKET, KIND_TABLE };

	for (size_t i = 0; i < sizeof(kinds_in_scope) / sizeof(*kinds_in_scope); i++)
		if (t->kind == kinds_in_scope[i])
			return thing_tag_value(t, "Owner")
				       ? ""
				       : "these tags are missing, or have another value: Owner";
	return NULL;
}

const char *rule_finds(enum rule_id rule, const struct thing *t)
{
	switch (rule) {
	case RULE_SSH:
		return unless(t, KIND_SG,
			t->kind != KIND_SG || !strstr(thing_get(t, "rules"), "'fromPort':22,") ||
				!strstr(thing_get(t, "rules"),
					"'toPort':22,'userIdGroupPairs':[],'ipv4Ranges':[{'cidrIp':'0.0.0.0/0'"),
			"port 22 is open to 0.0.0.0/0");
	case RULE_VOLUMES:
		/* Only what is attached is looked at. */
		if (t->kind == KIND_VOLUME && !says(t, "state", "in-use"))
			return NULL;
		return unless(t, KIND_VOLUME, says(t, "encrypted", "true"),
			"the volume is not encrypted");
	case RULE_BUCKET_PUBLIC:
		return unless(t, KIND_BUCKET, says(t, "block", "true"),
			"the bucket does not block public access: blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets is off");
	case RULE_VERSIONING:
		return unless(t, KIND_BUCKET, says(t, "versioning", "Enabled"),
			says(t, "versioning", "Suspended") ? "versioning is suspended"
							   : "versioning is off");
	case RULE_DATABASE:
		return unless(t, KIND_DATABASE, says(t, "encrypted", "true"),
			"the storage of the DB instance is not encrypted");
	case RULE_MULTI:
		return unless(t, KIND_DATABASE, says(t, "multi", "true"),
			"the DB instance has no standby in another availability zone");
	case RULE_TAGS: return find_tags(t);
	case RULE_RECOVERY:
		return unless(t, KIND_TABLE, says(t, "recovery", "ENABLED"),
			"point-in-time recovery is off");
	case RULE_TRAIL:
		return unless(t, KIND_TRAIL, says(t, "validation", "true"),
			"log files of the trail cannot be validated");
	case RULE_TOKENS:
		return unless(t, KIND_INSTANCE, says(t, "tokens", "required"),
			"metadata is to be had without a token: httpTokens is optional");
	case RULE_ROTATION:
		return unless(t, KIND_KEY, says(t, "rotation", "true"), "the key is not rotated");
	case RULES: break;
	}
	return NULL;
}

enum code rule_put(struct tape *t, enum rule_id rule, const struct spot *spot, int64_t at_ms)
{
	const struct rule *r = &rules[rule];
	const char *body = tape_text(t,
		"{\"ConfigRule\":{\"ConfigRuleName\":\"%s\",\"Source\":{\"Owner\":\"AWS\",\"SourceIdentifier\":\"%s\"}%s%s%s%s%s%s}}",
		r->name, r->identifier, r->parameters ? ",\"InputParameters\":\"" : "",
		r->parameters ? r->parameters : "", r->parameters ? "\"" : "",
		r->scope ? ",\"Scope\":{\"ComplianceResourceTypes\":" : "",
		r->scope ? r->scope : "", r->scope ? "}" : "");
	struct api_request request = { .operation = STR("PutConfigRule"),
		.body = str_of(body),
		.account = spot->account,
		.region = spot->region,
		.now_ms = at_ms };
	struct api_answer answer = { 0 };

	if (!api_answer(t->api, t->db, &request, &answer, t->e) && answer.status != 200)
		err_set(t->e, E_INVALID, "rule \"%s\": %.*s", r->name,
			STR_ARG(buf_slice(&answer.body)));
	api_answer_release(&answer);
	return t->e->code;
}

enum code rule_say(struct tape *t, const struct tape_verdict *v)
{
	const struct thing *x = v->thing;
	char arn[160];
	bool changed;
	struct verdict verdict = { .account = str_of(x->spot->account),
		.region = str_of(x->spot->region),
		.rule = str_of(rules[v->rule].name),
		.arn = STR_NONE,
		.type = str_of(kinds[x->kind].type),
		.id = str_of(x->id),
		.result = !v->annotation      ? STR("NOT_APPLICABLE")
			  : !v->annotation[0] ? STR("COMPLIANT")
					      : STR("NON_COMPLIANT"),
		.annotation = v->annotation && v->annotation[0] ? str_of(v->annotation) : STR_NONE,
		.ordering_ms = v->at_ms - 2000,
		.invoked_ms = v->at_ms - 500,
		.now_ms = v->at_ms };

	(void)snprintf(arn, sizeof(arn), "arn:aws:config:%s:%s:config-rule/%s", x->spot->region,
		x->spot->account, rules[v->rule].name);
	verdict.arn = str_of(arn);
	return verdict_take(t->db, &verdict, &changed, t->e);
}
