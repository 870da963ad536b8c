/* SPDX-License-Identifier: Apache-2.0 */
#include "json/write.h"

/* How a byte is spelled: 0 as it is, 'u' as \u00xx, else the letter behind the backslash. */
static const char spelling[256] = {
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'b',
	't',
	'n',
	'u',
	'f',
	'r',
	'u',
	'u', //
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u',
	'u', //
	['"'] = '"',
	['\\'] = '\\',
};

void json_write_string(struct buf *b, struct str s)
{
	static const char hex[] = "0123456789abcdef";
	size_t from = 0;

	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		char how = spelling[c];

		if (!how)
			continue;
		buf_add(b, s.p + from, i - from);
		from = i + 1;
		if (how == 'u')
			buf_add(b, (char[]){ '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] }, 6);
		else
			buf_add(b, (char[]){ '\\', how }, 2);
	}
	if (from < s.n)
		buf_add(b, s.p + from, s.n - from);
	buf_char(b, '"');
}

static void write_scalar(struct buf *b, const struct json *v)
{
	if (!v || v->kind == JSON_NULL)
		buf_text(b, "null");
	else if (v->kind == JSON_STRING)
		json_write_string(b, v->text);
	else
		buf_str(b, v->text);
}

static bool has_children(const struct json *v)
{
	return v && (v->kind == JSON_ARRAY || v->kind == JSON_OBJECT);
}

/* As deep as documents are: json/read.h refuses more than 100 levels. */
// NOLINTNEXTLINE(misc-no-recursion)
void json_write(struct buf *b, const struct json *v)
{
	bool object = json_is(v, JSON_OBJECT);

	if (!has_children(v)) {
		write_scalar(b, v);
		return;
	}
	buf_char(b, object ? '{' : '[');
	for (const struct json *k = v->first; k; k = k->next) {
		if (object) {
			json_write_string(b, k->key);
			buf_char(b, ':');
		}
		json_write(b, k);
		if (k->next)
			buf_char(b, ',');
	}
	buf_char(b, object ? '}' : ']');
}

static void new_line(struct buf *b, size_t level)
{
	buf_char(b, '\n');
	while (level--)
		buf_text(b, "  ");
}

// NOLINTNEXTLINE(misc-no-recursion)
static void write_pretty(struct buf *b, const struct json *v, size_t level)
{
	bool object = json_is(v, JSON_OBJECT);

	if (!has_children(v) || !v->first) {
		json_write(b, v);
		return;
	}
	buf_char(b, object ? '{' : '[');
	for (const struct json *k = v->first; k; k = k->next) {
		new_line(b, level + 1);
		if (object) {
			json_write_string(b, k->key);
			buf_text(b, ": ");
		}
		write_pretty(b, k, level + 1);
		if (k->next)
			buf_char(b, ',');
	}
	new_line(b, level);
	buf_char(b, object ? '}' : ']');
}

void json_write_pretty(struct buf *b, const struct json *v)
{
	write_pretty(b, v, 0);
}
