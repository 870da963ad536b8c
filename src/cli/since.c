/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

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

static enum code print(struct cli *c, const struct read_filter *f, struct err *e)
{
	struct told t = { .still = 0 };
	struct rows rows = { begin, row, &t };
	struct printer p;
	enum code code;

	cli_printer(c, &p, "resource_type,resource_id,name,since,until,still,seconds,versions");
	t.to = printer_rows(&p);
	code = read_since(&c->reader, f, &rows, e);
	if (!code)
		code = printer_end(&p, e);
	if (!code && c->tty && p.rows)
		cli_note(c, "%zu %s, first true %s, %zu still", p.rows,
			cli_plural((int64_t)p.rows, "interval", "intervals"), t.first, t.still);
	else if (!code && c->tty)
		cli_note(c, "it was never true");
	printer_release(&p);
	return code;
}

enum code cmd_since(struct cli *c, struct err *e)
{
	struct read_filter f = { .where = c->argv[0] };
	const char *what = opt_text(&c->o, OPT_RESOURCE);
	struct resource who;

	if (cli_open(c, e) || cli_filter(c, &f, e))
		return e->code;
	if (what) {
		if (cli_find(c, what, &who, e))
			return e->code;
		f.rid = who.rid;
	}
	return print(c, &f, e);
}
