/* SPDX-License-Identifier: Apache-2.0 */
#include "core/gunzip.h"

#include <limits.h>
#define ZLIB_CONST
#include <zlib.h>

/* inflate asks for some 40 KiB (zlib's zconf.h). */
#define MEMORY_BYTES (1 << 20)
#define OUT_BYTES    (128 << 10)
#define GZIP_WINDOW  (15 + 16)
#define MAGIC_BYTES  2

enum gunzip_state { UNKNOWN, PLAIN, INFLATING, BETWEEN };

struct gunzip_stream {
	z_stream z;
	enum gunzip_state state;
	unsigned char magic[MAGIC_BYTES]; /* the beginning, until it is known what it is */
	size_t n_magic;
	unsigned char out[OUT_BYTES];
};

static void *take_memory(void *arena, unsigned int n, unsigned int size)
{
	return size && n > UINT_MAX / size ? NULL : arena_alloc(arena, (size_t)n * size);
}

static void keep_memory(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

enum code gunzip_open(struct gunzip *g, struct err *e)
{
	struct gunzip_stream *s;

	*g = (struct gunzip){ .memory = ARENA_INIT(MEMORY_BYTES) };
	s = arena_alloc(&g->memory, sizeof(*s));
	if (s) {
		s->z.zalloc = take_memory;
		s->z.zfree = keep_memory;
		s->z.opaque = &g->memory;
	}
	if (!s || inflateInit2(&s->z, GZIP_WINDOW) != Z_OK) {
		arena_release(&g->memory);
		return err_nomem(e);
	}
	g->stream = s;
	return E_OK;
}

static enum code damaged(const struct gunzip *g, const char *why, struct err *e)
{
	return err_set(e, E_CORRUPT, "the gzip data is damaged near byte %lld: %s",
		(long long)g->in_bytes, why ? why : "not what gzip writes");
}

/* Inflates until the input or the member ends. */
static enum code inflate_piece(
	struct gunzip *g, struct str *in, gunzip_fn *fn, void *ctx, struct err *e)
{
	struct gunzip_stream *s = g->stream;
	const size_t n = in->n < UINT_MAX ? in->n : UINT_MAX;
	struct str out = { (const char *)s->out, 0 };
	enum code c;
	int rc;

	s->z.next_in = (const unsigned char *)in->p;
	s->z.avail_in = (unsigned int)n;
	s->z.next_out = s->out;
	s->z.avail_out = OUT_BYTES;
	rc = inflate(&s->z, Z_NO_FLUSH);
	*in = str_from(*in, n - s->z.avail_in);
	g->in_bytes += (int64_t)(n - s->z.avail_in);
	out.n = OUT_BYTES - s->z.avail_out;
	g->out_bytes += (int64_t)out.n;
	/* What comes before the damage comes out however the input was cut. */
	c = out.n ? fn(ctx, out, e) : E_OK;
	if (c)
		return c;
	if (rc == Z_STREAM_END) {
		s->state = BETWEEN;
		return inflateReset(&s->z) == Z_OK ? E_OK : err_nomem(e);
	}
	if (rc == Z_MEM_ERROR)
		return err_nomem(e);
	return rc == Z_OK || rc == Z_BUF_ERROR ? E_OK : damaged(g, s->z.msg, e);
}

static void skip_zeros(struct gunzip *g, struct str *in)
{
	while (in->n && !in->p[0]) {
		*in = str_from(*in, 1);
		g->in_bytes++;
	}
	if (in->n)
		g->stream->state = INFLATING;
}

static enum code go_on(struct gunzip *g, struct str in, gunzip_fn *fn, void *ctx, struct err *e)
{
	struct gunzip_stream *s = g->stream;
	enum code c = E_OK;

	if (s->state == PLAIN) {
		g->in_bytes += (int64_t)in.n;
		g->out_bytes += (int64_t)in.n;
		return in.n ? fn(ctx, in, e) : E_OK;
	}
	while (!c && in.n) {
		if (s->state == BETWEEN)
			skip_zeros(g, &in);
		else
			c = inflate_piece(g, &in, fn, ctx, e);
	}
	/* What is left in the window when the input ends with it. */
	while (!c && s->state == INFLATING && !s->z.avail_out)
		c = inflate_piece(g, &in, fn, ctx, e);
	return c;
}

enum code gunzip_add(struct gunzip *g, struct str in, gunzip_fn *fn, void *ctx, struct err *e)
{
	struct gunzip_stream *s = g->stream;
	enum code c;

	if (s->state != UNKNOWN)
		return go_on(g, in, fn, ctx, e);
	while (in.n && s->n_magic < MAGIC_BYTES) {
		s->magic[s->n_magic++] = (unsigned char)in.p[0];
		in = str_from(in, 1);
	}
	if (s->n_magic < MAGIC_BYTES)
		return E_OK;
	s->state = s->magic[0] == 0x1f && s->magic[1] == 0x8b ? INFLATING : PLAIN;
	c = go_on(g, (struct str){ (const char *)s->magic, MAGIC_BYTES }, fn, ctx, e);
	return c ? c : go_on(g, in, fn, ctx, e);
}

enum code gunzip_finish(struct gunzip *g, gunzip_fn *fn, void *ctx, struct err *e)
{
	struct gunzip_stream *s = g->stream;

	if (s->state == INFLATING)
		return damaged(g, "it ends in the middle", e);
	if (s->state == UNKNOWN && s->n_magic)
		return fn(ctx, (struct str){ (const char *)s->magic, s->n_magic }, e);
	return E_OK;
}

void gunzip_close(struct gunzip *g)
{
	if (g->stream)
		inflateEnd(&g->stream->z);
	arena_release(&g->memory);
	g->stream = NULL;
}
