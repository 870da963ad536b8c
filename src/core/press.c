/* SPDX-License-Identifier: Apache-2.0 */
#include "core/press.h"

#include "base/arena.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/thread.h"
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#define ZLIB_CONST
#include <zlib.h>

#define BLOCK_BYTES  ((size_t)1 << 20)
#define LEVEL        6
#define GZIP_WINDOW  (15 + 16) /* the largest window, with a gzip header */
#define MEMORY_LEVEL 8
#define THREADS      2
/* One being filled, one for each thread, and one that is done before its turn. */
#define SLOTS        (THREADS + 2)
/* Slots, and what deflate asks for (268 KiB each at these levels, says zlib's zconf.h). */
#define MEMORY_BYTES ((2 * SLOTS + 2) * BLOCK_BYTES)

enum slot_state { SLOT_FREE, SLOT_FULL, SLOT_TAKEN, SLOT_DONE };

struct slot {
	enum slot_state state; /* under the lock while there are threads */
	unsigned char *in, *out;
	size_t in_bytes, out_bytes;
};

/* Who deflates; the first one also stands for the caller. */
struct hand {
	struct press *press;
	z_stream z;
};

struct press {
	press_fn *fn;
	void *ctx;
	struct arena memory;
	struct slot slots[SLOTS];
	int n_slots,
		filling; /* slots go round; the oldest full one stands behind the one being filled */
	size_t bound;
	bool any;    /* a block was given to be deflated */
	bool called; /* for threads, whether they came or not */
	struct hand hands[THREADS];
	int n_streams;

	pthread_mutex_t lock;
	pthread_cond_t full, done;
	pthread_t threads[THREADS];
	int n_threads, taking; /* `taking`: the slot that is deflated next */
	bool closing;
};

static void *take_memory(void *arena, unsigned int n, unsigned int size)
{
	return size && n > UINT_MAX / size ? NULL : arena_alloc(arena, (size_t)n * size);
}

static void keep_memory(void *arena, void *p)
{
	(void)arena;
	(void)p;
}

static bool add_stream(struct press *p)
{
	z_stream *z = &p->hands[p->n_streams].z;

	p->hands[p->n_streams].press = p;
	*z = (z_stream){ .zalloc = take_memory, .zfree = keep_memory, .opaque = &p->memory };
	if (deflateInit2(z, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
		Z_OK)
		return false;
	p->n_streams++;
	return true;
}

static bool add_slot(struct press *p)
{
	struct slot *s = &p->slots[p->n_slots];

	s->in = arena_alloc(&p->memory, BLOCK_BYTES);
	s->out = arena_alloc(&p->memory, p->bound);
	p->n_slots += s->in && s->out;
	return s->in && s->out;
}

enum code press_open(struct press **out, press_fn *fn, void *ctx, struct err *e)
{
	static const struct arena memory = ARENA_INIT(MEMORY_BYTES);
	struct press *p = mem_alloc(sizeof(*p));

	if (!p)
		return err_nomem(e);
	p->fn = fn;
	p->ctx = ctx;
	p->memory = memory;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->full, NULL);
	pthread_cond_init(&p->done, NULL);
	if (add_stream(p)) {
		p->bound = deflateBound(&p->hands[0].z, BLOCK_BYTES);
		if (add_slot(p)) {
			*out = p;
			return E_OK;
		}
	}
	press_close(p);
	return err_nomem(e);
}

/* deflate cannot fail here: the stream is sound and the room is what it may need at most. */
static void squeeze(z_stream *z, struct slot *s, size_t bound)
{
	int rc;

	z->next_in = s->in;
	z->avail_in = (unsigned int)s->in_bytes;
	z->next_out = s->out;
	z->avail_out = (unsigned int)bound;
	rc = deflate(z, Z_FINISH);
	must(rc == Z_STREAM_END);
	s->out_bytes = bound - z->avail_out;
	rc = deflateReset(z);
	must(rc == Z_OK);
}

