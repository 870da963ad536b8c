/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/hear.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"
#include "discover/kept.h"
#include "discover/queue.h"
#include "discover/trail_round.h"
#include "store/recorder.h"
#include <stdio.h>
#include <time.h>

enum {
	ARENA_MAX = 4 << 20,
	TREE_BYTES = 256 << 20,
	WAITING_BYTES = 16 << 20,
	/* The longest that SQS waits; API reference, ReceiveMessage. */
	WAIT_S = 20,
	/* Several queues are asked in turn. */
	TURN_S = 1,
	TOGETHER_MS = 2000,
	PAUSE_MS = 50,
	RETRY_MS = 30000,
};

struct posted {
	struct posted *next;
	struct str text; /* behind it */
};

void hear_init(struct hear *h)
{
	(void)pthread_mutex_init(&h->lock, NULL);
	h->last = &h->first;
}

static void drop(struct posted *p)
{
	while (p) {
		struct posted *next = p->next;

		mem_free(p);
		p = next;
	}
}

void hear_release(struct hear *h)
{
	drop(h->first);
	h->first = NULL;
	(void)pthread_mutex_destroy(&h->lock);
}

enum code hear_post(struct hear *h, struct str body, struct err *e)
{
	struct posted *p = mem_alloc(sizeof(*p) + body.n + 1);
	char *text = (char *)(p + 1);
	bool fits;

	if (!p)
		return err_nomem(e);
	if (body.n)
		memcpy(text, body.p, body.n);
	p->text = (struct str){ text, body.n };
	pthread_mutex_lock(&h->lock);
	fits = h->bytes + sizeof(*p) + body.n <= WAITING_BYTES;
	if (fits) {
		if (!h->first)
			h->since_ms = time_ticks_ms();
		*h->last = p;
		h->last = &p->next;
		h->bytes += sizeof(*p) + body.n;
	}
	pthread_mutex_unlock(&h->lock);
	if (fits)
		return E_OK;
	mem_free(p);
	return err_set(e, E_BUSY, "%d MB of events are waiting", WAITING_BYTES >> 20);
}

void hear_figures(struct hear *h, struct buf *out)
{
	const struct {
		const char *fate;
		long long n;
	} each[] = { { "heeded", atomic_load(&h->heeded) }, { "ignored", atomic_load(&h->ignored) },
		{ "elsewhere", atomic_load(&h->elsewhere) },
		{ "unresolved", atomic_load(&h->unresolved) },
		{ "failed", atomic_load(&h->failed) }, { "strange", atomic_load(&h->strange) } };

	buf_text(out, "# HELP siltstone_events_total Change events, by what became of them.\n"
		      "# TYPE siltstone_events_total counter\n");
	for (size_t i = 0; i < sizeof(each) / sizeof(*each); i++)
		buf_printf(
			out, "siltstone_events_total{fate=\"%s\"} %lld\n", each[i].fate, each[i].n);
}

/* Who is to be asked. */
struct audience {
	struct hear *hear;
	struct arena arena;
	struct source *sources;
	size_t n;
	struct recorder recorder;
};

static enum code take(void *ctx, const struct source *s, struct err *e)
{
	struct audience *a = ctx;

	if (strcmp(s->kind, "aws") != 0 || a->n == HEAR_SOURCES_MAX)
		return E_OK;
	return kept_copy(&a->arena, s, &a->sources[a->n++], e);
}

/* E_NOTFOUND: nothing is recorded at present. */
static enum code gather(struct audience *a, struct db *db, struct err *e)
{
	struct err none = { 0 };
	enum code c = recorder_get(db, &a->arena, &a->recorder, &none);

	if (c && c != E_NOTFOUND)
		*e = none;
	if (c)
		return c;
	if (!a->recorder.recording)
		return E_NOTFOUND;
	a->sources = arena_alloc(&a->arena, HEAR_SOURCES_MAX * sizeof(*a->sources));
	return a->sources ? source_walk(db, false, take, a, e) : err_nomem(e);
}

static enum code options_of(
	struct audience *a, const struct source *s, struct sweep_options *o, struct err *e)
{
	enum code c = kept_options(&a->arena, s, o, e);

	o->stop = a->hear->stop;
	return c;
}

static const struct hint *first_unresolved(const struct hints *hints)
{
	const struct hint *h = hints->first;

	while (h && h->fate != HINT_UNRESOLVED)
		h = h->next;
	return h;
}

