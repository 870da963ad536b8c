/* SPDX-License-Identifier: Apache-2.0 */
#include "core/import_reader.h"

#include "base/mem.h"
#include "base/thread.h"
#include "core/foreign.h"
#include "core/gunzip.h"
#include "core/splitter.h"
#include "json/json.h"

#define PIECE_BYTES ((size_t)256 << 10)
/* One item: AWS's largest are a few MB. */
#define ITEM_BYTES  ((size_t)256 << 20)
#define PACK_ITEMS  256
#define PACK_BYTES  ((size_t)128 << 10)
/* Packs are waited for once so many are in line. */
#define QUEUE_PACKS 2
#define ARENA_BYTES ((size_t)4 << 30)

void pack_free(struct pack *p)
{
	for (struct pack_item *i = p->first; i; i = i->next)
		content_release(&i->item.content);
	arena_release(&p->arena);
	mem_free(p);
}

/* One file being read. */
struct course {
	struct import_reader *r;
	struct import_file *file;
	struct pack *pack;
	struct foreign foreign;
	struct splitter splitter;
	int64_t read, stored_bytes;
	size_t seq;
};

static bool is_over(struct import_reader *r)
{
	bool over;

	pthread_mutex_lock(&r->lock);
	over = r->abandoned;
	pthread_mutex_unlock(&r->lock);
	return over || (r->o->stop && *r->o->stop);
}

static bool is_turn(const struct import_reader *r, const struct pack *p)
{
	return p->file == &r->files[r->turn];
}

/* The file that is waited for waits only for its own packs. */
static bool is_full(const struct import_reader *r, const struct pack *p)
{
	size_t own = 0;

	for (const struct pack *q = r->first; q; q = q->next)
		own += q->file == p->file;
	return (is_turn(r, p) ? own : r->waiting) >= QUEUE_PACKS;
}

/* False: nobody wants it. */
static bool post(struct import_reader *r, struct pack *p)
{
	bool wanted;

	pthread_mutex_lock(&r->lock);
	while (is_full(r, p) && !r->abandoned)
		pthread_cond_wait(&r->moved, &r->lock);
	wanted = !r->abandoned;
	if (wanted) {
		*r->last = p;
		r->last = &p->next;
		r->waiting++;
		pthread_cond_broadcast(&r->moved);
	}
	pthread_mutex_unlock(&r->lock);
	if (!wanted)
		pack_free(p);
	return wanted;
}

static enum code open_pack(struct course *c, struct err *e)
{
	struct pack *p = mem_alloc(sizeof(*p));

	if (!p)
		return err_nomem(e);
	p->arena = (struct arena)ARENA_INIT(ARENA_BYTES);
	p->file = c->file;
	p->last = &p->first;
	p->last_fault = &p->faults;
	c->pack = p;
	return E_OK;
}

static enum code close_pack(struct course *c, bool ended, struct err *e)
{
	struct pack *p = c->pack;

	c->pack = NULL;
	p->read = c->read;
	p->ended = ended;
	p->stored_bytes = c->stored_bytes;
	if (!post(c->r, p) || is_over(c->r))
		return err_set(e, E_CANCELED, "stopped");
	return ended ? E_OK : open_pack(c, e);
}

/* E_OK: goes on behind it. */
static enum code add_fault(
	struct course *c, const struct splitter_place *place, const struct err *why, struct err *e)
{
	struct pack_fault *f = arena_alloc(&c->pack->arena, sizeof(*f));

	if (!f)
		return err_nomem(e);
	*f = (struct pack_fault){ NULL, place ? place->offset : -1, place ? place->line : -1,
		place && place->in_array ? place->index : -1, *why };
	*c->pack->last_fault = f;
	c->pack->last_fault = &f->next;
	return E_OK;
}

static enum code take_item(
	void *ctx, struct str text, const struct splitter_place *place, struct err *e)
{
	struct course *c = ctx;
	struct pack *p = c->pack;
	struct pack_item *i;
	struct err why = { 0 };

	if (++c->read <= c->file->skip)
		return E_OK;
	i = arena_alloc(&p->arena, sizeof(*i));
	if (!i)
		return err_nomem(e);
	if (foreign_read(&c->foreign, &p->arena, text, &i->item, &why)) {
		content_release(&i->item.content);
		if (why.code != E_INVALID && why.code != E_TOOBIG) {
			*e = why;
			return e->code;
		}
		if (add_fault(c, place, &why, e))
			return e->code;
		/* Whoever writes decides whether this is the end: it must not wait for more. */
		return c->r->o->keep_going ? E_OK : close_pack(c, false, e);
	}
	i->file = c->file;
	i->seq = c->seq++;
	*p->last = i;
	p->last = &i->next;
	p->n++;
	p->bytes += text.n;
	return p->n >= PACK_ITEMS || p->bytes >= PACK_BYTES ? close_pack(c, false, e) : E_OK;
}

static enum code take_piece(void *ctx, struct str piece, struct err *e)
{
	struct course *c = ctx;

	return splitter_add(&c->splitter, piece, e);
}

static enum code read_all(struct course *c, struct gunzip *g, struct err *e)
{
	struct import_file *f = c->file;
	struct buf piece = BUF_INIT(PIECE_BYTES + 1);
	struct object_stream *from = NULL;
	enum code code = f->source->open(f->source, &f->entry, &from, e);

