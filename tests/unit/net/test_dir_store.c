/* SPDX-License-Identifier: Apache-2.0 */
#include "net/dir_store.h"

#include "base/buf.h"
#include "base/must.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct world {
	struct scratch dir;
	struct arena a;
	struct object_store *store;
	struct err e;
	int fd;
};

static void world_open(struct world *w)
{
	*w = (struct world){ .a = ARENA_INIT(1 << 20), .fd = -1 };
	scratch_make(&w->dir);
	must(dir_store_open(&w->store, w->dir.dir, &w->e) == E_OK);
}

static void world_close(struct world *w)
{
	w->store->free(w->store);
	if (w->fd >= 0)
		close(w->fd);
	scratch_remove(&w->dir);
	arena_release(&w->a);
}

static struct object object_of(struct world *w, const char *key, struct str content)
{
	struct object o = { .key = key, .bytes = (int64_t)content.n };

	if (w->fd >= 0)
		close(w->fd);
	w->fd = memfd_create("content", 0);
	must(write(w->fd, content.p, content.n) == (ssize_t)content.n);
	must(sha256_of(content, o.sha256));
	o.fd = w->fd;
	return o;
}

static enum code put(struct world *w, struct object o)
{
	memset(&w->e, 0, sizeof(w->e));
	return w->store->put(w->store, &o, &w->e);
}

static void assert_file(struct world *w, const char *key, struct str content)
{
	static char got[1 << 20];
	int fd = open(scratch_path(&w->dir, &w->a, key), O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, got, sizeof(got));
	close(fd);
	assert_int_equal(n, content.n);
	assert_memory_equal(got, content.p, content.n);
}

static int files_in(struct world *w, const char *folder)
{
	DIR *dir = opendir(scratch_path(&w->dir, &w->a, folder));
	struct dirent *entry;
	int n = 0;

	while (dir && (entry = readdir(dir)) != NULL)
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	if (dir)
		closedir(dir);
	return n;
}

static void a_key_becomes_a_file_in_folders(void **state)
{
	struct world w;
	char *big;
	struct buf text = BUF_INIT(1 << 20);

	(void)state;
	world_open(&w);
	assert_int_equal(put(&w, object_of(&w, "a/b c/d::e.json", STR("one"))), E_OK);
	assert_file(&w, "a/b c/d::e.json", STR("one"));
	assert_int_equal(put(&w, object_of(&w, "a/b c/d::e.json", STR("two!"))), E_OK);
	assert_file(&w, "a/b c/d::e.json", STR("two!"));
	assert_int_equal(put(&w, object_of(&w, "empty", STR(""))), E_OK);
	assert_file(&w, "empty", STR(""));
	for (int i = 0; i < 20000; i++)
		buf_printf(&text, "%d,", i);
	big = text.p;
	assert_int_equal(put(&w, object_of(&w, "a/big", (struct str){ big, text.n })), E_OK);
	assert_file(&w, "a/big", buf_slice(&text));
	assert_int_equal(files_in(&w, "a/b c"), 1);
	assert_int_equal(files_in(&w, "a"), 2);
	buf_release(&text);
	world_close(&w);
}

static void keys_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const keys[] = { "", "/etc/x", "../x", "a/../../x", "a/..", ".", "a/./b",
		"a//b", "a/", ".." };
	struct world w;

	(void)state;
	world_open(&w);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		assert_int_equal(put(&w, object_of(&w, keys[i], STR("x"))), E_INVALID);
	assert_int_equal(files_in(&w, "."), 0);
	world_close(&w);
}

static void names_with_dots_inside_are_names(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(put(&w, object_of(&w, "..a/b../...", STR("x"))), E_OK);
	assert_file(&w, "..a/b../...", STR("x"));
	world_close(&w);
}

