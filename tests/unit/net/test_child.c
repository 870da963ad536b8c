/* SPDX-License-Identifier: Apache-2.0 */
#include "net/child.h"

#include "base/arena.h"
#include "base/time.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct world {
	struct buf out;
	struct err e;
};

static enum code shell(struct world *w, const char *script, struct child c)
{
	const char *argv[] = { "sh", "-c", script, NULL };

	c.argv = argv;
	if (!c.deadline_ms)
		c.deadline_ms = 20000;
	if (!c.answer_max)
		c.answer_max = 1 << 20;
	if (!w->out.max)
		w->out = (struct buf)BUF_INIT(2 << 20);
	memset(&w->e, 0, sizeof(w->e));
	return child_run(&c, &w->out, &w->e);
}

static void output_comes_back_and_input_arrives(void **state)
{
	struct world w = { 0 };

	(void)state;
	assert_int_equal(shell(&w, "cat; echo end", (struct child){ .input = STR("in\n") }), E_OK);
	assert_string_equal(w.out.p, "in\nend\n");
	assert_int_equal(shell(&w, "cat", (struct child){ .input = STR("") }), E_OK);
	assert_int_equal(w.out.n, 0);
	buf_release(&w.out);
}

static void a_child_that_reads_nothing_harms_nobody(void **state)
{
	struct buf big = BUF_INIT(4 << 20);
	struct world w = { 0 };

	(void)state;
	for (int i = 0; i < 300000; i++)
		buf_text(&big, "0123456789");
	assert_int_equal(shell(&w, "exit 0", (struct child){ .input = buf_slice(&big) }), E_OK);
	assert_int_equal(shell(&w, "wc -c", (struct child){ .input = buf_slice(&big) }), E_OK);
	assert_int_equal(strtol(w.out.p, NULL, 10), 3000000);
	buf_release(&big);
	buf_release(&w.out);
}

static void a_failure_is_told_with_status_and_last_words(void **state)
{
	struct world w = { 0 };

	(void)state;
	assert_int_equal(shell(&w, "echo first >&2; printf 'no\\ttoken\\n' >&2; exit 7",
				 (struct child){ 0 }),
		E_REMOTE);
	assert_string_equal(w.e.msg, "\"sh\" ended with status 7: no?token");
	assert_int_equal(shell(&w, "exit 3", (struct child){ 0 }), E_REMOTE);
	assert_string_equal(w.e.msg, "\"sh\" ended with status 3");
	buf_release(&w.out);
}

static void a_signal_is_told(void **state)
{
	struct world w = { 0 };

	(void)state;
	assert_int_equal(shell(&w, "kill -SEGV $$", (struct child){ 0 }), E_REMOTE);
	assert_non_null(strstr(w.e.msg, "signal 11"));
	buf_release(&w.out);
}

static void a_program_that_is_not_there_is_told_by_name(void **state)
{
	const char *argv[] = { "no-such-program-at-all", "--secret=hush", NULL };
	struct child c = { .argv = argv, .deadline_ms = 1000, .answer_max = 10 };
	struct buf out = BUF_INIT(100);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(child_run(&c, &out, &e), E_NOTFOUND);
	assert_non_null(strstr(e.msg, "\"no-such-program-at-all\""));
	assert_null(strstr(e.msg, "hush"));
	assert_true(e.hint[0]);
	buf_release(&out);
}

static void a_file_that_is_no_program_is_told(void **state)
{
	const char *argv[] = { "/etc/passwd", NULL };
	struct child c = { .argv = argv, .deadline_ms = 1000, .answer_max = 10 };
	struct buf out = BUF_INIT(100);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(child_run(&c, &out, &e), E_DENIED);
	buf_release(&out);
}

