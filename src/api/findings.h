/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/read.h"

/**
 * Findings
 * ========
 *
 * What rules find, for people: the rules with their counts, what each found on which resource since when, and who made
 * the version that it began with. Rows of the public views, so on a connection that store_as_of() was called for they are
 * of that moment. Of the filter count `rule` (a glob), `result`, `rid`, `types`, `account` and `region`.
 */

/** A row a rule, what fails most first: the columns of the view `rules`, with `judged` (compliant or not) and `since`
 * (of what fails, the oldest). With f->types the counts are of those alone, and there is nothing besides them. */
enum code findings_rules(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
/** A row a rule and resource, without what is NOT_APPLICABLE unless that is f->result: result, annotation, since, version, actor, event_name. */
enum code findings_resources(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
/** A row an interval, of those that overlap the time from since_ms to until_ms: since, until, still, seconds. */
enum code findings_history(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e);
/** What was found on one resource at the reader's moment, or last while that version of it was in force: rule, result, since,
 * annotation; what fails first. */
enum code findings_of(
	struct reader *r, int64_t rid, int64_t version, const struct rows *rows, struct err *e);

struct findings_managed {
	const char *
		here; /* JSON object: identifiers that are evaluated here, each with what it checks */
	const char *pattern; /* a glob over identifier, name or types; NULL: all */
	int evaluated;       /* 1: only those; 0: only the others; -1: all */
};
/** The rules that AWS Config brings along, with whether they are evaluated here (`evaluated`) and what they check, or why
 * they are not (`what`). */
enum code findings_managed(
	struct reader *r, const struct findings_managed *f, const struct rows *rows, struct err *e);

/** From now on it is due that these rules run: @f->rule is one name (NULL: all), @f->account, @f->region. E_NOTFOUND: there is
 * no such rule. Part of the caller's transaction. */
enum code findings_want(struct db *db, const struct read_filter *f, int64_t now_ms, struct err *e);
/** The one place where there is a rule called @f->rule. E_NOTFOUND; E_AMBIGUOUS: there are several. Texts live in @a. */
enum code findings_place(struct db *db, const struct read_filter *f, struct arena *a,
	const char **account, const char **region, struct err *e);
/** Whose AWS Config is meant where nobody says: what is NULL of *@account and *@region is set. E_NOTFOUND: there is nothing to tell it by. */
enum code findings_default_place(
	struct db *db, struct arena *a, const char **account, const char **region, struct err *e);
/** Names of rules (@f->rule is a glob), place by place; at most @room, their number is *@n. */
struct findings_name {
	const char *account, *region, *rule;
};
enum code findings_names(struct db *db, const struct read_filter *f, struct arena *a,
	struct findings_name *out, size_t room, size_t *n, struct err *e);

/** Conformance packs (@pack: one of them) with their scores, and the rules of one; f->account and f->region count. */
enum code findings_packs(struct reader *r, const char *pack, const struct read_filter *f,
	const struct rows *rows, struct err *e);
enum code findings_pack_rules(struct reader *r, const char *pack, const struct read_filter *f,
	const struct rows *rows, struct err *e);
