/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/format.h"

#include "api/cell_text.h"
#include "base/nearest.h"
#include "cli/plain.h"
#include "json/write.h"
#include <errno.h>

/* Rows from which the widths of a table are taken; those behind them are fitted in. */
#define ROWS_MEASURED 400
#define CELL_MAX      (64 << 20)
#define ARENA_MAX     (512 << 20)

struct printer_row {
	struct printer_row *next;
	struct str cells[];
};

static const char *const format_names[] = { "table", "json", "jsonl", "csv", "tsv" };

enum code format_parse(const char *name, enum format *out, struct err *e)
{
	for (size_t i = 0; i < sizeof(format_names) / sizeof(*format_names); i++)
		if (strcmp(name, format_names[i]) == 0) {
			*out = (enum format)i;
			return E_OK;
		}
	err_set(e, E_INVALID, "there is no format \"%s\"", name);
	return err_hint(e, "table, json, jsonl, csv or tsv");
}

void printer_init(struct printer *p, enum format format, FILE *out)
{
	*p = (struct printer){ .format = format, .out = out, .arena = ARENA_INIT(ARENA_MAX) };
	p->end = &p->first;
}

void printer_release(struct printer *p)
{
	arena_release(&p->arena);
}

static void put(struct printer *p, struct str s)
{
	fwrite(s.p, 1, s.n, p->out);
}

static enum code out_state(struct printer *p, struct err *e)
{
	if (!ferror(p->out))
		return E_OK;
	if (errno == EPIPE)
		return err_set(e, E_CANCELED, "nobody reads the output any more");
	return err_sys(e, E_IO, errno, "write the output");
}

static enum code json_row(struct printer *p, const struct cell *cells, struct err *e)
{
	struct buf b = BUF_INIT(ARENA_MAX);

	if (p->format == FORMAT_JSON)
		buf_text(&b, p->rows ? ",\n " : "[");
	buf_char(&b, '{');
	for (size_t i = 0; i < p->taken; i++) {
		if (i)
			buf_char(&b, ',');
		json_write_string(&b, str_of(p->names[p->take[i]]));
		buf_char(&b, ':');
		cell_json(&b, p->names[p->take[i]], &cells[p->take[i]]);
	}
	buf_text(&b, p->format == FORMAT_JSON ? "}" : "}\n");
	if (buf_ok(&b))
		put(p, buf_slice(&b));
	else
		err_nomem(e);
	buf_release(&b);
	return e->code;
}

static void add_tsv(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '\t': buf_text(b, "\\t"); break;
		case '\n': buf_text(b, "\\n"); break;
		case '\r': buf_text(b, "\\r"); break;
		case '\\': buf_text(b, "\\\\"); break;
		default: buf_char(b, s.p[i]);
		}
}

static enum code separated_row(struct printer *p, const struct cell *cells, struct err *e)
{
	struct buf b = BUF_INIT(ARENA_MAX), v = BUF_INIT(CELL_MAX);
	bool csv = p->format == FORMAT_CSV;

	for (size_t i = 0; i < p->taken; i++) {
		if (i)
			buf_char(&b, csv ? ',' : '\t');
		buf_clear(&v);
		if (cells)
			cell_plain(&v, &cells[p->take[i]]);
		else
			buf_text(&v, p->names[p->take[i]]);
		if (csv)
			csv_field(&b, buf_slice(&v));
		else
			add_tsv(&b, buf_slice(&v));
	}
	buf_char(&b, '\n');
	if (buf_ok(&b) && buf_ok(&v))
		put(p, buf_slice(&b));
	else
		err_nomem(e);
	buf_release(&v);
	buf_release(&b);
	return e->code;
}

static void add_trimmed_line(struct buf *b)
{
	while (b->n && b->p[b->n - 1] == ' ')
		b->n--;
	buf_char(b, '\n');
}

static void print_row(struct printer *p, const struct str *cells)
{
	struct buf b = BUF_INIT(ARENA_MAX);

	for (size_t i = 0; i < p->taken; i++) {
		if (i)
			buf_text(&b, "  ");
		plain_cell_ends(&b, cells[i], p->widths[i]);
	}
	add_trimmed_line(&b);
	put(p, buf_slice(&b));
	buf_release(&b);
}

static size_t total_width(const struct printer *p)
{
	size_t n = p->taken ? 2 * (p->taken - 1) : 0;

	for (size_t i = 0; i < p->taken; i++)
		n += p->widths[i];
	return n;
}

/* What is no wider is a number, an account, a region: half of it is worth nothing. */
#define SHORT     14
/* What wide columns keep before short ones have to give, and what every column keeps. */
#define NARROW    12
#define NARROWEST 6

static bool is_moment(const char *column)
{
	return strcmp(column, "at") == 0 || strcmp(column, "since") == 0 ||
	       strcmp(column, "until") == 0;
}

/* The widest of the columns that are marked gives way first, down to @least. */
static void shrink(struct printer *p, const bool *gives, size_t least)
{
	size_t total = total_width(p);

	while (total > p->width) {
		size_t widest = p->taken;

		for (size_t i = 0; i < p->taken; i++)
			if (gives[i] && (widest == p->taken || p->widths[i] > p->widths[widest]))
				widest = i;
		if (widest == p->taken || p->widths[widest] <= least)
			return;
		p->widths[widest]--;
		total--;
	}
}

static void fit(struct printer *p)
{
	bool *gives = arena_alloc(&p->arena, p->taken * sizeof(*gives));

	if (!gives || !p->width)
		return;
	for (size_t i = 0; i < p->taken; i++)
		gives[i] = p->widths[i] > SHORT && !is_moment(p->names[p->take[i]]);
	shrink(p, gives, NARROW);
	for (size_t i = 0; i < p->taken; i++)
		gives[i] = true;
	shrink(p, gives, NARROWEST);
}