static void *work(void *ctx)
{
	struct hand *hand = ctx;
	struct press *p = hand->press;

	pthread_mutex_lock(&p->lock);
	while (!p->closing) {
		struct slot *s = &p->slots[p->taking];

		if (s->state != SLOT_FULL) {
			pthread_cond_wait(&p->full, &p->lock);
			continue;
		}
		s->state = SLOT_TAKEN;
		p->taking = (p->taking + 1) % p->n_slots;
		pthread_mutex_unlock(&p->lock);
		squeeze(&hand->z, s, p->bound);
		pthread_mutex_lock(&p->lock);
		s->state = SLOT_DONE;
		pthread_cond_signal(&p->done);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static int processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* What cannot be had, memory or threads, is done without. */
static void call_hands(struct press *p)
{
	p->called = true;
	if (processors() < 2)
		return;
	while (p->n_slots < SLOTS && add_slot(p))
		continue;
	while (p->n_streams < THREADS && add_stream(p))
		continue;
	if (p->n_slots < SLOTS || p->n_streams < THREADS)
		return;
	while (p->n_threads < THREADS &&
		thread_start(&p->threads[p->n_threads], work, &p->hands[p->n_threads]) == 0)
		p->n_threads++;
}

static enum code give(struct press *p, struct slot *s, struct err *e)
{
	const struct str members = { (const char *)s->out, s->out_bytes };

	s->in_bytes = 0;
	return p->fn(p->ctx, members, e);
}

/* What is in @s, once it is deflated; nothing when it is free. */
static enum code collect(struct press *p, struct slot *s, struct err *e)
{
	enum slot_state state;

	pthread_mutex_lock(&p->lock);
	while (s->state == SLOT_FULL || s->state == SLOT_TAKEN)
		pthread_cond_wait(&p->done, &p->lock);
	state = s->state;
	/* Nobody else takes it before it is filled again. */
	s->state = SLOT_FREE;
	pthread_mutex_unlock(&p->lock);
	return state == SLOT_DONE ? give(p, s, e) : E_OK;
}

/* The block that was filled is to be deflated, and there is one to be filled. */
static enum code submit(struct press *p, struct err *e)
{
	struct slot *s = &p->slots[p->filling];

	p->any = true;
	if (!p->n_threads) {
		squeeze(&p->hands[0].z, s, p->bound);
		return give(p, s, e);
	}
	pthread_mutex_lock(&p->lock);
	s->state = SLOT_FULL;
	pthread_cond_signal(&p->full);
	pthread_mutex_unlock(&p->lock);
	p->filling = (p->filling + 1) % p->n_slots;
	return collect(p, &p->slots[p->filling], e);
}

enum code press_add(struct press *p, struct str s, struct err *e)
{
	enum code c = E_OK;

	while (!c && s.n) {
		struct slot *slot = &p->slots[p->filling];
		const size_t room = BLOCK_BYTES - slot->in_bytes, n = s.n < room ? s.n : room;

		if (!room) {
			if (!p->called)
				call_hands(p);
			c = submit(p, e);
			continue;
		}
		memcpy(slot->in + slot->in_bytes, s.p, n);
		slot->in_bytes += n;
		s = str_from(s, n);
	}
	return c;
}

enum code press_finish(struct press *p, struct err *e)
{
	enum code c = E_OK;

	if (p->slots[p->filling].in_bytes || !p->any)
		c = submit(p, e);
	for (int i = 0; i < p->n_slots && p->n_threads && !c; i++)
		c = collect(p, &p->slots[(p->filling + i) % p->n_slots], e);
	return c;
}

void press_close(struct press *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	p->closing = true;
	pthread_cond_broadcast(&p->full);
	pthread_mutex_unlock(&p->lock);
	for (int i = 0; i < p->n_threads; i++)
		pthread_join(p->threads[i], NULL);
	for (int i = 0; i < p->n_streams; i++)
		deflateEnd(&p->hands[i].z);
	pthread_cond_destroy(&p->full);
	pthread_cond_destroy(&p->done);
	pthread_mutex_destroy(&p->lock);
	arena_release(&p->memory);
	mem_free(p);
}
