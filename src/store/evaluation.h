/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include "store/event.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Evaluation: what is due, and what became of it
 * ==============================================
 *
 * Rows that core/evaluate.h works by: rules and their statuses, how far changes were judged (_evaluator), when rules are due again
 * (_rule_due), what functions are to do (_invocation), and what the answers in temp.judge_answer change.
 */

/** What there may be to do. */
struct evaluation_any {
	int64_t cursor, event_cursor, look_cursor;
	bool wanted, change, periodic, snapshot, proactive;
};
/** E_NOTFOUND: there is no row that says how far. */
enum code evaluation_any(struct db *db, int64_t now_ms, struct evaluation_any *any, struct err *e);

/** A rule, as whoever evaluates it needs it. STR_NONE: it has none. */
struct evaluation_rule {
	struct str rule_id, account, region, name, arn;
	struct str owner, identifier; /* AWS | CUSTOM_LAMBDA | CUSTOM_POLICY */
	struct str runtime, policy;
	struct str parameters; /* JSON object, defaults filled in */
	struct str types;      /* of a managed rule: "A,B" */
	struct str scope_types, scope_id, tag_key, tag_value;
	bool managed; /* one that is known */
	bool on_change, on_time, on_snapshot;
	bool not_when_new; /* it is new, and not to run because of that */
	bool detective;    /* it judges what is there */
	bool proactive;    /* it judges what is to be made */
	int64_t every_ms;  /* of what runs from time to time */
	int64_t revision, wanted_ms, periodic_ms, changed_ms;
};
typedef enum code evaluation_rule_fn(void *ctx, const struct evaluation_rule *rule, struct err *e);
/** Rules that are due for @cause: "wanted", "change", "periodic" or "snapshot"; "proactive": all that judge what is to be made; by place and name. Texts are borrowed for
 * the call. */
enum code evaluation_rules(struct db *db, const char *cause, int64_t now_ms, evaluation_rule_fn *fn,
	void *ctx, struct err *e);
/** Which rule. */
struct evaluation_name {
	struct str account, region, rule;
};
/** That one, whatever is due. E_NOTFOUND. Texts are put into @a. */
enum code evaluation_rule_get(struct db *db, struct arena *a, const struct evaluation_name *name,
	struct evaluation_rule *out, struct err *e);
enum code evaluation_rule_copy(struct arena *a, const struct evaluation_rule *from,
	struct evaluation_rule *out, struct err *e);

/** Types and parameters of a managed rule that nobody has made. E_NOTFOUND: there is none of that identifier. */
enum code evaluation_managed(struct db *db, struct arena *a, struct str identifier,
	struct str parameters, struct evaluation_rule *out, struct err *e);

/** Tell that what is wanted is begun, once. Part of the caller's transaction. */
enum code evaluation_tell_started(struct db *db, int64_t now_ms, struct err *e);

/** Note what was written after @after, @limit items at most, in temp.judge_touched; *@upto: as far as that goes. */
enum code evaluation_touch(
	struct db *db, int64_t after, int64_t limit, int64_t *upto, struct err *e);
/** Note which types were listed completely for the first time, by looks after @after (temp.judge_listed); *@upto: the newest. */
enum code evaluation_list(struct db *db, int64_t after, int64_t *upto, struct err *e);
/** Whether one of these types (JSON) is among them. */
enum code evaluation_lists(struct db *db, const struct evaluation_rule *rule, struct str types,
	bool *yes, struct err *e);
/** Whether something of these types (JSON; STR_NONE: any) is among that. */
enum code evaluation_touches(struct db *db, const struct evaluation_rule *rule, struct str types,
	bool *yes, struct err *e);

/* Parts of the caller's transaction. */

/** E_CONFLICT: the rule is another one by now, or changes were judged by somebody else. */
enum code evaluation_still(
	struct db *db, const struct evaluation_rule *rule, int64_t cursor, struct err *e);
/** Changes were judged up to the item @upto and the look @look. E_CONFLICT: somebody else has moved it. */
enum code evaluation_advance(
	struct db *db, int64_t after, int64_t upto, int64_t look, struct err *e);
/** E_CONFLICT: likewise. */
enum code evaluation_advance_events(struct db *db, int64_t after, int64_t upto, struct err *e);
enum code evaluation_newest_event(struct db *db, int64_t *event_id, struct err *e);

struct evaluation_outcome {
	int64_t now_ms;
	bool evaluated; /* results came; else functions were left word */
	bool timed;     /* because it was time, too */
	/* What failed: */
	bool invoked; /* it ran */
	const char *error_code, *error;
	int64_t again_ms; /* when to try again; 0: not by itself */
};
enum code evaluation_done(struct db *db, const struct evaluation_rule *rule,
	const struct evaluation_outcome *o, struct err *e);
enum code evaluation_failed(struct db *db, const struct evaluation_rule *rule,
	const struct evaluation_outcome *o, struct err *e);
/** It is nothing that is evaluated here. */
enum code evaluation_pass_over(struct db *db, const struct evaluation_rule *rule, struct err *e);
/** @next_ms: 0: it does not run from time to time. */
enum code evaluation_set_due(
	struct db *db, const struct evaluation_rule *rule, int64_t next_ms, struct err *e);

/** Leave word for its function; *@n grows by the rows. @types: JSON; STR_NONE: all. */
enum code evaluation_invoke_all(struct db *db, const struct evaluation_rule *rule, struct str types,
	int64_t now_ms, int64_t *n, struct err *e);
enum code evaluation_invoke_touched(struct db *db, const struct evaluation_rule *rule,
	struct str types, int64_t now_ms, int64_t *n, struct err *e);
/** @kind: "scheduled" or "snapshot", with its message. */
enum code evaluation_invoke(struct db *db, const struct evaluation_rule *rule, const char *kind,
	struct str body, int64_t now_ms, struct err *e);

/** The last delivery of a snapshot for a place after @after. E_NOTFOUND. The event's texts are borrowed until @a is released. */
enum code evaluation_snapshot(struct db *db, struct arena *a, const struct evaluation_rule *rule,
	int64_t after, struct event *out, struct err *e);
