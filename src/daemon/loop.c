/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/loop.h"

#include "base/must.h"
#include <signal.h>

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
