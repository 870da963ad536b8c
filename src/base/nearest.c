/* SPDX-License-Identifier: Apache-2.0 */
#include "base/nearest.h"

#include <ctype.h>

/* Shorter words are in too many names to mean anything. */
enum { HELD_MIN = 3 };

static void copy(char to[NEAREST_BYTES], struct str s)
{
	memcpy(to, s.p, s.n);
	to[s.n] = '\0';
}

void nearest_init(struct nearest *s, struct str word)
{
	*s = (struct nearest){ 0 };
	/* A longer word is no typo of any name of ours. */
	if (word.n >= NEAREST_BYTES)
		return;
	copy(s->word, word);
	s->n = word.n;
	s->distance = (unsigned)(word.n / 3) + 1;
	if (s->distance > 4)
		s->distance = 4;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned m = a < b ? a : b;

	return m < c ? m : c;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned distance(const char *a, size_t an, struct str b)
{
	unsigned rows[3][NEAREST_BYTES + 1] = { 0 };

	for (unsigned k = 0; k <= b.n; k++)
		rows[0][k] = k;
	for (unsigned i = 1; i <= an; i++) {
		unsigned *now = rows[i % 3], *before = rows[(i + 2) % 3],
			 *older = rows[(i + 1) % 3];

		now[0] = i;
		for (unsigned k = 1; k <= b.n; k++) {
			unsigned step = same(a[i - 1], b.p[k - 1]) ? 0 : 1;

			now[k] = min3(before[k] + 1, now[k - 1] + 1, before[k - 1] + step);
			if (i > 1 && k > 1 && same(a[i - 1], b.p[k - 2]) &&
				same(a[i - 2], b.p[k - 1]) && older[k - 2] + 1 < now[k])
				now[k] = older[k - 2] + 1;
		}
	}
	return rows[an % 3][b.n];
}

static bool holds(struct str name, struct str part)
{
	for (size_t at = 0; at + part.n <= name.n; at++) {
		size_t i = 0;

		while (i < part.n && same(name.p[at + i], part.p[i]))
			i++;
		if (i == part.n)
			return true;
	}
	return false;
}

void nearest_offer(struct nearest *s, struct str candidate)
{
	size_t best = strlen(s->best);
	unsigned d;

	if (!s->n || !candidate.n || candidate.n >= NEAREST_BYTES)
		return;
	d = distance(s->word, s->n, candidate);
	if (d > 1 && s->n >= HELD_MIN && holds(candidate, (struct str){ s->word, s->n }))
		d = 1;
	if (d > s->distance || (d == s->distance && candidate.n >= best))
		return;
	s->distance = d;
	copy(s->best, candidate);
}

const char *nearest_name(const struct nearest *s)
{
	return s->best[0] ? s->best : NULL;
}
