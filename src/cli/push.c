/* SPDX-License-Identifier: Apache-2.0 */
#include "core/push.h"

#include "base/time.h"
#include "cli/cli.h"
#include "cli/progress.h"
#include "core/splitter.h"
#include "store/catalogue.h"
#include "json/read.h"
#include <errno.h>

enum {
	PIECE_BYTES = 64 << 10,
	LINE_MAX_BYTES = 64 << 20, /* one resource */
};

struct pushing {
	struct cli *c;
	struct push push;
	struct progress progress;
};

static enum code take(void *ctx, struct str text, const struct splitter_place *place, struct err *e)
{
	struct pushing *p = ctx;
	struct arena a = ARENA_INIT(8 * (size_t)LINE_MAX_BYTES);
	struct json *v = NULL;
	enum code c = json_read(&a, text, &v, e);

	if (!c)
		c = push_add(&p->push, v, e);
	arena_release(&a);
	if (c && place->in_array)
		return err_add(e, "[%lld]", (long long)place->index);
	if (c)
		return err_add(e, "line %lld", (long long)place->line);
	progress_show(&p->progress, "reading: %lld seen", (long long)p->push.seen);
	return *p->c->stop ? err_set(e, E_CANCELED, "stopped; nothing was written") : E_OK;
}

static enum code read_pieces(struct splitter *s, FILE *f, const char *name, struct err *e)
{
	char *piece = arena_alloc(&((struct pushing *)s->ctx)->c->arena, PIECE_BYTES);
	enum code c = piece ? E_OK : err_nomem(e);
	size_t n;

	while (!c && (n = fread(piece, 1, PIECE_BYTES, f)) > 0)
		c = splitter_add(s, (struct str){ piece, n }, e);
	if (!c && ferror(f))
		return err_sys(e, E_IO, errno, "read \"%s\"", name);
	return c ? c : splitter_finish(s, e);
}

static enum code read_all(struct pushing *p, const char *path, struct err *e)
{
	const bool piped = strcmp(path, "-") == 0;
	const char *name = piped ? "standard input" : path;
	FILE *f = piped ? stdin : fopen(path, "re");
	struct splitter s;

	if (!f)
		return err_sys(e, errno == ENOENT ? E_NOTFOUND : E_IO, errno, "open \"%s\"", path);
	splitter_init(&s, LINE_MAX_BYTES, take, p);
	if (read_pieces(&s, f, name, e))
		err_add(e, "%s", name);
	splitter_release(&s);
	if (!piped)
		fclose(f);
	return e->code;
}

static enum code print_sum(struct cli *c, const struct record_sum *s, struct err *e)
{
	static const char *const names[] = { "seen", "created", "changed", "deleted", "unchanged" };
	struct cell cells[] = { cell_int(s->seen), cell_int(s->created), cell_int(s->changed),
		cell_int(s->deleted), cell_int(s->unchanged) };
	struct printer p;
	struct rows rows;

	cli_printer(c, &p, NULL);
	rows = printer_rows(&p);
	if (!rows.begin(rows.ctx, names, 5, e) && !rows.row(rows.ctx, cells, 5, e))
		printer_end(&p, e);
	printer_release(&p);
	return e->code;
}

static enum code tell(struct cli *c, const char *source, const struct record_sum *s, struct err *e)
{
	if (s->refused) {
		c->exit = CLI_EXIT_PARTIAL;
		cli_say_plain("not recorded: ", s->first_refused.reason);
	}
	if (c->format_given)
		return print_sum(c, s, e);
	printf("%s: %lld seen, %lld new, %lld changed, %lld deleted\n", source, (long long)s->seen,
		(long long)s->created, (long long)s->changed, (long long)s->deleted);
	return E_OK;
}

static enum code push(struct pushing *p, const char *path, struct err *e)
{
	struct push_end end = { .complete = opt_text(&p->c->o, OPT_COMPLETE) != NULL,
		.types = opt_text(&p->c->o, OPT_TYPE) };
	struct record_sum sum = { 0 };
	enum code c = read_all(p, path, e);

	end.now_ms = time_now_ms();
	if (!c)
		progress_show(&p->progress, "writing: %lld seen", (long long)p->push.seen);
	if (!c && push_settle(&p->push, &end, &sum, e))
		c = err_add(e, "push");
	progress_end(&p->progress);
	return c ? c : tell(p->c, p->push.o->source, &sum, e);
}

enum code cmd_push(struct cli *c, struct err *e)
{
	const char *path = c->argc ? c->argv[0] : "-";
	const char *source = opt_text(&c->o, OPT_SOURCE);
	const struct push_options o = { .source = source ? source : "push",
		.account = opt_text(&c->o, OPT_ACCOUNT),
		.region = opt_text(&c->o, OPT_REGION),
		.now_ms = c->now_ms };
	struct pushing p = { .c = c };

	if (opt_text(&c->o, OPT_TYPE) && !opt_text(&c->o, OPT_COMPLETE)) {
		err_set(e, E_INVALID, "--type says of what the input is --complete");
		return err_hint(e, "siltstone help push");
	}
	if (!*o.source)
		return err_set(e, E_INVALID, "--source must have a name");
	if (cli_open_writing(c, e) || catalogue_sync(&c->db, e))
		return e->code;
	progress_init(&p.progress, c);
	if (!push_open(&p.push, &c->db, &o, e))
		push(&p, path, e);
	push_close(&p.push);
	return e->code;
}