static void flow(struct printer *p)
{
	struct buf b = BUF_INIT(ARENA_MAX);

	if (p->flowing)
		return;
	p->flowing = true;
	/* The last column is not padded, so it may run on where nothing limits it. */
	fit(p);
	for (size_t i = 0; i < p->taken; i++) {
		if (i)
			buf_text(&b, "  ");
		plain_cell(&b, str_of(p->names[p->take[i]]), p->widths[i]);
	}
	add_trimmed_line(&b);
	if (p->color)
		fputs("\033[1m", p->out);
	put(p, (struct str){ b.p, b.n ? b.n - 1 : 0 });
	fputs(p->color ? "\033[0m\n" : "\n", p->out);
	buf_release(&b);
	for (const struct printer_row *r = p->first; r; r = r->next)
		print_row(p, r->cells);
	p->first = NULL;
}

static struct str shown(struct arena *a, const struct cell *c)
{
	struct buf v = BUF_INIT(CELL_MAX), b = BUF_INIT(CELL_MAX);
	struct str s;

	cell_plain(&v, c);
	plain_text(&b, buf_slice(&v));
	s = arena_str(a, buf_slice(&b));
	buf_release(&v);
	buf_release(&b);
	return s;
}

/* Without a limit of the terminal rows that come late may be wider than the measure. */
static void widen(struct printer *p, const struct str *cells)
{
	for (size_t i = 0; i < p->taken; i++) {
		size_t w = plain_width(cells[i]);

		if (w > p->widths[i])
			p->widths[i] = w;
	}
}

static enum code table_row(struct printer *p, const struct cell *cells, struct err *e)
{
	struct arena passing = ARENA_INIT(ARENA_MAX);
	struct arena *a = p->flowing ? &passing : &p->arena;
	struct printer_row *row = arena_alloc(a, sizeof(*row) + p->taken * sizeof(row->cells[0]));

	for (size_t i = 0; row && i < p->taken; i++)
		row->cells[i] = shown(a, &cells[p->take[i]]);
	if (!row || !arena_ok(a)) {
		arena_release(&passing);
		return err_nomem(e);
	}
	if (!p->flowing || !p->width)
		widen(p, row->cells);
	if (p->flowing) {
		print_row(p, row->cells);
	} else {
		*p->end = row;
		p->end = &row->next;
		if (++p->kept == ROWS_MEASURED)
			flow(p);
	}
	arena_release(&passing);
	return E_OK;
}

static enum code no_column(struct printer *p, struct str want, struct err *e)
{
	struct nearest near;

	nearest_init(&near, want);
	for (size_t i = 0; i < p->n; i++)
		nearest_offer(&near, str_of(p->names[i]));
	err_set(e, E_INVALID, "there is no column \"%.*s\"", STR_ARG(want));
	return nearest_name(&near) ? err_hint(e, "did you mean \"%s\"?", nearest_name(&near))
				   : e->code;
}

static enum code take_columns(struct printer *p, struct err *e)
{
	struct str list;

	if (!p->columns) {
		while (p->taken < p->n) {
			p->take[p->taken] = p->taken;
			p->taken++;
		}
		return E_OK;
	}
	for (list = str_of(p->columns); list.n; list = str_from(list, str_find(list, ',') + 1)) {
		struct str want = { list.p, str_find(list, ',') };
		size_t i = 0;

		while (i < p->n &&
			(strncmp(p->names[i], want.p, want.n) != 0 || p->names[i][want.n]))
			i++;
		if (i == p->n)
			return no_column(p, want, e);
		if (p->taken == p->n)
			return err_set(e, E_INVALID, "a column is asked for more than once");
		p->take[p->taken++] = i;
	}
	return E_OK;
}

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct printer *p = ctx;

	p->n = n;
	p->names = arena_alloc(&p->arena, n * sizeof(*p->names));
	p->take = arena_alloc(&p->arena, n * sizeof(*p->take));
	p->widths = arena_alloc(&p->arena, n * sizeof(*p->widths));
	if (!p->names || !p->take || !p->widths)
		return err_nomem(e);
	for (size_t i = 0; i < n; i++)
		p->names[i] = arena_text(&p->arena, str_of(names[i]));
	if (take_columns(p, e))
		return e->code;
	for (size_t i = 0; i < p->taken; i++)
		p->widths[i] = plain_width(str_of(p->names[p->take[i]]));
	if (p->format == FORMAT_CSV || p->format == FORMAT_TSV)
		return separated_row(p, NULL, e);
	return arena_ok(&p->arena) ? E_OK : err_nomem(e);
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct printer *p = ctx;
	enum code c = E_OK;

	(void)n;
	switch (p->format) {
	case FORMAT_TABLE: c = table_row(p, cells, e); break;
	case FORMAT_JSON:
	case FORMAT_JSONL: c = json_row(p, cells, e); break;
	case FORMAT_CSV:
	case FORMAT_TSV: c = separated_row(p, cells, e); break;
	}
	p->rows++;
	return c ? c : out_state(p, e);
}

struct rows printer_rows(struct printer *p)
{
	return (struct rows){ begin, row, p };
}

enum code printer_end(struct printer *p, struct err *e)
{
	if (p->format == FORMAT_JSON)
		fputs(p->rows ? "]\n" : "[]\n", p->out);
	if (p->format == FORMAT_TABLE && p->rows)
		flow(p);
	fflush(p->out);
	return out_state(p, e);
}
