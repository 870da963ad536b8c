/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/live.h"

#include "api/web_events.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/time.h"

#define BEAT_MS    15000
/* A writer is heard when its last page is in the log, which is before it has committed: with a slow disk by a while. */
#define SETTLE_MS  200
#define SETTLED_MS 3000
#define LIFE_MS    3600000
/* One event may be larger than a batch. */
#define OUT_MAX    ((size_t)64 << 20)
#define LAST_MAX   32

struct listener_stream {
	struct job job;
	struct live *live;
	struct web *web;
	struct http_query *q;
	struct web_request request;
	struct web_events events;
	struct listener_stream *next, **at;
	struct buf out;
	char last[LAST_MAX];
	bool opened;  /* what is asked for has been read */
	bool begun;   /* the head has been told */
	bool gone;    /* its client has */
	bool working; /* a job is under way */
	bool waiting; /* what it was sent has not been taken */
	bool due;     /* there may be events behind */
	bool more;    /* the same, as the job found it */
	int64_t began_ms;
};

struct live {
	struct lanes *lanes;
	const volatile sig_atomic_t *stop;
	struct loop_timer beat, settle;
	struct listener_stream *first;
	int n;
	int64_t settle_ms;
	bool ended;
};

static void release(struct listener_stream *s)
{
	*s->at = s->next;
	if (s->next)
		s->next->at = s->at;
	s->live->n--;
	if (!s->live->n)
		loop_timer_stop(&s->live->beat);
	if (!s->live->n)
		loop_timer_stop(&s->live->settle);
	web_events_release(&s->events);
	buf_release(&s->out);
	mem_free(s);
}

/* On a worker */

static enum code work(struct job *job, struct db *db, struct err *e)
{
	struct listener_stream *s = (struct listener_stream *)job;

	buf_clear(&s->out);
	s->more = false;
	if (!s->opened) {
		if (web_events_open(&s->events, db, &s->request, s->last[0] ? s->last : NULL, e))
			return e->code;
		s->opened = true;
		web_events_greet(&s->events, &s->out);
	}
	return web_events_next(&s->events, db, s->live->stop, &s->out, &s->more, e);
}

/* On the loop */

static void advance(struct listener_stream *s);

static void on_drained(void *ctx)
{
	struct listener_stream *s = ctx;

	s->waiting = false;
	advance(s);
}

static void on_gone(void *ctx)
{
	struct listener_stream *s = ctx;

	s->gone = true;
	if (!s->working)
		release(s);
}

/* What is sent may be the last that its client took: nothing of @s is touched afterwards. */
static void send_out(struct listener_stream *s)
{
	s->waiting = true;
	http_stream_send(s->q, buf_slice(&s->out));
}

static void end(struct listener_stream *s)
{
	http_stream_end(s->q);
	release(s);
}

static bool begin(struct listener_stream *s)
{
	struct web_headers h = { .n = 0 };
	struct http_stream stream = { .status = 200,
		.content_type = "text/event-stream; charset=utf-8",
		.length = -1,
		.drained = on_drained,
		.gone = on_gone,
		.ctx = s };

	web_headers_of(s->web, s->q, &h);
	web_header(&h, "Cache-Control", "no-store");
	/* Who passes it on should not collect it first. */
	web_header(&h, "X-Accel-Buffering", "no");
	stream.headers = h.list;
	stream.n_headers = h.n;
	s->begun = true;
	return http_stream_begin(s->q, &stream);
}

static void fail(struct listener_stream *s, const struct err *e)
{
	if (code_http_status(e->code) >= 500 && e->code != E_CANCELED)
		log_write(EV_HTTP_FAILED, e, log_text("page", "events"));
	if (s->begun) {
		end(s);
		return;
	}
	web_answer_error(s->web, s->q, code_http_status(e->code), e);
	release(s);
}

static void worked(struct job *job, const struct err *e)
{
	struct listener_stream *s = (struct listener_stream *)job;

	s->working = false;
	s->due = s->due || s->more;
	if (s->gone || (!e->code && !s->begun && !begin(s)))
		release(s);
	else if (e->code)
		fail(s, e);
	else if (s->live->ended || strcmp(s->q->method, "HEAD") == 0)
		end(s);
	else if (s->out.n)
		send_out(s);
	else
		advance(s);
}

