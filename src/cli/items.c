/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include "base/time.h"

struct writer {
	struct cli *c;
	size_t n;
};

static enum code write_body(void *ctx, struct str body, struct err *e)
{
	struct writer *w = ctx;
	bool array = w->c->format == FORMAT_JSON;

	if (*w->c->stop)
		return err_set(e, E_CANCELED, "stopped");
	if (array)
		fputs(w->n ? ",\n " : "[", stdout);
	fwrite(body.p, 1, body.n, stdout);
	if (!array)
		fputc('\n', stdout);
	w->n++;
	return ferror(stdout) ? err_set(e, E_IO, "write the output") : E_OK;
}

static enum code print_bodies(struct cli *c, const struct read_filter *f, struct err *e)
{
	struct item_walk w = {
		.since_ms = f->since_ms, .until_ms = f->until_ms, .types = f->types, .rid = f->rid
	};
	struct writer out = { .c = c };

	if (item_files(&c->db, &w, write_body, &out, e))
		return e->code;
	if (c->format == FORMAT_JSON)
		fputs(out.n ? "]\n" : "[]\n", stdout);
	fflush(stdout);
	return ferror(stdout) ? err_set(e, E_IO, "write the output") : E_OK;
}

enum code cmd_items(struct cli *c, struct err *e)
{
	struct read_filter f = { .until_ms = TIME_FOREVER_MS };
	struct printer p;
	struct rows rows;

	if (cli_open(c, e) || cli_filter(c, &f, e) ||
		(c->argc && cli_find_scope(c, c->argv[0], &f, e)))
		return e->code;
	if (!c->format_given)
		c->format = FORMAT_JSONL;
	if (c->format == FORMAT_JSON || c->format == FORMAT_JSONL)
		return print_bodies(c, &f, e);
	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!read_items(&c->reader, &f, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}
