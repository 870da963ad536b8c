/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/answer.h"
#include "core/record.h"
#include "demo/demo.h"
#include "demo/thing.h"

/**
 * What happens, as a recorder takes it down: acts of somebody (a change event each) and the looks between them. Things are
 * changed by whoever tells the story; tape_saw() says that one of them is to be looked at, tape_lost() that it is gone. All times rise.
 *
 * The first failure stays: whatever is told after it is passed over, and tape_end() returns it.
 */
#define TAPE_EVERY_MS (INT64_C(6) * 3600 * 1000)
#define TAPE_PENDING  1024
#define TAPE_SPOTS    4

struct tape_act {
	int64_t at_ms;
	const char *actor, *name, *source, *ip, *agent;
	const struct spot *spot;
	bool global; /* the event is IAM's */
};

/** A verdict that is to be given when the thing it is about is recorded. */
struct tape_verdict {
	struct thing *thing;
	int rule;
	const char *annotation; /* "": compliant; NULL: it does not apply any more */
	int64_t at_ms;
};

struct tape {
	struct db *db;
	struct err *e;
	const volatile sig_atomic_t *stop;
	struct api *api;
	struct arena texts; /* whatever lives as long as the estate */
	struct dice dice;
	struct spot spots[TAPE_SPOTS];
	struct thing *first, **last; /* everything that ever was, in the order it came */
	int64_t source_id;           /* one for both accounts */
	uint64_t n_acts;

	/* The sweep under way. */
	struct record record;
	bool open;
	uint64_t sweep;
	int64_t newest_ms, next_look_ms;
	int staged;
	struct tape_act act;
	int64_t cause; /* of the act, in this sweep; 0: not told yet */
	struct tape_verdict verdicts[TAPE_PENDING];
	int n_verdicts;

	/* When one account could not be looked at, and what looks said then. */
	struct tape_blind {
		const char *account;
		int64_t since_ms, until_ms;
		const char *reason, *code;
	} blind;
	int64_t dark_since_ms, dark_until_ms; /* the recorder did not run at all */
	unsigned rules_made;                  /* bits */
	struct buf scratch;
};

void tape_begin(struct tape *t, struct db *db, const struct demo_options *o, int64_t begin_ms,
	struct err *e);
/** Writes what is left; returns the first failure, and gives everything back. */
enum code tape_end(struct tape *t);

/** A thing that has always been there, or comes now. Texts are the caller's, for good (tape_text()). */
struct thing *tape_thing(struct tape *t, enum kind_id kind, const struct spot *spot, const char *id,
	const char *name);
const char *tape_text(struct tape *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** "i-0" and sixteen digits. */
const char *tape_id(struct tape *t, const char *prefix);

/** Regular looks up to @at_ms, so that what follows is later. */
void tape_until(struct tape *t, int64_t at_ms);
/** Somebody does something: what is seen or lost next is due to that. */
void tape_act(struct tape *t, const struct tape_act *act);
/** Nobody in particular: it was found by a look. */
void tape_found(struct tape *t, int64_t at_ms);
void tape_saw(struct tape *t, struct thing *x);
void tape_lost(struct tape *t, struct thing *x);
/** The rules of that bit are made, in every region, and judge what there is. */
void tape_rule(struct tape *t, int rule, int64_t at_ms);
