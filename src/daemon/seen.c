/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/seen.h"

#include "base/mem.h"
#include "base/must.h"
#include <string.h>

#define CAP_FIRST 256

/* Digests are random: any of their bytes say where. */
static size_t place_of(const struct seen *s, const unsigned char digest[SEEN_BYTES])
{
	uint64_t h;
	size_t i;

	must(s->entries);
	memcpy(&h, digest, sizeof(h));
	i = (size_t)h & (s->cap - 1);
	while (s->entries[i].until_ms && memcmp(s->entries[i].digest, digest, SEEN_BYTES) != 0)
		i = (i + 1) & (s->cap - 1);
	return i;
}

static size_t alive(const struct seen *s, int64_t now_ms)
{
	size_t n = 0;

	for (size_t i = 0; s->entries && i < s->cap; i++)
		n += s->entries[i].until_ms >= now_ms && s->entries[i].until_ms;
	return n;
}

/* Into a table in which there is room, without what has had its time. */
static enum code move(struct seen *s, int64_t now_ms)
{
	size_t need = alive(s, now_ms);
	struct seen fresh = { .cap = CAP_FIRST };

	while (fresh.cap < need * 2 && fresh.cap < SEEN_MAX)
		fresh.cap *= 2;
	if (need >= fresh.cap - fresh.cap / 4)
		return E_FULL;
	fresh.entries = mem_alloc(fresh.cap * sizeof(*fresh.entries));
	if (!fresh.entries)
		return E_NOMEM;
	for (size_t i = 0; s->entries && i < s->cap; i++) {
		const struct seen_entry *e = &s->entries[i];

		if (e->until_ms && e->until_ms >= now_ms) {
			fresh.entries[place_of(&fresh, e->digest)] = *e;
			fresh.n++;
		}
	}
	seen_release(s);
	*s = fresh;
	return E_OK;
}

enum code seen_first(struct seen *s, const unsigned char digest[SEEN_BYTES], int64_t now_ms,
	int64_t until_ms, int64_t *first_ms)
{
	struct seen_entry *e = s->cap ? &s->entries[place_of(s, digest)] : NULL;
	enum code c = E_OK;

	if (e && e->until_ms) {
		*first_ms = e->first_ms;
		return E_OK;
	}
	if (s->n >= s->cap - s->cap / 4) {
		c = move(s, now_ms);
		if (c)
			return c;
		e = &s->entries[place_of(s, digest)];
	}
	must(e);
	*e = (struct seen_entry){ .first_ms = now_ms, .until_ms = until_ms > 0 ? until_ms : 1 };
	memcpy(e->digest, digest, SEEN_BYTES);
	s->n++;
	*first_ms = now_ms;
	return E_OK;
}

void seen_release(struct seen *s)
{
	mem_free(s->entries);
	*s = (struct seen){ 0 };
}
