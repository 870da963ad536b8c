/* SPDX-License-Identifier: Apache-2.0 */
#include "core/import.h"

#include "cli/cli.h"
#include "cli/progress.h"
#include "core/store_source.h"
#include "discover/origin.h"
#include "store/catalogue.h"

struct teller {
	struct cli *c;
	struct progress progress;
};

static void show_progress(void *ctx, const struct import_sum *s)
{
	struct teller *t = ctx;

	progress_show(&t->progress, "importing: %lld of %lld files, %lld items, %lld new",
		(long long)s->files_done, (long long)s->files, (long long)s->items,
		(long long)s->added);
}

static void tell_fault(void *ctx, const struct import_fault *f)
{
	struct teller *t = ctx;
	struct buf b = BUF_INIT(1 << 16);

	progress_end(&t->progress);
	buf_text(&b, f->file);
	if (f->offset >= 0)
		buf_printf(&b, ", byte %lld", (long long)f->offset);
	if (f->index >= 0)
		buf_printf(&b, ", $.configurationItems[%lld]", (long long)f->index);
	else if (f->line >= 0)
		buf_printf(&b, ", line %lld", (long long)f->line);
	buf_printf(&b, ": %s", f->why->msg);
	cli_say_plain("passed over: ", b.p);
	buf_release(&b);
}

static enum code print_sum(struct cli *c, const struct import_sum *s, struct err *e)
{
	static const char *const names[] = { "files", "files_known", "items", "new_items",
		"faults" };
	struct cell cells[] = { cell_int(s->files), cell_int(s->files_known), cell_int(s->items),
		cell_int(s->added), cell_int(s->faults) };
	struct printer p;
	struct rows rows;

	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!rows.begin(rows.ctx, names, 5, e) && !rows.row(rows.ctx, cells, 5, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

static enum code tell(struct cli *c, const struct import_sum *s, struct err *e)
{
	if (s->faults)
		c->exit = CLI_EXIT_PARTIAL;
	if (c->format_given)
		return print_sum(c, s, e);
	printf("%lld %s (%lld read before), %lld %s, %lld %snew", (long long)s->files,
		cli_plural(s->files, "file", "files"), (long long)s->files_known,
		(long long)s->items, cli_plural(s->items, "item", "items"), (long long)s->added,
		opt_text(&c->o, OPT_DRY_RUN) ? "would be " : "");
	if (s->faults)
		printf(", %lld passed over", (long long)s->faults);
	putchar('\n');
	return E_OK;
}

static enum code import(
	struct cli *c, struct object_source *const *sources, size_t n, struct err *e)
{
	struct teller t = { .c = c };
	struct import_sum sum;
	const struct import_options o = { .account = opt_text(&c->o, OPT_ACCOUNT),
		.region = opt_text(&c->o, OPT_REGION),
		.keep_going = opt_text(&c->o, OPT_KEEP_GOING) != NULL,
		.dry_run = opt_text(&c->o, OPT_DRY_RUN) != NULL,
		.now_ms = c->now_ms,
		.stop = c->stop,
		.progress = show_progress,
		.fault = tell_fault,
		.ctx = &t };

	progress_init(&t.progress, c);
	import_run(&c->db, sources, n, &o, &sum, e);
	progress_end(&t.progress);
	return e->code ? e->code : tell(c, &sum, e);
}

static enum code pass(void *ctx, const struct object_entry *o, struct err *e)
{
	const struct origin *from = ctx;

	(void)o;
	/* A bucket may take minutes to be gone through: that it can be begun with will do. */
	return from->options.kind ? err_set(e, E_CANCELED, "there is something") : E_OK;
}

static enum code look_through(struct origin *o, struct err *e)
{
	if (o->source->list(o->source, pass, o, e) == E_CANCELED && o->options.kind)
		*e = (struct err){ 0 };
	return e->code ? err_add(e, "import") : E_OK;
}

/* A store is made only where there is something to read, and nothing is made for a trial. */
static enum code open_store(struct cli *c, struct origin *origins, struct err *e)
{
	struct err none = { 0 };

	if (cli_open_changing(c, &none) != E_NOTFOUND) {
		*e = none;
		return e->code;
	}
	for (int i = 0; i < c->argc; i++)
		if (look_through(&origins[i], e))
			return e->code;
	if (opt_text(&c->o, OPT_DRY_RUN))
		c->store = ":memory:";
	return cli_open_writing(c, e);
}

static enum code open_origins(
	struct cli *c, struct origin *origins, struct object_source **sources, struct err *e)
{
	for (int i = 0; i < c->argc; i++) {
		const struct origin_options q = { .where = c->argv[i],
			.endpoint = opt_text(&c->o, OPT_ENDPOINT),
			.profile = opt_text(&c->o, OPT_PROFILE),
			.stop = c->stop };

		origins[i] = (struct origin)ORIGIN_INIT;
		if (store_source_is(q.where)
				? store_source_open(&origins[i].source, q.where, c->now_ms, e)
				: origin_open(&origins[i], &q, e))
			return e->code;
		sources[i] = origins[i].source;
	}
	return E_OK;
}

enum code cmd_import(struct cli *c, struct err *e)
{
	const size_t n = (size_t)c->argc;
	struct origin *origins = arena_alloc(&c->arena, n * sizeof(*origins));
	struct object_source **sources = arena_alloc(&c->arena, n * sizeof(struct object_source *));

	if (!origins || !sources)
		return err_nomem(e);
	if (!open_origins(c, origins, sources, e) && !open_store(c, origins, e) &&
		!catalogue_sync(&c->db, e) && !db_take_memory(&c->db, 16, e))
		import(c, sources, n, e);
	for (size_t i = 0; i < n; i++)
		origin_close(&origins[i]);
	return e->code;
}