/* What nobody knows what to do with is told by name: a rule may be missing. */
static void tell_unresolved(const struct hints *hints)
{
	const struct hint *h = first_unresolved(hints);
	char source[128], event[128];

	if (!h)
		return;
	snprintf(source, sizeof(source), "%.*s", STR_ARG(h->cause.event_source));
	snprintf(event, sizeof(event), "%.*s", STR_ARG(h->cause.event_name));
	log_write(EV_EVENTS_UNKNOWN, NULL, log_text("source", source), log_text("name", event));
}

static void tell(
	struct hear *h, const char *from, const struct hints *hints, const struct heed_sum *sum)
{
	const struct heed_tally t = heed_tally(hints);

	atomic_fetch_add(&h->heeded, t.heeded);
	atomic_fetch_add(&h->ignored, t.ignored);
	atomic_fetch_add(&h->elsewhere, t.elsewhere);
	atomic_fetch_add(&h->unresolved, t.unresolved);
	atomic_fetch_add(&h->failed, t.failed);
	log_write(sum->n_failed ? EV_EVENTS_PARTIAL : EV_EVENTS_DONE, NULL, log_text("from", from),
		log_int("events", t.n), log_int("heeded", t.heeded),
		log_int("unresolved", t.unresolved), log_int("failed", t.failed),
		log_int("named", sum->targets), log_int("related", sum->related),
		log_int("created", sum->recorded.created),
		log_int("changed", sum->recorded.changed),
		log_int("deleted", sum->recorded.deleted), log_int("calls", sum->calls),
		log_text("reason", sum->n_failed ? sum->why.msg : NULL));
	tell_unresolved(hints);
}

struct telling {
	struct hear *hear;
	const char *from;
};

static void told(void *ctx, const struct hints *hints, const struct heed_sum *sum)
{
	const struct telling *t = ctx;

	tell(t->hear, t->from, hints, sum);
}

/* Of one source: E_NOTFOUND where it has no queue, or nothing came. */
static enum code ask(
	struct audience *a, size_t i, const char *url, int wait_s, struct db *db, struct err *e)
{
	struct hear *h = a->hear;
	struct telling telling = { h, a->sources[i].name };
	const struct queue_options queue = {
		.url = url, .wait_s = wait_s, .told = told, .ctx = &telling
	};
	struct queue_sum sum = { 0 };
	struct sweep_options o;
	enum code c = options_of(a, &a->sources[i], &o, e);

	if (!c)
		c = queue_heed(db, &o, &queue, &sum, e);
	atomic_fetch_add(&h->strange, sum.strange);
	if (sum.strange)
		log_write(EV_EVENTS_STRANGE, NULL, log_text("source", telling.from),
			log_int("messages", sum.strange));
	if (c && e->code && c != E_CANCELED) {
		log_write(EV_EVENTS_FAILED, e, log_text("source", telling.from));
		h->not_before_ms[i] = time_ticks_ms() + RETRY_MS;
	}
	return c;
}

static size_t count_queues(struct audience *a, const char **urls, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		urls[i] = NULL;
		if (kept_queue(&a->arena, &a->sources[i], &urls[i], e))
			return 0;
		n += urls[i] != NULL;
	}
	return n;
}

static enum code ask_all(struct audience *a, struct db *db, struct err *e)
{
	const char **urls = arena_alloc(&a->arena, (a->n + 1) * sizeof(*urls));
	size_t n = urls ? count_queues(a, urls, e) : 0;
	int wait_s = n > 1 || a->hear->once ? TURN_S : WAIT_S;
	bool any = false;

	if (!urls)
		return err_nomem(e);
	for (size_t i = 0; i < a->n && n; i++) {
		struct err one = { 0 };
		enum code c;

		if (!urls[i] || a->hear->not_before_ms[i] > time_ticks_ms())
			continue;
		c = ask(a, i, urls[i], wait_s, db, &one);
		if (c == E_CANCELED) {
			*e = one;
			return c;
		}
		any = any || !c;
	}
	return e->code ? e->code : any ? E_OK : E_NOTFOUND;
}

enum code hear_queues(struct hear *h, struct db *db, struct err *e)
{
	struct audience a = { .hear = h, .arena = ARENA_INIT(ARENA_MAX) };
	enum code c = gather(&a, db, e);

