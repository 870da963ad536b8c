/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "port/object_store.h"
#include "port/publisher.h"
#include "store/sink.h"

/**
 * Notifying: events to sinks, in order per resource, at least once
 * ================================================================
 *
 * A sink is claimed with a lease, the events behind its cursor are told, many at a time where they are about
 * different resources and the publisher can, and the cursor follows as far as all are told. What fails may
 * be tried again later (30 s, doubling, at most an hour; the sink waits, so that order holds); what can never work, or failed for a day, becomes a dead letter.
 */

/** How core gets at the outside. It frees the publisher with ->free(), once for each that it got. */
struct notify_ports {
	enum code (*publisher)(
		void *ctx, const struct sink *sink, struct publisher **out, struct err *e);
	/* Where oversized notices go: the store of the sink's channel, and "bucket" for its location; E_OK
	 * with *out NULL: there is none. Borrowed, valid until the next call. */
	enum code (*oversized)(void *ctx, const struct sink *sink, struct object_store **out,
		const char **bucket, struct err *e);
	void *ctx;
};

/** Tell what one sink has not been told, at most @limit events. E_OK: some were. E_NOTFOUND: nobody has
 * anything to be told now. Otherwise that sink failed; its row says why and when it will be tried again. */
enum code notify_one(
	struct db *db, const struct notify_ports *ports, int limit, int64_t now_ms, struct err *e);

/** Send a dead letter again: E_OK and it is gone, or what went wrong. */
enum code notify_dead(struct db *db, const struct notify_ports *ports, int64_t dead_id,
	int64_t now_ms, struct err *e);

/** 30 s, doubling, at most an hour. */
int64_t notify_backoff_ms(int64_t tries);
