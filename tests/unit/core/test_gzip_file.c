/* SPDX-License-Identifier: Apache-2.0 */
#include "core/gzip_file.h"

#include "lib/fake_store.h"
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

static const struct str nonsense = { "0123456789abcdefghij", 20 };

static void fill(struct gzip_file *f, int times)
{
	struct err e = { 0 };
	unsigned int x = 1;

	assert_int_equal(gzip_file_open(f, &e), E_OK);
	for (int i = 0; i < times; i++) {
		char word[32];

		x = x * 1103515245u + 12345u;
		snprintf(word, sizeof(word), "%08x", x);
		assert_int_equal(gzip_file_add(f, str_of(word), &e), E_OK);
		assert_int_equal(gzip_file_add(f, nonsense, &e), E_OK);
	}
	assert_int_equal(gzip_file_finish(f, &e), E_OK);
	assert_int_equal(f->plain_bytes, (int64_t)times * 28);
}

static struct object object_of(const struct gzip_file *f)
{
	struct object o = { .fd = f->fd, .bytes = f->bytes };

	memcpy(o.sha256, f->sha256, SHA256_BYTES);
	return o;
}

static void what_was_added_comes_back(void **state)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct gzip_file f;
	struct object o;
	const char *text;

	(void)state;
	fill(&f, 300000);
	o = object_of(&f);
	text = fake_store_gunzip(&a, fake_store_read(&a, &o));
	assert_int_equal(strlen(text), 300000 * 28);
	assert_memory_equal(text + 8, nonsense.p, nonsense.n);
	assert_memory_equal(text + strlen(text) - nonsense.n, nonsense.p, nonsense.n);
	assert_true(f.bytes > 0 && f.bytes < f.plain_bytes);
	gzip_file_close(&f);
	arena_release(&a);
}

static void nothing_added_is_a_good_file_too(void **state)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct gzip_file f;
	struct object o;

	(void)state;
	fill(&f, 0);
	o = object_of(&f);
	assert_string_equal(fake_store_gunzip(&a, fake_store_read(&a, &o)), "");
	gzip_file_close(&f);
	arena_release(&a);
}

static void the_same_bytes_make_the_same_file(void **state)
{
	struct gzip_file one, two;
	unsigned char head[10];

	(void)state;
	fill(&one, 1000);
	fill(&two, 1000);
	assert_memory_equal(one.sha256, two.sha256, SHA256_BYTES);
	assert_int_equal(pread(one.fd, head, sizeof(head), 0), sizeof(head));
	/* RFC 1952: magic, deflate, no flags (so no name), no time. */
	assert_memory_equal(head, "\x1f\x8b\x08\x00\x00\x00\x00\x00", 8);
	gzip_file_close(&one);
	gzip_file_close(&two);
}

static void a_missing_temporary_directory_is_named(void **state)
{
	struct err e = { 0 };
	struct gzip_file f;

	(void)state;
	setenv("TMPDIR", "/nonexistent/place", 1);
	assert_int_equal(gzip_file_open(&f, &e), E_IO);
	assert_non_null(strstr(e.msg, "\"/nonexistent/place\""));
	assert_non_null(strstr(e.hint, "TMPDIR"));
	unsetenv("TMPDIR");
	gzip_file_close(&f);
}

static void a_write_that_fails_is_told(void **state)
{
	struct rlimit was, small;
	struct err e = { 0 };
	struct gzip_file f;
	enum code c = E_OK;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small = was;
	small.rlim_cur = 100000;
	assert_int_equal(gzip_file_open(&f, &e), E_OK);
	setrlimit(RLIMIT_FSIZE, &small);
	for (unsigned int i = 0, x = 7; i < 2000000 && !c; i++) {
		x = x * 1103515245u + 12345u;
		c = gzip_file_add(&f, (struct str){ (const char *)&x, sizeof(x) }, &e);
	}
	setrlimit(RLIMIT_FSIZE, &was);
	assert_int_equal(c, E_IO);
	assert_string_equal(e.hint, "set TMPDIR to a directory with enough space");
	assert_true(f.bytes <= 100000);
	gzip_file_close(&f);
	gzip_file_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_added_comes_back),
		cmocka_unit_test(nothing_added_is_a_good_file_too),
		cmocka_unit_test(the_same_bytes_make_the_same_file),
		cmocka_unit_test(a_missing_temporary_directory_is_named),
		cmocka_unit_test(a_write_that_fails_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
