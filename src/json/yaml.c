/* SPDX-License-Identifier: Apache-2.0 */
#include "json/yaml.h"

#include "json/order.h"
#include <string.h>
#include <yaml.h>

#define NODE_BYTES 64
#define CORE       "tag:yaml.org,2002:"

struct frame {
	struct json *node;
	struct str key;  /* of an object: the name whose value comes next */
	bool keyed;      /* there is one */
	struct str name; /* its anchor, or STR_NONE */
	struct str tag;  /* local, or STR_NONE */
	unsigned height; /* of what it holds so far */
	size_t bytes;
};

struct anchor {
	struct str name;
	const struct json *node;
	unsigned height;
	size_t bytes;
};

struct reader {
	struct arena *a;
	struct err *e;
	yaml_parser_t parser;
	yaml_event_t event;
	struct json *root;
	struct frame open[YAML_DEPTH_MAX];
	size_t depth;
	struct anchor anchors[YAML_ANCHORS_MAX];
	size_t n_anchors;
	size_t copied;
	bool ended; /* the document */
};

/* A node that is whole. */
struct whole {
	struct json *node;
	struct str name, tag;
	unsigned height;
	size_t bytes;
};

static enum code wrong(struct reader *r, enum code c, const char *why)
{
	return err_set(r->e, c, "line %zu, column %zu: %s", r->event.start_mark.line + 1,
		r->event.start_mark.column + 1, why);
}

static struct str text_of(const yaml_char_t *p, size_t n)
{
	return (struct str){ (const char *)p, n };
}

static struct str name_of(const yaml_char_t *p)
{
	return str_of((const char *)p);
}

static struct frame *top(struct reader *r)
{
	return r->depth ? &r->open[r->depth - 1] : NULL;
}

static bool wants_key(struct reader *r)
{
	return r->depth && top(r)->node->kind == JSON_OBJECT && !top(r)->keyed;
}

static enum code remember(struct reader *r, const struct whole *w)
{
	if (!w->name.p)
		return E_OK;
	if (r->n_anchors == YAML_ANCHORS_MAX)
		return wrong(r, E_TOOBIG, "too many anchors");
	r->anchors[r->n_anchors++] = (struct anchor){
		.name = w->name, .node = w->node, .height = w->height, .bytes = w->bytes
	};
	return E_OK;
}

static void wrap(struct reader *r, struct whole *w)
{
	struct json *outer;

	if (!w->tag.p)
		return;
	outer = json_new(r->a, JSON_OBJECT);
	if (outer)
		json_add(outer, w->tag, w->node);
	w->node = outer;
	w->height++;
	w->bytes += NODE_BYTES + w->tag.n;
}

static enum code put(struct reader *r, struct whole *w)
{
	struct frame *f = top(r);

	wrap(r, w);
	if (!w->node || !arena_ok(r->a))
		return err_nomem(r->e);
	if (r->depth + w->height > YAML_DEPTH_MAX)
		return wrong(r, E_TOOBIG, "too deep");
	if (remember(r, w))
		return r->e->code;
	if (!f) {
		r->root = w->node;
		return E_OK;
	}
	if (f->node->kind == JSON_OBJECT) {
		json_add(f->node, f->key, w->node);
		f->bytes += f->key.n;
		f->keyed = false;
	} else {
		json_push(f->node, w->node);
	}
	f->bytes += w->bytes;
	if (f->height < w->height)
		f->height = w->height;
	return E_OK;
}

/* Tags */

/* Of collections: @core is what they may say of themselves. */
static enum code take_tag(
	struct reader *r, const yaml_char_t *given, const char *core, struct str *out)
{
	struct str tag = name_of(given);

	*out = STR_NONE;
	if (!tag.n || str_is(tag, "!") || str_is(tag, core))
		return E_OK;
	if (tag.p[0] != '!')
		return wrong(r, E_INVALID, "a tag that is not known");
	*out = arena_str(r->a, tag);
	return E_OK;
}

/* Scalars */

