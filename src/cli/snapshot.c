/* SPDX-License-Identifier: Apache-2.0 */
#include "core/snapshot.h"

#include "base/buf.h"
#include "cli/bucket.h"
#include "cli/cli.h"
#include "net/dir_store.h"
#include <errno.h>
#include <sys/stat.h>

struct teller {
	struct cli *c;
	struct printer p;
	struct rows rows;
	struct err e;
};

static void tell_file(void *ctx, const struct snapshot_file *f)
{
	struct teller *t = ctx;
	struct cell cells[] = { cell_text(f->where), cell_int(f->items), cell_int(f->bytes),
		cell_text(f->account), cell_text(f->region), cell_text(f->snapshot_id),
		cell_text(f->key) };

	if (!t->e.code)
		t->rows.row(t->rows.ctx, cells, 7, &t->e);
}

static void print_key(void *ctx, const struct snapshot_file *f)
{
	(void)ctx;
	puts(f->key);
}

/* "siltstone.db" -> "siltstone-snapshots" */
static const char *beside(struct cli *c)
{
	struct str s = str_of(c->store);

	if (s.n > 3 && memcmp(s.p + s.n - 3, ".db", 3) == 0)
		s.n -= 3;
	return arena_printf(&c->arena, "%.*s-snapshots", STR_ARG(s)).p;
}

/* A directory that somebody names must be there, for it may be a mount that is not; this one is made. */
static enum code open_beside(struct cli *c, struct object_store **out, struct err *e)
{
	const char *path = beside(c);

	if (mkdir(path, 0750) != 0 && errno != EEXIST)
		return err_sys(e, E_IO, errno, "make the directory \"%s\"", path);
	return dir_store_open(out, path, e);
}

static enum code open_target(
	struct cli *c, struct bucket *b, struct object_store **out, struct err *e)
{
	const char *to = opt_text(&c->o, OPT_TO);
	struct str s = str_of(to);

	if (!to)
		return open_beside(c, out, e);
	if (str_starts(s, STR("dir:")) && s.n > 4)
		return dir_store_open(out, to + 4, e);
	if (str_starts(s, STR("s3://")) && s.n > 5)
		return bucket_open(c, b, to + 5, out, e);
	err_set(e, E_INVALID, "--to is s3://BUCKET/PREFIX or dir:PATH, not \"%s\"", to);
	return err_hint(e, "leave it out, and files go to a directory beside the store");
}

static enum code deliver(struct cli *c, struct object_store *store, struct err *e)
{
	static const char *const names[] = { "where", "items", "bytes", "account", "region",
		"snapshot_id", "key" };
	struct snapshot_query q = { .account = opt_text(&c->o, OPT_ACCOUNT),
		.region = opt_text(&c->o, OPT_REGION) };
	struct teller t = { .c = c };

	/* The moment is whole seconds, as everywhere. */
	q.at_ms = c->as_of ? cli_whole_second(c->reader.at_ms) : c->now_ms;
	if (!c->format_given && !c->tty)
		return snapshot_deliver(&c->db, store, &q, c->now_ms, print_key, &t, e);
	cli_printer(c, &t.p, "where,items,bytes");
	t.rows = printer_rows(&t.p);
	if (!t.rows.begin(t.rows.ctx, names, 7, e))
		snapshot_deliver(&c->db, store, &q, c->now_ms, tell_file, &t, e);
	if (!e->code && t.e.code)
		*e = t.e;
	if (!e->code)
		printer_end(&t.p, e);
	printer_release(&t.p);
	return e->code;
}

enum code cmd_snapshot(struct cli *c, struct err *e)
{
	struct object_store *store = NULL;
	struct bucket bucket = { 0 };

	/* What goes out is noted in the store. */
	if (!cli_open_changing(c, e) && !open_target(c, &bucket, &store, e))
		deliver(c, store, e);
	if (store)
		store->free(store);
	bucket_close(&bucket);
	return e->code;
}
