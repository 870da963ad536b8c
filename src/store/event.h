/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include <stdint.h>

/**
 * Events: what happened, in order
 * ===============================
 *
 * One row per configuration item and one per thing that is told besides (a snapshot went out,
 * a verdict changed). The row is written in the transaction that made it happen; whoever wants
 * to know reads on from the last event it has seen. So nothing is lost, and telling twice is the worst
 * that can happen.
 */
struct event {
	int64_t event_id, at_ms;
	struct str kind; /* messageType: "ConfigurationItemChangeNotification", ... */
	int64_t item_id; /* 0: none */
	struct str account, region;
	/* JSON object, or STR_NONE: the members of the body that are the event's own, by their names there
	 * ("configSnapshotId", "s3ObjectKey", "s3Bucket", "errorCode", "errorMessage"; of
	 * ComplianceChangeNotification all from configRuleName to oldEvaluationResult; configRuleNames). */
	struct str payload;
};

/** Part of the caller's transaction. Fills event->event_id. */
enum code event_add(struct db *db, struct event *event, struct err *e);
/** The newest event's id; 0: none. */
enum code event_newest(struct db *db, int64_t *event_id, struct err *e);

typedef enum code event_fn(void *ctx, const struct event *event, struct err *e);
/** Walk at most @limit events behind @after, oldest first. E_NOTFOUND: there are none. */
enum code event_walk(
	struct db *db, int64_t after, int limit, event_fn *fn, void *ctx, struct err *e);
