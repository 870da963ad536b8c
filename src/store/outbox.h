/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include <stdint.h>

/**
 * The outbox
 * ==========
 *
 * What must go out is a row before it goes. Whoever sends it holds a lease on the row, and says
 * afterwards how it went; one who dies says nothing, and when the lease has run out the row
 * is due again. Sending twice is harmless, not sending is not.
 */

/** Something that is to go out. */
struct outbox_row {
	const char *kind;   /* "snapshot" */
	struct str payload; /* JSON: what, and where to */
	int64_t lease_ms;   /* the sender is at work until then */
};
/** Part of the caller's transaction. */
enum code outbox_add(struct db *db, const struct outbox_row *row, int64_t now_ms,
	int64_t *outbox_id, struct err *e);
/** It is out; @result says where it lies. */
enum code outbox_done(
	struct db *db, int64_t outbox_id, const char *result, int64_t now_ms, struct err *e);
/** It is not; @why says what went wrong, and it is not to be tried before @next_ms. */
enum code outbox_failed(
	struct db *db, int64_t outbox_id, const char *why, int64_t next_ms, struct err *e);