static void content_that_is_not_what_was_meant_leaves_the_old_file(void **state)
{
	struct world w;
	struct object o;

	(void)state;
	world_open(&w);
	assert_int_equal(put(&w, object_of(&w, "k", STR("old"))), E_OK);
	o = object_of(&w, "k", STR("newer"));
	o.sha256[0] ^= 1;
	assert_int_equal(put(&w, o), E_CORRUPT);
	o = object_of(&w, "k", STR("newer"));
	o.bytes = 6;
	assert_int_equal(put(&w, o), E_CORRUPT);
	o = object_of(&w, "k", STR("newer"));
	o.fd = -1;
	assert_int_equal(put(&w, o), E_IO);
	assert_file(&w, "k", STR("old"));
	assert_int_equal(files_in(&w, "."), 1);
	world_close(&w);
}

static void a_directory_that_is_not_there_is_not_made(void **state)
{
	struct object_store *store;
	struct world w;
	struct object o;
	struct err e = { 0 };

	(void)state;
	world_open(&w);
	assert_int_equal(dir_store_open(&store, scratch_path(&w.dir, &w.a, "unmounted"), &e), E_OK);
	o = object_of(&w, "k", STR("x"));
	assert_int_equal(store->put(store, &o, &e), E_NOTFOUND);
	assert_non_null(strstr(e.msg, "unmounted"));
	assert_true(e.hint[0]);
	assert_int_equal(files_in(&w, "."), 0);
	store->free(store);
	world_close(&w);
}

static void a_file_in_the_way_of_a_folder_is_told(void **state)
{
	struct world w;

	(void)state;
	world_open(&w);
	assert_int_equal(put(&w, object_of(&w, "k", STR("x"))), E_OK);
	assert_int_equal(put(&w, object_of(&w, "k/l", STR("x"))), E_IO);
	assert_int_equal(put(&w, object_of(&w, "d/l", STR("x"))), E_OK);
	assert_int_equal(put(&w, object_of(&w, "d", STR("x"))), E_IO);
	assert_int_equal(files_in(&w, "."), 2);
	world_close(&w);
}

static void a_place_where_nothing_can_be_made_is_told_with_the_path(void **state)
{
	struct object_store *store;
	struct world w;
	struct object o;
	struct err e = { 0 };

	(void)state;
	world_open(&w);
	/* Not even root can make a folder in /proc. */
	assert_int_equal(dir_store_open(&store, "/proc", &e), E_OK);
	o = object_of(&w, "x/y", STR("x"));
	assert_int_not_equal(store->put(store, &o, &e), E_OK);
	assert_non_null(strstr(e.msg, "/proc/x/y"));
	store->free(store);
	world_close(&w);
}

static void names_over_the_limit_are_refused(void **state)
{
	char key[400];
	struct world w;

	(void)state;
	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	world_open(&w);
	assert_int_equal(put(&w, object_of(&w, key, STR("x"))), E_INVALID);
	key[255] = '\0';
	assert_int_equal(put(&w, object_of(&w, key, STR("x"))), E_OK);
	assert_int_equal(files_in(&w, "."), 1);
	world_close(&w);
}

static void where_tells_the_path(void **state)
{
	struct object_store *store;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(dir_store_open(&store, "/srv/config//", &e), E_OK);
	assert_string_equal(store->where(store, "a/b"), "/srv/config/a/b");
	store->free(store);
	assert_int_equal(dir_store_open(&store, "", &e), E_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_becomes_a_file_in_folders),
		cmocka_unit_test(keys_that_lead_elsewhere_are_refused),
		cmocka_unit_test(names_with_dots_inside_are_names),
		cmocka_unit_test(content_that_is_not_what_was_meant_leaves_the_old_file),
		cmocka_unit_test(a_directory_that_is_not_there_is_not_made),
		cmocka_unit_test(a_file_in_the_way_of_a_folder_is_told),
		cmocka_unit_test(a_place_where_nothing_can_be_made_is_told_with_the_path),
		cmocka_unit_test(names_over_the_limit_are_refused),
		cmocka_unit_test(where_tells_the_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