	while (!code) {
		code = from->read(from, PIECE_BYTES, &piece, e);
		if (code || !piece.n)
			break;
		c->stored_bytes += (int64_t)piece.n;
		code = gunzip_add(g, buf_slice(&piece), take_piece, c, e);
	}
	if (!code)
		code = gunzip_finish(g, take_piece, c, e);
	if (!code)
		code = splitter_finish(&c->splitter, e);
	if (from)
		from->close(from);
	buf_release(&piece);
	return code;
}

/* "…AWSLogs/{account}/Config/{region}/…": items of old that do not say themselves. */
static void place_of_key(struct course *c)
{
	const char *at = strstr(c->file->entry.key, "AWSLogs/");
	struct str s = at ? str_from(str_of(at), 8) : STR_NONE;
	struct str account = { s.p, str_find(s, '/') };

	s = str_from(s, account.n);
	if (!str_starts(s, STR("/Config/")))
		return;
	s = str_from(s, 8);
	c->foreign.account = account;
	c->foreign.region = (struct str){ s.p, str_find(s, '/') };
}

static bool has_lines(const char *name)
{
	return strstr(name, ".jsonl") || strstr(name, ".ndjson");
}

/* What is wrong with the file, not with us. */
static bool is_fault(enum code c)
{
	return c == E_INVALID || c == E_CORRUPT || c == E_TOOBIG || c == E_CONFLICT ||
	       c == E_DENIED || c == E_NOTFOUND;
}

static enum code read_file(struct import_reader *r, struct import_file *f, struct err *e)
{
	struct course c = { .r = r,
		.file = f,
		.foreign = { r->book, str_of(r->o->account), str_of(r->o->region), r->o->now_ms } };
	struct gunzip g = { 0 };
	struct err why = { 0 };

	if (open_pack(&c, e))
		return e->code;
	place_of_key(&c);
	splitter_init(&c.splitter, ITEM_BYTES, take_item, &c);
	c.splitter.lines = has_lines(f->entry.name);
	if (!gunzip_open(&g, &why))
		read_all(&c, &g, &why);
	gunzip_close(&g);
	splitter_release(&c.splitter);
	if (is_fault(why.code) && c.pack)
		add_fault(&c, NULL, &why, e);
	else if (why.code)
		*e = why;
	if (c.pack && !e->code)
		close_pack(&c, true, e);
	else if (c.pack)
		pack_free(c.pack);
	return e->code;
}

/* The next file to read; NULL: there is none, or nobody wants it. */
static struct import_file *next_file(struct import_reader *r)
{
	struct import_file *f = NULL;

	pthread_mutex_lock(&r->lock);
	if (r->next < r->n && !r->abandoned && !r->e.code)
		f = &r->files[r->next++];
	pthread_mutex_unlock(&r->lock);
	return f;
}

static void *work(void *ctx)
{
	struct import_reader *r = ctx;
	struct import_file *f;
	struct err e = { 0 };

	while (!e.code && (f = next_file(r)) != NULL)
		read_file(r, f, &e);
	pthread_mutex_lock(&r->lock);
	if (e.code && (!r->e.code || r->e.code == E_CANCELED))
		r->e = e;
	r->working--;
	pthread_cond_broadcast(&r->moved);
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

enum code import_reader_start(struct import_reader *r, struct err *e)
{
	int sys = 0;

	r->last = &r->first;
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->moved, NULL);
	pthread_mutex_lock(&r->lock);
	while (!sys && r->threads < IMPORT_THREADS && (size_t)r->threads < r->n) {
		sys = thread_start(&r->thread[r->threads], work, r);
		if (!sys)
			r->threads++;
	}
	r->working = r->threads;
	pthread_mutex_unlock(&r->lock);
	if (r->threads)
		return E_OK;
	pthread_cond_destroy(&r->moved);
	pthread_mutex_destroy(&r->lock);
	return err_sys(e, E_NOMEM, sys, "could not start a thread");
}

/* Where the pack to be handed out hangs in the queue; NULL: it is not there yet. */
static struct pack **find_pack(struct import_reader *r)
{
	/* Once there is an end to it, whatever there is. */
	const bool any = r->e.code || !r->working;

	for (struct pack **at = &r->first; *at; at = &(*at)->next)
		if (any || is_turn(r, *at))
			return at;
	return NULL;
}

static struct pack *take_out(struct import_reader *r, struct pack **at)
{
	struct pack *p = *at;

	*at = p->next;
	if (!p->next)
		r->last = at;
	p->next = NULL;
	r->waiting--;
	if (p->ended && is_turn(r, p) && r->turn + 1 < r->n)
		r->turn++;
	return p;
}

struct pack *import_reader_next(struct import_reader *r, struct err *e)
{
	struct pack *p = NULL, **at;

	pthread_mutex_lock(&r->lock);
	while (!(at = find_pack(r)) && r->working)
		pthread_cond_wait(&r->moved, &r->lock);
	if (at) {
		p = take_out(r, at);
		pthread_cond_broadcast(&r->moved);
	} else if (r->e.code) {
		*e = r->e;
	}
	pthread_mutex_unlock(&r->lock);
	return p;
}

void import_reader_stop(struct import_reader *r)
{
	pthread_mutex_lock(&r->lock);
	r->abandoned = true;
	pthread_cond_broadcast(&r->moved);
	pthread_mutex_unlock(&r->lock);
	for (int i = 0; i < r->threads; i++)
		pthread_join(r->thread[i], NULL);
	while (r->first) {
		struct pack *p = r->first;

		r->first = p->next;
		pack_free(p);
	}
	pthread_cond_destroy(&r->moved);
	pthread_mutex_destroy(&r->lock);
}
