/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/query_aws.h"

#include "api/advanced_query.h"
#include "base/time.h"
#include "json/read.h"
#include "json/write.h"

#define TEXT_BYTES  ((size_t)64 << 20)
#define SHOWN_CHARS 100

/* Rows on their way to standard output. */
struct output {
	struct cli *c;
	struct arena names, row;
	const char **columns;
	size_t n;
	struct printer printer;
	struct rows table; /* for forms with columns */
	bool json;         /* rows are written as they come */
	size_t rows;
};

static enum code begin(void *ctx, const struct str *fields, size_t n, struct err *e)
{
	struct output *o = ctx;

	o->n = n;
	o->columns = arena_alloc(&o->names, (n + 1) * sizeof(*o->columns));
	if (!o->columns)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		o->columns[i] = arena_text(&o->names, fields[i]);
	if (o->json)
		return E_OK;
	return o->table.begin(o->table.ctx, o->columns, n, e);
}

/* The value of a column: a member of the row by its whole name, or by one name after the other. */
static const struct json *value_at(const struct json *row, const char *column)
{
	struct str name = str_of(column);
	const struct json *v = json_get(row, column);

	if (v)
		return v;
	v = row;
	while (v && name.n) {
		const struct str part = { name.p, str_find(name, '.') };

		/* Below a list: all of it is shown, with the names it has. */
		if (v->kind == JSON_ARRAY)
			return v;
		v = json_get_str(v, part);
		name = str_from(name, part.n + 1);
	}
	return v;
}

static struct cell cell_of(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(TEXT_BYTES);
	struct cell cell;

	if (!v)
		return cell_null();
	if (v->kind == JSON_STRING || v->kind == JSON_NUMBER || v->kind == JSON_BOOL)
		return cell_str(v->text);
	json_write(&b, v);
	cell = cell_str(arena_str(a, buf_slice(&b)));
	buf_release(&b);
	return cell;
}

static enum code row_to_table(struct output *o, struct str text, struct err *e)
{
	struct json *row = NULL;
	struct cell *cells;

	arena_release(&o->row);
	cells = arena_alloc(&o->row, (o->n + 1) * sizeof(*cells));
	if (!cells)
		return err_nomem(e);
	if (json_read(&o->row, text, &row, e))
		return e->code;
	for (size_t i = 0; i < o->n; i++)
		cells[i] = cell_of(&o->row, value_at(row, o->columns[i]));
	return o->table.row(o->table.ctx, cells, o->n, e);
}

static enum code row(void *ctx, struct str text, struct err *e)
{
	struct output *o = ctx;

	o->rows++;
	if (!o->json)
		return row_to_table(o, text, e);
	if (o->c->format == FORMAT_JSON)
		fputs(o->rows == 1 ? "[" : ",\n", stdout);
	if (fwrite(text.p, 1, text.n, stdout) != text.n)
		return err_set(e, E_IO, "the output could not be written");
	if (o->c->format == FORMAT_JSONL)
		putchar('\n');
	return E_OK;
}

static enum code finish(struct output *o, struct err *e)
{
	if (!o->json)
		return printer_end(&o->printer, e);
	if (o->c->format == FORMAT_JSON)
		puts(o->rows ? "]" : "[]");
	return E_OK;
}

/* The line of the text in which the fault is, and below it where. */
static void point(const struct query_fault *f, struct str text)
{
	size_t from = f->offset, to = f->offset, lead = 0;
	struct buf line = BUF_INIT(1 << 12);

	while (from > 0 && text.p[from - 1] != '\n' && f->offset - from < SHOWN_CHARS)
		from--;
	while (to < text.n && text.p[to] != '\n' && to - from < 2 * (size_t)SHOWN_CHARS)
		to++;
	for (size_t i = from; i < f->offset; i++)
		lead += ((unsigned char)text.p[i] & 0xc0) != 0x80;
	for (size_t i = from; i < to; i++) {
		if (text.p[i] == '\t')
			buf_char(&line, ' ');
		else
			buf_char(&line, text.p[i]);
	}
	cli_say_plain("  ", line.p);
	fprintf(stderr, "  %*s^\n", (int)lead, "");
	buf_release(&line);
}

/* What, why and what to try. */
static enum code complain(const struct query_fault *f, struct str text, struct err *e)
{
	if (e->code != E_INVALID || !f->line)
		return e->code;
	point(f, text);
	*e = (struct err){ 0 };
	err_set(e, E_INVALID, "syntax error at line %u, column %u: %s", f->line, f->column, f->why);
	return err_hint(e, "%s", f->hint[0] ? f->hint : "siltstone help query");
}

static enum code explain(const struct advanced_query_request *r, struct err *e)
{
	struct buf sql = BUF_INIT(TEXT_BYTES), values = BUF_INIT(TEXT_BYTES);
	struct query_fault fault;

	if (advanced_query_explain(r, &sql, &values, &fault, e))
		complain(&fault, r->expression, e);
	else
		printf("%s\n%s", sql.p, values.p);
	buf_release(&sql);
	buf_release(&values);
	return e->code;
}

static enum code run(struct output *o, const struct advanced_query_request *r, struct err *e)
{
	const struct advanced_query_rows rows = { begin, row, o };
	const int64_t began = time_ticks_ms();
	struct buf next = BUF_INIT(TEXT_BYTES);
	struct query_fault fault;

	if (advanced_query_run(&o->c->db, r, &rows, &next, &fault, e))
		complain(&fault, r->expression, e);
	else
		finish(o, e);
	if (!e->code && next.n)
		cli_note(o->c, "there are more than %lld rows; --limit 0 gives all",
			(long long)r->limit);
	if (!e->code && o->c->tty)
		cli_note(o->c, "%zu %s  %lld ms", o->rows,
			cli_plural((int64_t)o->rows, "row", "rows"),
			(long long)(time_ticks_ms() - began));
	buf_release(&next);
	return e->code;
}

enum code query_aws(struct cli *c, int64_t timeout_ms, struct err *e)
{
	struct advanced_query_request r = {
		.expression = str_of(c->argv[0]), .timeout_ms = timeout_ms, .stop = c->stop
	};
	struct output o = { .c = c,
		.names = ARENA_INIT(TEXT_BYTES),
		.row = ARENA_INIT((size_t)512 << 20),
		.json = (c->format == FORMAT_JSON || c->format == FORMAT_JSONL) &&
			!opt_text(&c->o, OPT_COLUMNS) };

	if (opt_text(&c->o, OPT_PARAM))
		return err_set(e, E_INVALID, "AWS Config's queries have no parameters");
	if (opt_number(&c->o, OPT_LIMIT, 0, &r.limit, e))
		return e->code;
	if (opt_text(&c->o, OPT_EXPLAIN))
		return explain(&r, e);
	if (cli_open(c, e))
		return e->code;
	cli_printer(c, &o.printer, NULL);
	o.table = printer_rows(&o.printer);
	run(&o, &r, e);
	printer_release(&o.printer);
	arena_release(&o.names);
	arena_release(&o.row);
	return e->code;
}
