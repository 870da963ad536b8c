/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/log.h"
#include "store/event.h"
#include <inttypes.h>
#include <time.h>

/* Often enough to feel immediate, seldom enough to cost nothing: asking for the newest event is one look
 * into an index. */
#define POLL_MS 200

struct follower {
	struct cli *c;
	struct read_filter *f;
	struct teller teller;
	struct columns k;
	int64_t cursor;
	int64_t shown, limit;
	bool any; /* the event at hand gave a row */
};

static enum code begin(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct follower *w = ctx;
	struct rows rows = teller_rows(&w->teller);

	w->k = (struct columns){ names, n };
	return rows.begin(rows.ctx, names, n, e);
}

static enum code row(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct follower *w = ctx;
	struct rows rows = teller_rows(&w->teller);

	w->any = true;
	if (column(&w->k, cells, "rid")->kind != CELL_NULL)
		return rows.row(rows.ctx, cells, n, e);
	say(w->c, INK_PLAIN, "%.*s  %.*s %.*s %.*s\n", STR_ARG(column_text(&w->k, cells, "at")),
		STR_ARG(column_text(&w->k, cells, "event")),
		STR_ARG(column_text(&w->k, cells, "account")),
		STR_ARG(column_text(&w->k, cells, "region")));
	return E_OK;
}

/* A printer's rows, counted. */
struct counted {
	struct rows rows;
	bool any;
};

static enum code begin_counted(void *ctx, const char *const *names, size_t n, struct err *e)
{
	struct counted *k = ctx;

	return k->rows.begin(k->rows.ctx, names, n, e);
}

static enum code row_counted(void *ctx, const struct cell *cells, size_t n, struct err *e)
{
	struct counted *k = ctx;

	k->any = true;
	return k->rows.row(k->rows.ctx, cells, n, e);
}

static enum code print(struct follower *w, struct err *e)
{
	struct printer p;
	struct counted k = { .any = false };
	struct rows rows = { begin_counted, row_counted, &k };

	cli_printer(w->c, &p, NULL);
	k.rows = printer_rows(&p);
	if (!read_follow(&w->c->reader, w->f, &rows, e))
		printer_end(&p, e);
	printer_release(&p);
	w->any = k.any;
	return e->code;
}

static enum code show(struct follower *w, struct err *e)
{
	struct rows rows = { begin, row, w };

	w->any = false;
	if (w->c->format_given)
		return print(w, e);
	return read_follow(&w->c->reader, w->f, &rows, e);
}

static enum code take_id(void *ctx, const struct event *event, struct err *e)
{
	int64_t *id = ctx;

	(void)e;
	*id = event->event_id;
	return E_OK;
}

static bool stopped(const struct cli *c)
{
	return c->stop && *c->stop;
}

/* Whoever reads may have gone. */
static enum code flush(struct err *e)
{
	return fflush(stdout) == 0 && !ferror(stdout)
		       ? E_OK
		       : err_set(e, E_CANCELED, "nobody reads any more");
}

static enum code rest(struct err *e)
{
	const struct timespec poll = { .tv_nsec = POLL_MS * 1000000L };

	if (flush(e))
		return e->code;
	(void)nanosleep(&poll, NULL);
	return E_OK;
}

static enum code follow(struct follower *w, struct err *e)
{
	while (!stopped(w->c) && (!w->limit || w->shown < w->limit)) {
		enum code c = event_walk(&w->c->db, w->cursor, 1, take_id, &w->f->event, e);

		if (c == E_NOTFOUND && !e->code) {
			if (rest(e))
				return e->code;
			continue;
		}
		if (c || show(w, e))
			return e->code;
		w->cursor = w->f->event;
		w->shown += w->any;
	}
	return flush(e);
}

enum code log_follow(struct cli *c, struct read_filter *f, struct err *e)
{
	struct follower w = { .c = c, .f = f, .teller = { .c = c } };
	const char *from = opt_text(&c->o, OPT_CURSOR);

	if (c->as_of || opt_text(&c->o, OPT_SINCE) || opt_text(&c->o, OPT_UNTIL))
		return err_set(
			e, E_INVALID, "--follow has no moments; --cursor says where it begins");
	if (c->format_given && c->format != FORMAT_JSONL)
		return err_set(e, E_INVALID, "--follow is written for people or as --format jsonl");
	if (opt_number(&c->o, OPT_COUNT, 0, &w.limit, e) ||
		(from ? opt_number(&c->o, OPT_CURSOR, 0, &w.cursor, e)
		      : event_newest(&c->db, &w.cursor, e)))
		return e->code;
	follow(&w, e);
	if (e->code == E_CANCELED && stopped(c))
		*e = (struct err){ 0 };
	if (!e->code && !c->format_given)
		cli_note(c, "(--cursor %" PRId64 " goes on from here)", w.cursor);
	return e->code;
}
