/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/up.h"

#include "base/time.h"
#include "cli/demo.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the daemon listens on when nobody says. */
#define LISTEN "127.0.0.1:8470"

static void say_demo(
	const struct cli *c, const struct up_options *o, const struct demo_sum *sum, int64_t ms)
{
	const char *where = o->listen ? o->listen : LISTEN;
	bool browsed = strncmp(where, "unix:", 5) != 0 && strcmp(where, "off") != 0;

	if (c->quiet)
		return;
	printf("Store  %s: %lld items, %lld resources, %d days   %.1f s\n", o->store,
		(long long)sum->items, (long long)sum->resources, DEMO_DAYS, (double)ms / 1000);
	if (browsed)
		printf("Pages  http://%s/\n", where);
	printf("Try    siltstone log --since 1d --store %s\n", o->store);
	printf("%s\n", opt_text(&c->o, OPT_STORE) ? "Ctrl-C ends it; the store stays."
						  : "Ctrl-C ends it; the store is removed then.");
	(void)fflush(stdout);
}

/* Nothing of what is configured here counts: nothing is recorded, delivered or told of. */
static enum code show_demo(struct cli *c, struct up_options *o, struct err *e)
{
	struct config none = CONFIG_INIT;
	struct demo_sum sum = { 0 };
	int64_t began_ms = time_ticks_ms();

	if (demo_write(c, o->store, &sum, e))
		return e->code;
	o->config = &none;
	o->config_file = "/dev/null";
	if (!o->anonymous)
		o->anonymous = "read-only";
	if (!o->log_level)
		o->log_level = "warn";
	say_demo(c, o, &sum, time_ticks_ms() - began_ms);
	if (!config_set(&none, "access", "", "anonymous", o->anonymous, "--demo", e) &&
		(!o->listen || !config_set(&none, "http", "", "listen", o->listen, "--listen", e)))
		up_run(o, e);
	o->config = NULL;
	config_release(&none);
	return e->code;
}

static enum code show_thrown_away(struct cli *c, struct up_options *o, struct err *e)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-lock" };
	const char *folder = getenv("TMPDIR");
	char *path = arena_alloc(&c->arena, 4096);

	if (!path)
		return err_nomem(e);
	(void)snprintf(path, 4096, "%s/siltstone-demo-XXXXXX", folder && *folder ? folder : "/tmp");
	if (!mkdtemp(path))
		return err_sys(e, E_IO, errno,
			"could not make a folder for the demonstration in \"%s\"",
			folder && *folder ? folder : "/tmp");
	o->store = arena_printf(&c->arena, "%s/siltstone.db", path).p;
	if (arena_ok(&c->arena))
		show_demo(c, o, e);
	else
		err_nomem(e);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
		unlink(arena_printf(&c->arena, "%s/siltstone.db%s", path, ends[i]).p);
	rmdir(path);
	return e->code;
}

enum code cmd_up(struct cli *c, struct err *e)
{
	struct up_options o = { .store = c->store,
		.config_file = opt_text(&c->o, OPT_CONFIG),
		.config = &c->config,
		.listen = opt_text(&c->o, OPT_LISTEN),
		.anonymous = opt_text(&c->o, OPT_ANONYMOUS),
		.key_file = opt_text(&c->o, OPT_KEY_FILE),
		.ui_dir = opt_text(&c->o, OPT_UI_DIR),
		.log_level = opt_text(&c->o, OPT_LOG_LEVEL),
		.once = opt_text(&c->o, OPT_ONCE) != NULL };

	if (opt_text(&c->o, OPT_DEMO))
		return opt_text(&c->o, OPT_STORE) ? show_demo(c, &o, e)
						  : show_thrown_away(c, &o, e);
	if (opt_text(&c->o, OPT_END) || opt_text(&c->o, OPT_SCALE))
		return err_set(e, E_INVALID, "--end and --scale belong to --demo");
	return up_run(&o, e);
}