static void too_much_output_ends_the_child(void **state)
{
	struct world w = { 0 };
	int64_t began = time_ticks_ms();

	(void)state;
	assert_int_equal(shell(&w, "while :; do echo 0123456789; done",
				 (struct child){ .answer_max = 5000 }),
		E_TOOBIG);
	assert_non_null(strstr(w.e.msg, "more than 5000 bytes"));
	assert_true(w.out.n <= 5000);
	assert_true(time_ticks_ms() - began < 10000);
	assert_int_equal(shell(&w, "printf 12345", (struct child){ .answer_max = 5 }), E_OK);
	assert_int_equal(shell(&w, "printf 123456", (struct child){ .answer_max = 5 }), E_TOOBIG);
	buf_release(&w.out);
}

static bool is_alive(pid_t pid)
{
	char path[64], text[512];
	const char *state;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	state = strrchr(text, ')');
	return state && state[2] != 'Z' && state[2] != 'X';
}

/* KILL takes effect as soon as the kernel gets to it: at most a moment. */
static bool is_gone_soon(pid_t pid)
{
	int64_t until = time_ticks_ms() + 5000;

	while (is_alive(pid))
		if (time_ticks_ms() > until)
			return false;
	return true;
}

static pid_t read_pid(const char *path)
{
	FILE *f = fopen(path, "r");
	int pid = 0;

	if (f) {
		if (fscanf(f, "%d", &pid) != 1) // NOLINT(cert-err34-c)
			pid = 0;
		fclose(f);
	}
	return (pid_t)pid;
}

static void a_deadline_ends_grandchildren_too(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct scratch dir;
	struct world w = { 0 };
	const char *path, *script;
	int64_t began = time_ticks_ms();

	(void)state;
	scratch_make(&dir);
	path = scratch_path(&dir, &a, "pid");
	script = arena_printf(&a, "sleep 1000 & echo $! > %s; wait", path).p;
	assert_int_equal(shell(&w, script, (struct child){ .deadline_ms = 500 }), E_CANCELED);
	assert_non_null(strstr(w.e.msg, "within 500 ms"));
	assert_true(time_ticks_ms() - began < 5000);
	assert_true(read_pid(path) > 0);
	assert_true(is_gone_soon(read_pid(path)));
	scratch_remove(&dir);
	arena_release(&a);
	buf_release(&w.out);
}

static void those_who_do_not_listen_are_killed(void **state)
{
	struct arena a = ARENA_INIT(1 << 20);
	struct scratch dir;
	struct world w = { 0 };
	const char *path, *script;
	int64_t began = time_ticks_ms();

	(void)state;
	scratch_make(&dir);
	path = scratch_path(&dir, &a, "pid");
	script = arena_printf(&a,
		"trap '' TERM; sh -c 'trap \"\" TERM; echo $$ > %s; while :; do :; done' & "
		"while :; do :; done",
		path)
			 .p;
	assert_int_equal(shell(&w, script, (struct child){ .deadline_ms = 700 }), E_CANCELED);
	assert_in_range(time_ticks_ms() - began, 2500, 10000);
	assert_true(read_pid(path) > 0);
	assert_true(is_gone_soon(read_pid(path)));
	scratch_remove(&dir);
	arena_release(&a);
	buf_release(&w.out);
}

static void what_a_child_leaves_behind_does_not_hold_us_up(void **state)
{
	struct world w = { 0 };
	int64_t began = time_ticks_ms();
	pid_t left;

	(void)state;
	/* The one left behind still has our pipe open. */
	assert_int_equal(shell(&w, "sleep 1000 & echo $!", (struct child){ 0 }), E_OK);
	assert_true(time_ticks_ms() - began < 5000);
	left = (pid_t)strtol(w.out.p, NULL, 10);
	assert_true(left > 0);
	assert_true(is_gone_soon(left));
	buf_release(&w.out);
}

static void a_child_has_a_session_of_its_own_and_none_of_our_files(void **state)
{
	struct world w = { 0 };
	int extra = open("/dev/null", O_RDONLY); /* without O_CLOEXEC, on purpose */
	char sid[32];

	(void)state;
	assert_true(extra > 2);
	assert_int_equal(
		shell(&w,
			"for f in /proc/self/fd/*; do echo ${f##*/}; done; cut -d' ' -f6 /proc/$$/stat",
			(struct child){ 0 }),
		E_OK);
	/* The shell opens the directory itself while it lists it; ours would be further ones. */
	for (char *line = w.out.p; *line;) {
		size_t n = strcspn(line, "\n");

		if (n == 1)
			assert_in_range(*line, '0', '3');
		line += n + (line[n] != '\0');
	}
	snprintf(sid, sizeof(sid), "\n%d\n", (int)getsid(0));
	assert_null(strstr(w.out.p, sid));
	close(extra);
	buf_release(&w.out);
}

