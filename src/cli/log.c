/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/log.h"

#include "cli/plain.h"

/* How many versions a person is shown unless they ask for more. */
#define VERSIONS_SHOWN 20
#define VALUE_COLUMNS  48
/* Blanks and signs between a property and its values; what a change gets on the narrowest terminal. */
#define BETWEEN        4
#define LEAST_ROOM     24

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct teller *t = ctx;

	(void)e;
	t->k = (struct columns){ names, n };
	return E_OK;
}

static void tell_resource(struct teller *t, const struct cell *cells)
{
	struct str name = column_text(&t->k, cells, "name");

	if (t->rid)
		fputc('\n', stdout);
	say(t->c, INK_STRONG, "%.*s", STR_ARG(column_text(&t->k, cells, "resource_id")));
	say(t->c, INK_PLAIN, "  %.*s", STR_ARG(column_text(&t->k, cells, "resource_type")));
	if (name.n)
		say(t->c, INK_PLAIN, "  %.*s", STR_ARG(name));
	say(t->c, INK_PLAIN, "  %.*s\n", STR_ARG(column_text(&t->k, cells, "region")));
}

static void tell_version(struct teller *t, const struct cell *cells)
{
	struct str at = column_text(&t->k, cells, "at");
	struct str actor = column_text(&t->k, cells, "actor");
	char head[96];
	int n = snprintf(head, sizeof(head), " v%-4lld %.*s  ",
		(long long)column_int(&t->k, cells, "version"), STR_ARG(at));

	say(t->c, INK_PLAIN, "%s", head);
	t->indent = (size_t)n;
	if (actor.n) {
		say(t->c, INK_FAINT, "%.*s  ", STR_ARG(actor));
		t->indent += plain_width(actor) + 2;
	}
}

/* What is left of the line behind its head; on a terminal no line is longer than it. */
static size_t room(const struct teller *t)
{
	if (!t->c->width)
		return SIZE_MAX;
	return t->c->width > t->indent + LEAST_ROOM ? t->c->width - t->indent : LEAST_ROOM;
}

/* The property, at most half of the room; returns how wide one of @values may be behind it. */
static size_t tell_property(struct teller *t, const struct cell *cells, size_t values)
{
	struct buf name = BUF_INIT(1 << 20), b = BUF_INIT(1 << 20);
	size_t all = room(t), width, each = VALUE_COLUMNS;

	plain_text(&name, column_text(&t->k, cells, "property"));
	width = plain_width(buf_slice(&name));
	if (width > all / 2)
		width = all / 2;
	plain_cell_ends(&b, buf_slice(&name), width);
	printf("%.*s ", STR_ARG(buf_slice(&b)));
	if (all != SIZE_MAX && (all - width - BETWEEN) / values < each)
		each = (all - width - BETWEEN) / values;
	buf_release(&b);
	buf_release(&name);
	return each;
}

static void tell_change(struct teller *t, const struct cell *cells)
{
	const struct cell *before = column(&t->k, cells, "before");
	const struct cell *after = column(&t->k, cells, "after");
	struct str op = column_text(&t->k, cells, "op"), event;
	size_t each, alike;

	if (!op.n) {
		event = column_text(&t->k, cells, "event");
		say(t->c, INK_PLAIN, "%.*s\n", STR_ARG(event));
		return;
	}
	each = tell_property(t, cells, str_is(op, "change") ? 2 : 1);
	if (str_is(op, "add")) {
		say(t->c, INK_GOOD, "+ ");
		say_value(t->c, INK_GOOD, after, each);
	} else if (str_is(op, "remove")) {
		say(t->c, INK_BAD, "- ");
		say_value(t->c, INK_BAD, before, each);
	} else {
		alike = say_alike(before, after, each);
		say_value_from(t->c, INK_BAD, before, alike, each);
		say(t->c, INK_PLAIN, " \xe2\x86\x92 ");
		say_value_from(t->c, INK_GOOD, after, alike, each);
	}
	fputc('\n', stdout);
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct teller *t = ctx;
	int64_t rid = column_int(&t->k, cells, "rid");
	int64_t version = column_int(&t->k, cells, "version");

	(void)n;
	(void)e;
	if (rid != t->rid || version != t->version) {
		if (t->limit && t->shown == t->limit)
			t->more = true;
		if (t->more)
			return E_OK;
		t->shown++;
		if (rid != t->rid)
			tell_resource(t, cells);
		tell_version(t, cells);
	} else {
		say_pad(0, t->indent);
	}
	t->rid = rid;
	t->version = version;
	tell_change(t, cells);
	return E_OK;
}

struct rows teller_rows(struct teller *t)
{
	return (struct rows){ begin, row, t };
}

static enum code tell(struct cli *c, struct read_filter *f, struct err *e)
{
	struct teller t = { .c = c };
	struct rows rows = teller_rows(&t);

	if (opt_number(&c->o, OPT_COUNT, VERSIONS_SHOWN, &t.limit, e))
		return e->code;
	/* One more than is shown tells whether there are more. */
	f->limit = t.limit ? t.limit + 1 : 0;
	if (read_log(&c->reader, f, &rows, e))
		return e->code;
	fflush(stdout);
	if (t.more)
		cli_note(c, "(there are more; -n 0 for all)");
	else if (!t.shown && c->tty)
		cli_note(c, "no changes");
	return E_OK;
}

enum code cmd_log(struct cli *c, struct err *e)
{
	struct read_filter f = { 0 };
	struct printer p;
	struct rows rows;

	if (cli_open(c, e) || cli_filter(c, &f, e) ||
		(c->argc && cli_find_scope(c, c->argv[0], &f, e)))
		return e->code;
	if (opt_text(&c->o, OPT_FOLLOW))
		return log_follow(c, &f, e);
	if (opt_text(&c->o, OPT_CURSOR))
		return err_set(e, E_INVALID, "--cursor goes with --follow");
	if (!c->format_given)
		return tell(c, &f, e);
	if (opt_number(&c->o, OPT_COUNT, 0, &f.limit, e))
		return e->code;
	cli_printer(c, &p, "at,resource_id,version,event,actor,op,property,before,after");
	rows = printer_rows(&p);
	if (!read_log(&c->reader, &f, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}
