/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/loop.h"

#include "base/mem.h"
#include "base/must.h"
#include "base/str.h"
#include <signal.h>
#include <string.h>

/* What was written to the store's log can be read once it has been synced, of which nothing is told: a slow disk takes
 * that long. */
#define LATE_MS 500

static void on_wake(uv_async_t *handle)
{
	struct loop *loop = handle->data;

	loop->calls.wake(loop->calls.ctx);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct loop *loop = handle->data;

	if (number == SIGHUP)
		loop->calls.reload(loop->calls.ctx);
	else
		loop->calls.stop(loop->calls.ctx);
}

static int watch(struct loop *loop, uv_signal_t *handle, int number)
{
	int rc = uv_signal_init(&loop->uv, handle);

	handle->data = loop;
	return rc ? rc : uv_signal_start(handle, on_signal, number);
}

enum code loop_init(struct loop *loop, const struct loop_calls *calls, struct err *e)
{
	int rc = uv_loop_init(&loop->uv);

	if (rc)
		return err_set(e, E_NOMEM, "could not make an event loop: %s", uv_strerror(rc));
	loop->calls = *calls;
	rc = uv_async_init(&loop->uv, &loop->wake, on_wake);
	loop->wake.data = loop;
	if (!rc)
		rc = watch(loop, &loop->interrupt, SIGINT);
	if (!rc)
		rc = watch(loop, &loop->terminate, SIGTERM);
	if (!rc)
		rc = watch(loop, &loop->hangup, SIGHUP);
	if (!rc)
		return E_OK;
	loop_release(loop);
	return err_set(e, E_NOMEM, "could not make an event loop: %s", uv_strerror(rc));
}

void loop_wake(void *arg)
{
	struct loop *loop = arg;

	uv_async_send(&loop->wake);
}

void loop_run(struct loop *loop)
{
	uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_end(struct loop *loop)
{
	uv_stop(&loop->uv);
}

static void close_one(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

void loop_release(struct loop *loop)
{
	uv_walk(&loop->uv, close_one, NULL);
	uv_run(&loop->uv, UV_RUN_DEFAULT);
	must(uv_loop_close(&loop->uv) == 0);
}

static void on_timer(uv_timer_t *handle)
{
	struct loop_timer *timer = handle->data;

	timer->fn(timer->ctx);
}

void loop_timer_init(struct loop *loop, struct loop_timer *timer, void (*fn)(void *ctx), void *ctx)
{
	/* It cannot fail: it only fills the struct (libuv's documentation of uv_timer_init). */
	uv_timer_init(&loop->uv, &timer->uv);
	timer->uv.data = timer;
	timer->fn = fn;
	timer->ctx = ctx;
}

void loop_timer_once(struct loop_timer *timer, int64_t ms)
{
	/* The loop's clock is as old as its last turn. */
	uv_update_time(timer->uv.loop);
	uv_timer_start(&timer->uv, on_timer, (uint64_t)(ms > 0 ? ms : 0), 0);
}

void loop_timer_every(struct loop_timer *timer, int64_t ms)
{
	uv_update_time(timer->uv.loop);
	uv_timer_start(&timer->uv, on_timer, (uint64_t)ms, (uint64_t)ms);
}

void loop_timer_stop(struct loop_timer *timer)
{
	uv_timer_stop(&timer->uv);
}

static void on_pause_over(void *ctx)
{
	struct loop_watch *w = ctx;

	w->waiting = false;
	w->late = !w->late;
	if (w->late)
		loop_timer_once(&w->pause, LATE_MS);
	w->fn(w->ctx);
}

static void on_change(uv_fs_event_t *handle, const char *name, int events, int status)
{
	struct loop_watch *w = handle->data;

	(void)events;
	if (status || w->waiting || (name && strcmp(name, w->name) != 0))
		return;
	w->waiting = true;
	w->late = false;
	loop_timer_once(&w->pause, w->pause_ms);
}

static char *copy(struct str s)
{
	char *p = mem_alloc(s.n + 1);

	if (p)
		memcpy(p, s.p, s.n);
	return p;
}

void loop_watch_start(struct loop *loop, struct loop_watch *watch, const char *path,
	int64_t pause_ms, void (*fn)(void *ctx), void *ctx)
{
	const char *slash = strrchr(path, '/');
	struct str folder = slash ? (struct str){ path, (size_t)(slash - path) + 1 } : STR("./");

	watch->fn = fn;
	watch->ctx = ctx;
	watch->pause_ms = pause_ms;
	watch->folder = copy(folder);
	watch->name = copy(str_of(slash ? slash + 1 : path));
	loop_timer_init(loop, &watch->pause, on_pause_over, watch);
	if (!watch->folder || !watch->name || uv_fs_event_init(&loop->uv, &watch->uv))
		return;
	watch->uv.data = watch;
	(void)uv_fs_event_start(&watch->uv, on_change, watch->folder, 0);
}

void loop_watch_release(struct loop_watch *watch)
{
	mem_free(watch->folder);
	mem_free(watch->name);
	*watch = (struct loop_watch){ 0 };
}
