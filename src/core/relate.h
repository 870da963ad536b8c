/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include "store/stage.h"
#include "json/json.h"

/**
 * Relating
 * ========
 *
 * The catalogue's rules say where in a configuration another resource is named. This applies
 * them to everything that is staged, by walking each document once per rule of its type, and
 * has the stage resolve what the values name. (As one SQL statement over json_tree() it took
 * ten times as long: every sweep relates everything, not only what changed.)
 */
enum code relate_staged(struct db *db, struct err *e);
/** The same, and when all links are found @more may stage what is touched by them; that is related as well. */
typedef enum code relate_more_fn(void *ctx, struct err *e);
enum code relate_staged_and(struct db *db, relate_more_fn *more, void *ctx, struct err *e);

/** The rules of the types that were met so far, kept until they are released. */
struct relater {
	struct db *db;
	struct arena rules;
	struct rule_set *sets;
};
void relater_init(struct relater *r, struct db *db);
void relater_release(struct relater *r);

/** @rule: how, and where to; borrowed like @link. */
typedef enum code relate_rule_fn(
	void *ctx, const struct stage_rule *rule, struct str link, struct err *e);
struct relate_place {
	struct str account, type;
};
/**
 * The links of one document: those that the catalogue's rules find, and of its relationships those
 * that no rule of the type accounts for and that are not told on the other side. One link may come
 * several times. For what was recorded here these are the links that recording it has found. @a for
 * scratch.
 */
enum code relate_document(struct relater *r, struct arena *a, const struct relate_place *place,
	struct json *document, relate_rule_fn *fn, void *ctx, struct err *e);

/** As SQL's LIKE, with % alone. */
bool relate_like(struct str s, struct str pattern);
