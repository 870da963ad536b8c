/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include "db/db.h"
#include "store/known.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * The stage: temporary tables of one connection where a sweep gathers what it sees
 * (schema/temp/stage.sql). Nothing here is in the file; it is gone with the connection.
 */

/** One staged resource, with what the store knows of it. Texts are borrowed. */
struct stage_row {
	int64_t stage_id;
	struct str account, region, type, id, name, arn, az;
	bool has_created;
	int64_t created_ms, captured_ms;
	bool gone;                                     /* or not recorded any more */
	bool unrecorded;                               /* the latter */
	struct str configuration, supplementary, tags; /* canonical JSON; STR_NONE when gone */
	int64_t rid;                                   /* 0: new */
	bool deleted;                                  /* its newest item is a deletion */
	struct str content; /* digest of its newest document's compared form, or STR_NONE */
	struct str stored_name, stored_arn; /* as it is known; STR_NONE: without */
	int64_t cause; /* the event that it was looked at for, see store/stage_event.h; 0: none */
	struct str actor;              /* of that event, or STR_NONE */
	const struct known_mark *mark; /* to be put: what its listing said, or NULL */
	bool known;                    /* as read: it has one */
};

struct stage_look {
	struct str account, region, type;
	int64_t started_ms, ended_ms;
	const char *outcome, *reason, *code;
	int64_t seen, calls;
};

/** Make the tables, or empty them. */
enum code stage_open(struct db *db, struct err *e);
enum code stage_put(struct db *db, const struct stage_row *row, struct err *e);
enum code stage_gone(struct db *db, int64_t rid, int64_t now_ms, struct err *e);
enum code stage_look(struct db *db, const struct stage_look *look, struct err *e);

/** The links of this one, staged before, go. */
enum code stage_unlink(struct db *db, struct str account, struct str region, struct str type,
	struct str id, struct err *e);
/** A source has told all it has of the types that match one of @types (NULL: of those it told of): what it was the last
 * to tell of and was not staged is gone, and each of the types had a complete look in each of its places. A type
 * that is named whole and is nowhere had one in the place that is told. */
struct stage_listing {
	int64_t source_id, started_ms, ended_ms;
	const char *types;          /* comma-separated globs, or NULL */
	struct str account, region; /* where a type was looked for that is nowhere */
};
enum code stage_end_listing(struct db *db, const struct stage_listing *l, struct err *e);

struct stage_unseen {
	int64_t rid;
	struct str id, name, arn, region;
};
typedef enum code stage_unseen_fn(void *ctx, const struct stage_unseen *u, struct err *e);
/** Live resources of the store that were not staged. STR_NONE for @region: all. */
enum code stage_unseen(struct db *db, struct str account, struct str region, struct str type,
	stage_unseen_fn *fn, void *ctx, struct err *e);

/** A rule of the catalogue: where in a document another resource is named. Borrowed texts. */
struct stage_rule {
	struct str name, target; /* the relationship and the type it leads to */
	struct str path;         /* over the configuration or, with in_parts, over all parts */
	bool in_parts;
	struct str by;    /* what the value is: id, name, arn */
	struct str match; /* LIKE pattern it must have, with {account}; or STR_NONE */
	struct str split; /* it is a list, split here; or STR_NONE */
	struct str json;  /* it is JSON text, look there; or STR_NONE */
	struct str emit;  /* "name": only the name is shown; or STR_NONE */
	bool ext;         /* not reported by AWS Config */
};
typedef enum code stage_rule_fn(void *ctx, const struct stage_rule *rule, struct err *e);
enum code stage_rules(struct db *db, struct str type, stage_rule_fn *fn, void *ctx, struct err *e);

/** Walk the staged documents that are there, behind stage_id @after; @fn may add links. */
struct stage_text {
	int64_t stage_id;
	struct str type, account, configuration, supplementary;
};
typedef enum code stage_text_fn(void *ctx, const struct stage_text *t, struct err *e);
enum code stage_texts(struct db *db, int64_t after, stage_text_fn *fn, void *ctx, struct err *e);
/** All links are added and resolved between these two: a transaction that writes to the stage alone,
 * so that it waits for nobody. @c is how it went; it is passed on. */
enum code stage_begin_relating(struct db *db, struct err *e);
enum code stage_end_relating(struct db *db, enum code c, struct err *e);
/** A link that was found; a second one like it does nothing. */
enum code stage_add_edge(struct db *db, int64_t stage_id, const struct stage_rule *rule,
	struct str link, struct err *e);
/** When all links are there: resolve what they name, and turn them round. */
enum code stage_resolve(struct db *db, struct err *e);

typedef enum code stage_row_fn(void *ctx, const struct stage_row *row, struct err *e);
/** How far to walk at once: no row more once one of these is reached. */
struct stage_limit {
	int rows;
	size_t bytes; /* of documents */
};
/** Walk rows behind stage_id @after. E_NOTFOUND: there were none. */
enum code stage_walk(struct db *db, int64_t after, const struct stage_limit *limit,
	stage_row_fn *fn, void *ctx, struct err *e);

struct stage_relationship {
	struct str name, type, id, target_name; /* id or target_name may be STR_NONE */
};
typedef enum code stage_relationship_fn(
	void *ctx, const struct stage_relationship *r, struct err *e);
/** What an item of this row shows, in the order of AWS Config's files. */
enum code stage_relationships(struct db *db, const struct stage_row *row, stage_relationship_fn *fn,
	void *ctx, struct err *e);

/** A resource of its look could not be recorded: the look was not complete. */
enum code stage_refuse(
	struct db *db, const struct stage_row *row, const char *reason, struct err *e);
/** Count an item for its look; write all looks into the coverage (within a transaction). */
enum code stage_count_written(struct db *db, const struct stage_row *row, struct err *e);
enum code stage_write_coverage(struct db *db, int64_t source_id, int64_t sweep_ms, struct err *e);
