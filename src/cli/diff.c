/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/person.h"

#include "base/time.h"
#include "cli/plain.h"

#define VALUE_COLUMNS 100
#define INDENT        4
#define DAY_MS        INT64_C(86400000)
#define LINES_MAX     (256 << 20)

struct teller {
	struct cli *c;
	struct columns k;
	size_t rows;
	int64_t created, deleted, changed;
};

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct teller *t = ctx;

	(void)e;
	t->k = (struct columns){ names, n };
	return E_OK;
}

static enum code tell_property(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct teller *t = ctx;
	struct str op = column_text(&t->k, cells, "op");
	const struct cell *before = column(&t->k, cells, "before");
	const struct cell *after = column(&t->k, cells, "after");
	/* In a file or a pipe nothing is cut. */
	size_t columns = t->c->width ? VALUE_COLUMNS : SIZE_MAX;
	size_t alike;

	(void)n;
	(void)e;
	if (t->c->width > INDENT && t->c->width < VALUE_COLUMNS + INDENT)
		columns = t->c->width - INDENT;
	alike = str_is(op, "change") ? say_alike(before, after, columns) : 0;
	t->rows++;
	say(t->c, INK_PLAIN, "  %.*s\n", STR_ARG(column_text(&t->k, cells, "property")));
	if (!str_is(op, "add")) {
		say(t->c, INK_BAD, "-   ");
		say_value_from(t->c, INK_BAD, before, alike, columns);
		fputc('\n', stdout);
	}
	if (!str_is(op, "remove")) {
		say(t->c, INK_GOOD, "+   ");
		say_value_from(t->c, INK_GOOD, after, alike, columns);
		fputc('\n', stdout);
	}
	return E_OK;
}

/* "--- v10  2026-10-18 21:17:07Z  alice" */
static enum code tell_head(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct teller *t = ctx;
	struct str actor = column_text(&t->k, cells, "actor");
	bool newer = t->rows++ > 0;

	(void)n;
	(void)e;
	say(t->c, newer ? INK_GOOD : INK_BAD, "%s v%lld  %.*sZ", newer ? "+++" : "---",
		(long long)column_int(&t->k, cells, "version"),
		STR_ARG(column_text(&t->k, cells, "at")));
	if (actor.n)
		say(t->c, INK_PLAIN, "  %.*s", STR_ARG(actor));
	if (str_is(column_text(&t->k, cells, "event"), "deleted"))
		say(t->c, INK_PLAIN, "  deleted");
	fputc('\n', stdout);
	return E_OK;
}

static enum code tell_items(struct cli *c, const struct item *before, const struct item *after,
	size_t *n, struct err *e)
{
	struct teller head = { .c = c }, body = { .c = c };
	struct rows head_rows = { begin, tell_head, &head };
	struct rows body_rows = { begin, tell_property, &body };
	size_t same = 0;

	if (read_facts(&c->reader, before->item_id, &head_rows, e) ||
		read_facts(&c->reader, after->item_id, &head_rows, e) ||
		read_diff(&c->reader, before, after, &body_rows, &same, e))
		return e->code;
	say(c, INK_FAINT, "%zu %s unchanged\n", same,
		cli_plural((int64_t)same, "property", "properties"));
	*n = body.rows;
	return E_OK;
}

/* "A..B", "A" (up to the newest), ".." (the whole life). */
static enum code ends(struct cli *c, const struct resource *who, const char *range,
	struct item *before, struct item *after, struct err *e)
{
	const char *dots = strstr(range, "..");
	const char *a = range, *b = "";

	if (dots) {
		a = arena_text(&c->arena, (struct str){ range, (size_t)(dots - range) });
		b = dots + 2;
	}
	if (read_version(&c->reader, who, *a ? a : "v1", before, e))
		return e->code;
	if (*b)
		return read_version(&c->reader, who, b, after, e);
	return item_in_force(&c->db, who->rid, INT64_MAX, after, e);
}

/* Between the moments of --since and --until, or the newest two. */
static enum code default_ends(struct cli *c, const struct resource *who, struct item *before,
	struct item *after, struct err *e)
{
	int64_t since, until;
	enum code code;

