/* SPDX-License-Identifier: Apache-2.0 */
#include "core/snapshot.h"

#include "base/buf.h"
#include "cli/deliver.h"
#include "discover/target.h"
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
	struct cli *c, struct target *t, struct object_store **out, struct err *e)
{
	struct target_options o = { .where = opt_text(&c->o, OPT_TO),
		.endpoint = opt_text(&c->o, OPT_ENDPOINT),
		.profile = opt_text(&c->o, OPT_PROFILE),
		.kms_key = opt_text(&c->o, OPT_KMS_KEY),
		.stop = c->stop };

	if (!o.where)
		return open_beside(c, out, e);
	if (target_open(t, &o, e)) {
		err_add(e, "--to");
		return err_hint(e, "leave it out, and files go to a directory beside the store");
	}
	*out = t->store;
	return E_OK;
}

static enum code deliver(struct cli *c, struct object_store *store, struct err *e)
{
	static const char *const names[] = { "where", "items", "bytes", "account", "region",
		"snapshot_id", "key" };
	struct snapshot_query q = { .account = opt_text(&c->o, OPT_ACCOUNT),
		.region = opt_text(&c->o, OPT_REGION) };
	struct teller t = { .c = c };

	/* The moment is whole seconds, as everywhere. */
	q.at_ms = c->as_of ? when_whole_second(c->reader.at_ms) : c->now_ms;
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

/* The channel remembers it, and whoever is told of deliveries is told of these. */
static enum code through_channel(struct cli *c, const char *channel, struct err *e)
{
	int64_t at_ms = c->as_of ? when_whole_second(c->reader.at_ms) : c->now_ms;
	char snapshot_id[37];

	if (opt_text(&c->o, OPT_TO) || opt_text(&c->o, OPT_ACCOUNT) || opt_text(&c->o, OPT_REGION))
		return err_set(
			e, E_INVALID, "--channel takes neither --to nor --account nor --region");
	if (delivery_plan_snapshot(&c->db, channel, at_ms, c->now_ms, snapshot_id, e))
		return e->code;
	return deliver_due(c, e);
}

enum code cmd_snapshot(struct cli *c, struct err *e)
{
	const char *channel = opt_text(&c->o, OPT_CHANNEL);
	struct object_store *store = NULL;
	struct target target = TARGET_INIT;

	/* What goes out is noted in the store. */
	if (cli_open_changing(c, e))
		return e->code;
	if (channel)
		return through_channel(c, channel, e);
	if (!open_target(c, &target, &store, e))
		deliver(c, store, e);
	if (store && store != target.store)
		store->free(store);
	target_close(&target);
	return e->code;
}
