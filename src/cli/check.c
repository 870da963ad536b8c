/* SPDX-License-Identifier: Apache-2.0 */
#include "api/findings.h"

#include "cli/check.h"

#define RULE_COLUMNS     "rule,account,region,non_compliant,judged,insufficient,since,error"
#define RESOURCE_COLUMNS "resource_type,resource_id,name,result,since,actor,annotation"

/* Rows on their way to the printer: whether any of them fails. */
struct checked {
	struct rows to;
	size_t result_at, failing_at; /* columns; SIZE_MAX: there is none such */
	size_t rows, failing;
};

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct checked *k = ctx;

	k->result_at = k->failing_at = SIZE_MAX;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], "result") == 0)
			k->result_at = i;
		else if (strcmp(names[i], "non_compliant") == 0)
			k->failing_at = i;
	}
	return k->to.begin(k->to.ctx, names, n, e);
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct checked *k = ctx;

	k->rows++;
	if (k->failing_at != SIZE_MAX)
		k->failing += cells[k->failing_at].i > 0;
	else if (k->result_at != SIZE_MAX)
		k->failing += str_is(cells[k->result_at].text, "NON_COMPLIANT");
	return k->to.row(k->to.ctx, cells, n, e);
}

static enum code no_columns(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)names;
	(void)n;
	(void)e;
	return E_OK;
}

static enum code count_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	size_t *rules = ctx;

	(void)cells;
	(void)n;
	(void)e;
	++*rules;
	return E_OK;
}

/* A rule that found nothing is there all the same. */
static enum code none_found(struct cli *c, const char *rule, struct err *e)
{
	const struct read_filter f = { .rule = rule };
	size_t n = 0;
	const struct rows rows = { no_columns, count_row, &n };

	if (findings_rules(&c->reader, &f, &rows, e) || n)
		return e->code;
	err_set(e, E_NOTFOUND, "there is no rule \"%s\"", rule);
	return err_hint(e, "siltstone rule list");
}

static enum code ask(struct cli *c, struct read_filter *f, const struct rows *rows, struct err *e)
{
	if (opt_text(&c->o, OPT_EVALUATE))
		return check_evaluate(c, f, rows, e);
	return f->rule ? findings_resources(&c->reader, f, rows, e)
		       : findings_rules(&c->reader, f, rows, e);
}

static enum code print(struct cli *c, struct read_filter *f, struct err *e)
{
	struct checked k = { .rows = 0 };
	struct rows rows = { begin, row, &k };
	struct printer p;
	enum code code;

	cli_printer(c, &p, f->rule ? RESOURCE_COLUMNS : RULE_COLUMNS);
	k.to = printer_rows(&p);
	code = ask(c, f, &rows, e);
	if (!code && !k.rows && f->rule && !opt_text(&c->o, OPT_EVALUATE))
		code = none_found(c, f->rule, e);
	if (!code)
		code = printer_end(&p, e);
	if (!code && c->tty && f->rule)
		cli_note(c, "%zu of %zu fail", k.failing, k.rows);
	if (!code && k.failing && opt_text(&c->o, OPT_EXIT_CODE))
		c->exit = CLI_EXIT_DIFFERENT;
	printer_release(&p);
	return code;
}

enum code cmd_check(struct cli *c, struct err *e)
{
	struct read_filter f = { .rule = c->argc ? c->argv[0] : NULL,
		.result = opt_text(&c->o, OPT_FAILING) ? "NON_COMPLIANT" : NULL };

	if (cli_open(c, e) || cli_filter(c, &f, e))
		return e->code;
	return print(c, &f, e);
}
