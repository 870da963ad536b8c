/* SPDX-License-Identifier: Apache-2.0 */
#include "core/lake.h"

#include "base/arena.h"
#include "base/asset.h"
#include "core/gzip_file.h"
#include "core/lake_line.h"
#include "core/manifest.h"
#include "core/scratch_file.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_MAX_BYTES (256 << 20)
#define KEY_MAX        (16 << 10)
#define NAMES_BYTES    (64 << 10)
#define DAY_BYTES      16
#define GZIP_TYPE      "application/gzip"
#define PARQUET_TYPE   "application/vnd.apache.parquet"

/** One file of the partition under work. */
struct part {
	const char *json, *columns,
		*sql; /* "jsonl/items", "parquet/items", the asset for Parquet */
	struct gzip_file gzip;
	bool open;
	int64_t rows;
	size_t longest;
};

struct lake {
	struct db *db;
	const struct lake_options *o;
	struct lake_sum *sum;
	struct part items, changes;
	struct arena names; /* of the partition */
	char day[DAY_BYTES];
	struct lake_item place; /* its account, region and type */
	const struct lake_item *item;
	struct buf line;
};

/** A file that is to go out; @head and @tail are what its key has around its partition. */
struct made {
	const char *head, *tail, *type;
	int fd;
	int64_t rows, bytes;
	const unsigned char *sha256;
};

static enum code put_object(struct lake *l, const char *key, const struct made *m, struct err *e)
{
	struct object o = { .key = key, .fd = m->fd, .bytes = m->bytes, .content_type = m->type };

	memcpy(o.sha256, m->sha256, SHA256_BYTES);
	if (l->o->store->put(l->o->store, &o, e))
		return e->code;
	l->sum->files++;
	l->sum->bytes += m->bytes;
	return E_OK;
}

/* One that is in the manifest as it is stays where it lies. */
static enum code put_part(struct lake *l, const struct made *m, struct err *e)
{
	struct buf key = BUF_INIT(KEY_MAX);
	char hex[SHA256_HEX_BYTES];
	struct lake_file f = {
		.rows = m->rows, .bytes = m->bytes, .sha256 = str_of(sha256_hex(m->sha256, hex))
	};
	bool same = false;

	lake_line_key(&key, m->head, &l->place, m->tail);
	f.key = buf_slice(&key);
	if (!buf_ok(&key))
		err_nomem(e);
	else if (!lake_file_same(l->db, &f, &same, e) && !same && !put_object(l, key.p, m, e))
		lake_file_put(l->db, &f, e);
	buf_release(&key);
	return e->code;
}

static enum code put_parquet(struct lake *l, struct part *p, struct err *e)
{
	const struct parquet_rows rows = { p->sql, p->gzip.fd, p->longest };
	struct parquet_file f;

	if (!l->o->parquet)
		return E_OK;
	if (parquet_convert(l->o->parquet, &rows, &f, e))
		return e->code;
	put_part(l,
		&(struct made){
			p->columns, ".parquet", PARQUET_TYPE, f.fd, p->rows, f.bytes, f.sha256 },
		e);
	parquet_file_close(&f);
	return e->code;
}

static enum code close_part(struct lake *l, struct part *p, bool put, struct err *e)
{
	if (!p->open)
		return E_OK;
	p->open = false;
	if (put && !gzip_file_finish(&p->gzip, e) &&
		!put_part(l,
			&(struct made){ p->json, ".jsonl.gz", GZIP_TYPE, p->gzip.fd, p->rows,
				p->gzip.bytes, p->gzip.sha256 },
			e))
		put_parquet(l, p, e);
	gzip_file_close(&p->gzip);
	return e->code;
}

static enum code close_parts(struct lake *l, bool put, struct err *e)
{
	close_part(l, &l->items, put, e);
	return close_part(l, &l->changes, put && !e->code, e);
}

static enum code add_line(struct part *p, struct buf *line, struct err *e)
{
	if (!buf_ok(line))
		return line->full ? err_set(e, E_TOOBIG, "an item is too large for a line")
				  : err_nomem(e);
	if (!p->open) {
		if (gzip_file_open(&p->gzip, e))
			return e->code;
		p->open = true;
		p->rows = 0;
		p->longest = 0;
	}
	p->rows++;
	if (line->n > p->longest)
		p->longest = line->n;
	return gzip_file_add(&p->gzip, buf_slice(line), e);
}

static bool is_here(const struct lake *l, const struct lake_item *i)
{
	return strcmp(l->day, i->day) == 0 && str_eq(l->place.account, i->account) &&
	       str_eq(l->place.region, i->region) && str_eq(l->place.type, i->type);
}

static enum code enter(void *ctx, const struct lake_item *i, struct err *e)
{
	struct lake *l = ctx;

	if (l->o->stop && *l->o->stop)
		return err_set(e, E_CANCELED, "stopped");
	if (is_here(l, i))
		return E_OK;
	if (close_parts(l, true, e))
		return e->code;
	if (l->o->tell)
		l->o->tell(l->o->ctx, i->day, l->sum->items);
	arena_release(&l->names);
	snprintf(l->day, sizeof(l->day), "%s", i->day);
	l->place = (struct lake_item){ .day = l->day,
		.account = arena_str(&l->names, i->account),
		.region = arena_str(&l->names, i->region),
		.type = arena_str(&l->names, i->type) };
	return arena_ok(&l->names) ? E_OK : err_nomem(e);
}

