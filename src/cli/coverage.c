/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

enum { ROWS_SHOWN = 0 };

/* --at is one moment, --since and --until are a time; without any it is the present. */
static enum code read_time(struct cli *c, struct read_filter *f, struct err *e)
{
	int64_t at_ms = c->now_ms;

	if (opt_text(&c->o, OPT_AT) && (opt_text(&c->o, OPT_SINCE) || opt_text(&c->o, OPT_UNTIL)))
		return err_set(e, E_INVALID, "--at and --since or --until exclude each other");
	if (opt_text(&c->o, OPT_SINCE) || opt_text(&c->o, OPT_UNTIL)) {
		if (!f->until_ms)
			f->until_ms = when_whole_second(c->now_ms);
		return E_OK;
	}
	if (cli_moment(c, OPT_AT, at_ms, &at_ms, e))
		return e->code;
	f->since_ms = f->until_ms = when_whole_second(at_ms);
	return E_OK;
}

/* Looks there were of more types than there are resources: a whole name, a glob or the last part of a name. */
static enum code read_filters(struct cli *c, struct read_filter *f, struct err *e)
{
	const char *type = opt_text(&c->o, OPT_TYPE);

	f->account = opt_text(&c->o, OPT_ACCOUNT);
	f->region = opt_text(&c->o, OPT_REGION);
	if (type)
		f->types = strstr(type, "::") ? type : arena_printf(&c->arena, "*::%s", type).p;
	if (cli_moment(c, OPT_SINCE, 0, &f->since_ms, e) ||
		cli_moment(c, OPT_UNTIL, 0, &f->until_ms, e))
		return e->code;
	if (f->until_ms)
		f->until_ms = when_whole_second(f->until_ms);
	if (f->until_ms && f->until_ms < f->since_ms)
		return err_set(e, E_INVALID, "--until is before --since");
	return read_time(c, f, e);
}

typedef enum code read_fn(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);

static enum code print(struct cli *c, read_fn *read, const char *columns, size_t *n, struct err *e)
{
	struct read_filter f = { .blind = opt_text(&c->o, OPT_BLIND) != NULL };
	struct printer p;
	struct rows rows;

	if (cli_open(c, e) || opt_number(&c->o, OPT_COUNT, ROWS_SHOWN, &f.limit, e) ||
		read_filters(c, &f, e))
		return e->code;
	cli_printer(c, &p, columns);
	rows = printer_rows(&p);
	if (!read(&c->reader, &f, &rows, e))
		printer_end(&p, e);
	*n = p.rows;
	printer_release(&p);
	return e->code;
}

enum code cmd_coverage(struct cli *c, struct err *e)
{
	size_t n = 0;

	if (print(c, read_coverage,
		    "account,region,resource_type,state,since,until,looks,seen,reason", &n, e))
		return e->code;
	if (c->tty && !n)
		cli_note(c, "nobody has looked");
	return E_OK;
}

enum code cmd_gaps(struct cli *c, struct err *e)
{
	size_t n = 0;

	if (print(c, read_gaps, "account,region,since,until,seconds,failed,reason", &n, e))
		return e->code;
	if (c->tty && !n)
		cli_note(c, "no gap");
	if (n && opt_text(&c->o, OPT_EXIT_CODE))
		c->exit = CLI_EXIT_DIFFERENT;
	return E_OK;
}
