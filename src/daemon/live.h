/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "daemon/loop.h"
#include "daemon/web.h"

/**
 * Streams of events
 * =================
 *
 * GET /api/events: up to LIVE_MAX at once, each told what happened behind its own cursor (api/web_events.h). A
 * stream asks for a batch when the store was written to, in the read lane, and for the next when its client has taken
 * the one before: so much and no more is kept for it, and no worker waits for it. One that takes nothing for half a minute
 * is closed (daemon/http_server.h). Now and then a stream is told that it is alive, and how far it is; after an hour
 * it ends, so that whoever may not ask any more does not go on listening: its client comes back where it was.
 */
#define LIVE_MAX 64

struct live;
enum code live_open(struct live **out, struct loop *loop, struct lanes *lanes,
	const volatile sig_atomic_t *stop, struct err *e);
/** Somebody has committed. */
void live_written(struct live *live);
/** Every stream ends. Takes NULL. */
void live_end(struct live *live);
/** When nothing is under way any more. Takes NULL. */
void live_close(struct live *live);
void live_serve(struct live *live, struct web *w, struct http_query *q, int64_t now_ms);
