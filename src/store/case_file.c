/* SPDX-License-Identifier: Apache-2.0 */
#include "store/case_file.h"

#include "base/asset.h"
#include "base/time.h"
#include "db/copy.h"
#include "store/store.h"
#include "json/canon.h"
#include "json/read.h"
#include "json/write.h"

#define TREE_BYTES ((size_t)2 << 30)
#define TEXT_BYTES ((size_t)1 << 30)

/* One table of the case: where its rows come from, and which of the parameters they take; 0: not that one. */
struct table {
	const char *columns;
	enum sql_id rows;
	int since, until, now;
};

static const struct table tables[] = {
	{ "_source(source_id, name, kind, settings, kept)", SQL_CASE_SOURCES, 0, 0, 0 },
	{ "_resource(rid, account, region, type, id, name, arn, last_item, deleted, content, pruned)",
		SQL_CASE_RESOURCES, 0, 0, 0 },
	{ "_document(document_id, base, sha256, body)", SQL_CASE_DOCUMENTS, 0, 0, 0 },
	{ "_item(item_id, rid, version, captured_ms, recorded_ms, until_ms, status, az, created_ms, actor,"
	  " source_id, document_id, n_changes, digest, state_id, name, arn, extra)",
		SQL_CASE_ITEMS, case_items__since, case_items__until, 0 },
	{ "_diff(item_id, changes)", SQL_CASE_DIFFS, case_diffs__since, 0, 0 },
	{ "_edge(edge_id, rid, name, target_type, target_id, target_rid, by, link, ext, since_ms, until_ms)",
		SQL_CASE_EDGES, case_edges__since, case_edges__until, 0 },
	{ "_tag(tag_id, rid, key, value, since_ms, until_ms)", SQL_CASE_TAGS, case_tags__since,
		case_tags__until, 0 },
	{ "_verdict(verdict_id, rid, rule, result, annotation, since_ms, until_ms, account, region, ordering_ms, recorded_ms, invoked_ms)",
		SQL_CASE_VERDICTS, case_verdicts__since, case_verdicts__until, 0 },
	{ "_activity(day, type, event, n)", SQL_CASE_ACTIVITY, 0, 0, 0 },
	{ "_coverage(coverage_id, source_id, sweep_ms, account, region, type, started_ms, ended_ms, outcome,"
	  " reason, code, seen, written, calls)",
		SQL_CASE_COVERAGE, case_coverage__since, case_coverage__until, 0 },
	{ "_seal(seal_id, first_item, last_item, n, sealed_ms, items, previous, digest, key_id, signature)",
		SQL_CASE_SEALS, 0, 0, 0 },
	{ "_pruned(item_id, digest, pruned_ms)", SQL_CASE_LEFT_OUT, 0, 0, case_left_out__now },
};

static enum code choose(
	struct db *db, const struct case_query *q, struct case_sum *sum, struct err *e)
{
	const struct asset *a = asset_next(NULL, "schema/temp/case.sql");
	struct stmt st;
	enum code c;

	if (db_script(db, "choose items", a ? a->text : "", e))
		return e->code;
	st = stmt_begin(db, SQL_CASE_CHOOSE);
	stmt_text(&st, case_choose__account, q->account);
	stmt_text(&st, case_choose__region, q->region);
	stmt_text(&st, case_choose__types, q->types);
	stmt_int(&st, case_choose__rid, q->rid);
	stmt_int(&st, case_choose__since, q->since_ms);
	stmt_int(&st, case_choose__until, q->until_ms);
	if (stmt_run(&st, e))
		return e->code;
	st = stmt_begin(db, SQL_CASE_COUNT);
	c = stmt_step(&st, e);
	if (!c)
		*sum = (struct case_sum){ stmt_col_int(&st, case_count_items),
			stmt_col_int(&st, case_count_resources),
			stmt_col_int(&st, case_count_left_out) };
	stmt_end(&st);
	if (c || sum->items)
		return c;
	err_set(e, E_NOTFOUND, "nothing is recorded of %s", q->scope);
	return err_hint(e, "siltstone log shows what is");
}

/* json_patch() puts names that were added last; digests are of the canonical form. */
static enum code put_document(struct db *db, int64_t id, struct str body, struct err *e)
{
	struct arena a = ARENA_INIT(TREE_BYTES);
	struct buf text = BUF_INIT(TEXT_BYTES);
	struct json *v = NULL;
	struct stmt st;

	if (!json_read(&a, body, &v, e)) {
		json_canon(v);
		json_write(&text, v);
		if (!buf_ok(&text))
			err_nomem(e);
	}
	if (!e->code) {
		st = stmt_begin(db, SQL_CASE_PUT_DOCUMENT);
		stmt_int(&st, case_put_document__document, id);
		stmt_str(&st, case_put_document__body, buf_slice(&text));
		stmt_run(&st, e);
	}
	buf_release(&text);
	arena_release(&a);
	return e->code;
}

static enum code make_whole(struct db *db, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CASE_TORN);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK)
		if (put_document(db, stmt_col_int(&st, case_torn_document_id),
			    stmt_col_str(&st, case_torn_body), e))
			break;
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : e->code;
}

static enum code copy_table(struct db *db, struct copy *copy, const struct table *t,
	const struct case_query *q, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, t->rows);

	if (t->since)
		stmt_int(&st, t->since, q->since_ms);
	if (t->until)
		stmt_int(&st, t->until, q->until_ms);
	if (t->now)
		stmt_int(&st, t->now, now_ms);
	copy_rows(copy, t->columns, &st, e);
	stmt_end(&st);
	return e->code;
}

static enum code note(struct db *db, struct copy *copy, const char *scope, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_CASE_NOTE);

	stmt_text(&st, case_note__scope, scope);
	copy_rows(copy, "_query(name, title, sql, chart)", &st, e);
	stmt_end(&st);
	return e->code;
}

static enum code copy_all(
	struct db *db, const char *path, const struct case_query *q, int64_t now_ms, struct err *e)
{
	struct copy copy = { .stop = q->stop };

	if (!copy_open(&copy, path, e)) {
		for (size_t i = 0; i < sizeof(tables) / sizeof(*tables) && !e->code; i++)
			copy_table(db, &copy, &tables[i], q, now_ms, e);
		if (!e->code && !note(db, &copy, q->scope, e))
			copy_finish(&copy, e);
	}
	copy_close(&copy);
	return e->code;
}

enum code case_file_write(struct db *db, const char *path, const struct case_query *q,
	int64_t now_ms, struct case_sum *sum, struct err *e)
{
	struct db made = { 0 };

	*sum = (struct case_sum){ 0 };
	if (db_spare_memory(db, e) ||
		db_script(db, "read one state",
			"PRAGMA temp.cache_size=-2000; DROP TABLE IF EXISTS temp.case_item; DROP TABLE IF EXISTS temp.case_document; BEGIN",
			e))
		return e->code;
	if (!choose(db, q, sum, e) && !make_whole(db, e) &&
		!store_open(&made, path, DB_CREATE, now_ms, e)) {
		/* Its tables are made; no other connection may be at it while rows are copied. */
		db_close(&made);
		copy_all(db, path, q, now_ms, e);
	}
	db_rollback(db);
	return e->code;
}
