/* SPDX-License-Identifier: Apache-2.0 */
#include "json/read.h"

#include "json/order.h"
#include <limits.h>
#include <setjmp.h>
#include <stddef.h>
#include <yajl/yajl_parse.h>

/*
 * yajl does not check what its allocator returns. So it gets one that never returns NULL:
 * it takes from a scratch arena and, when that has nothing left, jumps back to parse(). All
 * that yajl held is in the arena and goes with it.
 */
struct reader {
	struct arena *a;
	struct arena scratch;
	char *text; /* our copy, in @a: names and strings without escapes point into it */
	size_t n;
	struct json *root;
	struct json *open[JSON_DEPTH_MAX];
	size_t depth;
	struct str key;
	yajl_handle yajl;
	struct err *e;
	enum code code;
	jmp_buf no_memory;
};

/* What yajl gets: it wants to resize without saying how large a piece was. */
struct piece {
	size_t n;
	_Alignas(max_align_t) char bytes[];
};

static void *piece_new(void *ctx, size_t n)
{
	struct reader *r = ctx;
	struct piece *p = arena_alloc(&r->scratch, sizeof(*p) + n);

	if (!p)
		longjmp(r->no_memory, 1);
	p->n = n;
	return p->bytes;
}

static void *piece_resize(void *ctx, void *was, size_t n)
{
	char *p = piece_new(ctx, n);
	size_t had;

	if (!was)
		return p;
	memcpy(&had, (char *)was - offsetof(struct piece, bytes), sizeof(had));
	memcpy(p, was, had < n ? had : n);
	return p;
}

static void piece_free(void *ctx, void *p)
{
	(void)ctx;
	(void)p;
}

static enum code out_of(struct reader *r, const struct arena *a)
{
	if (!a->full)
		return err_nomem(r->e);
	return err_set(
		r->e, E_TOOBIG, "read JSON: the document does not fit into %zu bytes", a->max);
}

/* For the callbacks of yajl, where 0 means stop. */
static int stop(struct reader *r, enum code code)
{
	r->code = code;
	return 0;
}

static int place(struct reader *r, struct json *v)
{
	struct json *parent = r->depth ? r->open[r->depth - 1] : NULL;

	if (!v || !arena_ok(r->a))
		return stop(r, out_of(r, r->a));
	if (!parent)
		r->root = v;
	else if (parent->kind == JSON_OBJECT)
		json_add(parent, r->key, v);
	else
		json_push(parent, v);
	return 1;
}

/* Where in the text @p points to; false when it points elsewhere. */
static bool place_in_text(const struct reader *r, const void *p, size_t *at)
{
	*at = (uintptr_t)p - (uintptr_t)r->text;
	return (uintptr_t)p >= (uintptr_t)r->text && *at < r->n;
}

/* A name or string: a piece of our copy of the text whose closing quote, which yajl is done
 * with, makes room for a NUL; or something that yajl unescaped. */
static struct str keep(struct reader *r, const unsigned char *p, size_t n)
{
	size_t at;

	if (!place_in_text(r, p, &at))
		return arena_str(r->a, (struct str){ (const char *)p, n });
	r->text[at + n] = '\0';
	return (struct str){ r->text + at, n };
}

static int see_null(void *ctx)
{
	struct reader *r = ctx;

	return place(r, json_new(r->a, JSON_NULL));
}

static int see_bool(void *ctx, int v)
{
	struct reader *r = ctx;

	return place(r, json_bool(r->a, v));
}

static int see_number(void *ctx, const char *p, size_t n)
{
	struct reader *r = ctx;
	struct str text = { p, n };
	size_t at;

	if (!place_in_text(r, p, &at))
		text = arena_str(r->a, text);
	return place(r, json_number(r->a, text));
}

static int see_string(void *ctx, const unsigned char *p, size_t n)
{
	struct reader *r = ctx;

	return place(r, json_string(r->a, keep(r, p, n)));
}

static int see_name(void *ctx, const unsigned char *p, size_t n)
{
	struct reader *r = ctx;

	if (n && memchr(p, '\0', n))
		return stop(r, err_set(r->e, E_INVALID, "read JSON: a name holds a NUL at byte %zu",
				       yajl_get_bytes_consumed(r->yajl)));
	r->key = keep(r, p, n);
	return 1;
}

static int enter(struct reader *r, enum json_kind kind)
{
	struct json *v;

	if (r->depth == JSON_DEPTH_MAX)
		return stop(r,
			err_set(r->e, E_TOOBIG, "read JSON: more than %d levels deep at byte %zu",
				JSON_DEPTH_MAX, yajl_get_bytes_consumed(r->yajl)));
	v = json_new(r->a, kind);
	if (!place(r, v))
		return 0;
	r->open[r->depth++] = v;
	return 1;
}

static int enter_object(void *ctx)
{
	return enter(ctx, JSON_OBJECT);
}

static int enter_array(void *ctx)
{
	return enter(ctx, JSON_ARRAY);
}

static int leave_array(void *ctx)
{
	struct reader *r = ctx;

	r->depth--;
	return 1;
}

/* A member whose name an earlier one has. One bit of a word for each name seen spares
 * nearly all comparisons. */
static const struct json *twin_among_few(const struct json *object)
{
	uint64_t seen = 0;

	for (const struct json *k = object->first; k; k = k->next) {
		size_t n = k->key.n;
		size_t first = n ? (unsigned char)k->key.p[0] : 0;
		size_t last = n ? (unsigned char)k->key.p[n - 1] : 0;
		uint64_t bit = UINT64_C(1) << (n * 5 + first * 3 + last) % 64;

		if (seen & bit)
			for (const struct json *o = object->first; o != k; o = o->next)
				if (str_eq(o->key, k->key))
					return k;
		seen |= bit;
	}
	return NULL;
}