static enum code take_change(void *ctx, const struct lake_change *c, struct err *e)
{
	struct lake *l = ctx;

	buf_clear(&l->line);
	lake_line_change(&l->line, l->item, c);
	l->sum->changes++;
	return add_line(&l->changes, &l->line, e);
}

static enum code take(void *ctx, const struct lake_item *i, struct err *e)
{
	struct lake *l = ctx;

	buf_clear(&l->line);
	lake_line_item(&l->line, i);
	l->sum->items++;
	l->item = i;
	if (add_line(&l->items, &l->line, e))
		return e->code;
	return i->n_changes ? lake_changes(l->db, i->item_id, take_change, l, e) : E_OK;
}

/* The text of an asset with {LOCATION} filled in. */
static enum code put_ddl(struct lake *l, const char *name, struct err *e)
{
	struct buf asset = BUF_INIT(KEY_MAX), text = BUF_INIT(1 << 20), key = BUF_INIT(KEY_MAX);
	unsigned char sha256[SHA256_BYTES];
	const struct asset *a;
	int fd = -1;

	buf_printf(&asset, "schema/exports/ddl_%s", name);
	buf_printf(&key, "ddl/%s", name);
	a = asset_next(NULL, asset.p);
	for (const char *p = a ? a->text : ""; *p; p++) {
		bool here = strncmp(p, "{LOCATION}", 10) == 0;

		if (here)
			buf_text(&text, l->o->location);
		else
			buf_char(&text, *p);
		p += here ? 9 : 0;
	}
	if (!buf_ok(&asset) || !buf_ok(&text) || !buf_ok(&key) ||
		!sha256_of(buf_slice(&text), sha256))
		err_nomem(e);
	else
		fd = scratch_file(e);
	if (fd >= 0 && pwrite(fd, text.p, text.n, 0) != (ssize_t)text.n)
		err_sys(e, E_IO, errno, "write a temporary file");
	if (fd >= 0 && !e->code)
		put_object(l, key.p,
			&(struct made){ .type = "application/sql",
				.fd = fd,
				.bytes = (int64_t)text.n,
				.sha256 = sha256 },
			e);
	if (fd >= 0)
		close(fd);
	buf_release(&asset);
	buf_release(&text);
	buf_release(&key);
	return e->code;
}

/* The manifest goes last: what it names is there. */
static enum code put_rest(struct lake *l, const struct manifest *m, struct err *e)
{
	static const char *const ddl[] = { "athena.sql", "trino.sql", "duckdb.sql" };
	struct manifest_file f;

	for (size_t i = 0; i < sizeof(ddl) / sizeof(*ddl); i++)
		if (put_ddl(l, ddl[i], e))
			return e->code;
	if (manifest_write(l->db, m, &f, e))
		return e->code;
	if (put_object(l, "manifest.json",
		    &(struct made){ .type = "application/json",
			    .fd = f.fd,
			    .bytes = f.bytes,
			    .sha256 = f.sha256 },
		    e))
		close(f.fd);
	else
		l->sum->manifest_fd = f.fd;
	return e->code;
}

static enum code run(struct lake *l, struct err *e)
{
	struct lake_reader reader = { enter, take, l };
	struct manifest now = { .parquet = l->o->parquet != NULL }, last = { 0 };

	if (lake_open(l->db, &now.last_item, now.chain, e) ||
		manifest_read(l->db, l->o->manifest, &last, e))
		return e->code;
	l->sum->newest = now.last_item;
	if (last.found && strcmp(last.chain, now.chain) != 0) {
		err_set(e, E_CONFLICT, "what lies there was written from another store");
		return err_hint(e, "name another place");
	}
	/* Files of a form that was not asked for until now are missing for every partition. */
	if (last.found && now.parquet && !last.parquet)
		last.last_item = 0;
	now.parquet |= last.parquet;
	if (last.found && last.last_item == now.last_item)
		return E_OK;
	if (lake_plan(l->db, last.last_item, now.last_item, e) ||
		lake_walk(l->db, now.last_item, &reader, e) || close_parts(l, true, e))
		return e->code;
	return put_rest(l, &now, e);
}

enum code lake_export(
	struct db *db, const struct lake_options *o, struct lake_sum *sum, struct err *e)
{
	struct err ignored = { 0 };
	struct lake l = { .db = db,
		.o = o,
		.sum = sum,
		.items = { .json = "jsonl/items",
			.columns = "parquet/items",
			.sql = "schema/exports/parquet_items.sql" },
		.changes = { .json = "jsonl/changes",
			.columns = "parquet/changes",
			.sql = "schema/exports/parquet_changes.sql" },
		.names = ARENA_INIT(NAMES_BYTES),
		.line = BUF_INIT(LINE_MAX_BYTES) };

	*sum = (struct lake_sum){ .manifest_fd = -1 };
	if (!db_spare_memory(db, e))
		run(&l, e);
	close_parts(&l, false, &ignored);
	arena_release(&l.names);
	buf_release(&l.line);
	return e->code;
}
