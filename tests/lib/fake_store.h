/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/sha256.h"
#include "lib/unit.h"
#include "port/object_store.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

/**
 * An object store that remembers what was put, unpacked, and fails when it is told to. A key that is
 * put again replaces what was there.
 * Zero it, fake_store_init(), hand &port to the code under test, fake_store_release().
 */
#define FAKE_STORE_OBJECTS 512

struct fake_store {
	struct object_store port; /* first: a struct object_store * is a struct fake_store * */
	int puts;                 /* tried so far */
	int fail_at;              /* which put fails, from 1; 0: none */
	enum code fail_with;
	enum code down;            /* every put fails with this; E_OK: none */
	void (*on_put)(void *ctx); /* called before anything else; may be NULL */
	void *ctx;
	int n;                                /* objects that are there */
	const char *keys[FAKE_STORE_OBJECTS]; /* all in memory */
	const char *texts[FAKE_STORE_OBJECTS];
	struct arena memory;
	char where[512];
};

/* The file must be what its length and digest say. */
static inline struct str fake_store_read(struct arena *a, const struct object *o)
{
	unsigned char digest[SHA256_BYTES];
	char *p = arena_alloc(a, (size_t)o->bytes + 1);
	struct str s = { p, (size_t)o->bytes };

	assert_non_null(p);
	if (o->bytes)
		assert_int_equal(lseek(o->fd, 0, SEEK_END), o->bytes);
	assert_int_equal(pread(o->fd, p, s.n, 0), (ssize_t)s.n);
	assert_true(sha256_of(s, digest));
	assert_memory_equal(digest, o->sha256, SHA256_BYTES);
	return s;
}

/** @packed, gunzipped (all of its members) and NUL-terminated, in @a. */
static inline const char *fake_store_gunzip(struct arena *a, struct str packed)
{
	const size_t max = 16 << 20;
	z_stream z = { 0 };
	unsigned char *out = arena_alloc(a, max + 1);

	assert_non_null(out);
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	z.next_in = (const unsigned char *)packed.p;
	z.avail_in = (unsigned int)packed.n;
	z.next_out = out;
	z.avail_out = (unsigned int)max;
	do {
		assert_int_equal(inflateReset(&z), Z_OK);
		assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	} while (z.avail_in);
	*z.next_out = '\0';
	inflateEnd(&z);
	return (const char *)out;
}

static inline enum code fake_store_put(
	struct object_store *port, const struct object *o, struct err *e)
{
	struct fake_store *s = (struct fake_store *)port;
	struct arena scratch = ARENA_INIT(64 << 20);
	struct str packed;
	const char *text;
	int at = 0;

	if (s->on_put)
		s->on_put(s->ctx);
	if (++s->puts == s->fail_at)
		return err_set(e, s->fail_with, "put \"%s\": the fake says no", o->key);
	if (s->down)
		return err_set(e, s->down, "put \"%s\": the fake is down", o->key);
	assert_string_equal(o->content_type, "application/json");
	packed = fake_store_read(&scratch, o);
	if (o->content_encoding)
		assert_string_equal(o->content_encoding, "gzip");
	text = packed.n && o->content_encoding ? fake_store_gunzip(&scratch, packed) : packed.p;
	while (at < s->n && strcmp(s->keys[at], o->key) != 0)
		at++;
	assert_in_range(at, 0, FAKE_STORE_OBJECTS - 1);
	s->n = at == s->n ? at + 1 : s->n;
	s->keys[at] = arena_text(&s->memory, str_of(o->key));
	s->texts[at] = arena_text(&s->memory, str_of(text));
	assert_true(arena_ok(&s->memory));
	arena_release(&scratch);
	return E_OK;
}

static inline const char *fake_store_where(struct object_store *port, const char *key)
{
	struct fake_store *s = (struct fake_store *)port;

	snprintf(s->where, sizeof(s->where), "fake://bucket/%s", key);
	return s->where;
}

static inline void fake_store_init(struct fake_store *s)
{
	*s = (struct fake_store){ .port = { fake_store_put, fake_store_where, NULL },
		.memory = ARENA_INIT(64 << 20) };
}

static inline void fake_store_release(struct fake_store *s)
{
	arena_release(&s->memory);
}
