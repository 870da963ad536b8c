/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rule.h"

#include "api/findings.h"
#include "base/time.h"
#include "cli/person.h"
#include "core/evaluate.h"
#include "net/guard.h"
#include "store/store.h"
#include "json/read.h"
#include "json/write.h"

#define LIST_COLUMNS                                                                               \
	"rule,account,region,source,runs_on,state,result,non_compliant,compliant,insufficient,evaluated,error"
#define MANAGED_COLUMNS "identifier,runs_on,evaluated,resource_types,parameters"
#define FAILING_SHOWN   20
#define VALUE_COLUMNS   100
#define HERE_BYTES      ((size_t)1 << 20)

typedef enum code ask_fn(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);

static struct read_filter places(struct cli *c, const char *rule)
{
	return (struct read_filter){ .rule = rule,
		.account = opt_text(&c->o, OPT_ACCOUNT),
		.region = opt_text(&c->o, OPT_REGION) };
}

static enum code list(struct cli *c, const char *glob, struct err *e)
{
	struct read_filter f = places(c, glob);
	struct printer p;
	struct rows rows;

	if (cli_open(c, e))
		return e->code;
	cli_printer(c, &p, LIST_COLUMNS);
	rows = printer_rows(&p);
	if (!findings_rules(&c->reader, &f, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

/* One rule, as a person reads it. */
struct shown {
	struct cli *c;
	struct columns k;
	const char *name;
	size_t rules, failing;
};

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct shown *s = ctx;

	(void)e;
	s->k = (struct columns){ names, n };
	return E_OK;
}

static void fact(struct shown *s, const struct cell *cells, const char *label, const char *name)
{
	const struct cell *v = column(&s->k, cells, name);

	if (v->kind == CELL_NULL || (v->kind == CELL_TEXT && !v->text.n))
		return;
	say(s->c, INK_PLAIN, "  %-11s ", label);
	say_value(s->c, strcmp(name, "error") == 0 ? INK_BAD : INK_PLAIN, v, VALUE_COLUMNS);
	fputc('\n', stdout);
}

static enum code fact_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	static const char *const facts[][2] = { { "source", "source" }, { "owner", "owner" },
		{ "about", "description" }, { "runs on", "runs_on" }, { "every", "frequency" },
		{ "scope", "scope" }, { "parameters", "parameters" }, { "state", "state" },
		{ "changed", "at" }, { "evaluated", "evaluated" }, { "error", "error" },
		{ "arn", "arn" } };
	struct shown *s = ctx;
	const struct str result = column_text(&s->k, cells, "result");

	(void)n;
	(void)e;
	if (s->rules++)
		fputc('\n', stdout);
	say(s->c, INK_STRONG, "%.*s", STR_ARG(column_text(&s->k, cells, "rule")));
	say(s->c, INK_PLAIN, "  %.*s  %.*s  ", STR_ARG(column_text(&s->k, cells, "account")),
		STR_ARG(column_text(&s->k, cells, "region")));
	say(s->c,
		str_is(result, "NON_COMPLIANT") ? INK_BAD
		: str_is(result, "COMPLIANT")   ? INK_GOOD
						: INK_FAINT,
		"%.*s", STR_ARG(result));
	say(s->c, INK_PLAIN, "  %lld of %lld fail",
		(long long)column_int(&s->k, cells, "non_compliant"),
		(long long)column_int(&s->k, cells, "judged"));
	if (column_int(&s->k, cells, "insufficient"))
		say(s->c, INK_PLAIN, ", of %lld it cannot tell",
			(long long)column_int(&s->k, cells, "insufficient"));
	fputc('\n', stdout);
	for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++)
		fact(s, cells, facts[i][0], facts[i][1]);
	return E_OK;
}

static enum code failing_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct shown *s = ctx;
	const struct cell *actor = column(&s->k, cells, "actor");

	(void)n;
	(void)e;
	if (s->failing++ == 0)
		say(s->c, INK_STRONG, "\nfailing\n");
	if (s->failing > FAILING_SHOWN)
		return E_OK;
	say(s->c, INK_PLAIN, "  %.*s  %.*s  since %.*s",
		STR_ARG(column_text(&s->k, cells, "resource_type")),
		STR_ARG(column_text(&s->k, cells, "resource_id")),
		STR_ARG(column_text(&s->k, cells, "since")));
	if (actor->kind == CELL_TEXT)
		say(s->c, INK_PLAIN, " by %.*s", STR_ARG(actor->text));
	fputs("  ", stdout);
	say_value(s->c, INK_FAINT, column(&s->k, cells, "annotation"), VALUE_COLUMNS);
	fputc('\n', stdout);
	return E_OK;
}

