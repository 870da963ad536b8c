/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Verdicts: what rules find
 * =========================
 *
 * One interval per resource, rule and result (_verdict): it begins when the result came, and ends when another
 * one does. The same result again moves nothing but what is said of it. Another one is told to whoever is told of
 * compliance (_event), in the same transaction, and the roll-up of the resource is due (_compliance_due).
 *
 * That a rule cannot tell (INSUFFICIENT_DATA) is a verdict of ours alone: AWS Config has no such result of a resource. Whoever asks as AWS
 * is asked is answered as if there were none (_finding), nobody is told of it, and what comes after it is told when
 * it is another result than the last one that was told.
 *
 * A rule may judge what is not recorded here (AWS::::Account, say). Such a resource is noted as one that is not there: a
 * row of _resource without an item, which everything that shows resources passes over.
 */
struct verdict {
	struct str account, region, rule, arn; /* the rule's */
	struct str type, id;   /* the resource's, which is of that account, and there or global */
	int64_t rid;           /* the same, where it is known; 0: it is looked for */
	struct str result;     /* COMPLIANT | NON_COMPLIANT | NOT_APPLICABLE | INSUFFICIENT_DATA */
	struct str annotation; /* STR_NONE: none */
	int64_t ordering_ms;   /* of what was judged: older than what is known, it is passed over */
	int64_t invoked_ms;    /* when the rule was started */
	int64_t now_ms;
};

/** Part of the caller's transaction. *@changed: the result is another one than before (the first one is, unless it is
 * NOT_APPLICABLE, which changes nothing for anybody). */
enum code verdict_take(struct db *db, const struct verdict *v, bool *changed, struct err *e);

/** A rule by its id, as whoever answers for it knows it. Texts are the caller's to give room for. */
struct verdict_rule {
	char name[520], arn[1040]; /* 128 characters and 256, at most 4 bytes each */
	bool going;                /* it is being deleted */
};
/** E_NOTFOUND: there is none (any more). */
enum code verdict_rule_get(struct db *db, struct str account, struct str region, struct str rule_id,
	struct verdict_rule *out, struct err *e);
/** Its status: results came. */
enum code verdict_rule_answered(struct db *db, struct str rule_id, int64_t now_ms, struct err *e);
