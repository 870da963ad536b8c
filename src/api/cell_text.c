/* SPDX-License-Identifier: Apache-2.0 */
#include "api/cell_text.h"

#include "json/read.h"
#include "json/write.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#define CELL_MAX  (64 << 20)
#define ARENA_MAX (512 << 20)

/* Infinite and not-a-number have no spelling in JSON. */
static void add_real(struct buf *b, double r, bool json)
{
	size_t from = b->n;

	if (json && !isfinite(r)) {
		buf_text(b, "null");
		return;
	}
	buf_printf(b, "%.15g", r);
	if (isfinite(r) && !memchr(b->p + from, '.', b->n - from) &&
		!memchr(b->p + from, 'e', b->n - from))
		buf_text(b, ".0");
}

static void add_hex(struct buf *b, struct str s)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < s.n; i++) {
		buf_char(b, digits[(unsigned char)s.p[i] >> 4]);
		buf_char(b, digits[(unsigned char)s.p[i] & 15]);
	}
}

void cell_plain(struct buf *b, const struct cell *c)
{
	switch (c->kind) {
	case CELL_NULL: return;
	case CELL_INT: buf_printf(b, "%lld", (long long)c->i); return;
	case CELL_REAL: add_real(b, c->r, false); return;
	case CELL_TEXT: buf_str(b, c->text); return;
	case CELL_BLOB: add_hex(b, c->text); return;
	}
}

static bool holds_json(const char *column)
{
	static const char *const names[] = { "configuration", "supplementary", "settings" };
	size_t n = strlen(column);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(column, names[i]) == 0)
			return true;
	return n > 5 && strcmp(column + n - 5, "_json") == 0;
}

static bool is_json(struct str text)
{
	struct arena a = ARENA_INIT(ARENA_MAX);
	struct err ignored = { 0 };
	struct json *v;
	bool is = json_read(&a, text, &v, &ignored) == E_OK;

	arena_release(&a);
	return is;
}

static void add_mended(struct buf *b, struct str text)
{
	struct buf clean = BUF_INIT(CELL_MAX);

	while (text.n) {
		size_t good = utf8_span(text);

		buf_str(&clean, (struct str){ text.p, good });
		text = str_from(text, good);
		if (text.n)
			buf_text(&clean, "\xef\xbf\xbd");
		text = str_from(text, 1);
	}
	json_write_string(b, buf_slice(&clean));
	buf_release(&clean);
}

static void add_json_text(struct buf *b, const char *column, struct str text)
{
	if (holds_json(column) && is_json(text))
		buf_str(b, text);
	else if (utf8_ok(text))
		json_write_string(b, text);
	else
		add_mended(b, text);
}

void cell_json(struct buf *b, const char *column, const struct cell *c)
{
	switch (c->kind) {
	case CELL_NULL: buf_text(b, "null"); return;
	case CELL_INT: buf_printf(b, "%lld", (long long)c->i); return;
	case CELL_REAL: add_real(b, c->r, true); return;
	case CELL_TEXT: add_json_text(b, column, c->text); return;
	case CELL_BLOB:
		buf_char(b, '"');
		add_hex(b, c->text);
		buf_char(b, '"');
		return;
	}
}

void csv_field(struct buf *b, struct str s)
{
	bool quotes = false;

	for (size_t i = 0; i < s.n; i++)
		quotes |= s.p[i] == ',' || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r';
	if (!quotes) {
		buf_str(b, s);
		return;
	}
	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			buf_char(b, '"');
		buf_char(b, s.p[i]);
	}
	buf_char(b, '"');
}

struct cell cell_typed(const char *text)
{
	struct cell c = { 0 };
	char *end;

	if (!text[0] || !strchr("0123456789.-+", text[0]))
		return cell_text(text);
	errno = 0;
	c.i = strtoll(text, &end, 10);
	if (!*end && !errno) {
		c.kind = CELL_INT;
		return c;
	}
	errno = 0;
	c.r = strtod(text, &end);
	if (!*end && !errno) {
		c.kind = CELL_REAL;
		return c;
	}
	return cell_text(text);
}

struct cell cell_number(struct str text)
{
	char copy[64];
	struct cell c;

	if (text.n >= sizeof(copy))
		return cell_str(text);
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	c = cell_typed(copy);
	return c.kind == CELL_TEXT ? cell_str(text) : c;
}
