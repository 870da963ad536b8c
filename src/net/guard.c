/* SPDX-License-Identifier: Apache-2.0 */
#include "net/guard.h"

#include "net/child.h"
#include "json/read.h"
#include "json/write.h"

#define PROGRAM    "cfn-guard"
#define ANSWER_MAX ((size_t)16 << 20)
#define INPUT_MAX  ((size_t)64 << 20)
#define ARENA_MAX  ((size_t)128 << 20)
/* Reports are nested as deep as policies are. */
#define DEPTH_MAX  24
/* Bytes: 256 characters. */
#define SAID_MAX   1024

/* Whether the policy itself says `let NAME =`. */
static bool defines(struct str policy, struct str name)
{
	for (struct str rest = policy; rest.n;) {
		size_t end = str_find(rest, '\n');
		struct str line = str_trim((struct str){ rest.p, end });

		rest = str_from(rest, end + 1);
		if (!str_starts(line, STR("let ")))
			continue;
		line = str_trim(str_from(line, 4));
		if (str_starts(line, name) && line.n > name.n &&
			(str_blank(line.p[name.n]) || line.p[name.n] == '='))
			return true;
	}
	return false;
}

static bool is_variable(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return name.n > 0;
}

/* `let name = "value"`, a line each, before the policy. */
static enum code write_rules(
	struct arena *a, const struct policy *p, struct buf *rules, struct err *e)
{
	struct json *given = NULL;

	if (p->parameters.n && json_read(a, p->parameters, &given, e))
		return err_add(e, "the rule's parameters");
	for (const struct json *m = given ? given->first : NULL; m; m = m->next) {
		if (m->kind != JSON_STRING || !is_variable(m->key) || defines(p->text, m->key))
			continue;
		buf_printf(rules, "let %.*s = ", STR_ARG(m->key));
		json_write_string(rules, m->text);
		buf_char(rules, '\n');
	}
	buf_str(rules, p->text);
	return E_OK;
}

static enum code write_input(
	struct arena *a, const struct policy *p, struct buf *input, struct err *e)
{
	struct buf rules = BUF_INIT(INPUT_MAX);
	enum code c = write_rules(a, p, &rules, e);

	if (!c) {
		buf_text(input, "{\"rules\":[");
		json_write_string(input, buf_slice(&rules));
		buf_text(input, "],\"data\":[");
		json_write_string(input, p->item);
		buf_text(input, "]}");
		if (!buf_ok(&rules) || !buf_ok(input) || !arena_ok(a))
			c = err_nomem(e);
	}
	buf_release(&rules);
	return c;
}

/* The first message of people's own, else the first of the program's. */
// NOLINTNEXTLINE(misc-no-recursion): to DEPTH_MAX
static struct str find_message(const struct json *v, const char *name, int depth)
{
	struct str found = json_get_text(v, name);

	if (found.n || depth == DEPTH_MAX || !v)
		return found;
	for (const struct json *k = v->first; k && !found.n; k = k->next)
		if (k->kind == JSON_OBJECT || k->kind == JSON_ARRAY)
			found = find_message(k, name, depth + 1);
	return found;
}

/* As much of it as an annotation may ever take. */
static struct str some_of(struct str text)
{
	struct str s = str_trim(text);

	s.n = s.n > SAID_MAX ? SAID_MAX : s.n;
	s.n = utf8_span(s);
	return s;
}

static void explain(const struct json *report, struct buf *annotation)
{
	const struct json *failed = json_get(report, "not_compliant");
	const struct json *k = failed ? failed->first : NULL;

	for (; k && annotation->n < SAID_MAX; k = k->next) {
		const struct json *rule = json_get(k, "Rule");
		struct str why = find_message(rule, "custom_message", 0);

		if (!why.n)
			why = find_message(rule, "error_message", 0);
		if (annotation->n)
			buf_text(annotation, "; ");
		buf_str(annotation, some_of(json_get_text(rule, "name")));
		if (why.n) {
			buf_text(annotation, ": ");
			buf_str(annotation, some_of(why));
		}
	}
	if (!annotation->n)
		buf_text(annotation, "the policy failed");
}

static enum code read_report(struct arena *a, struct str answer, enum policy_result *result,
	struct buf *annotation, struct err *e)
{
	struct json *reports = NULL;
	const struct json *report;
	struct str status;

	if (json_read(a, answer, &reports, e))
		return err_add(e, "what cfn-guard answered");
	report = json_is(reports, JSON_ARRAY) ? reports->first : reports;
	status = json_get_text(report, "status");
	if (str_is(status, "PASS")) {
		*result = POLICY_COMPLIANT;
	} else if (str_is(status, "SKIP")) {
		*result = POLICY_NOT_APPLICABLE;
		buf_text(annotation, "no rule of the policy is for it");
	} else if (str_is(status, "FAIL")) {
		*result = POLICY_NON_COMPLIANT;
		explain(report, annotation);
	} else {
		return err_set(e, E_REMOTE, "cfn-guard did not say whether the item passes");
	}
	return E_OK;
}

/* What does not pass ends with a status of its own, and a report all the same. */
static bool reported(enum code c, const struct buf *answer)
{
	struct str text = str_trim(buf_slice(answer));

	return (!c || c == E_REMOTE) && text.n && (text.p[0] == '[' || text.p[0] == '{');
}

static enum code ask(const struct guard *g, const struct policy *p, struct str input,
	struct buf *answer, struct err *e)
{
	const char *const argv[] = { g->program, "validate", "--payload", "--structured",
		"--output-format", "json", "--show-summary", "none", NULL };
	const struct child child = { .argv = argv,
		.input = input,
		.deadline_ms = p->deadline_ms,
		.answer_max = ANSWER_MAX };
	struct err why = { 0 };
	enum code c = child_run(&child, answer, &why);

	if (reported(c, answer))
		return E_OK;
	if (c == E_NOTFOUND)
		return err_set(e, E_UNSUPPORTED, "cfn-guard is not installed");
	if (c == E_CANCELED)
		return err_set(e, E_TOOBIG, "%s", why.msg);
	if (!c)
		return err_set(e, E_REMOTE, "cfn-guard answered nothing");
	*e = why;
	return c;
}

static enum code evaluate(struct policy_runner *r, const struct policy *p,
	enum policy_result *result, struct buf *annotation, struct err *e)
{
	const struct guard *g = (const struct guard *)r;
	struct arena a = ARENA_INIT(ARENA_MAX);
	struct buf input = BUF_INIT(INPUT_MAX), answer = BUF_INIT(ANSWER_MAX);
	enum code c = write_input(&a, p, &input, e);

	buf_clear(annotation);
	if (!c)
		c = ask(g, p, buf_slice(&input), &answer, e);
	if (!c)
		c = read_report(&a, buf_slice(&answer), result, annotation, e);
	buf_release(&input);
	buf_release(&answer);
	arena_release(&a);
	return c;
}

struct guard guard_make(void)
{
	return (struct guard){ .runner = { .evaluate = evaluate }, .program = PROGRAM };
}