static size_t digits(struct str s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && s.p[at + n] >= '0' && s.p[at + n] <= '9')
		n++;
	return n;
}

/* RFC 8259 section 6. */
static bool is_number(struct str s)
{
	size_t at = s.n && s.p[0] == '-', n = digits(s, at);

	if (!n || (n > 1 && s.p[at] == '0'))
		return false;
	at += n;
	if (at < s.n && s.p[at] == '.') {
		n = digits(s, at + 1);
		if (!n)
			return false;
		at += 1 + n;
	}
	if (at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
		at++;
		at += at < s.n && (s.p[at] == '+' || s.p[at] == '-');
		n = digits(s, at);
		if (!n)
			return false;
		at += n;
	}
	return at == s.n;
}

static bool is_any(struct str s, const char *const *words)
{
	for (; *words; words++)
		if (str_is(s, *words))
			return true;
	return false;
}

static struct json *plain(struct arena *a, struct str s)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL", NULL };
	static const char *const trues[] = { "true", "True", "TRUE", NULL };
	static const char *const falses[] = { "false", "False", "FALSE", NULL };

	if (is_any(s, nulls))
		return json_new(a, JSON_NULL);
	if (is_any(s, trues))
		return json_bool(a, true);
	if (is_any(s, falses))
		return json_bool(a, false);
	if (is_number(s))
		return json_number(a, arena_str(a, s));
	return json_string(a, arena_str(a, s));
}

static enum code take_key(struct reader *r)
{
	struct str s = text_of(r->event.data.scalar.value, r->event.data.scalar.length);
	struct frame *f = top(r);

	if (r->event.data.scalar.anchor)
		return wrong(r, E_INVALID, "a name with an anchor");
	if (r->event.data.scalar.tag && !str_is(name_of(r->event.data.scalar.tag), CORE "str"))
		return wrong(r, E_INVALID, "a name with a tag");
	if (str_is(s, "<<") && r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		return wrong(r, E_INVALID, "merge keys (<<) are not taken");
	if (s.n && memchr(s.p, '\0', s.n))
		return wrong(r, E_INVALID, "a name holds a NUL");
	f->key = arena_str(r->a, s);
	f->keyed = true;
	return E_OK;
}

static enum code take_scalar(struct reader *r)
{
	const yaml_char_t *tag = r->event.data.scalar.tag;
	struct str s = text_of(r->event.data.scalar.value, r->event.data.scalar.length);
	struct whole w = { .height = 0, .bytes = NODE_BYTES + s.n };
	struct str said = name_of(tag);
	bool is_plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !tag;
	enum code c;

	if (wants_key(r))
		return take_key(r);
	if (said.p && is_any(said, (const char *const[]){ CORE "int", CORE "float", CORE "bool",
					   CORE "null", NULL }))
		is_plain = true;
	else if ((c = take_tag(r, tag, CORE "str", &w.tag)))
		return c;
	if (r->event.data.scalar.anchor)
		w.name = arena_str(r->a, name_of(r->event.data.scalar.anchor));
	w.node = is_plain ? plain(r->a, s) : json_string(r->a, arena_str(r->a, s));
	return put(r, &w);
}

/* Collections */

static enum code begin(
	struct reader *r, enum json_kind kind, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	struct frame f = { .node = json_new(r->a, kind), .bytes = NODE_BYTES };

	if (wants_key(r))
		return wrong(r, E_INVALID, "a name that is no text");
	if (r->depth == YAML_DEPTH_MAX)
		return wrong(r, E_TOOBIG, "too deep");
	if (take_tag(r, tag, kind == JSON_OBJECT ? CORE "map" : CORE "seq", &f.tag))
		return r->e->code;
	if (anchor)
		f.name = arena_str(r->a, name_of(anchor));
	if (!f.node || !arena_ok(r->a))
		return err_nomem(r->e);
	r->open[r->depth++] = f;
	return E_OK;
}

static enum code check_names(struct reader *r, const struct json *object)
{
	const struct json *sorted = json_sorted_view(r->a, object);

