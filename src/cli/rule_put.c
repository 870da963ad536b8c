/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "cli/rule.h"
#include "json/read.h"
#include "json/write.h"
#include <errno.h>

#define CHANGE         "ConfigurationItemChangeNotification"
#define OVERSIZED      "OversizedConfigurationItemChangeNotification"
#define SCHEDULED      "ScheduledNotification"
#define GUARD_RUNTIME  "guard-2.x.x"
#define TEXT_MAX_BYTES ((size_t)1 << 20)

enum code rule_read(struct cli *c, const char *path, size_t max, struct str *out, struct err *e)
{
	const bool piped = strcmp(path, "-") == 0;
	FILE *f = piped ? stdin : fopen(path, "re");
	struct buf b = BUF_INIT(max);
	char piece[8192];
	size_t n;

	if (!f)
		return err_sys(e, errno == ENOENT ? E_NOTFOUND : E_IO, errno, "open \"%s\"", path);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&b, piece, n);
	if (ferror(f))
		err_sys(e, E_IO, errno, "read \"%s\"", path);
	else if (!buf_ok(&b))
		err_set(e, E_TOOBIG, "\"%s\" is longer than %zu bytes", path, max);
	else
		*out = arena_str(&c->arena, buf_slice(&b));
	if (!piped)
		fclose(f);
	buf_release(&b);
	return e->code ? e->code : arena_ok(&c->arena) ? E_OK : err_nomem(e);
}

enum code rule_parameters(struct cli *c, struct json **out, struct err *e)
{
	const char *given;
	size_t at = 0;

	*out = NULL;
	while ((given = opt_next(&c->o, OPT_PARAM, &at))) {
		struct str s = str_of(given), name = { s.p, str_find(s, '=') };

		if (name.n == s.n || !name.n) {
			err_set(e, E_INVALID, "--param wants NAME=VALUE, not \"%s\"", given);
			return err_hint(e, "--param maxAccessKeyAge=90");
		}
		if (!*out)
			*out = json_new(&c->arena, JSON_OBJECT);
		json_set(*out, name, json_string(&c->arena, str_from(s, name.n + 1)));
	}
	return arena_ok(&c->arena) ? E_OK : err_nomem(e);
}

/* What people write, and what AWS Config calls it; its own names are taken, too. */
static struct str frequency_of(const char *text)
{
	static const char *const names[][2] = { { "1h", "One_Hour" }, { "3h", "Three_Hours" },
		{ "6h", "Six_Hours" }, { "12h", "Twelve_Hours" }, { "24h", "TwentyFour_Hours" },
		{ "1d", "TwentyFour_Hours" } };

	for (size_t i = 0; text && i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i][0], text) == 0)
			return str_of(names[i][1]);
	return str_of(text);
}

struct putting {
	struct cli *c;
	struct arena *a;
	struct asking asking;
	struct json *rule, *source;
};

static void add_text(struct putting *p, struct json *to, const char *key, struct str text)
{
	if (text.p)
		json_add(to, str_of(key), json_string(p->a, text));
}

/* The types, the resource or the tag that it looks at. */
static enum code add_scope(struct putting *p, struct err *e)
{
	struct json *scope = json_new(p->a, JSON_OBJECT), *types = json_new(p->a, JSON_ARRAY);
	struct str rest = str_of(opt_text(&p->c->o, OPT_TYPES));
	struct str tag = str_of(opt_text(&p->c->o, OPT_TAG));

	while (rest.n) {
		struct str type = { rest.p, str_find(rest, ',') };

		rest = str_from(rest, type.n + 1);
		type = str_trim(type);
		if (type.n)
			json_push(types, json_string(p->a, type));
	}
	if (!scope || !types)
		return err_nomem(e);
	if (types->n)
		json_add(scope, STR("ComplianceResourceTypes"), types);
	add_text(p, scope, "ComplianceResourceId", str_of(opt_text(&p->c->o, OPT_RESOURCE)));
	if (tag.p) {
		struct str key = { tag.p, str_find(tag, '=') };

		add_text(p, scope, "TagKey", key);
		if (key.n < tag.n)
			add_text(p, scope, "TagValue", str_from(tag, key.n + 1));
	}
	if (scope->n)
		json_add(p->rule, STR("Scope"), scope);
	return E_OK;
}

static void add_detail(struct putting *p, struct json *details, const char *type, struct str often)
{
	struct json *d = json_new(p->a, JSON_OBJECT);

	json_add(d, STR("EventSource"), json_string(p->a, STR("aws.config")));
	json_add(d, STR("MessageType"), json_string(p->a, str_of(type)));
	add_text(p, d, "MaximumExecutionFrequency", often);
	json_push(details, d);
}

/* --on change,periodic: when it runs. */
static enum code add_details(struct putting *p, bool functions, struct err *e)
{
	const char *on = opt_text(&p->c->o, OPT_ON);
	struct json *details = json_new(p->a, JSON_ARRAY);
	const bool change = !on || strstr(on, "change"), periodic = on && strstr(on, "periodic");

	if (!details)
		return err_nomem(e);
	if (on && !change && !periodic)
		return err_set(e, E_INVALID, "--on is change, periodic or both, not \"%s\"", on);
	if (change)
		add_detail(p, details, CHANGE, STR_NONE);
	if (change && functions)
		add_detail(p, details, OVERSIZED, STR_NONE);
	if (periodic)
		add_detail(p, details, SCHEDULED, frequency_of(opt_text(&p->c->o, OPT_FREQUENCY)));
	json_add(p->source, STR("SourceDetails"), details);
	return E_OK;
}

