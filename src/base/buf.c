/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "base/mem.h"
#include <stdarg.h>
#include <stdio.h>

char buf_empty[1];

static bool reserve(struct buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 64;
	char *p;

	if (b->failed)
		return false;
	if (more > b->max || b->n > b->max - more) {
		b->failed = true;
		b->full = true;
		return false;
	}
	while (cap < b->n + more + 1)
		cap *= 2;
	if (cap == b->cap)
		return true;
	p = mem_realloc(b->cap ? b->p : NULL, cap);
	if (!p) {
		b->failed = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = 0;
}

void buf_char(struct buf *b, char c)
{
	if (b->failed || b->n >= b->max || b->n + 1 >= b->cap) {
		buf_add(b, &c, 1);
		return;
	}
	b->p[b->n++] = c;
	b->p[b->n] = 0;
}

void buf_text(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	const size_t room = b->failed ? 0 : b->cap - b->n;
	va_list ap;
	int n;

	/* Mostly it fits. */
	va_start(ap, fmt);
	n = vsnprintf(room ? b->p + b->n : NULL, room, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < room && (size_t)n <= b->max - b->n) {
		b->n += (size_t)n;
		return;
	}
	if (room)
		b->p[b->n] = 0;
	if (n < 0 || !reserve(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void buf_cut(struct buf *b, size_t n)
{
	if (n >= b->n)
		return;
	b->n = n;
	b->p[n] = 0;
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = false;
	b->full = false;
	if (b->cap)
		b->p[0] = 0;
}

void buf_release(struct buf *b)
{
	if (b->cap)
		mem_free(b->p);
	*b = (struct buf)BUF_INIT(b->max);
}
