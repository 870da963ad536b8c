/* SPDX-License-Identifier: Apache-2.0 */
#include "api/findings.h"

#include "cli/person.h"
#include "cli/rule.h"

/* As much as AWS Config takes from S3. */
#define TEMPLATE_MAX_BYTES ((size_t)300 << 10)
#define LIST_COLUMNS       "pack,state,result,score,rules,failing_rules,non_compliant,reason"
#define RULE_COLUMNS       "logical_id,rule,source,result,non_compliant,judged,insufficient,error"

static struct read_filter places(struct cli *c)
{
	return (struct read_filter){ .account = opt_text(&c->o, OPT_ACCOUNT),
		.region = opt_text(&c->o, OPT_REGION) };
}

static enum code list(struct cli *c, struct err *e)
{
	struct read_filter f = places(c);
	struct printer p;
	struct rows rows;

	if (cli_open(c, e))
		return e->code;
	cli_printer(c, &p, LIST_COLUMNS);
	rows = printer_rows(&p);
	if (!findings_packs(&c->reader, NULL, &f, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

/* The line above the rules. */
struct heading {
	struct cli *c;
	struct columns k;
	size_t packs;
	bool quiet;
};

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct heading *h = ctx;

	(void)e;
	h->k = (struct columns){ names, n };
	return E_OK;
}

static enum code pack_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct heading *h = ctx;
	const struct cell *reason = column(&h->k, cells, "reason");
	const struct cell *score = column(&h->k, cells, "score");

	(void)n;
	(void)e;
	h->packs++;
	if (h->quiet)
		return E_OK;
	say(h->c, INK_STRONG, "%.*s", STR_ARG(column_text(&h->k, cells, "pack")));
	say(h->c, INK_PLAIN, "  %.*s  %.*s  %.*s  %.*s",
		STR_ARG(column_text(&h->k, cells, "account")),
		STR_ARG(column_text(&h->k, cells, "region")),
		STR_ARG(column_text(&h->k, cells, "state")),
		STR_ARG(column_text(&h->k, cells, "result")));
	if (score->kind == CELL_REAL)
		say(h->c, INK_PLAIN, "  score %.2f", score->r);
	if (reason->kind == CELL_TEXT)
		say(h->c, INK_BAD, "  %.*s", STR_ARG(reason->text));
	fputc('\n', stdout);
	return E_OK;
}

static enum code show(struct cli *c, const char *name, struct err *e)
{
	struct read_filter f = places(c);
	struct heading h = { .c = c, .quiet = c->format_given };
	struct rows heading = { begin, pack_row, &h }, rows;
	struct printer p;

	if (cli_open(c, e) || findings_packs(&c->reader, name, &f, &heading, e))
		return e->code;
	if (!h.packs) {
		err_set(e, E_NOTFOUND, "there is no conformance pack \"%s\"", name);
		return err_hint(e, "siltstone pack list");
	}
	fflush(stdout);
	cli_printer(c, &p, RULE_COLUMNS);
	rows = printer_rows(&p);
	if (!findings_pack_rules(&c->reader, name, &f, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

/* --param as a list of {ParameterName, ParameterValue}. */
static enum code add_inputs(struct cli *c, struct json *body, struct err *e)
{
	struct json *given = NULL, *list = json_new(&c->arena, JSON_ARRAY);

	if (rule_parameters(c, &given, e) || !given)
		return e->code;
	for (const struct json *v = given->first; v; v = v->next) {
		struct json *one = json_new(&c->arena, JSON_OBJECT);

		json_add(one, STR("ParameterName"), json_string(&c->arena, v->key));
		json_add(one, STR("ParameterValue"), json_string(&c->arena, v->text));
		json_push(list, one);
	}
	json_add(body, STR("ConformancePackInputParameters"), list);
	return arena_ok(&c->arena) ? E_OK : err_nomem(e);
}

/* What could not be made is a pack that says why. */
static enum code check_made(struct asking *a, const char *name, struct err *e)
{
	struct arena *arena = &a->c->arena;
	struct json *input = json_new(arena, JSON_OBJECT), *names = json_new(arena, JSON_ARRAY);
	struct json *answer = NULL, *status;

	json_push(names, json_string(arena, str_of(name)));
	json_add(input, STR("ConformancePackNames"), names);
	if (!arena_ok(arena))
		return err_nomem(e);
	if (asking_ask(a, "DescribeConformancePackStatus", input, &answer, e))
		return e->code;
	status = json_get(answer, "ConformancePackStatusDetails");
	status = status ? status->first : NULL;
	if (!status || !str_is(json_get_text(status, "ConformancePackState"), "CREATE_FAILED"))
		return E_OK;
	return err_set(e, E_INVALID, "conformance pack \"%s\": %.*s", name,
		STR_ARG(json_get_text(status, "ConformancePackStatusReason")));
}

static enum code put(struct cli *c, const char *name, struct err *e)
{
	const char *path = opt_text(&c->o, OPT_TEMPLATE);
	struct asking a = { .c = c };
	struct json *body = json_new(&c->arena, JSON_OBJECT);
	struct str template;

	if (!path)
		return err_set(e, E_INVALID, "pack put wants --template FILE");
	if (rule_read(c, path, TEMPLATE_MAX_BYTES, &template, e))
		return e->code;
	json_add(body, STR("ConformancePackName"), json_string(&c->arena, str_of(name)));
	json_add(body, STR("TemplateBody"), json_string(&c->arena, template));
	if (!add_inputs(c, body, e) && !asking_open(&a, c, true, e) &&
		!asking_ask(&a, "PutConformancePack", body, NULL, e) && !check_made(&a, name, e))
		cli_note(c,
			"conformance pack \"%s\" is there; siltstone rule evaluate runs its rules now",
			name);
	asking_close(&a);
	return e->code;
}

static enum code take_off(struct cli *c, const char *name, struct err *e)
{
	struct asking a = { .c = c };
	struct json *input = json_new(&c->arena, JSON_OBJECT);

	json_add(input, STR("ConformancePackName"), json_string(&c->arena, str_of(name)));
	if (!arena_ok(&c->arena))
		return err_nomem(e);
	if (!asking_open(&a, c, true, e) &&
		!asking_ask(&a, "DeleteConformancePack", input, NULL, e))
		cli_note(c,
			"conformance pack \"%s\" and its rules are gone; what they found stays in the history",
			name);
	asking_close(&a);
	return e->code;
}

enum code cmd_pack(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0], *name = c->argc > 1 ? c->argv[1] : NULL;

	if (strcmp(verb, "list") == 0 && !name)
		return list(c, e);
	if (strcmp(verb, "show") == 0 && name && *name)
		return show(c, name, e);
	if (strcmp(verb, "put") == 0 && name && *name)
		return put(c, name, e);
	if ((strcmp(verb, "delete") == 0 || strcmp(verb, "remove") == 0) && name && *name)
		return take_off(c, name, e);
	err_set(e, E_INVALID, "pack wants list, show NAME, put NAME, or delete NAME");
	return err_hint(e, "siltstone help pack");
}