static enum code no_rule(const char *name, struct err *e)
{
	err_set(e, E_NOTFOUND, "there is no rule \"%s\"", name);
	return err_hint(e, "siltstone rule list");
}

static enum code tell(struct cli *c, struct read_filter *f, struct err *e)
{
	struct shown s = { .c = c, .name = f->rule };
	struct rows facts = { begin, fact_row, &s }, failing = { begin, failing_row, &s };

	if (findings_rules(&c->reader, f, &facts, e))
		return e->code;
	if (!s.rules)
		return no_rule(f->rule, e);
	f->result = "NON_COMPLIANT";
	if (findings_resources(&c->reader, f, &failing, e))
		return e->code;
	if (s.failing > FAILING_SHOWN)
		cli_note(c, "%zu more: siltstone check %s", s.failing - FAILING_SHOWN, f->rule);
	return E_OK;
}

static enum code show(struct cli *c, const char *name, struct err *e)
{
	struct read_filter f = places(c, name);
	struct printer p;
	struct rows rows;
	enum code code;

	if (cli_open(c, e))
		return e->code;
	if (!c->format_given)
		return tell(c, &f, e);
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	code = findings_rules(&c->reader, &f, &rows, e);
	if (!code)
		code = printer_end(&p, e);
	if (!code && !p.rows)
		code = no_rule(name, e);
	printer_release(&p);
	return code;
}

static enum code take_off(struct cli *c, const char *name, struct err *e)
{
	struct asking a = { .c = c };
	struct read_filter f = places(c, name);
	struct json *input = json_new(&c->arena, JSON_OBJECT);

	if (!input)
		return err_nomem(e);
	json_add(input, STR("ConfigRuleName"), json_string(&c->arena, str_of(name)));
	if (!asking_open(&a, c, true, e) &&
		!findings_place(&c->db, &f, &c->arena, &a.account, &a.region, e) &&
		!asking_ask(&a, "DeleteConfigRule", input, NULL, e))
		cli_note(c, "rule \"%s\" is gone; what it found stays in the history", name);
	asking_close(&a);
	return e->code;
}

/* What each run came to, as it ends. */
struct ran {
	struct rows rows;
	struct err failure; /* of the printer */
	size_t n, failed;
};

static void told(void *ctx, const struct evaluate_run *run, const struct err *why)
{
	struct ran *r = ctx;
	struct cell cells[] = { cell_text(run->rule), cell_text(run->account),
		cell_text(run->region), cell_text(run->cause), cell_int(run->sum.judged),
		cell_int(run->sum.compliant), cell_int(run->sum.non_compliant),
		cell_int(run->sum.not_applicable), cell_int(run->sum.insufficient),
		cell_int(run->changed), cell_int(run->invocations), cell_int(run->ms),
		cell_text(why->code ? why->msg : NULL) };

	r->n++;
	r->failed += why->code != E_OK;
	if (!r->failure.code)
		(void)r->rows.row(r->rows.ctx, cells, sizeof(cells) / sizeof(*cells), &r->failure);
}

static enum code want(struct cli *c, struct err *e)
{
	if (db_begin(&c->db, e))
		return e->code;
	for (int i = 1; (i < c->argc || i == 1) && !e->code; i++) {
		struct read_filter f = places(c, i < c->argc ? c->argv[i] : NULL);

		findings_want(&c->db, &f, c->now_ms, e);
	}
	if (!e->code)
		return db_commit(&c->db, e);
	db_rollback(&c->db);
	return e->code;
}

static enum code evaluate(struct cli *c, struct err *e)
{
	static const char *const names[] = { "rule", "account", "region", "cause", "judged",
		"compliant", "non_compliant", "not_applicable", "insufficient", "changed",
		"invocations", "ms", "error" };
	struct ran ran = { .n = 0 };
	struct guard guard = guard_make();
	struct evaluate_options o = {
		.guard = &guard.runner, .stop = c->stop, .told = told, .ctx = &ran
	};
	struct evaluate_sum sum = { 0 };
	struct printer p;
	enum code code;

