/* SPDX-License-Identifier: Apache-2.0 */
#include "api/pack_template.h"

#include "api/pack_value.h"
#include "base/buf.h"
#include "base/pattern.h"
#include "json/read.h"
#include "json/write.h"
#include "json/yaml.h"
#include <stdlib.h>

#define RULE           "AWS::Config::ConfigRule"
#define REMEDIATION    "AWS::Config::RemediationConfiguration"
#define NAME_MAX_CHARS 128

static bool among(struct str s, const char *const *words)
{
	for (; *words; words++)
		if (str_is(s, *words))
			return true;
	return false;
}

static enum code invalid(struct err *e, const char *what, struct str name)
{
	return err_set(e, E_INVALID, "Template format error: %s [%.*s]", what, STR_ARG(name));
}

/* The document */

static enum code read_document(struct arena *a, struct str text, struct json **out, struct err *e)
{
	struct err none = { 0 };

	/* JSON has escapes that YAML reads otherwise. */
	if (str_starts(str_trim(text), STR("{")) && !json_read(a, text, out, &none))
		return E_OK;
	if (!yaml_read(a, text, out, e))
		return E_OK;
	return e->code == E_NOMEM ? E_NOMEM : err_add(e, "Template format error");
}

static enum code check_sections(const struct json *root, struct err *e)
{
	static const char *const sections[] = { "AWSTemplateFormatVersion", "Description",
		"Metadata", "Parameters", "Mappings", "Conditions", "Resources", "Outputs", NULL };
	static const char *const objects[] = { "Parameters", "Mappings", "Conditions", "Resources",
		NULL };

	if (root->kind != JSON_OBJECT)
		return err_set(e, E_INVALID, "Template format error: the template is no object");
	for (const struct json *k = root->first; k; k = k->next) {
		if (!among(k->key, sections))
			return invalid(e, "Invalid template property or properties", k->key);
		if (among(k->key, objects) && k->kind != JSON_OBJECT)
			return invalid(e, "this section must be an object:", k->key);
	}
	if (!json_get(root, "Resources"))
		return err_set(e, E_INVALID,
			"Template format error: At least one Resources member must be defined.");
	return E_OK;
}

/* Parameters */

static const struct json *input_of(const struct pack_scope *scope, struct str name)
{
	if (scope->inputs)
		for (const struct json *k = scope->inputs->first; k; k = k->next)
			if (str_eq(json_get_text(k, "ParameterName"), name))
				return json_get(k, "ParameterValue");
	return NULL;
}

static enum code check_inputs(
	const struct pack_scope *scope, const struct json *parameters, struct err *e)
{
	if (!scope->inputs)
		return E_OK;
	for (const struct json *k = scope->inputs->first; k; k = k->next) {
		struct str name = json_get_text(k, "ParameterName");

		if (!json_get_str(parameters, name))
			return err_set(e, E_INVALID,
				"Parameters: [%.*s] do not exist in the template", STR_ARG(name));
		if (input_of(scope, name) != json_get(k, "ParameterValue"))
			return err_set(e, E_INVALID,
				"Parameters: [%.*s] are in the request more than once",
				STR_ARG(name));
	}
	return E_OK;
}

static bool number_of(const struct json *v, double *out)
{
	char text[64], *end;

	if (!pack_scalar(v) || !v->text.n || v->text.n >= sizeof(text))
		return false;
	memcpy(text, v->text.p, v->text.n);
	text[v->text.n] = '\0';
	*out = strtod(text, &end);
	return !*end;
}

