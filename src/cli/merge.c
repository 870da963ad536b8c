/* SPDX-License-Identifier: Apache-2.0 */
#include "core/merge.h"

#include "cli/cli.h"
#include "cli/progress.h"
#include "store/store.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void show_progress(void *ctx, const struct merge_sum *s)
{
	progress_show(ctx, "uniting: %lld items read, %lld written", (long long)s->read,
		(long long)s->items);
}

static void clear_away(struct cli *c, const char *path)
{
	unlink(path);
	unlink(arena_printf(&c->arena, "%s-wal", path).p);
	unlink(arena_printf(&c->arena, "%s-shm", path).p);
}

/* Half of it is never called as the whole is, nor as anything that somebody else may have there. */
static const char *part_of(struct cli *c, const char *out, struct err *e)
{
	const char *part = arena_printf(&c->arena, "%s.%ld.part", out, (long)getpid()).p;
	struct stat there, given;

	if (!arena_ok(&c->arena)) {
		err_nomem(e);
		return NULL;
	}
	if (stat(part, &there) != 0)
		return part;
	for (int i = 1; i < c->argc; i++)
		if (stat(c->argv[i], &given) == 0 && given.st_ino == there.st_ino &&
			given.st_dev == there.st_dev) {
			err_set(e, E_CONFLICT, "\"%s\" is needed for what is half done", part);
			return NULL;
		}
	return part;
}

static enum code unite(struct cli *c, const char *path, struct merge_sum *sum, struct err *e)
{
	const size_t n = (size_t)c->argc - 1;
	struct db *from = arena_alloc(&c->arena, n * sizeof(*from));
	struct progress progress;
	const struct merge_options o = {
		.now_ms = c->now_ms, .stop = c->stop, .progress = show_progress, .ctx = &progress
	};
	size_t opened = 0;

	if (!from)
		return err_nomem(e);
	while (opened < n &&
		!store_open(&from[opened], c->argv[opened + 1], DB_READ, c->now_ms, e) &&
		!db_spare_memory(&from[opened], e))
		opened++;
	if (!e->code && !store_open(&c->db, path, DB_CREATE, c->now_ms, e) &&
		!db_take_memory(&c->db, 16, e)) {
		progress_init(&progress, c);
		merge_run(&c->db, from, n, &o, sum, e);
		progress_end(&progress);
		db_close(&c->db);
	}
	while (opened)
		db_close(&from[--opened]);
	return e->code;
}

static enum code print_sum(struct cli *c, const struct merge_sum *s, struct err *e)
{
	static const char *const names[] = { "stores", "items_read", "items" };
	struct cell cells[] = { cell_int(c->argc - 1), cell_int(s->read), cell_int(s->items) };
	struct printer p;
	struct rows rows;

	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!rows.begin(rows.ctx, names, 3, e) && !rows.row(rows.ctx, cells, 3, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

enum code cmd_merge(struct cli *c, struct err *e)
{
	const char *out = c->argv[0];
	const char *part;
	struct merge_sum sum = { 0 };

	if (access(out, F_OK) == 0) {
		err_set(e, E_CONFLICT, "\"%s\" is there already", out);
		return err_hint(e, "name a file that is not there yet");
	}
	part = part_of(c, out, e);
	if (!part)
		return e->code;
	clear_away(c, part);
	if (!unite(c, part, &sum, e) && rename(part, out) != 0)
		err_sys(e, E_IO, errno, "could not rename \"%s\"", part);
	if (e->code) {
		clear_away(c, part);
		return e->code;
	}
	if (c->format_given)
		return print_sum(c, &sum, e);
	printf("%lld %s of %d %s, %lld of them once\n", (long long)sum.read,
		cli_plural(sum.read, "item", "items"), c->argc - 1,
		cli_plural(c->argc - 1, "store", "stores"), (long long)sum.items);
	return E_OK;
}
