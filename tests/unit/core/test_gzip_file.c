/* SPDX-License-Identifier: Apache-2.0 */
#include "core/gzip_file.h"

#include "base/buf.h"
#include "lib/fake_store.h"
#include <sched.h>
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

/* One processor or two: the same bytes, whole and in order. */
static void however_many_processors_there_are_the_file_is_the_same(void **state)
{
	struct arena a = ARENA_INIT(64 << 20);
	struct gzip_file one, two;
	cpu_set_t was, single;
	struct object o;
	int first = 0;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(was), &was), 0);
	while (!CPU_ISSET(first, &was))
		first++;
	CPU_ZERO(&single);
	CPU_SET(first, &single);
	fill(&two, 500000);
	assert_int_equal(sched_setaffinity(0, sizeof(single), &single), 0);
	fill(&one, 500000);
	sched_setaffinity(0, sizeof(was), &was);
	assert_int_equal(one.bytes, two.bytes);
	assert_memory_equal(one.sha256, two.sha256, SHA256_BYTES);
	o = object_of(&two);
	assert_int_equal(strlen(fake_store_gunzip(&a, fake_store_read(&a, &o))), 500000 * 28);
	gzip_file_close(&one);
	gzip_file_close(&two);
	arena_release(&a);
}

/* Blocks end where they end, whatever the pieces are that come. */
static void pieces_of_any_size_make_the_same_file(void **state)
{
	static const size_t sizes[] = { 1, 1 << 20, (1 << 20) - 1, (1 << 20) + 1, 5 << 20, 0, 3 };
	struct buf all = BUF_INIT(64 << 20);
	struct gzip_file whole, parts;
	struct err e = { 0 };
	struct str s;

	(void)state;
	for (uint32_t x = 1, i = 0; i < 3000000; i++) {
		x = x * 1103515245u + 12345u;
		buf_add(&all, (char[]){ (char)(x >> 28), (char)(x >> 27), 'x', 'y' }, 4);
	}
	s = buf_slice(&all);
	assert_int_equal(gzip_file_open(&whole, &e), E_OK);
	assert_int_equal(gzip_file_add(&whole, s, &e), E_OK);
	assert_int_equal(gzip_file_finish(&whole, &e), E_OK);
	assert_int_equal(gzip_file_open(&parts, &e), E_OK);
	for (size_t i = 0; s.n; i++) {
		const size_t want = sizes[i % (sizeof(sizes) / sizeof(*sizes))];
		const size_t n = want < s.n ? want : s.n;

		assert_int_equal(gzip_file_add(&parts, (struct str){ s.p, n }, &e), E_OK);
		s = str_from(s, n);
	}
	assert_int_equal(gzip_file_finish(&parts, &e), E_OK);
	assert_memory_equal(whole.sha256, parts.sha256, SHA256_BYTES);
	gzip_file_close(&whole);
	gzip_file_close(&parts);
	buf_release(&all);
}

static void one_that_is_given_up_half_way_is_closed(void **state)
{
	struct gzip_file f;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(gzip_file_open(&f, &e), E_OK);
	for (int i = 0; i < 400000; i++)
		assert_int_equal(gzip_file_add(&f, nonsense, &e), E_OK);
	gzip_file_close(&f);
	gzip_file_close(&f);
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
		cmocka_unit_test(however_many_processors_there_are_the_file_is_the_same),
		cmocka_unit_test(pieces_of_any_size_make_the_same_file),
		cmocka_unit_test(one_that_is_given_up_half_way_is_closed),
		cmocka_unit_test(nothing_added_is_a_good_file_too),
		cmocka_unit_test(the_same_bytes_make_the_same_file),
		cmocka_unit_test(a_missing_temporary_directory_is_named),
		cmocka_unit_test(a_write_that_fails_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
