/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_page.h"

#include "base/time.h"
#include <stdio.h>
#include <string.h>

/* No list takes more than that, whatever stands in it. */
#define LIST_BYTES ((size_t)14 * 1000)
#define CELL_CHARS 160

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	"<title>Siltstone report</title>\n<style>\n"
	"body{font:15px/1.5 system-ui,sans-serif;color:#1c2330;background:#fff;margin:0 auto;max-width:70rem;padding:1.5rem}\n"
	"h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .5rem;border-bottom:1px solid #d5dae2;padding-bottom:.25rem}\n"
	"p{margin:.4rem 0}.faint{color:#586274}nav a{margin-right:1rem;color:#0b57a4}\n"
	"table{border-collapse:collapse;width:100%;font-size:.87rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #e6e9ee;overflow-wrap:anywhere}\n"
	"th{font-weight:600;color:#445064;white-space:nowrap}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.t{white-space:nowrap}\n"
	"dl{display:flex;flex-wrap:wrap;gap:.6rem 2.2rem;margin:1rem 0}dt{color:#586274;font-size:.85rem}dd{margin:0;font-size:1.5rem;font-weight:600}\n"
	".bad{color:#a3201d}.good{color:#17663a}svg{display:block;width:100%;height:auto}.c{fill:#2a7f4f}.m{fill:#3a6fb7}.d{fill:#a3201d}text{font-size:11px;fill:#586274}\n"
	"@media (prefers-color-scheme:dark){body{background:#14181f;color:#e3e7ee}h2{border-color:#333b48}th,td{border-color:#262d38}th,dt,.faint,text{color:#a5afbf;fill:#a5afbf}nav a{color:#7db4f0}.bad{color:#ff8f88}.good{color:#6fce98}}\n"
	"@media print{nav{display:none}}\n</style>\n</head>\n<body>\n";

/* Text, whoever wrote it. */
static void text(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '<')
			buf_text(b, "&lt;");
		else if (c == '>')
			buf_text(b, "&gt;");
		else if (c == '&')
			buf_text(b, "&amp;");
		else if (c == '"')
			buf_text(b, "&quot;");
		else if (c == '\'')
			buf_text(b, "&#39;");
		else if (c < ' ' || c == 127)
			buf_char(b, ' ');
		else
			buf_char(b, (char)c);
	}
}

/* At most CELL_CHARS bytes, not through the middle of a character. */
static void cut(struct buf *b, struct str s)
{
	size_t n = s.n;

	if (n > CELL_CHARS) {
		n = CELL_CHARS;
		while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
			n--;
	}
	text(b, (struct str){ s.p, n });
	if (n < s.n)
		buf_text(b, "…");
}

static const char *class_of(const char *name, const struct cell *c)
{
	static const char *const times[] = { "at", "since", "until", "last", "oldest", "day" };

	if (c->kind == CELL_INT || c->kind == CELL_REAL)
		return " class=\"n\"";
	for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++)
		if (strcmp(name, times[i]) == 0)
			return " class=\"t\"";
	return "";
}

/* "user/alice" tells more than the ARN, which is there for whoever points at it. */
static void write_actor(struct buf *b, struct str arn)
{
	size_t from = 0;

	for (size_t i = 0, colons = 0; i < arn.n && str_starts(arn, STR("arn:")) && colons < 5; i++)
		if (arn.p[i] == ':' && ++colons == 5)
			from = i + 1;
	buf_text(b, "<td title=\"");
	cut(b, arn);
	buf_text(b, "\">");
	cut(b, str_from(arn, from));
	buf_text(b, "</td>");
}

static void write_cell(struct buf *b, const char *name, const struct cell *c)
{
	if (c->kind == CELL_TEXT && strcmp(name, "actor") == 0) {
		write_actor(b, c->text);
		return;
	}
	buf_printf(b, "<td%s>", class_of(name, c));
	if (c->kind == CELL_INT)
		buf_printf(b, "%lld", (long long)c->i);
	else if (c->kind == CELL_REAL)
		buf_printf(b, "%.1f", c->r);
	else if (c->kind == CELL_TEXT && str_is(c->text, "still failing"))
		buf_text(b, "<span class=\"bad\">still failing</span>");
	else if (c->kind == CELL_TEXT)
		cut(b, c->text);
	buf_text(b, "</td>");
}

/* The head of a list; "resource_type" is told as "resource type". */
static void write_names(struct buf *b, const char *const *names, size_t n)
{
	buf_text(b, "<table>\n<thead><tr>");
	for (size_t i = 0; i < n; i++) {
		buf_text(b, "<th scope=\"col\">");
		for (const char *p = names[i]; *p; p++)
			buf_char(b, (char)(*p == '_' ? ' ' : *p));
		buf_text(b, "</th>");
	}
	buf_text(b, "</tr></thead>\n<tbody>\n");
}

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct report_page *p = ctx;

	(void)e;
	p->names = names;
	p->n_columns = n - 1;
	p->n_rows = 0;
	p->total = 0;
	p->full = false;
	p->began = p->out.n;
	return E_OK;
}

static int64_t number(const struct cell *c)
{
	return c->kind == CELL_INT ? c->i : 0;
}

