/* SPDX-License-Identifier: Apache-2.0 */
#include "core/evaluate_rule.h"

#include "db/db.h"

enum rule_kind evaluate_rule_kind(const struct evaluation_rule *rule)
{
	if (str_is(rule->owner, "CUSTOM_LAMBDA"))
		return RULE_FUNCTION;
	if (str_is(rule->owner, "AWS"))
		return str_is(rule->identifier, "AWS_CONFIG_PROCESS_CHECK") ? RULE_PEOPLE
									    : RULE_STATEMENT;
	if (str_is(rule->runtime, "sql"))
		return RULE_STATEMENT;
	return str_starts(rule->runtime, STR("guard-2.")) ? RULE_GUARD : RULE_UNKNOWN;
}

/* What both lists have: never more than the first has. */
static struct str meet(struct arena *a, struct str one, struct str other)
{
	char *p = arena_alloc(a, one.n + 1);
	size_t n = 0;

	while (p && one.n) {
		struct str type = { one.p, str_find(one, ',') };

		if (rule_text_lists(other, type)) {
			if (n)
				p[n++] = ',';
			memcpy(p + n, type.p, type.n);
			n += type.n;
		}
		one = str_from(one, type.n + 1);
	}
	return p ? (struct str){ p, n } : STR("");
}

/* A rule of AWS's judges the types that it is made for, of these those that its scope names. One that is made for
 * none judges no items, but the account. */
static struct str judged_types(
	struct arena *a, const struct evaluation_rule *rule, const struct rule_text *text)
{
	struct str made_for = text->types;

	if (!made_for.p && str_is(rule->owner, "AWS"))
		made_for = rule->types.p ? rule->types : STR("");
	if (!made_for.p || !rule->scope_types.p)
		return made_for.p ? made_for : rule->scope_types;
	return meet(a, made_for, rule->scope_types);
}

static enum code find_text(
	struct arena *a, const struct evaluation_rule *rule, struct rule_text *text, struct err *e)
{
	enum code c;

	switch (evaluate_rule_kind(rule)) {
	case RULE_STATEMENT:
		if (!str_is(rule->owner, "AWS"))
			return rule_text_read(a, arena_text(a, rule->policy), text, e);
		c = rule_text_find(a, rule->identifier, text, e);
		if (c != E_NOTFOUND)
			return c;
		return err_set(e, E_UNSUPPORTED, "%.*s has no statement here yet",
			STR_ARG(rule->identifier));
	case RULE_GUARD:
		return err_set(e, E_UNSUPPORTED, "a policy for Guard evaluates \"%.*s\"",
			STR_ARG(rule->name));
	case RULE_FUNCTION:
		return err_set(
			e, E_UNSUPPORTED, "a function evaluates \"%.*s\"", STR_ARG(rule->name));
	case RULE_PEOPLE:
		return err_set(e, E_UNSUPPORTED, "people evaluate \"%.*s\"", STR_ARG(rule->name));
	case RULE_UNKNOWN: break;
	}
	return err_set(e, E_UNSUPPORTED, "nothing here evaluates policies of the runtime \"%.*s\"",
		STR_ARG(rule->runtime));
}

enum code evaluate_rule_make(struct arena *a, const struct evaluation_rule *rule,
	struct evaluate_rule *out, struct err *e)
{
	struct rule_text text = { 0 };
	enum code c = find_text(a, rule, &text, e);

	if (c && c != E_UNSUPPORTED)
		return c;
	*out = (struct evaluate_rule){ .rule_id = rule->rule_id,
		.name = rule->name,
		.arn = rule->arn,
		.account = rule->account,
		.region = rule->region,
		.text = text,
		.scope = { .types = judged_types(a, rule, &text),
			.id = rule->scope_id,
			.tag_key = rule->tag_key,
			.tag_value = rule->tag_value },
		.parameters = rule->parameters };
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code evaluate_rule_get(struct db *db, struct arena *a, const struct evaluation_name *name,
	struct evaluate_rule *out, struct err *e)
{
	struct evaluation_rule rule;
	enum code c = evaluation_rule_get(db, a, name, &rule, e);

	if (c == E_NOTFOUND)
		return err_set(e, E_NOTFOUND, "there is no rule \"%.*s\" in %.*s of %.*s",
			STR_ARG(name->rule), STR_ARG(name->region), STR_ARG(name->account));
	return c ? c : evaluate_rule_make(a, &rule, out, e);
}

enum code evaluate_managed_get(struct db *db, struct arena *a, struct str identifier,
	struct str parameters, struct evaluate_rule *out, struct err *e)
{
	struct evaluation_rule rule;
	enum code c = evaluation_managed(db, a, identifier, parameters, &rule, e);

	if (c == E_NOTFOUND)
		return err_set(
			e, E_NOTFOUND, "there is no managed rule \"%.*s\"", STR_ARG(identifier));
	return c ? c : evaluate_rule_make(a, &rule, out, e);
}