static enum code add_policy(struct putting *p, const char *runtime, const char *path, struct err *e)
{
	struct json *policy = json_new(p->a, JSON_OBJECT);
	struct str text = STR_NONE;

	if (rule_read(p->c, path, TEXT_MAX_BYTES, &text, e) || add_details(p, false, e))
		return e->code;
	add_text(p, p->source, "Owner", STR("CUSTOM_POLICY"));
	add_text(p, policy, "PolicyRuntime", str_of(runtime));
	add_text(p, policy, "PolicyText", text);
	json_add(p->source, STR("CustomPolicyDetails"), policy);
	return arena_ok(p->a) ? E_OK : err_nomem(e);
}

static enum code add_function(struct putting *p, const char *function, struct err *e)
{
	struct str arn = str_of(function);

	if (!str_starts(arn, STR("arn:"))) {
		if (asking_place(&p->asking, e))
			return e->code;
		arn = arena_printf(p->a, "arn:aws:lambda:%s:%s:function:%s", p->asking.region,
			p->asking.account, function);
	}
	add_text(p, p->source, "Owner", STR("CUSTOM_LAMBDA"));
	add_text(p, p->source, "SourceIdentifier", arn);
	return add_details(p, true, e);
}

static enum code add_source(struct putting *p, struct err *e)
{
	const struct options *o = &p->c->o;
	const char *managed = opt_text(o, OPT_MANAGED), *sql = opt_text(o, OPT_SQL);
	const char *guard = opt_text(o, OPT_GUARD), *function = opt_text(o, OPT_FUNCTION);
	enum code c = E_OK;

	if (!!managed + !!sql + !!guard + !!function != 1) {
		err_set(e, E_INVALID,
			"rule put wants one of --managed, --sql, --guard, --function and --json");
		return err_hint(e, "siltstone help rule");
	}
	if (managed) {
		add_text(p, p->source, "Owner", STR("AWS"));
		add_text(p, p->source, "SourceIdentifier", str_of(managed));
		add_text(p, p->rule, "MaximumExecutionFrequency",
			frequency_of(opt_text(o, OPT_FREQUENCY)));
	} else if (function) {
		c = add_function(p, function, e);
	} else {
		c = add_policy(p, sql ? RULE_SQL_RUNTIME : GUARD_RUNTIME, sql ? sql : guard, e);
	}
	return c;
}

static enum code add_parameters(struct putting *p, struct err *e)
{
	struct buf b = BUF_INIT(TEXT_MAX_BYTES);
	struct json *parameters;

	if (rule_parameters(p->c, &parameters, e) || !parameters)
		return e->code;
	json_write(&b, parameters);
	add_text(p, p->rule, "InputParameters", arena_str(p->a, buf_slice(&b)));
	buf_release(&b);
	return arena_ok(p->a) ? E_OK : err_nomem(e);
}

static enum code compose(struct putting *p, const char *name, struct err *e)
{
	p->rule = json_new(p->a, JSON_OBJECT);
	p->source = json_new(p->a, JSON_OBJECT);
	if (!p->rule || !p->source)
		return err_nomem(e);
	add_text(p, p->rule, "ConfigRuleName", str_of(name));
	add_text(p, p->rule, "Description", str_of(opt_text(&p->c->o, OPT_NOTE)));
	if (add_source(p, e) || add_scope(p, e) || add_parameters(p, e))
		return e->code;
	json_add(p->rule, STR("Source"), p->source);
	return E_OK;
}

/* --json: the body of PutConfigRule, or the rule in it. */
static enum code read_body(
	struct putting *p, const char *path, const char *name, struct json **body, struct err *e)
{
	struct str text = STR_NONE;

	if (rule_read(p->c, path, TEXT_MAX_BYTES, &text, e))
		return e->code;
	if (json_read(p->a, text, body, e))
		return err_add(e, "%s", path);
	if (!json_get(*body, "ConfigRule") && json_get(*body, "Source")) {
		struct json *outer = json_new(p->a, JSON_OBJECT);

		json_add(outer, STR("ConfigRule"), *body);
		*body = outer;
	}
	p->rule = json_get(*body, "ConfigRule");
	if (!p->rule)
		return err_set(e, E_INVALID, "\"%s\" is no body of PutConfigRule", path);
	if (name)
		json_set(p->rule, STR("ConfigRuleName"), json_string(p->a, str_of(name)));
	return E_OK;
}

static enum code put(struct putting *p, const char *name, struct err *e)
{
	const char *path = opt_text(&p->c->o, OPT_JSON);
	struct json *body = json_new(p->a, JSON_OBJECT);

	if (path ? read_body(p, path, name, &body, e) : compose(p, name, e))
		return e->code;
	if (!path)
		json_add(body, STR("ConfigRule"), p->rule);
	if (!arena_ok(p->a))
		return err_nomem(e);
	return asking_ask(&p->asking, "PutConfigRule", body, NULL, e);
}

enum code cmd_rule_put(struct cli *c, const char *name, struct err *e)
{
	struct putting p = { .c = c, .a = &c->arena };

	if (!name && !opt_text(&c->o, OPT_JSON))
		return err_set(e, E_INVALID, "rule put wants the NAME of the rule");
	if (!asking_open(&p.asking, c, true, e) && !put(&p, name, e)) {
		struct str called = json_get_text(p.rule, "ConfigRuleName");

		cli_note(c, "rule \"%.*s\" is there; siltstone rule evaluate %.*s runs it now",
			STR_ARG(called), STR_ARG(called));
	}
	asking_close(&p.asking);
	return e->code;
}