static void note_day(struct report_page *p, const struct cell *cells)
{
	struct report_day *d = &p->days[p->n_days];

	if (p->part != REPORT_DAYS || p->n_days == sizeof(p->days) / sizeof(*p->days))
		return;
	(void)snprintf(d->day, sizeof(d->day), "%.*s", STR_ARG(cells[0].text));
	d->created = number(&cells[1]);
	d->changed = number(&cells[2]);
	d->deleted = number(&cells[3]);
	p->n_days++;
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct report_page *p = ctx;
	size_t before = p->out.n;

	p->total = number(&cells[n - 1]);
	note_day(p, cells);
	if (p->full)
		return E_OK;
	if (!p->n_rows)
		write_names(&p->out, p->names, p->n_columns);
	buf_text(&p->out, "<tr>");
	for (size_t i = 0; i < p->n_columns; i++)
		write_cell(&p->out, p->names[i], &cells[i]);
	buf_text(&p->out, "</tr>\n");
	p->n_rows++;
	if (p->out.n - p->began > LIST_BYTES && p->n_rows > 1) {
		buf_cut(&p->out, before);
		p->n_rows--;
		p->full = true;
	}
	return buf_ok(&p->out) ? E_OK : err_nomem(e);
}

/* Newest to the right; each day one bar of three pieces. */
static void write_bars(struct report_page *p)
{
	struct buf *b = &p->out;
	int64_t most = 1;
	double wide = 960.0 / (double)(p->n_days ? p->n_days : 1);

	for (size_t i = 0; i < p->n_days; i++) {
		const struct report_day *d = &p->days[i];
		int64_t all = d->created + d->changed + d->deleted;

		most = all > most ? all : most;
	}
	buf_printf(b,
		"<svg viewBox=\"0 0 960 130\" role=\"img\" aria-label=\"Versions a day, %lld at most\">\n",
		(long long)most);
	for (size_t i = 0; i < p->n_days; i++) {
		const struct report_day *d = &p->days[p->n_days - 1 - i];
		const int64_t pieces[] = { d->changed, d->created, d->deleted };
		double y = 110;

		for (int k = 0; k < 3; k++) {
			double high = 100.0 * (double)pieces[k] / (double)most;

			y -= high;
			buf_printf(b,
				"<rect class=\"%c\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
				"mcd"[k], (double)i * wide + wide * 0.1, y, wide * 0.8, high);
		}
		if (i == 0 || i + 1 == p->n_days)
			buf_printf(b, "<text x=\"%.1f\" y=\"126\" text-anchor=\"%s\">%s</text>",
				i ? 960.0 : 0.0, i ? "end" : "start", d->day);
	}
	buf_text(b, "\n</svg>\n<p class=\"faint\">Blue: changed. Green: new. Red: gone.</p>\n");
}

static void end_list(struct report_page *p)
{
	if (!p->n_rows) {
		buf_printf(&p->out, "<p class=\"faint\">%s</p>\n", report_texts[p->part].none);
		return;
	}
	buf_text(&p->out, "</tbody>\n</table>\n");
	if (p->total > (int64_t)p->n_rows)
		buf_printf(&p->out, "<p class=\"faint\">and %lld more</p>\n",
			(long long)(p->total - (int64_t)p->n_rows));
	if (p->part == REPORT_DAYS)
		write_bars(p);
}

static enum code sum_row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	static const char *const words[] = { "versions", "resources changed", "new", "changed",
		"gone", "people and programs", "resources in all", "failing at the end",
		"failing before" };
	struct report_page *p = ctx;

	buf_text(&p->out, "<dl>\n");
	for (size_t i = 0; i < n && i < sizeof(words) / sizeof(*words); i++)
		buf_printf(&p->out, "<div><dt>%s</dt><dd%s>%lld</dd></div>\n", words[i],
			i != 7              ? ""
			: number(&cells[7]) ? " class=\"bad\""
					    : " class=\"good\"",
			(long long)number(&cells[i]));
	buf_text(&p->out, "</dl>\n");
	return buf_ok(&p->out) ? E_OK : err_nomem(e);
}

static enum code sum_begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	(void)ctx;
	(void)names;
	(void)n;
	(void)e;
	return E_OK;
}

static void write_top(struct report_page *p)
{
	char since[TIME_ISO_BYTES], until[TIME_ISO_BYTES];

	buf_text(&p->out, head);
	buf_printf(&p->out, "<h1>What happened</h1>\n<p>%s to %s UTC",
		time_text(p->since_ms, since), time_text(p->until_ms, until));
	if (p->account) {
		buf_text(&p->out, ", account ");
		text(&p->out, str_of(p->account));
	}
	buf_text(&p->out, "</p>\n");
}

static void write_contents(struct report_page *p)
{
	buf_text(&p->out, "<nav aria-label=\"Contents\">");
	for (int i = 0; i < REPORT_PARTS; i++)
		if (report_texts[i].title)
			buf_printf(&p->out, "<a href=\"#%s\">%s</a> ", report_texts[i].anchor,
				report_texts[i].title);
	buf_text(&p->out, "</nav>\n");
}

enum code report_page_write(struct report_page *p, struct reader *r, struct err *e)
{
	const struct read_filter f = {
		.since_ms = p->since_ms, .until_ms = p->until_ms, .account = p->account
	};
	const struct rows sum = { sum_begin, sum_row, p }, list = { begin, row, p };

	write_top(p);
	if (read_report(r, REPORT_SUM, &f, &sum, e))
		return e->code;
	write_contents(p);
	buf_text(&p->out, "<main>\n");
	for (int i = REPORT_SUM + 1; i < REPORT_PARTS; i++) {
		p->part = (enum report_part)i;
		buf_printf(&p->out, "<section>\n<h2 id=\"%s\">%s</h2>\n", report_texts[i].anchor,
			report_texts[i].title);
		if (read_report(r, p->part, &f, &list, e))
			return e->code;
		end_list(p);
		buf_text(&p->out, "</section>\n");
	}
	buf_text(&p->out, "</main>\n<p class=\"faint\">Siltstone " SILTSTONE_VERSION
			  ". Times are UTC.</p>\n</body>\n</html>\n");
	return buf_ok(&p->out) ? E_OK : err_nomem(e);
}