	if (cli_open_changing(c, e) || want(c, e))
		return e->code;
	cli_printer(c, &p, "rule,judged,compliant,non_compliant,insufficient,changed,ms,error");
	ran.rows = printer_rows(&p);
	code = ran.rows.begin(ran.rows.ctx, names, sizeof(names) / sizeof(*names), e);
	if (!code)
		code = evaluate_due(&c->db, &o, time_now_ms(), &sum, e);
	if (code == E_NOTFOUND)
		code = E_OK;
	if (!code && ran.failure.code)
		code = err_set(e, ran.failure.code, "%s", ran.failure.msg);
	if (!code)
		code = printer_end(&p, e);
	printer_release(&p);
	if (!code && sum.invocations)
		cli_note(c, "%lld runs wait for functions: siltstone up starts them",
			(long long)sum.invocations);
	if (!code && ran.failed)
		c->exit = CLI_EXIT_PARTIAL;
	return code;
}

static enum code note_text(void *ctx, const struct rule_text *text, struct err *e)
{
	struct buf *b = ctx;
	struct str rest = text->rules;

	(void)e;
	while (rest.n) {
		struct str one = { rest.p, str_find(rest, ',') };

		rest = str_from(rest, one.n + 1);
		buf_char(b, b->n ? ',' : '{');
		json_write_string(b, one);
		buf_char(b, ':');
		json_write_string(b, text->text.p ? text->text : STR(""));
	}
	return E_OK;
}

/* Before anything is recorded there is no store, but there are rules. */
static enum code open_any(struct cli *c, struct err *e)
{
	struct err none = { 0 };

	if (cli_open(c, &none) == E_NOTFOUND && !opt_text(&c->o, OPT_STORE)) {
		c->store = ":memory:";
		return cli_open_writing(c, e);
	}
	*e = none;
	return e->code;
}

static enum code managed(struct cli *c, const char *pattern, struct err *e)
{
	const bool here = opt_text(&c->o, OPT_EVALUATED) != NULL;
	const bool known = opt_text(&c->o, OPT_KNOWN) != NULL;
	struct buf b = BUF_INIT(HERE_BYTES);
	struct findings_managed f = { .pattern = pattern, .evaluated = here ? 1 : known ? 0 : -1 };
	struct printer p;
	struct rows rows;

	if (here && known)
		return err_set(e, E_INVALID, "--evaluated and --known exclude each other");
	if (open_any(c, e))
		return e->code;
	cli_printer(c, &p, MANAGED_COLUMNS);
	rows = printer_rows(&p);
	if (!rule_text_walk(note_text, &b, e)) {
		buf_text(&b, b.n ? "}" : "{}");
		f.here = b.p;
		if (!buf_ok(&b))
			err_nomem(e);
		else if (!findings_managed(&c->reader, &f, &rows, e))
			printer_end(&p, e);
	}
	buf_release(&b);
	printer_release(&p);
	return e->code;
}

enum code cmd_rule(struct cli *c, struct err *e)
{
	const char *verb = c->argv[0], *name = c->argc > 1 ? c->argv[1] : NULL;
	const bool one = c->argc == 2 && *name;

	if (strcmp(verb, "list") == 0 && c->argc <= 2)
		return list(c, name, e);
	if (strcmp(verb, "show") == 0 && one)
		return show(c, name, e);
	if ((strcmp(verb, "put") == 0 || strcmp(verb, "add") == 0) && c->argc <= 2)
		return cmd_rule_put(c, name, e);
	if ((strcmp(verb, "delete") == 0 || strcmp(verb, "remove") == 0) && one)
		return take_off(c, name, e);
	if (strcmp(verb, "evaluate") == 0)
		return evaluate(c, e);
	if (strcmp(verb, "managed") == 0 && c->argc <= 2)
		return managed(c, name, e);
	if (strcmp(verb, "try") == 0 && one)
		return cmd_rule_try(c, name, e);
	if (strcmp(verb, "test") == 0)
		return cmd_rule_test(c, c->argc - 1, c->argv + 1, e);
	err_set(e, E_INVALID, "rule wants list, show, put, delete, evaluate, managed, try or test");
	return err_hint(e, "siltstone help rule");
}
