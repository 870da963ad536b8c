/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include "store/rule_text.h"
#include <signal.h>
#include <stdint.h>

/**
 * Judging: what a rule's statement finds
 * ======================================
 *
 * One statement, one place (an account's region with what is global), one moment: now, or any in the past. Nothing
 * is written but temporary tables of the connection. What the statement sees is called `item` (what is
 * to be judged), `estate` (everything that lives there) and `link` (its relationships), beside the public views, which answer for
 * the same moment; see schema/temp/judge.sql. It is run as any text from anybody is (db/select.h).
 *
 *     judge_open(&j, db, &place, e)                        a place and a moment
 *     judge_run(&j, &trial, &sum, e)                       any number of these; documents are read once for all of them
 *     judge_walk(&j, fn, ctx, e)                           what the last one said
 *     judge_close(&j)
 *
 * One judge at a time on a connection. A connection that was used for the past answers for it from then on
 * (store_as_of()), and is good for other moments of the past, but not for now any more.
 */
#define JUDGE_NOW         INT64_MAX
#define JUDGE_DEADLINE_MS 30000

struct judge {
	struct db *db;
	struct arena arena;
	struct str account, region;
	int64_t at_ms;   /* JUDGE_NOW, or a moment */
	int64_t from_ms; /* versions: those in force after this until at_ms; else JUDGE_NOW */
	int64_t now_ms;  /* what statements are told as :now_ms */
	bool everything; /* all documents of the place are there already */
};

/** Which resources a rule is for. */
struct judge_scope {
	struct str types; /* "AWS::S3::Bucket,AWS::..."; STR_NONE: all but roll-ups of compliance */
	struct str id;    /* one resource alone; STR_NONE */
	struct str tag_key, tag_value; /* those with this tag; STR_NONE: any, any value */
};

/** A resource that is not there, and is judged as if it were: with item_id -1. JSON texts. */
struct judge_proposal {
	struct str type, id, configuration, tags;
};

struct judge_trial {
	const struct rule_text *text;
	struct judge_scope scope;
	struct str parameters; /* JSON object; STR_NONE: "{}" */
	bool trusting;         /* as if every type it reads had been listed completely */
	bool touched; /* judges only what judge_touch() named; what it is compared with is there all the same */
	const struct judge_proposal *proposed; /* judges this alone; or NULL */
	int64_t timeout_ms;                    /* 0: JUDGE_DEADLINE_MS */
	const volatile sig_atomic_t *stop;     /* or NULL */
};

struct judge_sum {
	int64_t judged; /* resources (or versions) in scope */
	int64_t compliant, non_compliant, not_applicable, insufficient;
};

/** Where and when. */
struct judge_place {
	struct str account, region;
	int64_t at_ms;  /* JUDGE_NOW, or a moment of the past */
	int64_t now_ms; /* JUDGE_NOW: the moment of the evaluation, which else is at_ms */
	/* The history of it: `item` is every version that was in force after from_ms and before at_ms, `estate` and `link` are
	 * those of at_ms. Right for statements that read nothing but `item` (judge_reads()). */
	bool versions;
	int64_t from_ms;
};
enum code judge_open(
	struct judge *j, struct db *db, const struct judge_place *place, struct err *e);
void judge_close(struct judge *j);

/**
 * E_INVALID: SQLite does not understand the statement, it is not a query, lacks columns, or answers for what it was not given, twice, or with
 * what is no result; the message is for who wrote it. E_TOOBIG: over its time. E_CANCELED: stopped. Anything else: the store.
 * A type it reads that was never listed completely there: everything it judges is INSUFFICIENT_DATA, and says so.
 */
enum code judge_run(
	struct judge *j, const struct judge_trial *trial, struct judge_sum *sum, struct err *e);

/** What judge_run() does before the statement: documents are read, and temp.judge_item has what is in scope; there are no answers. The
 * statement may be none. */
enum code judge_gather(
	struct judge *j, const struct judge_trial *trial, struct judge_sum *sum, struct err *e);
/** Count the answers there are. */
enum code judge_count(struct judge *j, struct judge_sum *sum, struct err *e);
/** The temporary tables are there, whoever uses them first. */
enum code judge_ready(struct db *db, struct err *e);

struct judge_answer {
	int64_t item_id; /* 0: it is about what is not an item, as AWS::::Account */
	int64_t rid;     /* 0: not known here */
	int64_t version;
	int64_t captured_ms, until_ms; /* of the version; until_ms: when the next came */
	struct str type, id, name, region;
	struct str result;     /* COMPLIANT | NON_COMPLIANT | NOT_APPLICABLE | INSUFFICIENT_DATA */
	struct str annotation; /* at most 256 characters, or STR_NONE */
};
typedef enum code judge_answer_fn(void *ctx, const struct judge_answer *answer, struct err *e);
/** By type, id and version. Texts are borrowed for the call; @fn must not begin another run. */
enum code judge_walk(struct judge *j, judge_answer_fn *fn, void *ctx, struct err *e);

/** Which of these a statement looks at. */
enum judge_reads {
	JUDGE_READS_ITEM = 1,
	JUDGE_READS_ESTATE = 2,
	JUDGE_READS_LINK = 4,
	JUDGE_READS_OTHERS = 8, /* public views or tables */
};
/** @reads: a set of enum judge_reads. Needs no place: E_INVALID as judge_run(), also for columns that lack. */
enum code judge_reads(struct db *db, const char *sql, unsigned *reads, struct err *e);