struct lines {
	struct buf all;
	int n, stop_at;
};

static enum code keep_line(void *ctx, struct str line, struct err *e)
{
	struct lines *l = ctx;

	buf_str(&l->all, line);
	buf_char(&l->all, '|');
	l->n++;
	return l->n == l->stop_at ? err_set(e, E_CORRUPT, "line %d is bad", l->n) : E_OK;
}

static void lines_come_whole(void **state)
{
	struct lines l = { .all = BUF_INIT(1 << 20) };
	struct world w = { 0 };
	struct child c = { .line = keep_line, .ctx = &l };

	(void)state;
	assert_int_equal(shell(&w, "printf 'a\\n\\nbc'; printf 'd\\nlast'", c), E_OK);
	assert_string_equal(l.all.p, "a||bcd|last|");
	assert_int_equal(w.out.n, 0);
	buf_clear(&l.all);
	assert_int_equal(shell(&w, "printf 'a\\nhal'; exit 1", c), E_REMOTE);
	assert_string_equal(l.all.p, "a|");
	buf_release(&l.all);
	buf_release(&w.out);
}

static void a_line_that_is_refused_ends_the_child(void **state)
{
	struct lines l = { .all = BUF_INIT(1 << 20), .stop_at = 3 };
	struct world w = { 0 };
	struct child c = { .line = keep_line, .ctx = &l };
	int64_t began = time_ticks_ms();

	(void)state;
	assert_int_equal(
		shell(&w, "for i in 1 2 3 4 5; do echo $i; done; sleep 1000", c), E_CORRUPT);
	assert_string_equal(w.e.msg, "line 3 is bad");
	assert_int_equal(l.n, 3);
	assert_true(time_ticks_ms() - began < 10000);
	buf_release(&l.all);
	buf_release(&w.out);
}

static void noise_on_standard_error_blocks_nobody(void **state)
{
	struct world w = { 0 };

	(void)state;
	assert_int_equal(
		shell(&w,
			"i=0; while [ $i -lt 20000 ]; do echo some long line of noise >&2; i=$((i+1)); done; echo ok",
			(struct child){ 0 }),
		E_OK);
	assert_string_equal(w.out.p, "ok\n");
	buf_release(&w.out);
}

static void a_program_that_ignores_its_children_is_told(void **state)
{
	struct world w = { 0 };

	(void)state;
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(shell(&w, "exit 0", (struct child){ 0 }), E_IO);
	assert_non_null(strstr(w.e.hint, "SIGCHLD"));
	signal(SIGCHLD, SIG_DFL);
	buf_release(&w.out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(output_comes_back_and_input_arrives),
		cmocka_unit_test(a_child_that_reads_nothing_harms_nobody),
		cmocka_unit_test(a_failure_is_told_with_status_and_last_words),
		cmocka_unit_test(a_signal_is_told),
		cmocka_unit_test(a_program_that_is_not_there_is_told_by_name),
		cmocka_unit_test(a_file_that_is_no_program_is_told),
		cmocka_unit_test(too_much_output_ends_the_child),
		cmocka_unit_test(a_deadline_ends_grandchildren_too),
		cmocka_unit_test(those_who_do_not_listen_are_killed),
		cmocka_unit_test(what_a_child_leaves_behind_does_not_hold_us_up),
		cmocka_unit_test(a_child_has_a_session_of_its_own_and_none_of_our_files),
		cmocka_unit_test(lines_come_whole),
		cmocka_unit_test(a_line_that_is_refused_ends_the_child),
		cmocka_unit_test(noise_on_standard_error_blocks_nobody),
		cmocka_unit_test(a_program_that_ignores_its_children_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
