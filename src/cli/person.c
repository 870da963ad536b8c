/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/person.h"

#include "base/must.h"
#include "cli/plain.h"

#define SAID_MAX (1 << 20)

static const char *ink_code(enum ink ink)
{
	switch (ink) {
	case INK_STRONG: return "\033[1m";
	case INK_FAINT: return "\033[2m";
	case INK_GOOD: return "\033[32m";
	case INK_BAD: return "\033[31m";
	case INK_PLAIN: break;
	}
	return "";
}

static void write_ink(struct cli *c, enum ink ink, struct str s)
{
	bool color = c->color && ink != INK_PLAIN;

	if (color)
		fputs(ink_code(ink), stdout);
	fwrite(s.p, 1, s.n, stdout);
	if (color)
		fputs("\033[0m", stdout);
}

void say(struct cli *c, enum ink ink, const char *fmt, ...)
{
	struct buf raw = BUF_INIT(SAID_MAX), b = BUF_INIT(SAID_MAX);
	struct str rest;
	char small[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	va_end(ap);
	buf_add(&raw, small, n < 0 ? 0 : (size_t)n < sizeof(small) ? (size_t)n : sizeof(small) - 1);
	/* Newlines are of the format, which is ours. */
	for (rest = buf_slice(&raw); rest.n; rest = str_from(rest, str_find(rest, '\n') + 1)) {
		size_t end = str_find(rest, '\n');

		plain_text(&b, (struct str){ rest.p, end });
		if (end < rest.n)
			buf_char(&b, '\n');
	}
	write_ink(c, ink, buf_slice(&b));
	buf_release(&b);
	buf_release(&raw);
}

size_t say_alike(const struct cell *before, const struct cell *after, size_t columns)
{
	size_t n = 0, lead = columns / 3;
	struct str a = before->text, b = after->text;

	if (before->kind != CELL_TEXT || after->kind != CELL_TEXT ||
		(plain_width(a) <= columns && plain_width(b) <= columns))
		return 0;
	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	if (n < columns / 2)
		return 0;
	/* Some of what is alike stays, from where a letter begins. */
	for (n -= lead; n && ((unsigned char)a.p[n] & 0xc0) == 0x80;)
		n--;
	return n;
}

void say_value(struct cli *c, enum ink ink, const struct cell *v, size_t columns)
{
	say_value_from(c, ink, v, 0, columns);
}

void say_value_from(struct cli *c, enum ink ink, const struct cell *v, size_t from, size_t columns)
{
	struct buf raw = BUF_INIT(SAID_MAX), b = BUF_INIT(SAID_MAX);
	struct str s;

	switch (v->kind) {
	case CELL_NULL: buf_char(&raw, '-'); break;
	case CELL_INT: buf_printf(&raw, "%lld", (long long)v->i); break;
	case CELL_REAL: buf_printf(&raw, "%.15g", v->r); break;
	case CELL_TEXT:
		buf_text(&raw, from ? "\xe2\x80\xa6" : "");
		plain_text(&raw, str_from(v->text, from));
		buf_text(&raw, v->text.n ? "" : "\"\"");
		break;
	case CELL_BLOB: buf_printf(&raw, "(%zu bytes)", v->text.n); break;
	}
	s = buf_slice(&raw);
	if (plain_width(s) > columns)
		plain_cell(&b, s, columns);
	else
		buf_str(&b, s);
	write_ink(c, ink, buf_slice(&b));
	buf_release(&b);
	buf_release(&raw);
}

void say_pad(size_t width, size_t columns)
{
	for (; width < columns; width++)
		fputc(' ', stdout);
}

const struct cell *column(const struct columns *k, const struct cell *cells, const char *name)
{
	const struct cell *found = NULL;

	for (size_t i = 0; i < k->n && !found; i++)
		if (strcmp(k->names[i], name) == 0)
			found = &cells[i];
	must(found);
	return found;
}

struct str column_text(const struct columns *k, const struct cell *cells, const char *name)
{
	const struct cell *v = column(k, cells, name);

	return v->kind == CELL_TEXT ? v->text : STR("");
}

int64_t column_int(const struct columns *k, const struct cell *cells, const char *name)
{
	const struct cell *v = column(k, cells, name);

	return v->kind == CELL_INT ? v->i : 0;
}
