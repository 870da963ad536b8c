/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/str.h"
#include "db/stmt.h"

/** What putting stores together reads of one and writes into another: see core/merge.h. */

/** All items, by resource and time. Texts are borrowed until the next step. */
struct merge_item {
	struct str account, region, type, id;
	struct str now_name, now_arn; /* of the resource */
	bool is_last;
	int64_t captured_ms, state_id, recorded_ms;
	struct str status, az, actor, name, arn, extra, document;
	bool has_created;
	int64_t created_ms, source_id;
};
struct stmt merge_items(struct db *db);
/** The next one; E_NOTFOUND: no more. */
enum code merge_item_next(struct stmt *st, struct merge_item *out, struct err *e);
/** Also for a zeroed one, which never began. */
void merge_items_end(struct stmt *st);

struct merge_source {
	int64_t source_id;
	const char *name, *kind, *settings;
};
typedef enum code merge_source_fn(void *ctx, const struct merge_source *s, struct err *e);
enum code merge_sources(struct db *db, merge_source_fn *fn, void *ctx, struct err *e);
enum code merge_add_source(
	struct db *db, const struct merge_source *s, int64_t *source_id, struct err *e);

typedef enum code merge_catalogue_fn(void *ctx, struct str name, struct str doc, struct err *e);
/** The user's own documents. */
enum code merge_catalogues(struct db *db, merge_catalogue_fn *fn, void *ctx, struct err *e);
/** Does nothing when there is one of that name. */
enum code merge_add_catalogue(struct db *db, struct str name, struct str doc, struct err *e);

/** Copy the looks of @from to where they are put together in @to. @map gives source ids. */
typedef int64_t merge_map_fn(void *ctx, int64_t source_id);
enum code merge_open_looks(struct db *to, struct err *e);
enum code merge_put_looks(
	struct db *to, struct db *from, merge_map_fn *map, void *ctx, struct err *e);
/** Within a transaction. */
enum code merge_write_looks(struct db *to, struct err *e);
