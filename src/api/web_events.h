/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/read.h"
#include "api/web.h"

/**
 * What happens, as it happens
 * ===========================
 *
 * The answer to GET /api/events, a batch at a time: every event (store/event.h) behind the one that was seen last, in the
 * form of server-sent events (HTML standard, section 9.2). Its id is the event's, so whoever comes back with Last-Event-ID has
 * missed nothing and gets nothing twice. data is one JSON object:
 *
 *     cursor, rid, resource_type, resource_id, name, account, region, version, event, at, actor, changes
 *
 * with changes a list of {op, property, before, after}, as `siltstone log --follow` tells them. What an event that is about no
 * resource is called stands in `event`; then rid is null.
 */
struct web_events {
	struct arena arena;
	struct read_filter filter;
	const char *where; /* as a sink's predicate (store/predicate.h), or NULL */
	int64_t after;
};
#define WEB_EVENTS_BYTES ((size_t)256 << 10)

/** @last: Last-Event-ID, or NULL. E_INVALID, E_NOTFOUND, E_AMBIGUOUS: what was asked cannot be meant. */
enum code web_events_open(struct web_events *s, struct db *db, const struct web_request *q,
	const char *last, struct err *e);
void web_events_release(struct web_events *s);
/** How a stream begins: a client that is cut off before its first event goes on from there, too. */
void web_events_greet(const struct web_events *s, struct buf *out);
/** Append events until there are WEB_EVENTS_BYTES or none is left; *@more: perhaps there are. */
enum code web_events_next(struct web_events *s, struct db *db, const volatile sig_atomic_t *stop,
	struct buf *out, bool *more, struct err *e);
