/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "api/findings.h"
#include "base/time.h"

/* What a person wants to know beside the rows: the first of them, and how many still hold. */
struct told {
	struct rows to; /* the printer */
	size_t since_at, still_at;
	char first[TIME_ISO_BYTES];
	size_t still;
};

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct told *t = ctx;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(names[i], "since") == 0)
			t->since_at = i;
		else if (strcmp(names[i], "still") == 0)
			t->still_at = i;
	}
	return t->to.begin(t->to.ctx, names, n, e);
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct told *t = ctx;
	struct str since = cells[t->since_at].text;

	t->still += cells[t->still_at].i != 0;
	if (since.n < sizeof(t->first) &&
		(!t->first[0] || strncmp(since.p, t->first, since.n) < 0)) {
		memcpy(t->first, since.p, since.n);
		t->first[since.n] = '\0';
	}
	return t->to.row(t->to.ctx, cells, n, e);
}

#define CONDITION_COLUMNS "resource_type,resource_id,name,since,until,still,seconds,versions"
#define RULE_COLUMNS                                                                               \
	"resource_type,resource_id,since,until,still,seconds,actor,event_name,annotation"

/* When a condition held, or, with f->rule, when that rule found something not compliant. */
static enum code print(struct cli *c, const struct read_filter *f, struct err *e)
{
	struct told t = { .still = 0 };
	struct rows rows = { begin, row, &t };
	struct printer p;
	enum code code;

	cli_printer(c, &p, f->rule ? RULE_COLUMNS : CONDITION_COLUMNS);
	t.to = printer_rows(&p);
	code = f->rule ? findings_history(&c->reader, f, &rows, e)
		       : read_since(&c->reader, f, &rows, e);
	if (!code)
		code = printer_end(&p, e);
	if (!code && c->tty && p.rows)
		cli_note(c, "%zu %s, first %s %s, %zu still", p.rows,
			cli_plural((int64_t)p.rows, "interval", "intervals"),
			f->rule ? "failing" : "true", t.first, t.still);
	else if (!code && c->tty)
		cli_note(c, f->rule ? "nothing ever failed" : "it was never true");
	printer_release(&p);
	return code;
}

enum code cmd_since(struct cli *c, struct err *e)
{
	const char *rule = opt_text(&c->o, OPT_RULE), *word = c->argc ? c->argv[0] : NULL;
	struct read_filter f = {
		.where = rule ? NULL : word, .rule = rule, .result = rule ? "NON_COMPLIANT" : NULL
	};
	const char *what = rule && word ? word : opt_text(&c->o, OPT_RESOURCE);
	struct resource who;

	if (!rule && !word) {
		err_set(e, E_INVALID, "since wants a condition, or a rule");
		return err_hint(e, "siltstone help since");
	}
	if (cli_open(c, e) || cli_filter(c, &f, e))
		return e->code;
	if (what) {
		if (cli_find(c, what, &who, e))
			return e->code;
		f.rid = who.rid;
	}
	return print(c, &f, e);
}