	if (!sorted)
		return err_nomem(r->e);
	for (const struct json *v = sorted->first; v && v->next; v = v->next)
		if (str_eq(v->key, v->next->key))
			return err_set(r->e, E_INVALID,
				"line %zu, column %zu: \"%.*s\" is there twice",
				r->event.start_mark.line + 1, r->event.start_mark.column + 1,
				STR_ARG(v->key));
	return E_OK;
}

static enum code end(struct reader *r)
{
	const struct frame f = r->open[--r->depth];
	struct whole w = { .node = f.node,
		.name = f.name,
		.tag = f.tag,
		.height = f.height + 1,
		.bytes = f.bytes };

	if (f.node->kind == JSON_OBJECT && check_names(r, f.node))
		return r->e->code;
	return put(r, &w);
}

static enum code take_alias(struct reader *r)
{
	struct str name = name_of(r->event.data.alias.anchor);
	const struct anchor *found = NULL;
	struct whole w;

	if (wants_key(r))
		return wrong(r, E_INVALID, "a name that is no text");
	/* The latest of that name; one that is not whole yet is not among them. */
	for (size_t i = r->n_anchors; i > 0 && !found; i--)
		if (str_eq(r->anchors[i - 1].name, name))
			found = &r->anchors[i - 1];
	if (!found)
		return wrong(r, E_INVALID, "an alias of nothing that stands before it");
	r->copied += found->bytes;
	if (r->copied > YAML_COPIED_BYTES_MAX)
		return wrong(r, E_TOOBIG, "aliases make it too large");
	w = (struct whole){
		.node = json_copy(r->a, found->node), .height = found->height, .bytes = found->bytes
	};
	if (w.node)
		w.node->key = STR_NONE;
	return put(r, &w);
}

/* The document */

static enum code take(struct reader *r)
{
	const yaml_event_t *v = &r->event;

	/* NOLINTNEXTLINE(clang-diagnostic-switch-enum): what is left says nothing */
	switch ((int)v->type) {
	case YAML_DOCUMENT_START_EVENT:
		return r->root ? wrong(r, E_INVALID, "more than one document") : E_OK;
	case YAML_SCALAR_EVENT: return take_scalar(r);
	case YAML_SEQUENCE_START_EVENT:
		return begin(
			r, JSON_ARRAY, v->data.sequence_start.anchor, v->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return begin(
			r, JSON_OBJECT, v->data.mapping_start.anchor, v->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT: return end(r);
	case YAML_ALIAS_EVENT: return take_alias(r);
	case YAML_STREAM_END_EVENT: r->ended = true; return E_OK;
	default: return E_OK;
	}
}

static enum code parse_error(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;

	if (p->error == YAML_MEMORY_ERROR)
		return err_nomem(r->e);
	return err_set(r->e, E_INVALID, "line %zu, column %zu: %s", p->problem_mark.line + 1,
		p->problem_mark.column + 1, p->problem ? p->problem : "no YAML");
}

static enum code parse(struct reader *r)
{
	enum code c = E_OK;

	while (!c && !r->ended) {
		if (!yaml_parser_parse(&r->parser, &r->event))
			return parse_error(r);
		c = take(r);
		yaml_event_delete(&r->event);
	}
	if (!c && !r->root)
		c = err_set(r->e, E_INVALID, "there is no document");
	return c;
}

enum code yaml_read(struct arena *a, struct str text, struct json **out, struct err *e)
{
	struct reader *r;
	enum code c;

	if (text.n > YAML_BYTES_MAX)
		return err_set(e, E_TOOBIG, "more than %zu bytes of YAML", YAML_BYTES_MAX);
	r = arena_alloc(a, sizeof(*r));
	if (!r)
		return err_nomem(e);
	r->a = a;
	r->e = e;
	if (!yaml_parser_initialize(&r->parser))
		return err_nomem(e);
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
		&r->parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
	c = parse(r);
	yaml_parser_delete(&r->parser);
	if (!c)
		*out = r->root;
	return c;
}
