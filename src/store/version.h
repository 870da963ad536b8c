/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/sha256.h"
#include "base/str.h"
#include "db/db.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Writing versions: resources, their items and documents. Every function here works within
 * the caller's transaction.
 */

/** A new resource without items; @rid is its key. */
enum code version_add_resource(struct db *db, struct str account, struct str region,
	struct str type, struct str id, int64_t *rid, struct err *e);

/** The item recorded last in the whole store; 0: none. */
enum code version_last_item(struct db *db, int64_t *item_id, struct err *e);

/** The newest item of a resource. */
struct version_newest {
	int64_t item_id; /* 0: none */
	int64_t version, captured_ms;
	bool has_document;
};
enum code version_newest(struct db *db, int64_t rid, struct version_newest *out, struct err *e);

/** The document of an item, whole, appended to @out. E_NOTFOUND: it has none. */
enum code version_document(struct db *db, int64_t item_id, struct buf *out, struct err *e);

/** An earlier document (of the last 1000) of the resource with this digest; E_NOTFOUND: none. */
enum code version_same_document(struct db *db, int64_t rid,
	const unsigned char sha256[SHA256_BYTES], int64_t *document_id, struct err *e);
/** The resource's last keyframe, its text appended to @out; E_NOTFOUND: none. */
enum code version_keyframe(
	struct db *db, int64_t rid, int64_t *document_id, struct buf *out, struct err *e);
/** @base 0: @body is whole (a keyframe), else a merge patch against it. */
/** Digest of a resource's newest document. E_NOTFOUND: there is none. */
enum code version_document_sha256(
	struct db *db, int64_t rid, unsigned char out[SHA256_BYTES], struct err *e);
enum code version_add_document(struct db *db, int64_t base,
	const unsigned char sha256[SHA256_BYTES], struct str body, int64_t *document_id,
	struct err *e);

struct version_item {
	int64_t rid, version, captured_ms, recorded_ms;
	bool has_state;
	int64_t state_id; /* where that is not captured_ms */
	const char *status;
	struct str az;
	bool has_created;
	int64_t created_ms;
	int64_t source_id;   /* 0: none */
	int64_t document_id; /* 0: none (a deletion) */
	int64_t n_changes;
	struct str name, arn; /* where they are not the resource's; STR("") : none then */
	struct str actor, extra;
	int64_t cause_id; /* 0: nobody told what made it */
	unsigned char digest[SHA256_BYTES];
};
/** Its id is one that was never given out before. */
enum code version_add_item(
	struct db *db, const struct version_item *item, int64_t *item_id, struct err *e);
/** The item is no longer the newest since @until_ms. */
enum code version_close_item(struct db *db, int64_t item_id, int64_t until_ms, struct err *e);
enum code version_add_diff(struct db *db, int64_t item_id, struct str changes, struct err *e);
/** Count the item in the day's activity. @event is "created", "changed" or "deleted". */
enum code version_count(
	struct db *db, int64_t captured_ms, struct str type, const char *event, struct err *e);

/** Point the resource at its newest item; the earlier ones keep the name and ARN they had. @content: digest of the compared form, NULL when deleted. */
struct version_settled {
	int64_t rid, item_id;
	bool deleted;
	bool renamed; /* name or ARN are not what they were */
	struct str name, arn;
	const unsigned char *content;
};
enum code version_settle(struct db *db, const struct version_settled *s, struct err *e);
/** Only what it is called changes, and its items keep what they say: links by name and ARN find it by that. */
enum code version_rename(
	struct db *db, int64_t rid, struct str name, struct str arn, struct err *e);
/** Only the digest changes: what is compared is another set of paths now. */
enum code version_recontent(
	struct db *db, int64_t rid, const unsigned char content[SHA256_BYTES], struct err *e);

/** Bring the intervals of a resource in line with a staged row at @at_ms, or end them all. */
enum code version_set_edges(
	struct db *db, int64_t rid, int64_t stage_id, int64_t at_ms, struct err *e);
enum code version_set_tags(
	struct db *db, int64_t rid, struct str tags, int64_t at_ms, struct err *e);
enum code version_end_intervals(struct db *db, int64_t rid, int64_t at_ms, struct err *e);
/** Point links whose target has become known at it. */
enum code version_resolve_edges(struct db *db, struct err *e);

typedef enum code version_path_fn(void *ctx, bool sort, struct str path, struct err *e);
/** The paths over a document of @type that comparing ignores (or sorts), deepest first. */
enum code version_paths(
	struct db *db, struct str type, version_path_fn *fn, void *ctx, struct err *e);
/** The types that have such paths, each with a newline behind it, appended to @out. */
enum code version_path_types(struct db *db, struct buf *out, struct err *e);
