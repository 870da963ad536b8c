/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include "lib/unit.h"
#include <stdio.h>
#include <unistd.h>

static int ends[2];
static char line[8192];

static const char *written(void)
{
	ssize_t n;

	(void)!write(ends[1], "|", 1);
	n = read(ends[0], line, sizeof(line) - 1);
	assert_true(n > 0);
	line[n - 1] = '\0';
	return line;
}

static int open_pipe(void **state)
{
	(void)state;
	log_set_level(LOG_INFO);
	if (pipe(ends) != 0)
		return -1;
	log_set_fd(ends[1]);
	return 0;
}

static int close_pipe(void **state)
{
	(void)state;
	log_set_fd(2);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static void an_event_is_one_line_of_pairs(void **state)
{
	struct err e = { 0 };

	(void)state;
	err_set(&e, E_REMOTE, "no \"answer\"");
	log_write(EV_SWEEP_FAILED, &e, log_text("source", "prod"), log_int("n", -3));
	assert_string_equal(written(),
		"level=error event=sweep.failed source=prod n=-3 code=REMOTE "
		"msg=\"no \\\"answer\\\"\"\n");
}

static void what_came_from_outside_cannot_begin_a_line(void **state)
{
	(void)state;
	log_write(EV_SWEEP_DONE, NULL, log_text("source", "a\nlevel=error\x1b[2J"),
		log_text("left out", NULL), log_text("empty", ""));
	assert_string_equal(written(),
		"level=info event=sweep.done source=\"a\\nlevel=error\\x1b[2J\" empty=\"\"\n");
}

static void a_level_leaves_out_what_is_below_it(void **state)
{
	enum log_level level;

	(void)state;
	log_write(EV_SWEEP_BEGUN, NULL, log_int("n", 1));
	assert_string_equal(written(), "");
	assert_true(log_level_parse(STR("debug"), &level));
	log_set_level(level);
	log_write(EV_SWEEP_BEGUN, NULL, log_int("n", 1));
	assert_string_equal(written(), "level=debug event=sweep.begun n=1\n");
	assert_false(log_level_parse(STR("loud"), &level));
}

static void a_line_too_long_is_cut_and_ends(void **state)
{
	char text[5000];
	const char *got;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	log_write(EV_SWEEP_DONE, NULL, log_text("source", "s"), log_text("reason", text));
	got = written();
	assert_true(strlen(got) <= 4097);
	assert_int_equal(got[strlen(got) - 1], '\n');
	assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test_setup_teardown(
			an_event_is_one_line_of_pairs, open_pipe, close_pipe),
		cmocka_unit_test_setup_teardown(
			what_came_from_outside_cannot_begin_a_line, open_pipe, close_pipe),
		cmocka_unit_test_setup_teardown(
			a_level_leaves_out_what_is_below_it, open_pipe, close_pipe),
		cmocka_unit_test_setup_teardown(
			a_line_too_long_is_cut_and_ends, open_pipe, close_pipe),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
