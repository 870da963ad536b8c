/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/history.h"
#include "db/db.h"
#include "port/object_store.h"
#include "store/channel.h"

/**
 * Delivering: history files every six hours, snapshots by frequency (spec section 3)
 * ==================================================================================
 *
 * What is due is planned as rows (delivery_plan()), each row is claimed with a lease, written to a
 * temporary file at constant memory, put, and marked done together with the event that tells of it. The
 * key is chosen and stored before the first try, so a second one writes the same object again.
 *
 * A channel whose store refuses waits, with everything it has: one file is tried after growing intervals, and when
 * that goes out, so do the others. Files that have not failed go first, so that a channel that is
 * gone holds no other up for longer than its one try.
 */
struct deliver_ports {
	/* The store of a channel; the caller frees it with ->free(). It gets whole keys: the channel's
	 * prefix is in them already. */
	enum code (*store)(
		void *ctx, const struct channel *c, struct object_store **out, struct err *e);
	void *ctx;
	const struct history_limit *limit; /* NULL: HISTORY_LIMIT */
	/* The newest seal (core/anchor.h) could not be put beside an account's files. They are delivered all
	 * the same: a bucket's policy may allow AWS Config's keys only. NULL: nobody is told. */
	void (*seal_failed)(const char *channel, const struct err *e);
};

/** Deliver one file that is due; @db is best a connection that db_spare_memory() was called for. E_OK: one went out, or turned out to be empty. E_NOTFOUND: none is due
 * (@e is left alone). E_CANCELED: it was stopped and is due as it was. Otherwise it failed, never with
 * E_NOTFOUND; its row and the channel's status say why and when it will be tried again. */
enum code deliver_one(
	struct db *db, const struct deliver_ports *ports, int64_t now_ms, struct err *e);

/** Put the write check object of a channel (spec 3.1, 3.3). What the object store says. */
enum code deliver_check(struct db *db, const struct deliver_ports *ports, const char *channel,
	const char *account, struct err *e);

/** The same for one that need not be in the store. */
enum code deliver_try(const struct deliver_ports *ports, const struct channel *channel,
	const char *account, struct err *e);

/** What AWS Config would call an error of an object store: "NoSuchBucket", "AccessDenied", ... */
const char *deliver_error_code(const struct err *e);
/** What a channel waits at most after so many failures: 30 s, doubling, at most 15 minutes. */
int64_t deliver_backoff_ms(int64_t failures);
