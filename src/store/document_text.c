/* SPDX-License-Identifier: Apache-2.0 */
#include "store/document_text.h"

/* What stops behind_brackets(). White space does not belong into canonical JSON; behind the end of the text
 * SQLite has put a NUL. */
static const char meaning[256] = {
	['"'] = 's',
	['{'] = 'o',
	['['] = 'o',
	['}'] = 'c',
	[']'] = 'c',
	[' '] = 'w',
	['\t'] = 'w',
	['\n'] = 'w',
	['\r'] = 'w',
	['\0'] = 'w',
};

/* What stops behind_string(). */
static const char quoting[256] = { ['"'] = 1, ['\\'] = 1, ['\0'] = 1 };

struct document_reader document_reader_of(struct str text)
{
	return (struct document_reader){ text.p, text.p ? text.p + text.n : NULL };
}

bool document_take(struct document_reader *r, char c)
{
	if (!r->p || r->p >= r->end || *r->p != c)
		return false;
	r->p++;
	return true;
}

void document_want(struct document_reader *r, char c)
{
	if (!document_take(r, c))
		r->p = NULL;
}

/* Behind the closing quote of a string whose opening one stands before @p; NULL: there is none. */
static const char *behind_string(const char *p)
{
	for (;; p += 2) {
		while (!quoting[(unsigned char)*p])
			p++;
		if (*p == '"')
			return p + 1;
		if (!p[0] || !p[1])
			return NULL;
	}
}

/* Behind the object or array that begins at @p; NULL: there is something else. */
static const char *behind_brackets(const char *p)
{
	int depth = 0;

	do {
		while (!meaning[(unsigned char)*p])
			p++;
		switch (meaning[(unsigned char)*p++]) {
		case 's': p = behind_string(p); break;
		case 'o': depth++; break;
		case 'c': depth--; break;
		default: return NULL;
		}
	} while (p && depth);
	return p;
}

struct str document_take_string(struct document_reader *r)
{
	const char *from = r->p, *p = NULL;

	if (document_take(r, '"'))
		p = memchr(r->p, '"', (size_t)(r->end - r->p));
	if (p && memchr(r->p, '\\', (size_t)(p - r->p)))
		p = NULL;
	r->p = p ? p + 1 : NULL;
	return p ? (struct str){ from, (size_t)(r->p - from) } : STR_NONE;
}

struct str document_take_text(struct document_reader *r)
{
	const char *from = r->p;

	if (document_take(r, '"'))
		r->p = behind_string(r->p);
	else
		r->p = NULL;
	return r->p ? (struct str){ from, (size_t)(r->p - from) } : STR_NONE;
}

struct str document_take_brackets(struct document_reader *r)
{
	const char *from = r->p;

	if (!from || from >= r->end || (*from != '{' && *from != '['))
		r->p = NULL;
	else
		r->p = behind_brackets(from);
	return r->p ? (struct str){ from, (size_t)(r->p - from) } : STR_NONE;
}

/* A number, true, false or null. */
static struct str take_word(struct document_reader *r)
{
	const char *from = r->p;
	size_t n = strspn(from, "+-.0123456789Eaeflnrstu");

	r->p = n ? from + n : NULL;
	return n ? (struct str){ from, n } : STR_NONE;
}

struct str document_take_value(struct document_reader *r)
{
	if (!r->p || r->p >= r->end)
		r->p = NULL;
	else if (*r->p == '"')
		return document_take_text(r);
	else if (*r->p == '{' || *r->p == '[')
		return document_take_brackets(r);
	else
		return take_word(r);
	return STR_NONE;
}

/* A document has nothing but objects and arrays at its top. */
bool document_text_read(struct str document, struct document_text *out)
{
	struct document_reader r = document_reader_of(document);

	*out = (struct document_text){ .configuration = STR_NONE };
	document_want(&r, '{');
	while (r.p && !document_take(&r, '}')) {
		const struct str name = document_take_string(&r);
		struct str value;

		document_want(&r, ':');
		value = document_take_brackets(&r);
		if (!r.p)
			return false;
		if (str_is(name, "\"configuration\""))
			out->configuration = value;
		else if (str_is(name, "\"relationships\""))
			out->relationships = value;
		else if (str_is(name, "\"supplementaryConfiguration\""))
			out->supplementary = value;
		else if (str_is(name, "\"tags\""))
			out->tags = value;
		if (r.p < r.end && *r.p != '}')
			document_want(&r, ',');
	}
	return r.p == r.end && out->configuration.p;
}
