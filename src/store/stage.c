/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stage.h"

#include "base/asset.h"
#include "db/stmt.h"

static enum code run_all(struct db *db, const enum sql_id *ids, size_t n, struct err *e)
{
	enum code c = E_OK;

	for (size_t i = 0; !c && i < n; i++) {
		struct stmt st = stmt_begin(db, ids[i]);

		c = stmt_run(&st, e);
	}
	return c;
}

static bool is_open(struct db *db)
{
	struct err ignored = { 0 };
	struct stmt st = stmt_begin(db, SQL_STAGE_IS_OPEN);
	bool open = stmt_step(&st, &ignored) == E_OK;

	stmt_end(&st);
	return open;
}

/* Row by row as it comes, each a transaction of its own: the cache stays small, as SQLite walks all
 * that was changed in it at the end of each. The journal would be a file truncated as often. */
static const char gathering[] = "PRAGMA temp.cache_size=-2000; PRAGMA temp.journal_mode=MEMORY;";
/* Links by the hundred thousand in one transaction, then batches. */
static const char relating[] = "PRAGMA temp.cache_size=-65536; BEGIN;";

enum code stage_open(struct db *db, struct err *e)
{
	static const enum sql_id clear[] = { SQL_STAGE_CLEAR, SQL_STAGE_CLEAR_EDGES,
		SQL_STAGE_CLEAR_KNOWN, SQL_STAGE_CLEAR_LINKS, SQL_STAGE_CLEAR_LOOKS,
		SQL_STAGE_CLEAR_CAUSES, SQL_STAGE_CLEAR_SAME, SQL_STAGE_CLEAR_PAGES };
	const struct asset *a = asset_next(NULL, "schema/temp/stage.sql");

	if (is_open(db) && db_script(db, "open the stage", gathering, e))
		return e->code;
	if (is_open(db))
		return run_all(db, clear, sizeof(clear) / sizeof(*clear), e);
	if (!a)
		return err_set(e, E_CORRUPT, "no stage is built in");
	if (db_script(db, "open the stage", gathering, e))
		return e->code;
	return db_script(db, a->name, a->text, e);
}

enum code stage_begin_relating(struct db *db, struct err *e)
{
	return db_script(db, "relate what was seen", relating, e);
}

enum code stage_end_relating(struct db *db, enum code c, struct err *e)
{
	if (!c)
		c = db_commit(db, e);
	else
		db_rollback(db);
	return c;
}

enum code stage_put(struct db *db, const struct stage_row *row, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_PUT);

	stmt_str(&st, stage_put__account, row->account);
	stmt_str(&st, stage_put__region, row->region);
	stmt_str(&st, stage_put__type, row->type);
	stmt_str(&st, stage_put__id, row->id);
	stmt_str(&st, stage_put__name, row->name);
	stmt_str(&st, stage_put__arn, row->arn);
	stmt_str(&st, stage_put__az, row->az);
	if (row->has_created)
		stmt_int(&st, stage_put__created, row->created_ms);
	stmt_int(&st, stage_put__captured, row->captured_ms);
	stmt_str(&st, stage_put__configuration, row->configuration);
	stmt_str(&st, stage_put__supplementary, row->supplementary);
	stmt_str(&st, stage_put__tags, row->tags);
	if (row->cause)
		stmt_int(&st, stage_put__cause, row->cause);
	if (row->mark)
		stmt_blob(&st, stage_put__known_hash, row->mark->hash, KNOWN_HASH_BYTES);
	if (row->mark && row->mark->page)
		stmt_int(&st, stage_put__known_page, row->mark->page);
	stmt_int(&st, stage_put__known_full, row->mark && row->mark->full);
	return stmt_run(&st, e);
}

enum code stage_gone(struct db *db, int64_t rid, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_GONE);

	stmt_int(&st, stage_gone__rid, rid);
	stmt_int(&st, stage_gone__captured, now_ms);
	return stmt_run(&st, e);
}

enum code stage_look(struct db *db, const struct stage_look *look, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_LOOK_PUT);

	stmt_str(&st, stage_look_put__account, look->account);
	stmt_str(&st, stage_look_put__region, look->region);
	stmt_str(&st, stage_look_put__type, look->type);
	stmt_int(&st, stage_look_put__started, look->started_ms);
	stmt_int(&st, stage_look_put__ended, look->ended_ms);
	stmt_text(&st, stage_look_put__outcome, look->outcome);
	stmt_text(&st, stage_look_put__reason, look->reason);
	stmt_text(&st, stage_look_put__code, look->code);
	stmt_int(&st, stage_look_put__seen, look->seen);
	stmt_int(&st, stage_look_put__calls, look->calls);
	return stmt_run(&st, e);
}

