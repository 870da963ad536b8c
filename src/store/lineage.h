/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/sha256.h"
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * The items of one resource in their order, and what is derived from that order. Every function
 * here that writes works within the caller's transaction.
 */
struct lineage_key {
	struct str account, region, type, id;
};

/** A resource and its newest item. Texts live in the arena of lineage_find(). */
struct lineage_head {
	int64_t rid; /* 0: there is none */
	struct str name, arn;
	int64_t pruned;
	int64_t item_id; /* 0: no item */
	int64_t version, captured_ms, state_id, document_id;
	bool has_content;
	unsigned char content[SHA256_BYTES]; /* as it is compared */
	bool deleted;
};
enum code lineage_find(struct db *db, const struct lineage_key *key, struct arena *a,
	struct lineage_head *out, struct err *e);

/** As it stands in _resource. */
struct lineage_resource {
	struct lineage_key key;
	struct str name, arn;
	int64_t last_item, pruned;
	bool deleted;
	bool has_content;
	unsigned char content[SHA256_BYTES];
};
/** E_NOTFOUND. */
enum code lineage_get(
	struct db *db, int64_t rid, struct arena *a, struct lineage_resource *out, struct err *e);
/** The first resource behind @after; 0: no more. */
enum code lineage_next(struct db *db, int64_t after, int64_t *rid, struct err *e);
/** Is this item there already? */
enum code lineage_has(struct db *db, int64_t rid, int64_t captured_ms, int64_t state_id, bool *has,
	struct err *e);

/** What a resource is now. @content NULL: its newest item has no document. */
struct lineage_now {
	int64_t item_id;
	struct str name, arn;
	const unsigned char *content;
};
enum code lineage_add_resource(struct db *db, const struct lineage_key *key,
	const struct lineage_now *now, int64_t *rid, struct err *e);
enum code lineage_settle(struct db *db, int64_t rid, const struct lineage_now *now, struct err *e);
/** Where it is called and lives (or not) as before. */
enum code lineage_go_on(struct db *db, int64_t rid, const struct lineage_now *now, struct err *e);

/** An item's document as it is stored. */
struct lineage_document {
	unsigned char sha256[SHA256_BYTES];
	int64_t base;        /* its keyframe; itself where it is one */
	struct str keyframe; /* whole; in the arena */
	struct str patch;    /* against it; STR_NONE: there is no difference */
};
enum code lineage_document(struct db *db, int64_t item_id, struct arena *a,
	struct lineage_document *out, struct err *e);

/** One row of _item. */
struct lineage_row {
	int64_t item_id, rid, version, captured_ms, recorded_ms, until_ms;
	struct str status, az, actor;
	bool has_created;
	int64_t created_ms;
	int64_t source_id, document_id; /* 0: none */
	int64_t n_changes;
	unsigned char digest[SHA256_BYTES];
	bool has_state;
	int64_t state_id;
	struct str name, arn, extra; /* as the columns are meant: STR_NONE is NULL */
};
enum code lineage_add_item(struct db *db, const struct lineage_row *row, struct err *e);

/** The resource gets another name or ARN: items (but @except) keep what they said. */
struct lineage_rename {
	int64_t rid, except;
	struct str old_name, old_arn, name, arn;
};
enum code lineage_keep_names(struct db *db, const struct lineage_rename *r, struct err *e);

/** The lowest version there is, also of items not in place; 0: none. */
enum code lineage_lowest_version(struct db *db, int64_t rid, int64_t *version, struct err *e);

/** An item as it stands among the others. */
struct lineage_item {
	int64_t item_id, version, captured_ms, until_ms, document_id, n_changes;
};
typedef enum code lineage_item_fn(void *ctx, const struct lineage_item *item, struct err *e);
/** All of them, in order. */
enum code lineage_items(struct db *db, int64_t rid, lineage_item_fn *fn, void *ctx, struct err *e);
/** Name and ARN columns of an item, in @a. */
enum code lineage_names(struct db *db, int64_t item_id, struct arena *a, struct str *name,
	struct str *arn, struct err *e);
/** Put an item where it belongs; versions below 0 are out of the way. */
enum code lineage_place(struct db *db, const struct lineage_item *item, struct err *e);
/** @changes STR_NONE in: none, the row goes. */
enum code lineage_put_diff(struct db *db, int64_t item_id, struct str changes, struct err *e);
/** Does the item's diff read @changes (STR_NONE: there is no row)? */
enum code lineage_diff_is(
	struct db *db, int64_t item_id, struct str changes, bool *same, struct err *e);
enum code lineage_count(struct db *db, int64_t captured_ms, struct str type, const char *event,
	int64_t n, struct err *e);

/** An interval of a link or a tag. */
struct lineage_interval {
	int64_t row_id; /* 0: not written yet */
	/* A link: name, type, value. A tag: key, value, STR_NONE. */
	struct str part[3];
	bool ext;
	struct str by;
	struct str target_id; /* or STR_NONE */
	int64_t target_rid;   /* 0: not known */
	int64_t since_ms, until_ms;
};
enum lineage_kind { LINEAGE_EDGE, LINEAGE_TAG };
typedef enum code lineage_interval_fn(void *ctx, const struct lineage_interval *v, struct err *e);
/** Those of a resource that hold (@all: all there were), in no order. Borrowed. */
enum code lineage_intervals(struct db *db, enum lineage_kind kind, int64_t rid, bool all,
	lineage_interval_fn *fn, void *ctx, struct err *e);
enum code lineage_add_interval(struct db *db, enum lineage_kind kind, int64_t rid,
	const struct lineage_interval *v, struct err *e);
enum code lineage_end_interval(
	struct db *db, enum lineage_kind kind, int64_t row_id, int64_t until_ms, struct err *e);
enum code lineage_drop_interval(
	struct db *db, enum lineage_kind kind, int64_t row_id, struct err *e);
/** Point links at what they name where that is known, also those that held once. */
enum code lineage_resolve(struct db *db, struct err *e);
/** Bring the counts of the days in line with the items; @wrong: so many were not. */
enum code lineage_recount(struct db *db, int64_t *wrong, struct err *e);