/* The same by sorting: no choice of names makes it slow. */
static const struct json *twin_among_many(struct reader *r, const struct json *object)
{
	const struct json *view = json_sorted_view(&r->scratch, object);

	if (!view)
		longjmp(r->no_memory, 1);
	for (const struct json *k = view->first; k && k->next; k = k->next)
		if (str_eq(k->key, k->next->key))
			return k->next;
	return NULL;
}

/* Up to here comparing each with each is quicker than sorting. */
#define FEW_MEMBERS 32

static int leave_object(void *ctx)
{
	struct reader *r = ctx;
	const struct json *object = r->open[--r->depth], *twin;

	if (json_sorted(object))
		return 1;
	twin = object->n <= FEW_MEMBERS ? twin_among_few(object) : twin_among_many(r, object);
	if (!twin)
		return 1;
	return stop(
		r, err_set(r->e, E_INVALID,
			   "read JSON: the name \"%.*s\" stands twice in the object that ends at "
			   "byte %zu",
			   STR_ARG(twin->key), yajl_get_bytes_consumed(r->yajl)));
}

static const yajl_callbacks callbacks = {
	.yajl_null = see_null,
	.yajl_boolean = see_bool,
	.yajl_number = see_number,
	.yajl_string = see_string,
	.yajl_start_map = enter_object,
	.yajl_map_key = see_name,
	.yajl_end_map = leave_object,
	.yajl_start_array = enter_array,
	.yajl_end_array = leave_array,
};

/* yajl's own sentence, without the line end and the stop it may have. */
static enum code syntax_error(struct reader *r, size_t at)
{
	const char *why = (const char *)yajl_get_error(r->yajl, 0, NULL, 0);
	size_t n = strcspn(why, "\n");

	if (n && why[n - 1] == '.')
		n--;
	return err_set(r->e, E_INVALID, "read JSON: %.*s at byte %zu", (int)n, why, at);
}

static enum code feed(struct reader *r)
{
	yajl_alloc_funcs memory = { piece_new, piece_resize, piece_free, r };
	yajl_status status;
	size_t at;

	r->yajl = yajl_alloc(&callbacks, &memory, r);
	/* Looked at already, and more strictly than yajl does. */
	yajl_config(r->yajl, yajl_dont_validate_strings, 1);
	status = yajl_parse(r->yajl, (const unsigned char *)r->text, r->n);
	at = yajl_get_bytes_consumed(r->yajl);
	if (status == yajl_status_ok) {
		status = yajl_complete_parse(r->yajl);
		at = r->n;
	}
	if (r->code)
		return r->code;
	return status == yajl_status_ok ? E_OK : syntax_error(r, at);
}

/* Nothing in this frame changes after setjmp(), so nothing in it is lost by the jump. */
static enum code parse(struct reader *r)
{
	if (setjmp(r->no_memory))
		return out_of(r, &r->scratch);
	return feed(r);
}

#define NO_UNIT UINT_MAX

/* The value of the \uXXXX at @at, or NO_UNIT. */
static unsigned escaped_unit(struct str text, size_t at)
{
	unsigned unit = 0;

	if (text.n < 6 || at > text.n - 6 || text.p[at] != '\\' || text.p[at + 1] != 'u')
		return NO_UNIT;
	for (size_t i = at + 2; i < at + 6; i++) {
		char c = text.p[i];
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
			    : c >= 'A' && c <= 'F' ? c - 'A' + 10
						   : -1;

		if (digit < 0)
			return NO_UNIT;
		unit = unit * 16 + (unsigned)digit;
	}
	return unit;
}

/* Where an escaped surrogate without its other half stands, or text.n. Of these yajl would
 * make a question mark or bytes that are no UTF-8. */
static size_t lone_surrogate(struct str text)
{
	size_t at = str_find(text, '\\');

	while (at < text.n) {
		unsigned unit = escaped_unit(text, at);
		bool high = unit >= 0xd800 && unit <= 0xdbff;

		if (unit >= 0xdc00 && unit <= 0xdfff)
			return at;
		if (high) {
			unit = escaped_unit(text, at + 6);
			if (unit < 0xdc00 || unit > 0xdfff)
				return at;
		}
		at += high ? 12 : 2;
		at += str_find(str_from(text, at), '\\');
	}
	return text.n;
}

static enum code check_text(struct str text, struct err *e)
{
	size_t at = utf8_span(text);

	if (at < text.n)
		return err_set(e, E_INVALID, "read JSON: not UTF-8 at byte %zu", at);
	at = lone_surrogate(text);
	if (at < text.n)
		return err_set(e, E_INVALID, "read JSON: half a surrogate pair at byte %zu", at);
	return E_OK;
}

/* The most that yajl's buffers (each twice as large as the one before, up to the longest
 * token) and the sorting of names can take for @n bytes of text. */
static size_t scratch_max(size_t n)
{
	return n > SIZE_MAX / 64 ? SIZE_MAX : n * 32 + 65536;
}

enum code json_read(struct arena *a, struct str text, struct json **out, struct err *e)
{
	struct reader r = { .a = a, .scratch = ARENA_INIT(scratch_max(text.n)), .e = e };
	enum code c = check_text(text, e);

	if (c)
		return c;
	r.n = text.n;
	r.text = arena_alloc(a, text.n + 1);
	if (!r.text || !arena_ok(a))
		return out_of(&r, a);
	if (text.n)
		memcpy(r.text, text.p, text.n);
	c = parse(&r);
	arena_release(&r.scratch);
	if (!c)
		*out = r.root;
	return c;
}
