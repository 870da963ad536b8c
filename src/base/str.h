/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/**
 * A borrowed slice of bytes: not NUL-terminated, never freed, dies with what it
 * points into. {NULL, 0} means "there is none", {"", 0} means "empty".
 */
struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE     ((struct str){ NULL, 0 })
/** For printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s)   (int)(s).n, (s).p

/** The slice of a C string; NULL gives STR_NONE. */
static inline struct str str_of(const char *s)
{
	return (struct str){ s, s ? strlen(s) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *b)
{
	return str_eq(a, str_of(b));
}

/** Byte order, the shorter first where one begins with the other. */
static inline int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n ? memcmp(a.p, b.p, n) : 0;

	return d ? d : a.n < b.n ? -1 : a.n > b.n;
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && (!prefix.n || memcmp(s.p, prefix.p, prefix.n) == 0);
}

/** @s without its first @n bytes; empty when it has fewer. STR_NONE stays what it is. */
static inline struct str str_from(struct str s, size_t n)
{
	if (!s.p)
		return s;
	return n > s.n ? (struct str){ s.p + s.n, 0 } : (struct str){ s.p + n, s.n - n };
}

/** Where @c first stands in @s, or s.n. */
static inline size_t str_find(struct str s, char c)
{
	const char *p = s.n ? memchr(s.p, c, s.n) : NULL;

	return p ? (size_t)(p - s.p) : s.n;
}

static inline bool str_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/** @s without the white space at its ends. */
static inline struct str str_trim(struct str s)
{
	while (s.n && str_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n && str_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/** What @c is worth as a hexadecimal digit; -1 when it is none. */
static inline int str_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}
