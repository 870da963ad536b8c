/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"
#include "cli/help.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define ARENA_MAX (64 << 20)

/* Set by the first SIGINT or SIGTERM; a second one ends the program at once. */
static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static void watch_signals(void)
{
	struct sigaction sa = { 0 };

	sa.sa_handler = on_signal;
	sa.sa_flags = (int)(SA_RESTART | SA_RESETHAND);
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	/* A file that may not grow is a write that fails. */
	sa.sa_handler = SIG_IGN;
	sigaction(SIGXFSZ, &sa, NULL);
}

static size_t terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w;
	long n = columns ? strtol(columns, NULL, 10) : 0;

	if (n > 0 && n < 10000)
		return (size_t)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col)
		return w.ws_col;
	return 80;
}

static enum code colors(struct cli *c, struct err *e)
{
	const char *when = opt_text(&c->o, OPT_COLOR);
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
	bool dumb = term && strcmp(term, "dumb") == 0;

	if (!when || strcmp(when, "auto") == 0)
		c->color = c->tty && !(no && *no) && !dumb;
	else if (strcmp(when, "always") == 0)
		c->color = true;
	else if (strcmp(when, "never") != 0)
		return err_set(e, E_INVALID, "--color is auto, always or never, not \"%s\"", when);
	return E_OK;
}

/* Test builds may be told what time it is. */
static int64_t now_ms(void)
{
#ifdef SILTSTONE_FAILPOINTS
	const char *told = getenv("SILTSTONE_NOW_MS");

	if (told && *told)
		return strtoll(told, NULL, 10);
#endif
	return time_now_ms();
}

/* Flags beat what the environment and files say. */
static enum code read_config(struct cli *c, struct err *e)
{
	static const struct {
		enum opt_id id;
		const char *section, *key, *origin;
	} flags[] = {
		{ OPT_STORE, "store", "path", "--store" },
		{ OPT_LISTEN, "http", "listen", "--listen" },
		{ OPT_ANONYMOUS, "access", "anonymous", "--anonymous" },
		{ OPT_KEY_FILE, "access", "key_file", "--key-file" },
		{ OPT_LOG_LEVEL, "log", "level", "--log-level" },
	};

	if (config_read(&c->config, opt_text(&c->o, OPT_CONFIG), e))
		return e->code;
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++) {
		const char *text = opt_text(&c->o, flags[i].id);

		if (text && *text &&
			config_set(&c->config, flags[i].section, "", flags[i].key, text,
				flags[i].origin, e))
			return e->code;
	}
	return E_OK;
}

static enum code settle_options(struct cli *c, struct err *e)
{
	const char *store, *format = opt_text(&c->o, OPT_FORMAT);

	if (read_config(c, e))
		return e->code;
	store = config_get(&c->config, "store", "", "path");
	c->store = store ? store : "siltstone.db";
	c->quiet = opt_text(&c->o, OPT_QUIET) != NULL;
	c->tty = isatty(STDOUT_FILENO) == 1;
	c->width = c->tty ? terminal_width() : 0;
	c->now_ms = now_ms();
	c->stop = &stop;
	c->format_given = format != NULL;
	if (format && format_parse(format, &c->format, e))
		return e->code;
	return colors(c, e);
}

static enum code check_words(struct cli *c, struct err *e)
{
	const struct command *k = c->command;

	if (c->argc < k->args_min)
		err_set(e, E_INVALID, "%s needs %s", k->name, k->args);
	else if (c->argc > k->args_max)
		err_set(e, E_INVALID, "%s does not know what to make of \"%s\"", k->name,
			c->argv[k->args_max]);
	return e->code ? err_hint(e, "siltstone help %s", k->name) : E_OK;
}

/* "siltstone [OPTIONS] COMMAND [OPTIONS] [WORDS]"; true when there is nothing left to run. */
static bool explain(struct cli *c, struct err *e)
{
	if (opt_text(&c->o, OPT_VERSION)) {
		puts("siltstone " SILTSTONE_VERSION);
	} else if (opt_text(&c->o, OPT_HELP) && c->command) {
		help_command(stdout, c->command);
	} else if (opt_text(&c->o, OPT_HELP)) {
		help_program(stdout);
	} else if (!c->command) {
		help_program(stderr);
		err_set(e, E_INVALID, "which command?");
	} else {
		return false;
	}
	return true;
}

static enum code run(struct cli *c, struct words words, struct err *e)
{
	if (opt_parse(&c->o, OPT_GLOBAL, &words, true, e))
		return e->code;
	if (words.n && command_find(words.v[0], &c->command, e))
		return e->code;
	if (c->command) {
		/* Options behind the shell's words are the shell's. */
		bool first = c->command->run == cmd_sql;

		if (opt_parse(&c->o, c->command->takes | OPT_GLOBAL, &words, first, e))
			return e->code;
		c->argc = words.n;
		c->argv = words.v;
	}
	if (explain(c, e) || settle_options(c, e) || check_words(c, e))
		return e->code;
	return c->command->run(c, e);
}

int main(int argc, char **argv)
{
	struct cli c = { .arena = ARENA_INIT(ARENA_MAX), .config = CONFIG_INIT };
	struct err e = { 0 };
	enum code code;

	db_own_process();
	watch_signals();
	code = run(&c, (struct words){ argc, argv }, &e);
	db_close(&c.db);
	config_release(&c.config);
	arena_release(&c.arena);
	if (!code && (fflush(stdout) != 0 || ferror(stdout)))
		code = err_set(&e, E_IO, "the output could not be written");
	if (code)
		cli_complain(&e);
	if (code && stop)
		code = E_CANCELED;
	return code ? code_exit_status(code) : c.exit;
}
