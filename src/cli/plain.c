/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plain.h"

#include "json/read.h"
#include <stdint.h>

/* One code point off the front of @s; a byte that begins none is 0xfffd. */
static uint32_t take_point(struct str *s)
{
	unsigned char c = (unsigned char)s->p[0];
	size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	uint32_t point = c;

	if (n > s->n || (n > 1 && !utf8_ok((struct str){ s->p, n }))) {
		*s = str_from(*s, 1);
		return 0xfffd;
	}
	if (n > 1)
		point = c & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		point = point << 6 | ((unsigned char)s->p[i] & 0x3f);
	*s = str_from(*s, n);
	return point;
}

static void escape(struct buf *b, uint32_t point)
{
	if (point == '\n')
		buf_text(b, "\\n");
	else if (point == '\t')
		buf_text(b, "\\t");
	else if (point == '\r')
		buf_text(b, "\\r");
	else
		buf_printf(b, "\\u%04x", point);
}

/* Also what turns the direction of writing: it makes text look like other text. */
static bool is_control(uint32_t p)
{
	return p < 0x20 || (p >= 0x7f && p < 0xa0) || p == 0x2028 || p == 0x2029 ||
	       (p >= 0x202a && p <= 0x202e) || (p >= 0x2066 && p <= 0x2069);
}

void plain_text(struct buf *b, struct str s)
{
	while (s.n) {
		struct str from = s;
		uint32_t point = take_point(&s);

		if (is_control(point))
			escape(b, point);
		else if (point == 0xfffd)
			buf_text(b, "\xef\xbf\xbd");
		else
			buf_add(b, from.p, from.n - s.n);
	}
}

static const struct {
	uint32_t first, last;
	size_t width;
} widths[] = {
	{ 0x300, 0x36f, 0 },
	{ 0x1100, 0x115f, 2 },
	{ 0x200b, 0x200f, 0 },
	{ 0x20d0, 0x20f0, 0 },
	{ 0x2e80, 0xa4cf, 2 },
	{ 0xac00, 0xd7a3, 2 },
	{ 0xf900, 0xfaff, 2 },
	{ 0xfe00, 0xfe0f, 0 },
	{ 0xfe30, 0xfe6f, 2 },
	{ 0xff00, 0xff60, 2 },
	{ 0xffe0, 0xffe6, 2 },
	{ 0x1f300, 0x1f64f, 2 },
	{ 0x1f680, 0x1f6ff, 2 },
	{ 0x1f900, 0x1f9ff, 2 },
	{ 0x20000, 0x3fffd, 2 },
};

static size_t point_width(uint32_t p)
{
	for (size_t i = 0; p >= 0x300 && i < sizeof(widths) / sizeof(*widths); i++)
		if (p >= widths[i].first && p <= widths[i].last)
			return widths[i].width;
	return 1;
}

size_t plain_width(struct str s)
{
	size_t n = 0;

	while (s.n)
		n += point_width(take_point(&s));
	return n;
}

struct str plain_cut(struct str s, size_t columns)
{
	struct str rest = s;
	size_t used = 0;

	while (rest.n) {
		struct str before = rest;

		used += point_width(take_point(&rest));
		if (used > columns)
			return (struct str){ s.p, s.n - before.n };
	}
	return s;
}

void plain_cell(struct buf *b, struct str s, size_t columns)
{
	size_t width = plain_width(s);

	if (width > columns) {
		s = plain_cut(s, columns ? columns - 1 : 0);
		width = plain_width(s) + (columns ? 1 : 0);
		buf_str(b, s);
		if (columns)
			buf_text(b, "\xe2\x80\xa6");
	} else {
		buf_str(b, s);
	}
	for (; width < columns; width++)
		buf_char(b, ' ');
}

/* The longest end of @s that takes at most @columns; @width is that of @s. */
static struct str cut_front(struct str s, size_t width, size_t columns)
{
	while (s.n && width > columns)
		width -= point_width(take_point(&s));
	return s;
}

/* Narrower than this an end says nothing. */
#define NARROWEST_ENDS 10

void plain_cell_ends(struct buf *b, struct str s, size_t columns)
{
	size_t width = plain_width(s), tail;
	struct str front, back;

	if (width <= columns || columns < NARROWEST_ENDS) {
		plain_cell(b, s, columns);
		return;
	}
	tail = (columns - 1) / 2;
	front = plain_cut(s, columns - 1 - tail);
	back = cut_front(s, width, tail);
	buf_str(b, front);
	buf_text(b, "\xe2\x80\xa6");
	buf_str(b, back);
	for (width = plain_width(front) + 1 + plain_width(back); width < columns; width++)
		buf_char(b, ' ');
}
