/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/demo.h"

#include "base/time.h"
#include "store/catalogue.h"
#include "store/store.h"
#include <stdio.h>

enum code demo_write(struct cli *c, const char *path, struct demo_sum *sum, struct err *e)
{
	struct demo_options o = { .stop = c->stop };
	struct db db = { 0 };

	if (cli_moment(c, OPT_END, c->now_ms, &o.end_ms, e) ||
		opt_number(&c->o, OPT_SCALE, DEMO_ITEMS, &o.items, e))
		return e->code;
	if (o.items > DEMO_ITEMS_MAX)
		return err_set(e, E_INVALID, "--scale is at most %d", DEMO_ITEMS_MAX);
	if (!store_open(&db, path, DB_CREATE, o.end_ms, e) && !catalogue_sync(&db, e) &&
		!db_take_memory(&db, 64, e))
		demo_make(&db, &o, sum, e);
	db_close(&db);
	if (e->code == E_CONFLICT)
		err_hint(e, "siltstone up --store %s shows what is there", path);
	return e->code;
}

static enum code print_sum(struct cli *c, const struct demo_sum *s, struct err *e)
{
	static const char *const names[] = { "store", "items", "resources" };
	struct cell cells[] = { cell_text(c->store), cell_int(s->items), cell_int(s->resources) };
	struct printer p;
	struct rows rows;

	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!rows.begin(rows.ctx, names, 3, e) && !rows.row(rows.ctx, cells, 3, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

enum code cmd_demo(struct cli *c, struct err *e)
{
	struct demo_sum sum = { 0 };
	int64_t began_ms = time_ticks_ms();

	if (!opt_text(&c->o, OPT_STORE)) {
		err_set(e, E_INVALID, "demo needs --store, the file that it is to make");
		return err_hint(e, "siltstone up --demo makes one, shows it and removes it");
	}
	if (demo_write(c, c->store, &sum, e))
		return e->code;
	if (c->format_given)
		return print_sum(c, &sum, e);
	printf("%s: %lld items, %lld resources, %d days", c->store, (long long)sum.items,
		(long long)sum.resources, DEMO_DAYS);
	printf(" (%.1f s)\n", (double)(time_ticks_ms() - began_ms) / 1000);
	return E_OK;
}
