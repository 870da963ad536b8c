/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/progress.h"
#include "core/rebuild.h"
#include "store/catalogue.h"

static void show_progress(void *ctx, const struct rebuild_sum *s)
{
	progress_show(ctx, "%lld %s", (long long)s->resources,
		cli_plural(s->resources, "resource", "resources"));
}

static enum code print_sum(struct cli *c, const struct rebuild_sum *s, struct err *e)
{
	static const char *const names[] = { "resources", "mended" };
	struct cell cells[] = { cell_int(s->resources), cell_int(s->wrong) };
	struct printer p;
	struct rows rows;

	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!rows.begin(rows.ctx, names, 2, e) && !rows.row(rows.ctx, cells, 2, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

enum code cmd_reindex(struct cli *c, struct err *e)
{
	struct progress progress;
	struct rebuild_sum sum;
	const struct rebuild_options o = {
		.now_ms = c->now_ms, .progress = show_progress, .ctx = &progress, .stop = c->stop
	};

	if (cli_open_changing(c, e) || catalogue_sync(&c->db, e) || db_take_memory(&c->db, 16, e))
		return e->code;
	progress_init(&progress, c);
	rebuild_all(&c->db, &o, &sum, e);
	progress_end(&progress);
	if (e->code)
		return e->code;
	if (c->format_given)
		return print_sum(c, &sum, e);
	printf("%lld %s, ", (long long)sum.resources,
		cli_plural(sum.resources, "resource", "resources"));
	if (sum.wrong)
		printf("%lld %s mended\n", (long long)sum.wrong,
			cli_plural(sum.wrong, "row", "rows"));
	else
		puts("nothing to mend");
	return E_OK;
}