enum code stage_unlink(struct db *db, struct str account, struct str region, struct str type,
	struct str id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_UNLINK);

	stmt_str(&st, stage_unlink__account, account);
	stmt_str(&st, stage_unlink__region, region);
	stmt_str(&st, stage_unlink__type, type);
	stmt_str(&st, stage_unlink__id, id);
	return stmt_run(&st, e);
}

static enum code look_for_none(
	struct db *db, const struct stage_listing *l, struct str type, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_LOOK_OF_NONE);

	stmt_str(&st, stage_look_of_none__account, l->account);
	stmt_str(&st, stage_look_of_none__region, l->region);
	stmt_str(&st, stage_look_of_none__type, type);
	stmt_int(&st, stage_look_of_none__started, l->started_ms);
	stmt_int(&st, stage_look_of_none__ended, l->ended_ms);
	return stmt_run(&st, e);
}

static enum code look_at_each(struct db *db, const struct stage_listing *l, struct err *e)
{
	struct str left = str_of(l->types);
	enum code c = E_OK;

	while (left.n && !c) {
		struct str type = { left.p, str_find(left, ',') };
		bool whole = true;

		left = str_from(left, type.n + 1);
		type = str_trim(type);
		for (size_t i = 0; i < type.n; i++)
			whole = whole && !strchr("*?[", type.p[i]);
		if (whole && type.n)
			c = look_for_none(db, l, type, e);
	}
	return c;
}

enum code stage_end_listing(struct db *db, const struct stage_listing *l, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_GONE_OF_SOURCE);

	stmt_int(&st, stage_gone_of_source__source, l->source_id);
	stmt_int(&st, stage_gone_of_source__captured, l->ended_ms);
	stmt_text(&st, stage_gone_of_source__types, l->types);
	if (stmt_run(&st, e))
		return e->code;
	st = stmt_begin(db, SQL_STAGE_LOOKS_OF_SOURCE);
	stmt_int(&st, stage_looks_of_source__started, l->started_ms);
	stmt_int(&st, stage_looks_of_source__ended, l->ended_ms);
	stmt_text(&st, stage_looks_of_source__types, l->types);
	return stmt_run(&st, e) ? e->code : look_at_each(db, l, e);
}

