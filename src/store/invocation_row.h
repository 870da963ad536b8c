/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include <stdbool.h>

/**
 * Evaluations that functions are to make: rows that are leased, started, and gone
 * ===============================================================================
 */
struct invocation {
	int64_t invocation_id;
	struct str kind; /* "change", "scheduled", "snapshot" */
	int64_t item_id; /* 0: none */
	bool left_scope, compared;
	struct str body;
	int64_t created_ms, tries;

	/* Its rule. */
	const char *rule_id, *account, *region, *name, *arn;
	const char *function;  /* ARN */
	struct str parameters; /* STR_NONE: none */
	const char *role;
	bool wanted; /* false: the rule is going, or is none of a function any more */
};

#define INVOCATIONS_CLAIMED 16
/* Longer than the longest function and its beginning. */
#define INVOCATION_LEASE_MS INT64_C(1200000)

struct invocation_claim {
	int64_t invocation_id, created_ms;
	char rule_id[64];
};
struct invocation_claims {
	struct invocation_claim list[INVOCATIONS_CLAIMED];
	size_t n;
};
/** At most @limit (and INVOCATIONS_CLAIMED) that are due and leased by nobody, but none of the rules in @busy, a JSON
 * list. No lease is longer than INVOCATION_LEASE_MS. */
enum code invocation_due(struct db *db, struct str busy, int64_t now_ms, size_t limit,
	struct invocation_claims *out, struct err *e);
/** Texts in @a. E_NOTFOUND: it or its rule is no more. */
enum code invocation_get(struct db *db, struct arena *a, int64_t invocation_id,
	struct invocation *out, struct err *e);

/* Parts of the caller's transaction. */
enum code invocation_lease(struct db *db, int64_t invocation_id, int64_t lease_ms, struct err *e);

/** Which row is meant: ids are used again when a rule is deleted with what waits for it. */
struct invocation_key {
	int64_t invocation_id, created_ms;
	const char *rule_id;
};
enum code invocation_done(struct db *db, const struct invocation_key *key, struct err *e);
enum code invocation_free(struct db *db, const struct invocation_key *key, struct err *e);
/** It is due again at @due_ms, and one try more. */
enum code invocation_again(
	struct db *db, const struct invocation_key *key, int64_t due_ms, struct err *e);

/** What becomes of its rule's status. */
enum invocation_fate { INVOCATION_STARTED, INVOCATION_FAILED, INVOCATION_NOT_STARTED };
struct invocation_status {
	enum invocation_fate fate;
	const char *code, *error; /* not with INVOCATION_STARTED */
	int64_t now_ms;
};
enum code invocation_rule(
	struct db *db, const char *rule_id, const struct invocation_status *s, struct err *e);

/** Nobody else works on the store: what was leased by one that died is due. */
enum code invocation_free_leases(struct db *db, struct err *e);