	if (!c)
		c = ask_all(&a, db, e);
	/* As after a sweep: what was staged lies in temporary tables. */
	db->spent = c != E_NOTFOUND;
	arena_release(&a.arena);
	return c;
}

/* Of one source: E_NOTFOUND where it has no trail, or its next round is not due. */
static enum code read_trail(
	struct audience *a, const struct source *s, struct db *db, struct err *e)
{
	struct telling telling = { a->hear, s->name };
	struct trail_options trail = { .told = told, .ctx = &telling };
	struct trail_sum sum = { 0 };
	struct sweep_options o;
	enum code c = kept_trail(&a->arena, s, &trail.place, &trail.since, e);

	if (!c && !trail.place)
		return E_NOTFOUND;
	if (!c)
		c = options_of(a, s, &o, e);
	if (!c)
		c = trail_round(db, &o, &trail, false, &sum, e);
	if (c && e->code && c != E_CANCELED)
		log_write(EV_EVENTS_FAILED, e, log_text("source", s->name));
	if (sum.failed)
		log_write(EV_EVENTS_FAILED, &sum.why, log_text("source", s->name),
			log_int("files", sum.failed));
	return c;
}

enum code hear_trails(struct hear *h, struct db *db, struct err *e)
{
	struct audience a = { .hear = h, .arena = ARENA_INIT(ARENA_MAX) };
	enum code c = gather(&a, db, e);
	bool any = false;

	for (size_t i = 0; i < a.n && c != E_CANCELED && !*h->stop; i++) {
		struct err one = { 0 };

		c = read_trail(&a, &a.sources[i], db, &one);
		any = any || !c;
		if (c == E_CANCELED)
			*e = one;
	}
	db->spent = any;
	arena_release(&a.arena);
	return e->code ? e->code : any ? E_OK : E_NOTFOUND;
}

/* What belongs together comes together. */
static struct posted *collect(struct hear *h)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	struct posted *all;
	int64_t until;

	pthread_mutex_lock(&h->lock);
	until = h->first ? h->since_ms + TOGETHER_MS : 0;
	pthread_mutex_unlock(&h->lock);
	while (time_ticks_ms() < until && !*h->stop)
		(void)nanosleep(&pause, NULL);
	pthread_mutex_lock(&h->lock);
	all = h->first;
	h->first = NULL;
	h->last = &h->first;
	h->bytes = 0;
	pthread_mutex_unlock(&h->lock);
	return all;
}

static enum code heed_posted(struct audience *a, struct db *db, struct hints *hints, struct err *e)
{
	struct heed_sum total = { 0 };

	for (size_t i = 0; i < a->n; i++) {
		struct heed_sum sum = { 0 };
		struct sweep_options o;
		struct err one = { 0 };

		if (!options_of(a, &a->sources[i], &o, &one))
			heed_run(db, &o, hints, time_now_ms(), &sum, &one);
		total.targets += sum.targets;
		total.related += sum.related;
		total.calls += sum.calls;
		total.recorded.created += sum.recorded.created;
		total.recorded.changed += sum.recorded.changed;
		total.recorded.deleted += sum.recorded.deleted;
		if (sum.n_failed && !total.n_failed)
			total.why = sum.why;
		total.n_failed += sum.n_failed;
		heed_sum_release(&sum);
		if (one.code == E_CANCELED) {
			*e = one;
			return e->code;
		}
		if (one.code)
			log_write(EV_EVENTS_FAILED, &one, log_text("source", a->sources[i].name));
	}
	tell(a->hear, "http", hints, &total);
	return E_OK;
}

enum code hear_posted(struct hear *h, struct db *db, struct err *e)
{
	struct audience a = { .hear = h, .arena = ARENA_INIT(ARENA_MAX) };
	struct arena trees = ARENA_INIT(TREE_BYTES);
	struct hints hints = HINTS_INIT(hints, &trees);
	struct posted *all = collect(h);
	enum code c = all ? gather(&a, db, e) : E_NOTFOUND;
	size_t i = 0;

	for (const struct posted *p = all; p && !c; p = p->next) {
		struct err why = { 0 };

		if (hints_add(&hints, p->text, i++, &why))
			hints.n_strange++;
	}
	atomic_fetch_add(&h->strange, (long long)hints.n_strange);
	if (!c && hints.n)
		c = heed_posted(&a, db, &hints, e);
	db->spent = c != E_NOTFOUND;
	drop(all);
	arena_release(&trees);
	arena_release(&a.arena);
	return c;
}
