/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include "store/known.h"
#include "json/json.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Recording
 * =========
 *
 * A sweep first gathers: each resource described is staged, each that is confirmed gone is
 * staged as gone, each listing leaves a look. Then it settles: relationships are told (they
 * need both ends), each staged resource is compared with its newest item, and what differs is
 * written, item, document, diff, edges and tags in the same transaction.
 *
 * Nothing is written for a resource nobody looked at, and nothing before record_settle():
 * a sweep that dies while gathering leaves the store as it was, one that dies while settling is
 * completed by the next sweep. Not for use by several threads at once; staging is quick, so a
 * lock around it serves.
 *
 * Several programs may record into one store at the same time. Each settles in short
 * transactions, reads again within them what it compares with, and leaves alone what another
 * has recorded since this sweep began from a later look.
 */
struct record {
	struct db *db;
	int64_t source_id;
	int64_t sweep_ms;  /* when the sweep began */
	int64_t last_item; /* the newest item of the store then */
	bool knows;        /* pages are noted: the sweep makes use of what is known */
	bool scoped;       /* only what recorders record, see store/scope.h */
};

/** A resource as it was described. All texts are borrowed for the call. */
struct observation {
	struct str account, region, type, id;
	struct str name, arn, az;   /* STR_NONE: has none */
	int64_t created_ms;         /* INT64_MIN: not known */
	int64_t captured_ms;        /* when it was described */
	struct json *configuration; /* object */
	struct json *supplementary; /* object of parts, or NULL */
	struct json *tags;          /* object of strings, or NULL */
	int64_t cause; /* the event it was looked at for, as record_add_cause() told; 0: none */
	/* What its listing said, by which it is known again as long as that is all there is to tell
	 * (store/known.h); or NULL. */
	const struct known_mark *mark;
};

enum look_outcome {
	LOOK_COMPLETE,
	LOOK_PARTIAL,
	LOOK_FAILED,
	LOOK_UNSUPPORTED, /* the place does not offer it: there can be none */
};

/** A change event, as its items name it. Borrowed texts; those that are not told are STR_NONE. */
struct cause {
	struct str event_id, event_name, event_source; /* always there */
	struct str actor, source_ip, user_agent, region, account;
	int64_t at_ms; /* INT64_MIN: not told */
};

/** How one listing went. */
struct look {
	struct str account, region, type;
	int64_t started_ms, ended_ms;
	enum look_outcome outcome;
	const char *reason; /* NULL when complete */
	const char *code;   /* the service's own error code, or NULL */
	int64_t seen;       /* resources listed */
	int64_t calls;      /* requests sent */
};

/** What a sweep wrote. */
struct record_sum {
	int64_t seen; /* resources staged as there, or listed as they are known */
	int64_t created, changed, deleted, unchanged;
	int64_t unrecorded; /* known, and not to be recorded any more: no type or tag of a recorder's */
	int64_t overtaken; /* left alone: another program had recorded a later look */
	/* Too large to be put together or compared; their looks became partial. */
	int64_t refused;
	struct refusal {
		char type[128], region[64], reason[400];
	} first_refused;
};

/** Start gathering (dropping what an earlier sweep of this connection left). */
enum code record_begin(
	struct record *r, struct db *db, int64_t source_id, int64_t sweep_ms, struct err *e);
/** Bring configuration, parts and tags into canonical form and stage them. E_INVALID: no id, or
 * a configuration that is no object. E_TOOBIG: deeper or larger than what can be compared later. */
enum code record_stage(struct record *r, const struct observation *o, struct err *e);

/** A live resource that the store has and the sweep did not come across. */
struct unseen {
	int64_t rid;
	struct str id, name, arn, region;
};
typedef enum code record_unseen_fn(void *ctx, const struct unseen *u, struct err *e);
/** Walk them for one account, type and region (STR_NONE: all regions). @fn must not use the connection. */
enum code record_unseen(struct record *r, struct str account, struct str region, struct str type,
	record_unseen_fn *fn, void *ctx, struct err *e);
/** It was confirmed that this one is gone. */
enum code record_stage_gone(struct record *r, int64_t rid, int64_t now_ms, struct err *e);
/** Record only what recorders record (store/scope.h): what the store has of @account (STR_NONE: leave that alone) and
 * nobody records any more gets a last item that says so, once. */
enum code record_scope(struct record *r, struct str account, int64_t now_ms, struct err *e);
/** An event that resources are looked at for; @cause is what to call it in observations. Nothing of it is kept
 * unless an item is due to it. */
enum code record_add_cause(
	struct record *r, const struct cause *cause, int64_t *number, struct err *e);
/** What is staged of that type under that id, name or ARN, and due to no event yet, is due to @cause. */
struct record_named {
	struct str type, account, id, name, arn; /* STR_NONE: not by that */
};
enum code record_blame(
	struct record *r, int64_t cause, const struct record_named *named, struct err *e);
enum code record_look(struct record *r, const struct look *look, struct err *e);

/** Write what changed. On failure what was committed so far stays; the next sweep does the rest.
 * E_BUSY: another program has kept the store locked for ten minutes. */
enum code record_settle(struct record *r, int64_t now_ms, struct record_sum *sum, struct err *e);