/* The next batch, when there may be one and the last has been taken. */
static void advance(struct listener_stream *s)
{
	if (s->working || s->waiting || !s->due || s->live->ended)
		return;
	s->working = true;
	s->due = false;
	s->job = (struct job){ .run = work, .done = worked };
	lanes_submit(s->live->lanes, LANE_READ, &s->job);
}

static void look(struct live *live)
{
	struct listener_stream *next;

	for (struct listener_stream *s = live->first; s; s = next) {
		next = s->next;
		s->due = true;
		advance(s);
	}
}

static void on_settle(void *arg)
{
	struct live *live = arg;

	look(live);
	live->settle_ms *= 4;
	if (live->n && live->settle_ms <= SETTLED_MS)
		loop_timer_once(&live->settle, live->settle_ms);
}

void live_written(struct live *live)
{
	if (!live || !live->n || live->ended)
		return;
	look(live);
	live->settle_ms = SETTLE_MS;
	if (live->n)
		loop_timer_once(&live->settle, live->settle_ms);
}

static void beat(struct listener_stream *s)
{
	if (s->working || s->waiting || !s->begun)
		return;
	if (time_ticks_ms() - s->began_ms > LIFE_MS) {
		end(s);
		return;
	}
	buf_clear(&s->out);
	buf_printf(&s->out, ": beat\nid: %lld\n\n", (long long)s->events.after);
	/* A system that cannot tell of writing is asked. */
	s->due = true;
	send_out(s);
}

static void on_beat(void *arg)
{
	struct live *live = arg;
	struct listener_stream *next;

	for (struct listener_stream *s = live->first; s; s = next) {
		next = s->next;
		beat(s);
	}
}

void live_serve(struct live *live, struct web *w, struct http_query *q, int64_t now_ms)
{
	const char *last = http_query_header(q, "last-event-id");
	struct listener_stream *s = NULL;
	struct err e = { 0 };

	if (!live || live->ended || live->n == LIVE_MAX)
		err_set(&e, E_BUSY, "there are %d streams already", LIVE_MAX);
	else if (last && strlen(last) >= LAST_MAX)
		err_set(&e, E_INVALID, "Last-Event-ID is to be the id of an event");
	else if (!(s = mem_alloc(sizeof(*s))))
		err_nomem(&e);
	if (!s) {
		web_answer_error(w, q, code_http_status(e.code), &e);
		return;
	}
	s->live = live;
	s->web = w;
	s->q = q;
	s->request = (struct web_request){
		.target = str_of(q->target), .now_ms = now_ms, .stop = live->stop
	};
	s->out = (struct buf)BUF_INIT(OUT_MAX);
	memcpy(s->last, last ? last : "", last ? strlen(last) + 1 : 1);
	s->began_ms = time_ticks_ms();
	s->due = true;
	s->next = live->first;
	s->at = &live->first;
	if (s->next)
		s->next->at = &s->next;
	live->first = s;
	if (!live->n++)
		loop_timer_every(&live->beat, BEAT_MS);
	advance(s);
}

enum code live_open(struct live **out, struct loop *loop, struct lanes *lanes,
	const volatile sig_atomic_t *stop, struct err *e)
{
	struct live *live = mem_alloc(sizeof(*live));

	if (!live)
		return err_nomem(e);
	live->lanes = lanes;
	live->stop = stop;
	loop_timer_init(loop, &live->beat, on_beat, live);
	loop_timer_init(loop, &live->settle, on_settle, live);
	*out = live;
	return E_OK;
}

void live_end(struct live *live)
{
	struct listener_stream *next;

	if (!live || live->ended)
		return;
	live->ended = true;
	loop_timer_stop(&live->settle);
	for (struct listener_stream *s = live->first; s; s = next) {
		next = s->next;
		if (!s->working && s->begun)
			end(s);
	}
}

void live_close(struct live *live)
{
	if (!live)
		return;
	live_end(live);
	mem_free(live);
}
