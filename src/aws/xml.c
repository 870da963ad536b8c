/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/xml.h"

#include "base/buf.h"
#include "base/mem.h"

#include <expat.h>

enum { DEPTH_MAX = 64, TEXT_MAX_BYTES = 16 << 20, SLICE_BYTES = 1 << 20 };

struct reading {
	XML_Parser parser;
	struct arena *a;
	struct xml *open[DEPTH_MAX]; /* the elements around here, outermost first */
	int depth;
	struct xml *root;
	struct buf text;
	enum code code; /* why we stopped the parser, or E_OK */
	const char *why;
};

static void stop(struct reading *r, enum code code, const char *why)
{
	if (r->code == E_OK) {
		r->code = code;
		r->why = why;
	}
	XML_StopParser(r->parser, XML_FALSE);
}

static void stop_for_memory(struct reading *r)
{
	if (r->a->full)
		stop(r, E_TOOBIG, "more than the memory set aside for it");
	else
		stop(r, E_NOMEM, "out of memory");
}

static struct str local_name(struct arena *a, const char *name)
{
	struct str s = str_of(name);
	size_t colon = str_find(s, ':');

	return arena_str(a, colon < s.n ? str_from(s, colon + 1) : s);
}

static void add_attribute(struct reading *r, struct xml *x, const char *name, const char *value)
{
	struct xml_attribute *t = arena_alloc(r->a, sizeof(*t));

	if (!t)
		return;
	t->name = local_name(r->a, name);
	t->value = arena_str(r->a, str_of(value));
	t->next = x->attributes;
	x->attributes = t;
}

static void XMLCALL element_begins(void *ctx, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = ctx;
	struct xml *x, *parent = r->depth ? r->open[r->depth - 1] : NULL;

	if (r->code != E_OK)
		return;
	if (r->depth == DEPTH_MAX) {
		stop(r, E_TOOBIG, "nested too deep");
		return;
	}
	x = arena_alloc(r->a, sizeof(*x));
	if (!x) {
		stop_for_memory(r);
		return;
	}
	x->name = local_name(r->a, name);
	x->text = STR("");
	for (; *attributes; attributes += 2)
		add_attribute(r, x, attributes[0], attributes[1]);
	if (!parent)
		r->root = x;
	else if (parent->last)
		parent->last->next = x;
	else
		parent->first = x;
	if (parent)
		parent->last = x;
	r->open[r->depth++] = x;
	buf_clear(&r->text);
}

static void XMLCALL element_ends(void *ctx, const XML_Char *name)
{
	struct reading *r = ctx;
	struct xml *x;

	(void)name;
	if (r->code != E_OK)
		return;
	x = r->open[--r->depth];
	if (!x->first)
		x->text = arena_str(r->a, buf_slice(&r->text));
	buf_clear(&r->text);
	if (!arena_ok(r->a))
		stop_for_memory(r);
}

static void XMLCALL text_comes(void *ctx, const XML_Char *s, int n)
{
	struct reading *r = ctx;

	if (r->code != E_OK)
		return;
	buf_add(&r->text, s, (size_t)n);
	if (r->text.full)
		stop(r, E_TOOBIG, "a text that is too long");
	else if (!buf_ok(&r->text))
		stop(r, E_NOMEM, "out of memory");
}

static void XMLCALL doctype_begins(void *ctx, const XML_Char *name, const XML_Char *sysid,
	const XML_Char *pubid, int has_internal_subset)
{
	(void)name;
	(void)sysid;
	(void)pubid;
	(void)has_internal_subset;
	stop(ctx, E_INVALID, "a document type, which no answer has");
}

static enum code failure(const struct reading *r, struct err *e)
{
	enum XML_Error why = XML_GetErrorCode(r->parser);
	unsigned long line = XML_GetCurrentLineNumber(r->parser);

	if (r->code != E_OK)
		return err_set(e, r->code, "XML line %lu: %s", line, r->why);
	if (why == XML_ERROR_NO_MEMORY)
		return err_nomem(e);
	return err_set(e, E_INVALID, "XML line %lu: %s", line, XML_ErrorString(why));
}

/* XML_Parse() counts in int, so a long text goes in slices. */
static enum code parse(struct reading *r, struct str text, struct err *e)
{
	bool last;

	do {
		size_t n = text.n < SLICE_BYTES ? text.n : SLICE_BYTES;

		last = n == text.n;
		if (XML_Parse(r->parser, text.p ? text.p : "", (int)n, last) != XML_STATUS_OK)
			return failure(r, e);
		text = str_from(text, n);
	} while (!last);
	return E_OK;
}

enum code xml_read(struct arena *a, struct str text, struct xml **out, struct err *e)
{
	static const XML_Memory_Handling_Suite memory = { mem_alloc, mem_realloc, mem_free };
	struct reading r = { .a = a, .text = BUF_INIT(TEXT_MAX_BYTES) };
	enum code c;

	r.parser = XML_ParserCreate_MM(NULL, &memory, NULL);
	if (!r.parser)
		return err_nomem(e);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, element_begins, element_ends);
	XML_SetCharacterDataHandler(r.parser, text_comes);
	XML_SetStartDoctypeDeclHandler(r.parser, doctype_begins);
	c = parse(&r, text, e);
	XML_ParserFree(r.parser);
	buf_release(&r.text);
	if (c == E_OK)
		*out = r.root;
	return c;
}

const struct xml *xml_child(const struct xml *x, const char *name)
{
	for (const struct xml *k = x ? x->first : NULL; k; k = k->next)
		if (str_is(k->name, name))
			return k;
	return NULL;
}

struct str xml_child_text(const struct xml *x, const char *name)
{
	const struct xml *k = xml_child(x, name);

	return k ? k->text : STR_NONE;
}