enum code stage_unseen(struct db *db, struct str account, struct str region, struct str type,
	stage_unseen_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_UNSEEN);
	enum code c;

	stmt_str(&st, stage_unseen__account, account);
	stmt_str(&st, stage_unseen__region, region);
	stmt_str(&st, stage_unseen__type, type);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct stage_unseen u = { stmt_col_int(&st, stage_unseen_rid),
			stmt_col_str(&st, stage_unseen_id), stmt_col_str(&st, stage_unseen_name),
			stmt_col_str(&st, stage_unseen_arn),
			stmt_col_str(&st, stage_unseen_region) };

		c = fn(ctx, &u, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code stage_rules(struct db *db, struct str type, stage_rule_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_RULES);
	enum code c;

	stmt_str(&st, stage_rules__type, type);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct stage_rule r = { .name = stmt_col_str(&st, stage_rules_name),
			.target = stmt_col_str(&st, stage_rules_target),
			.path = stmt_col_str(&st, stage_rules_path),
			.in_parts = stmt_col_str(&st, stage_rules_src).n > 0,
			.by = stmt_col_str(&st, stage_rules_by),
			.match = stmt_col_str(&st, stage_rules_match),
			.split = stmt_col_str(&st, stage_rules_split),
			.json = stmt_col_str(&st, stage_rules_json),
			.emit = stmt_col_str(&st, stage_rules_emit),
			.ext = stmt_col_int(&st, stage_rules_ext) != 0 };

		c = fn(ctx, &r, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code stage_texts(struct db *db, int64_t after, stage_text_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_TEXTS);
	enum code c;

	stmt_int(&st, stage_texts__after, after);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct stage_text t = { stmt_col_int(&st, stage_texts_stage_id),
			stmt_col_str(&st, stage_texts_type), stmt_col_str(&st, stage_texts_account),
			stmt_col_str(&st, stage_texts_configuration),
			stmt_col_str(&st, stage_texts_supplementary) };

		c = fn(ctx, &t, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code stage_add_edge(struct db *db, int64_t stage_id, const struct stage_rule *rule,
	struct str link, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_ADD_EDGE);

	stmt_int(&st, stage_add_edge__stage, stage_id);
	stmt_str(&st, stage_add_edge__name, rule->name);
	stmt_str(&st, stage_add_edge__target, rule->target);
	stmt_str(&st, stage_add_edge__link, link);
	stmt_str(&st, stage_add_edge__by, rule->by);
	stmt_str(&st, stage_add_edge__emit, rule->emit);
	stmt_int(&st, stage_add_edge__ext, rule->ext);
	return stmt_run(&st, e);
}

enum code stage_resolve(struct db *db, struct err *e)
{
	static const enum sql_id steps[] = { SQL_STAGE_KNOW_STAGED, SQL_STAGE_KNOW_STORED,
		SQL_STAGE_RESOLVE_IDS, SQL_STAGE_RESOLVE_NAMES, SQL_STAGE_RESOLVE_ARNS,
		SQL_STAGE_NAME_ARNS, SQL_STAGE_LINK_STAGED, SQL_STAGE_LINK_STORED };

	return run_all(db, steps, sizeof(steps) / sizeof(*steps), e);
}

static struct stage_row read_row(const struct stmt *st)
{
	return (struct stage_row){
		.stage_id = stmt_col_int(st, stage_rows_stage_id),
		.account = stmt_col_str(st, stage_rows_account),
		.region = stmt_col_str(st, stage_rows_region),
		.type = stmt_col_str(st, stage_rows_type),
		.id = stmt_col_str(st, stage_rows_id),
		.name = stmt_col_str(st, stage_rows_name),
		.arn = stmt_col_str(st, stage_rows_arn),
		.az = stmt_col_str(st, stage_rows_az),
		.has_created = !stmt_is_null(st, stage_rows_created_ms),
		.created_ms = stmt_col_int(st, stage_rows_created_ms),
		.captured_ms = stmt_col_int(st, stage_rows_captured_ms),
		.gone = stmt_col_int(st, stage_rows_gone) != 0,
		.unrecorded = stmt_col_int(st, stage_rows_gone) == 2,
		.configuration = stmt_col_str(st, stage_rows_configuration),
		.supplementary = stmt_col_str(st, stage_rows_supplementary),
		.tags = stmt_col_str(st, stage_rows_tags),
		.rid = stmt_col_int(st, stage_rows_rid),
		.deleted = stmt_col_int(st, stage_rows_deleted) != 0,
		.content = stmt_col_blob(st, stage_rows_content),
		.stored_name = stmt_col_str(st, stage_rows_stored_name),
		.stored_arn = stmt_col_str(st, stage_rows_stored_arn),
		.cause = stmt_col_int(st, stage_rows_cause),
		.actor = stmt_col_str(st, stage_rows_actor),
		.known = stmt_col_int(st, stage_rows_known) != 0,
	};
}

enum code stage_walk(struct db *db, int64_t after, const struct stage_limit *limit,
	stage_row_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_ROWS);
	enum code c;
	size_t bytes = 0;
	int n = 0;

	stmt_int(&st, stage_rows__after, after);
	stmt_int(&st, stage_rows__limit, limit->rows);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct stage_row row = read_row(&st);

		n++;
		bytes += row.configuration.n + row.supplementary.n + row.tags.n;
		c = fn(ctx, &row, e);
		if (c || bytes >= limit->bytes)
			break;
	}
	stmt_end(&st);
	if (c == E_NOTFOUND && !e->code)
		return n ? E_OK : E_NOTFOUND;
	return c;
}

enum code stage_relationships(struct db *db, const struct stage_row *row, stage_relationship_fn *fn,
	void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_RELATIONSHIPS);
	enum code c;

	stmt_int(&st, stage_relationships__stage, row->stage_id);
	stmt_str(&st, stage_relationships__account, row->account);
	stmt_str(&st, stage_relationships__type, row->type);
	stmt_str(&st, stage_relationships__id, row->id);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct stage_relationship r = { stmt_col_str(&st, stage_relationships_name),
			stmt_col_str(&st, stage_relationships_type),
			stmt_col_str(&st, stage_relationships_id),
			stmt_col_str(&st, stage_relationships_target_name) };

		c = fn(ctx, &r, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code stage_refuse(
	struct db *db, const struct stage_row *row, const char *reason, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_REFUSE);

	stmt_str(&st, stage_refuse__account, row->account);
	stmt_str(&st, stage_refuse__region, row->region);
	stmt_str(&st, stage_refuse__type, row->type);
	stmt_text(&st, stage_refuse__reason, reason);
	return stmt_run(&st, e);
}

enum code stage_count_written(struct db *db, const struct stage_row *row, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_COUNT_WRITTEN);

	stmt_str(&st, stage_count_written__account, row->account);
	stmt_str(&st, stage_count_written__region, row->region);
	stmt_str(&st, stage_count_written__type, row->type);
	return stmt_run(&st, e);
}

enum code stage_write_coverage(struct db *db, int64_t source_id, int64_t sweep_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_COVERAGE);

	if (source_id)
		stmt_int(&st, stage_coverage__source, source_id);
	stmt_int(&st, stage_coverage__sweep, sweep_ms);
	return stmt_run(&st, e);
}
