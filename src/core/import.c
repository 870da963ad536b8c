/* SPDX-License-Identifier: Apache-2.0 */
#include "core/import_reader.h"

#include "base/failpoint.h"
#include "base/must.h"
#include "base/time.h"
#include "core/import.h"
#include "store/import.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* So much goes into one transaction. */
#define BATCH_ITEMS 1024
#define BATCH_BYTES ((size_t)1 << 20)
/* Files are handed to the reader so many at a time. */
#define CHUNK_FILES 64
/* What took long to read is not given up because somebody else writes. */
#define PATIENCE_MS 600000
/* So long the store is written to before others get a turn. */
#define SHARE_MS    100
#define CHUNK_BYTES ((size_t)16 << 20)

struct batch {
	struct pack *first, **last;
	size_t n, bytes;
	struct import_file *touched;
};

struct importing {
	struct db *db;
	struct object_source *const *sources;
	const struct import_options *o;
	struct scribe scribe;
	struct content_book book; /* the reader's */
	struct import_sum *sum;
	struct batch batch;
	int64_t paused_ms;
	int64_t source; /* whose files are being listed */
};

/* "…_20260227T123456Z_…" -> "20260227T123456Z": keys do not sort by time, as months have no zero in front. */
static const char *moment_of(const char *name, char out[17])
{
	const char *base = strrchr(name, '/');

	for (const char *p = base ? base + 1 : name; *p; p++) {
		size_t n = 0;

		while (n < 16 && (n == 8           ? p[n] == 'T'
					 : n == 15 ? p[n] == 'Z'
						   : isdigit((unsigned char)p[n]) != 0))
			n++;
		if (n == 16) {
			memcpy(out, p, 16);
			out[16] = '\0';
			return out;
		}
	}
	out[0] = '\0';
	return out;
}

static enum code list_file(void *ctx, const struct object_entry *o, struct err *e)
{
	struct importing *m = ctx;
	char sort[17];
	const struct import_entry f = { .sort = moment_of(o->name, sort),
		.name = o->name,
		.key = o->key,
		.stamp = o->stamp,
		.source = m->source,
		.bytes = o->bytes };

	if (m->o->stop && *m->o->stop)
		return err_set(e, E_CANCELED, "stopped");
	return import_list(m->db, &f, e);
}

static enum code list_files(struct importing *m, size_t n, struct err *e)
{
	struct import_total total = { 0 };
	enum code c = import_open(m->db, e);

	for (size_t i = 0; !c && i < n; i++) {
		m->source = (int64_t)i;
		c = m->sources[i]->list(m->sources[i], list_file, m, e);
	}
	if (!c)
		c = import_total(m->db, &total, e);
	m->sum->files = total.files;
	m->sum->bytes = total.bytes;
	m->sum->files_done = m->sum->files_known = total.known;
	m->sum->bytes_done = total.known_bytes;
	return c;
}

static enum code begin(struct importing *m, struct err *e)
{
	const int64_t until = time_ticks_ms() + PATIENCE_MS;
	enum code c = db_begin(m->db, e);

	while (c == E_BUSY && time_ticks_ms() < until) {
		*e = (struct err){ 0 };
		c = db_begin(m->db, e);
	}
	return c;
}

/* Others wait for the lock by looking every millisecond (db.c): leave them a gap to hit. */
static void make_room(struct importing *m)
{
	const struct timespec gap = { .tv_nsec = 3000000 };

	if (time_ticks_ms() - m->paused_ms < SHARE_MS)
		return;
	(void)nanosleep(&gap, NULL);
	m->paused_ms = time_ticks_ms();
}