	if (cli_moment(c, OPT_SINCE, 0, &since, e) ||
		cli_moment(c, OPT_UNTIL, c->as_of ? c->reader.at_ms : 0, &until, e))
		return e->code;
	code = item_in_force(
		&c->db, who->rid, until ? when_whole_second(until) : INT64_MAX, after, e);
	if (code)
		return err_add(e, "%s", who->id);
	if (since)
		code = item_in_force(&c->db, who->rid, when_whole_second(since), before, e);
	else if (after->version > 1)
		code = item_version(&c->db, who->rid, after->version - 1, before, e);
	else
		code = err_set(e, E_NOTFOUND, "there is one version only");
	return code ? err_add(e, "%s", who->id) : E_OK;
}

static enum code diff_resource(struct cli *c, size_t *n, struct err *e)
{
	struct item before = { 0 }, after = { 0 };
	struct resource who = { 0 };
	struct printer p;
	struct rows rows;

	if (cli_find(c, c->argv[0], &who, e))
		return e->code;
	if (c->argc > 1 ? ends(c, &who, c->argv[1], &before, &after, e)
			: default_ends(c, &who, &before, &after, e))
		return e->code;
	if (!c->format_given)
		return tell_items(c, &before, &after, n, e);
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_diff(&c->reader, &before, &after, &rows, NULL, e))
		printer_end(&p, e);
	*n = p.rows;
	printer_release(&p);
	return e->code;
}

struct estate {
	struct teller t;
	struct buf lines;
};

static enum code estate_begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct estate *s = ctx;

	return begin(&s->t, names, n, e);
}

static enum code estate_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct estate *s = ctx;
	struct str op = column_text(&s->t.k, cells, "op");
	struct str name = column_text(&s->t.k, cells, "name");
	bool created = str_is(op, "created"), deleted = str_is(op, "deleted");

	(void)n;
	s->t.created += created;
	s->t.deleted += deleted;
	s->t.changed += !created && !deleted;
	buf_printf(&s->lines, "%s %.*s  ",
		created   ? "+"
		: deleted ? "-"
			  : "~",
		STR_ARG(column_text(&s->t.k, cells, "resource_type")));
	plain_text(&s->lines, column_text(&s->t.k, cells, "resource_id"));
	if (name.n) {
		buf_text(&s->lines, "  ");
		plain_text(&s->lines, name);
	}
	buf_printf(&s->lines, "  %.*s", STR_ARG(column_text(&s->t.k, cells, "region")));
	if (!created && !deleted)
		buf_printf(&s->lines, "  v%lld..v%lld", (long long)column_int(&s->t.k, cells, "v1"),
			(long long)column_int(&s->t.k, cells, "v2"));
	buf_char(&s->lines, '\n');
	return buf_ok(&s->lines) ? E_OK : err_nomem(e);
}

static enum code tell_estate(struct cli *c, const struct read_filter *f, size_t *n, struct err *e)
{
	struct estate s = { .t = { .c = c }, .lines = BUF_INIT(LINES_MAX) };
	struct rows rows = { estate_begin, estate_row, &s };

	if (!read_drift(&c->reader, f, &rows, e)) {
		say(c, INK_STRONG, "%lld created  %lld deleted  %lld changed\n",
			(long long)s.t.created, (long long)s.t.deleted, (long long)s.t.changed);
		fwrite(s.lines.p, 1, s.lines.n, stdout);
	}
	*n = (size_t)(s.t.created + s.t.deleted + s.t.changed);
	buf_release(&s.lines);
	return e->code;
}

static enum code diff_estate(struct cli *c, size_t *n, struct err *e)
{
	struct read_filter f = { .until_ms = c->reader.at_ms };
	struct printer p;
	struct rows rows;

	f.since_ms = f.until_ms - DAY_MS;
	if (cli_filter(c, &f, e))
		return e->code;
	f.since_ms = when_whole_second(f.since_ms);
	if (!opt_text(&c->o, OPT_SINCE))
		cli_note(c, "over the last day; --since says from when");
	if (!c->format_given)
		return tell_estate(c, &f, n, e);
	cli_printer(c, &p, "op,resource_type,resource_id,name,region,v1,v2");
	rows = printer_rows(&p);
	if (!read_drift(&c->reader, &f, &rows, e))
		printer_end(&p, e);
	*n = p.rows;
	printer_release(&p);
	return e->code;
}

enum code cmd_diff(struct cli *c, struct err *e)
{
	size_t n = 0;

	if (cli_open(c, e))
		return e->code;
	if (c->argc ? diff_resource(c, &n, e) : diff_estate(c, &n, e))
		return e->code;
	if (n && opt_text(&c->o, OPT_EXIT_CODE))
		c->exit = CLI_EXIT_DIFFERENT;
	fflush(stdout);
	return E_OK;
}