static size_t characters(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

/* Of the numbers called @at_least and @at_most, where they are there. */
static bool within(const struct json *p, const char *at_least, const char *at_most, double v)
{
	double limit;

	if (number_of(json_get(p, at_least), &limit) && v < limit)
		return false;
	return !number_of(json_get(p, at_most), &limit) || v <= limit;
}

static enum code check_pattern(const struct json *p, struct str value, bool *fits, struct err *e)
{
	struct str text = json_get_text(p, "AllowedPattern");
	struct pattern *pattern = NULL;
	enum code c;

	*fits = true;
	if (!text.n)
		return E_OK;
	if (pattern_compile(&pattern, text, e))
		return err_add(e, "Template format error: AllowedPattern is invalid: [%.*s]",
			STR_ARG(p->key));
	c = pattern_match(pattern, value, true, fits, e);
	pattern_free(pattern);
	return c;
}

static bool allowed(const struct json *p, const struct json *value)
{
	const struct json *values = json_get(p, "AllowedValues");

	if (!json_is(values, JSON_ARRAY))
		return true;
	for (const struct json *k = values->first; k; k = k->next)
		if (pack_scalar(k) && str_eq(k->text, value->text))
			return true;
	return false;
}

static enum code check_value(const struct json *p, const struct json *value, struct err *e)
{
	struct str type = json_get_text(p, "Type"), why = json_get_text(p, "ConstraintDescription");
	bool is_number = str_is(type, "Number"), fits = true;
	double v = 0;

	if (is_number && !number_of(value, &v))
		return err_set(e, E_INVALID, "Parameter '%.*s' must be a number not value \"%.*s\"",
			STR_ARG(p->key), STR_ARG(value->text));
	if (check_pattern(p, value->text, &fits, e))
		return e->code;
	fits = fits && allowed(p, value) &&
	       within(p, "MinLength", "MaxLength", (double)characters(value->text)) &&
	       (!is_number || within(p, "MinValue", "MaxValue", v));
	if (!fits)
		return err_set(e, E_INVALID, "Parameter '%.*s' failed to satisfy constraint: %.*s",
			STR_ARG(p->key), STR_ARG(why.n ? why : STR("it is not an allowed value")));
	return E_OK;
}

static struct json *list_of(struct arena *a, struct str text)
{
	struct json *list = json_new(a, JSON_ARRAY);

	while (text.p) {
		size_t n = str_find(text, ',');

		json_push(list, json_string(a, str_trim((struct str){ text.p, n })));
		text = n < text.n ? str_from(text, n + 1) : STR_NONE;
	}
	return list;
}

static enum code take_parameter(struct pack_values *values, const struct json *p)
{
	static const char *const plain[] = { "String", "Number", NULL };
	static const char *const lists[] = { "CommaDelimitedList", "List<Number>", "List<String>",
		NULL };
	struct str type = json_get_text(p, "Type");
	const struct json *v = input_of(values->scope, p->key);

	if (!among(type, plain) && !among(type, lists))
		return err_set(values->e, E_INVALID,
			"Template format error: Unrecognized parameter type: %.*s", STR_ARG(type));
	if (!v)
		v = json_get(p, "Default");
	if (!v)
		return err_set(values->e, E_INVALID, "Parameters: [%.*s] must have values",
			STR_ARG(p->key));
	if (!pack_scalar(v))
		return invalid(values->e, "Every Default member must be a string:", p->key);
	if (check_value(p, v, values->e))
		return values->e->code;
	json_add(values->parameters, p->key,
		among(type, lists) ? list_of(values->a, v->text) : json_string(values->a, v->text));
	return arena_ok(values->a) ? E_OK : err_nomem(values->e);
}

static enum code take_parameters(struct pack_values *values, const struct json *parameters)
{
	const size_t n = parameters ? parameters->n : 0;

	if (n > PACK_PARAMETERS_MAX)
		return err_set(values->e, E_INVALID,
			"Template format error: Number of parameters, %zu, is greater than maximum allowed, %d",
			n, PACK_PARAMETERS_MAX);
	if (check_inputs(values->scope, parameters, values->e))
		return values->e->code;
	for (const struct json *p = n ? parameters->first : NULL; p; p = p->next)
		if (take_parameter(values, p))
			return values->e->code;
	return E_OK;
}

/* Resources */

static enum code check_resource(const struct json *r, struct err *e)
{
	static const char *const attributes[] = { "Type", "Properties", "Condition", "DependsOn",
		"DeletionPolicy", "UpdateReplacePolicy", "Metadata", "Description", "Controls",
		NULL };
	struct str type = json_get_text(r, "Type");

	if (!str_is(type, RULE) && !str_is(type, REMEDIATION))
		return err_set(e, E_INVALID,
			"Template format error: the resource %.*s is of the type '%.*s'; a conformance pack has only " RULE
			" and " REMEDIATION,
			STR_ARG(r->key), STR_ARG(type));
	for (const struct json *k = r->first; k; k = k->next)
		if (!among(k->key, attributes))
			return invalid(e, "Invalid attribute of a resource:", k->key);
	if (!json_is(json_get(r, "Properties"), JSON_OBJECT))
		return invalid(e, "Properties must be an object in", r->key);
	return E_OK;
}

static enum code is_on(struct pack_values *values, const struct json *r, bool *on)
{
	const struct json *name = json_get(r, "Condition");

	*on = true;
	if (!name)
		return E_OK;
	if (name->kind != JSON_STRING)
		return invalid(values->e, "Condition must be a name in", r->key);
	return pack_condition(values, name->text, on);
}

static enum code take_name(struct pack_values *values, const struct json *r)
{
	const struct json *given = json_get(json_get(r, "Properties"), "ConfigRuleName");
	struct str name = r->key;

	if (given && pack_text(values, given, "ConfigRuleName", &name))
		return values->e->code;
	name = arena_printf(values->a, "%.*s-%s", STR_ARG(name), values->scope->pack_id);
	if (characters(name) > NAME_MAX_CHARS)
		return invalid(values->e, "the name of this rule is too long:", name);
	for (const struct json *k = values->rules->first; k; k = k->next)
		if (str_eq(k->text, name))
			return invalid(values->e, "two rules have the same name:", name);
	json_add(values->rules, r->key, json_string(values->a, name));
	return arena_ok(values->a) ? E_OK : err_nomem(values->e);
}

static enum code take_names(struct pack_values *values, const struct json *resources)
{
	for (const struct json *r = resources->first; r; r = r->next) {
		bool on = false;

		if (check_resource(r, values->e) || is_on(values, r, &on))
			return values->e->code;
		if (on && str_is(json_get_text(r, "Type"), RULE) && take_name(values, r))
			return values->e->code;
		if (values->rules->n > PACK_RULES_MAX)
			return err_set(values->e, E_INVALID,
				"Template format error: the template has more than %d rules",
				PACK_RULES_MAX);
	}
	return E_OK;
}

/*
 * CloudFormation lets "5" stand for 5 and the other way round; the API does not. What is not in this table is text.
 */
// NOLINTNEXTLINE(misc-no-recursion): as deep as the document
static void set_kinds(struct json *v)
{
	static const char *const flags[] = { "Automatic", "EnableDebugLogDelivery", NULL };
	static const char *const numbers[] = { "MaximumAutomaticAttempts", "RetryAttemptSeconds",
		"ConcurrentExecutionRatePercentage", "ErrorPercentage", NULL };
	double number;

	for (struct json *k = v->first; k; k = k->next)
		set_kinds(k);
	if (!pack_scalar(v))
		return;
	if (among(v->key, flags)) {
		if (str_is(v->text, "true") || str_is(v->text, "false"))
			v->kind = JSON_BOOL;
	} else if (among(v->key, numbers)) {
		if (v->kind == JSON_STRING && number_of(v, &number) &&
			strspn(v->text.p, "0123456789") >= v->text.n)
			v->kind = JSON_NUMBER;
	} else {
		v->kind = JSON_STRING;
	}
}

static enum code check_properties(
	struct err *e, const struct json *v, struct str where, const char *const *known)
{
	for (const struct json *k = v->first; k; k = k->next)
		if (!among(k->key, known))
			return err_set(e, E_INVALID,
				"Template format error: Encountered unsupported property %.*s in %.*s",
				STR_ARG(k->key), STR_ARG(where));
	return E_OK;
}

/* The API takes them as text, every value a string. */
static enum code write_parameters(struct pack_values *values, struct json *rule)
{
	struct json *v = json_get(rule, "InputParameters");
	struct buf text = BUF_INIT(4 * PACK_MADE_BYTES_MAX);

	if (!json_is(v, JSON_OBJECT))
		return E_OK;
	for (struct json *k = v->first; k; k = k->next)
		if (pack_scalar(k))
			k->kind = JSON_STRING;
	if (v->n) {
		json_write(&text, v);
		json_set(rule, STR("InputParameters"),
			json_string(values->a, arena_str(values->a, buf_slice(&text))));
	} else {
		json_remove(rule, v);
	}
	if (!buf_ok(&text) || !arena_ok(values->a))
		err_nomem(values->e);
	buf_release(&text);
	return values->e->code;
}

static enum code take_rule(struct pack_values *values, const struct json *r, struct json *v)
{
	static const char *const known[] = { "ConfigRuleName", "Description", "InputParameters",
		"MaximumExecutionFrequency", "Scope", "Source", "EvaluationModes", NULL };

	if (check_properties(values->e, v, r->key, known) || write_parameters(values, v))
		return values->e->code;
	set_kinds(v);
	json_set(v, STR("ConfigRuleName"),
		json_string(values->a, json_get_str(values->rules, r->key)->text));
	return E_OK;
}

/* By the name it has in the template, or by Ref. */
static const struct json *rule_called(const struct pack_values *values, struct str name)
{
	const struct str id = str_of(values->scope->pack_id);

	for (const struct json *k = values->rules->first; k; k = k->next)
		if (str_eq(k->text, name) ||
			(k->text.n == name.n + 1 + id.n && str_starts(k->text, name)))
			return k;
	return NULL;
}

/* CloudFormation calls Value what the API calls Values. */
static void rename_values(struct json *remediation)
{
	struct json *parameters = json_get(remediation, "Parameters");

	for (struct json *k = json_is(parameters, JSON_OBJECT) ? parameters->first : NULL; k;
		k = k->next) {
		struct json *v = json_get(json_get(k, "StaticValue"), "Value");

		if (v)
			v->key = STR("Values");
	}
}

static enum code take_remediation(struct pack_values *values, const struct json *r, struct json *v)
{
	static const char *const known[] = { "ConfigRuleName", "TargetType", "TargetId",
		"TargetVersion", "Parameters", "ResourceType", "Automatic", "ExecutionControls",
		"MaximumAutomaticAttempts", "RetryAttemptSeconds", NULL };
	const struct json *rule = rule_called(values, json_get_text(v, "ConfigRuleName"));

	if (check_properties(values->e, v, r->key, known))
		return values->e->code;
	if (!rule)
		return invalid(
			values->e, "the ConfigRuleName is no rule of this template in", r->key);
	set_kinds(v);
	rename_values(v);
	json_set(v, STR("ConfigRuleName"), json_string(values->a, rule->text));
	return E_OK;
}

/* What a rule is for, in the words of the standard that the pack follows: a list of texts. */
static enum code take_controls(
	struct pack_values *values, const struct json *r, struct pack_template *out)
{
	const struct json *given = json_get(r, "Controls");
	struct json *list = json_new(values->a, JSON_ARRAY);

	if (!given)
		return E_OK;
	if (given->kind != JSON_ARRAY)
		return invalid(values->e, "Controls must be a list in", r->key);
	for (const struct json *k = given->first; k; k = k->next) {
		if (!pack_scalar(k))
			return invalid(values->e, "Controls must be texts in", r->key);
		json_push(list, json_string(values->a, k->text));
	}
	json_add(out->controls, r->key, list);
	return arena_ok(values->a) ? E_OK : err_nomem(values->e);
}

static enum code take_resource(
	struct pack_values *values, const struct json *r, struct pack_template *out)
{
	const bool is_rule = str_is(json_get_text(r, "Type"), RULE);
	const struct json *made = NULL;
	struct json *v;
	bool on = false;

	if (is_on(values, r, &on) || !on)
		return values->e->code;
	if (pack_value(values, json_get(r, "Properties"), &made))
		return err_add(values->e, "in %.*s", STR_ARG(r->key));
	if (!json_is(made, JSON_OBJECT))
		return invalid(values->e, "Properties must be an object in", r->key);
	v = json_copy(values->a, made);
	if (!v || !arena_ok(values->a))
		return err_nomem(values->e);
	v->key = STR_NONE;
	if (is_rule ? take_rule(values, r, v) : take_remediation(values, r, v))
		return values->e->code;
	json_add(is_rule ? out->rules : out->remediations, r->key, v);
	if (is_rule && take_controls(values, r, out))
		return values->e->code;
	return arena_ok(values->a) ? E_OK : err_nomem(values->e);
}

enum code pack_template_read(struct arena *a, struct str text, const struct pack_scope *scope,
	struct pack_template *out, struct err *e)
{
	struct json *root = NULL;
	struct pack_values values = { .a = a, .e = e, .scope = scope };

	if (read_document(a, text, &root, e) || check_sections(root, e))
		return e->code;
	values.parameters = json_new(a, JSON_OBJECT);
	values.rules = json_new(a, JSON_OBJECT);
	values.known = json_new(a, JSON_OBJECT);
	values.mappings = json_get(root, "Mappings");
	values.conditions = json_get(root, "Conditions");
	out->rules = json_new(a, JSON_OBJECT);
	out->remediations = json_new(a, JSON_OBJECT);
	out->controls = json_new(a, JSON_OBJECT);
	if (!arena_ok(a))
		return err_nomem(e);
	if (take_parameters(&values, json_get(root, "Parameters")) ||
		take_names(&values, json_get(root, "Resources")))
		return e->code;
	for (const struct json *r = json_get(root, "Resources")->first; r; r = r->next)
		if (take_resource(&values, r, out))
			return e->code;
	if (!out->rules->n)
		return err_set(e, E_INVALID, "Template format error: the template makes no rules");
	return E_OK;
}
