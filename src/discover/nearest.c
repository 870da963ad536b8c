/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/nearest.h"

#include <stdint.h>

/* Longer names are compared by their beginnings. */
enum { LENGTH_MAX = 96 };

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same(struct str a, size_t i, struct str b, size_t j)
{
	return lower(a.p[i]) == lower(b.p[j]);
}

/* @wanted without the stars of a glob. */
static struct str core(struct str wanted)
{
	while (wanted.n && wanted.p[0] == '*')
		wanted = str_from(wanted, 1);
	while (wanted.n && wanted.p[wanted.n - 1] == '*')
		wanted.n--;
	if (wanted.n > LENGTH_MAX)
		wanted.n = LENGTH_MAX;
	return wanted;
}

static bool holds(struct str name, struct str part)
{
	for (size_t at = 0; part.n && at + part.n <= name.n; at++) {
		size_t i = 0;

		while (i < part.n && same(name, at + i, part, i))
			i++;
		if (i == part.n)
			return true;
	}
	return false;
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Levenshtein's distance, one row at a time. */
static size_t edits(struct str a, struct str b)
{
	size_t row[LENGTH_MAX + 1];

	if (b.n > LENGTH_MAX)
		b.n = LENGTH_MAX;
	for (size_t j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			size_t up = row[j];

			row[j] = least(up + 1, row[j - 1] + 1,
				corner + (same(a, i - 1, b, j - 1) ? 0 : 1));
			corner = up;
		}
	}
	return row[b.n];
}

void nearest_add(struct nearest *near, struct str name)
{
	struct str wanted = core(near->wanted);
	size_t distance = holds(name, wanted) ? 0 : edits(wanted, name);
	size_t at = near->n;

	while (at && distance < near->distance[at - 1])
		at--;
	if (at == NEAREST_MAX)
		return;
	if (near->n < NEAREST_MAX)
		near->n++;
	for (size_t i = near->n - 1; i > at; i--) {
		near->names[i] = near->names[i - 1];
		near->distance[i] = near->distance[i - 1];
	}
	near->names[at] = name;
	near->distance[at] = distance;
}

void nearest_write(const struct nearest *near, struct buf *out)
{
	for (size_t i = 0; i < near->n; i++) {
		if (i)
			buf_text(out, i + 1 == near->n ? " or " : ", ");
		buf_str(out, near->names[i]);
	}
}