static int in_line(const void *a, const void *b)
{
	const struct pack_item *x = *(struct pack_item *const *)a;
	const struct pack_item *y = *(struct pack_item *const *)b;
	int d = scribe_compare(&x->item, &y->item);

	return d ? d : x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* Resource by resource. */
static enum code write_groups(
	struct importing *m, struct scribe_item **items, size_t n, struct err *e)
{
	enum code c = E_OK;

	for (size_t i = 0, k; !c && i < n; i = k) {
		for (k = i + 1; k < n && scribe_same_resource(items[i], items[k]); k++)
			;
		c = scribe_write(&m->scribe, items + i, k - i, e);
	}
	return c;
}

static enum code write_items(struct importing *m, struct err *e)
{
	const size_t bytes = (m->batch.n + 1) * sizeof(struct scribe_item *);
	struct arena a = ARENA_INIT(bytes + (1 << 16));
	struct scribe_item **items = arena_alloc(&a, bytes);
	size_t n = 0;

	if (!items)
		return err_nomem(e);
	for (struct pack *p = m->batch.first; p; p = p->next)
		for (struct pack_item *i = p->first; i; i = i->next)
			items[n++] = &i->item;
	if (n)
		qsort(items, n, sizeof(struct scribe_item *), in_line);
	write_groups(m, items, n, e);
	arena_release(&a);
	return e->code;
}

static enum code mark_files(struct importing *m, struct err *e)
{
	enum code c = E_OK;

	for (struct pack *p = m->batch.first; p; p = p->next)
		for (const struct pack_item *i = p->first; i; i = i->next)
			p->file->new_items += i->item.added;
	for (struct import_file *f = m->batch.touched; !c && f; f = f->next_touched) {
		const struct import_mark mark = { f->entry.name, f->entry.stamp, f->items,
			f->new_items, f->done ? m->o->now_ms : 0, f->error[0] ? f->error : NULL };

		f->touched = false;
		/* What cannot be read twice is not gone on with. */
		if (f->entry.stamp[0])
			c = import_put(m->db, &mark, e);
	}
	return c;
}

static void drop_batch(struct importing *m)
{
	while (m->batch.first) {
		struct pack *p = m->batch.first;

		m->batch.first = p->next;
		pack_free(p);
	}
	m->batch = (struct batch){ .last = &m->batch.first };
}

static enum code commit(struct importing *m, struct err *e)
{
	if (m->o->dry_run) {
		db_rollback(m->db);
		return E_OK;
	}
	failpoint("import.before_commit");
	if (db_commit(m->db, e))
		return e->code;
	failpoint("import.after_commit");
	return E_OK;
}

static enum code flush(struct importing *m, struct err *e)
{
	enum code c;

	if (!m->batch.first)
		return E_OK;
	c = begin(m, e);
	if (!c)
		c = scribe_begin(&m->scribe, e);
	if (!c)
		c = write_items(m, e);
	if (!c)
		c = mark_files(m, e);
	if (!c)
		c = scribe_end(&m->scribe, e);
	if (c)
		db_rollback(m->db);
	else
		c = commit(m, e);
	m->sum->added = m->scribe.added;
	drop_batch(m);
	make_room(m);
	return c;
}

/* Where the reader stumbled, in words. */
static void name_place(const struct pack_fault *f, char *out, size_t n)
{
	if (f->index >= 0)
		snprintf(out, n, "byte %lld, $.configurationItems[%lld]", (long long)f->offset,
			(long long)f->index);
	else if (f->line >= 0)
		snprintf(out, n, "byte %lld, line %lld", (long long)f->offset, (long long)f->line);
	else
		out[0] = '\0';
}

static enum code take_fault(
	struct importing *m, struct import_file *file, const struct pack_fault *f, struct err *e)
{
	const struct import_fault told = { file->entry.name, f->offset, f->line, f->index,
		&f->why };
	char place[96];

	m->sum->faults++;
	name_place(f, place, sizeof(place));
	if (!m->o->keep_going) {
		*e = f->why;
		err_add(e, "%s%s%s", file->entry.name, place[0] ? ": " : "", place);
		return err_hint(e, "--keep-going passes over what cannot be read");
	}
	if (!file->error[0])
		snprintf(file->error, sizeof(file->error), "%s%s%.200s", place,
			place[0] ? ": " : "", f->why.msg);
	if (m->o->fault)
		m->o->fault(m->o->ctx, &told);
	return E_OK;
}

static enum code take_pack(struct importing *m, struct pack *p, struct err *e)
{
	struct import_file *f = p->file;
	enum code c = E_OK;

	for (const struct pack_fault *fault = p->faults; !c && fault; fault = fault->next)
		c = take_fault(m, f, fault, e);
	if (c) {
		pack_free(p);
		return c;
	}
	m->sum->items += (int64_t)p->n;
	f->items = p->read;
	f->done = p->ended;
	if (!f->touched) {
		f->touched = true;
		f->next_touched = m->batch.touched;
		m->batch.touched = f;
	}
	*m->batch.last = p;
	m->batch.last = &p->next;
	m->batch.n += p->n;
	m->batch.bytes += p->bytes;
	if (p->ended) {
		m->sum->files_done++;
		m->sum->bytes_done += p->stored_bytes;
	}
	if (m->o->progress)
		m->o->progress(m->o->ctx, m->sum);
	return m->batch.n >= BATCH_ITEMS || m->batch.bytes >= BATCH_BYTES ? flush(m, e) : E_OK;
}

static enum code read_chunk(struct importing *m, struct import_file *files, size_t n, struct err *e)
{
	struct import_reader r = { .o = m->o, .files = files, .n = n, .book = &m->book };
	struct err why = { 0 };
	struct pack *p;
	enum code c = import_reader_start(&r, e);

	if (c)
		return c;
	while (!c && (p = import_reader_next(&r, &why)) != NULL)
		c = take_pack(m, p, e);
	import_reader_stop(&r);
	if (!c && why.code && why.code != E_CANCELED)
		*e = why;
	/* What was read and can be read is written, whatever comes behind it. */
	if (!e->code)
		flush(m, e);
	drop_batch(m);
	if (!e->code && why.code == E_CANCELED)
		*e = why;
	return e->code;
}

static enum code next_file(struct importing *m, struct arena *a, struct import_entry *at,
	struct import_file *out, struct err *e)
{
	struct import_entry next;
	enum code c = import_next(m->db, at->name ? at : NULL, a, &next, e);

	if (c)
		return c;
	*at = next;
	*out = (struct import_file){ .entry = { at->name, at->key, at->stamp, at->bytes },
		.source = m->sources[at->source],
		.skip = at->items,
		.items = at->items,
		.new_items = at->new_items };
	return E_OK;
}

static enum code read_files(struct importing *m, struct err *e)
{
	struct import_file *files;
	struct arena arenas[2] = { ARENA_INIT(CHUNK_BYTES), ARENA_INIT(CHUNK_BYTES) };
	struct import_entry at = { 0 };
	int turn = 0;
	enum code c = E_OK;

	/* Where to go on from lives in the arena of the chunk before. */
	while (!c) {
		struct arena *a = &arenas[turn = !turn];
		size_t n = 0;

		arena_release(a);
		files = arena_alloc(a, CHUNK_FILES * sizeof(*files));
		if (!files) {
			c = err_nomem(e);
			break;
		}
		while (!c && n < CHUNK_FILES) {
			c = next_file(m, a, &at, &files[n], e);
			n += !c;
		}
		if (n && (!c || (c == E_NOTFOUND && !e->code)) && read_chunk(m, files, n, e))
			c = e->code;
	}
	arena_release(&arenas[0]);
	arena_release(&arenas[1]);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

/* Links may lead to what was only brought in behind them. */
static enum code resolve(struct importing *m, struct err *e)
{
	enum code c = begin(m, e);

	if (c)
		return c;
	c = lineage_resolve(m->db, e);
	if (!c)
		return commit(m, e);
	db_rollback(m->db);
	return c;
}

enum code import_run(struct db *db, struct object_source *const *sources, size_t n,
	const struct import_options *o, struct import_sum *sum, struct err *e)
{
	struct importing m = {
		.db = db, .sources = sources, .o = o, .sum = sum, .paused_ms = time_ticks_ms()
	};
	enum code c;

	*sum = (struct import_sum){ 0 };
	m.batch.last = &m.batch.first;
	scribe_init(&m.scribe, db, o->now_ms);
	content_book_init(&m.book, db);
	c = content_book_read(&m.book, e);
	if (!c)
		c = list_files(&m, n, e);
	if (!c)
		c = read_files(&m, e);
	if (!c && sum->added)
		c = resolve(&m, e);
	content_book_release(&m.book);
	scribe_release(&m.scribe);
	return c ? err_add(e, "import") : E_OK;
}
