/* SPDX-License-Identifier: Apache-2.0 */
#include "core/whole_file.h"

#include "lib/scratch.h"
#include "lib/unit.h"
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct scratch scratch;
static struct arena memory = ARENA_INIT(1 << 16);

static int setup(void **state)
{
	(void)state;
	scratch_make(&scratch);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scratch_remove(&scratch);
	arena_release(&memory);
	return 0;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void holds(const char *path, const char *text)
{
	char line[64] = "";
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	fclose(f);
	assert_string_equal(line, text);
}

static int files(void)
{
	DIR *d = opendir(scratch.dir);
	int n = -2; /* . and .. */

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static void what_is_finished_is_there_and_nothing_else(void **state)
{
	const char *path = scratch_path(&scratch, &memory, "x.db");
	struct whole_file f;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(whole_file_begin(&f, path, false, &e), E_OK);
	assert_int_not_equal(access(path, F_OK), 0);
	put(f.part, "new");
	assert_int_equal(whole_file_finish(&f, &e), E_OK);
	whole_file_drop(&f);
	holds(path, "new");
	assert_int_equal(files(), 1);
}

static void what_is_dropped_leaves_nothing(void **state)
{
	const char *path = scratch_path(&scratch, &memory, "x.db");
	struct whole_file f;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(whole_file_begin(&f, path, false, &e), E_OK);
	put(f.part, "new");
	whole_file_drop(&f);
	whole_file_drop(&f);
	assert_int_equal(files(), 0);
}

static void a_file_that_is_there_is_kept_unless_it_may_go(void **state)
{
	const char *path = scratch_path(&scratch, &memory, "x.db");
	struct whole_file f;
	struct err e = { 0 };

	(void)state;
	put(path, "old");
	assert_int_equal(whole_file_begin(&f, path, false, &e), E_CONFLICT);
	whole_file_drop(&f);
	holds(path, "old");
	e = (struct err){ 0 };
	assert_int_equal(whole_file_begin(&f, path, true, &e), E_OK);
	put(f.part, "new");
	holds(path, "old");
	assert_int_equal(whole_file_finish(&f, &e), E_OK);
	holds(path, "new");
	assert_int_equal(files(), 1);
}

/* Somebody else made it while this one was written. */
static void a_file_that_came_in_between_is_kept(void **state)
{
	const char *path = scratch_path(&scratch, &memory, "x.db");
	struct whole_file f;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(whole_file_begin(&f, path, false, &e), E_OK);
	put(f.part, "new");
	put(path, "theirs");
	assert_int_equal(whole_file_finish(&f, &e), E_CONFLICT);
	whole_file_drop(&f);
	holds(path, "theirs");
	assert_int_equal(files(), 1);
}

static void only_plain_files_are_replaced(void **state)
{
	const char *path = scratch_path(&scratch, &memory, "folder");
	struct whole_file f;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(whole_file_begin(&f, path, true, &e), E_INVALID);
	whole_file_drop(&f);
	e = (struct err){ 0 };
	assert_int_equal(whole_file_begin(&f, scratch_path(&scratch, &memory, "none/x"), true, &e),
		E_NOTFOUND);
	whole_file_drop(&f);
	assert_int_equal(files(), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			what_is_finished_is_there_and_nothing_else, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_dropped_leaves_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_file_that_is_there_is_kept_unless_it_may_go, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_file_that_came_in_between_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(only_plain_files_are_replaced, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
