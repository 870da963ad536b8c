/* SPDX-License-Identifier: Apache-2.0 */
#include "store/judge.h"

#include "base/asset.h"
#include "db/stmt.h"
#include "store/judge_answers.h"
#include "store/store.h"
#include <stdio.h>

#define TABLES    "schema/temp/judge.sql"
#define ARENA_MAX ((size_t)64 << 20)
/* What still holds has this end; the moment that is now is just before it. */
#define STILL_MS  253402300799000

static bool is_there(struct db *db, enum sql_id id)
{
	struct err ignored = { 0 };
	struct stmt st = stmt_begin(db, id);
	bool yes = stmt_step(&st, &ignored) == E_OK;

	stmt_end(&st);
	return yes;
}

static enum code run_alone(struct db *db, enum sql_id id, struct err *e)
{
	struct stmt st = stmt_begin(db, id);

	return stmt_run(&st, e);
}

static enum code set_moment(struct judge *j, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_SET_MOMENT);

	stmt_int(&st, judge_set_moment__at, j->at_ms == JUDGE_NOW ? STILL_MS - 1 : j->at_ms);
	return stmt_run(&st, e);
}

enum code judge_ready(struct db *db, struct err *e)
{
	const struct asset *tables = asset_next(NULL, TABLES);

	if (!tables)
		return err_set(e, E_CORRUPT, "no tables to judge with are built in");
	return is_there(db, SQL_JUDGE_IS_OPEN) ? E_OK
					       : db_script(db, tables->name, tables->text, e);
}

static enum code open_tables(struct judge *j, struct err *e)
{
	static const enum sql_id clear[] = { SQL_JUDGE_CLEAR_DOCUMENTS, SQL_JUDGE_CLEAR_LOADED,
		SQL_JUDGE_CLEAR_ITEMS, SQL_JUDGE_CLEAR_ANSWERS, SQL_JUDGE_CLEAR_MOMENT };
	enum code c = judge_ready(j->db, e);

	for (size_t i = 0; i < sizeof(clear) / sizeof(*clear) && !c; i++)
		c = run_alone(j->db, clear[i], e);
	return c ? c : set_moment(j, e);
}

/* The public views, too. */
static enum code go_back(struct judge *j, struct err *e)
{
	char sql[256];
	long long ms = j->at_ms;

	if (!is_there(j->db, SQL_JUDGE_IS_PAST))
		return store_as_of(j->db, j->at_ms, e);
	snprintf(sql, sizeof(sql),
		"UPDATE temp.clock SET " /* SQL: of schema/shadow, which is not there when statements are checked */
		"ms = %lld, t = %lld / 1000, at = strftime('%%Y-%%m-%%d %%H:%%M:%%S', %lld / 1000, 'unixepoch')",
		ms, ms, ms);
	return db_script(j->db, "set the moment", sql, e);
}

static enum code open_at(struct judge *j, struct err *e)
{
	enum code c = E_OK;

	if (!arena_ok(&j->arena)) {
		c = err_nomem(e);
	} else if (j->at_ms != JUDGE_NOW) {
		c = go_back(j, e);
	}
	if (!c)
		c = open_tables(j, e);
	if (c)
		judge_close(j);
	return c;
}

enum code judge_open(struct judge *j, struct db *db, const struct judge_place *place, struct err *e)
{
	bool now = place->at_ms == JUDGE_NOW;

	*j = (struct judge){ .db = db,
		.arena = ARENA_INIT(ARENA_MAX),
		.at_ms = place->at_ms,
		.from_ms = place->versions ? place->from_ms : JUDGE_NOW,
		.now_ms = now ? place->now_ms : place->at_ms };
	j->account = arena_str(&j->arena, place->account);
	j->region = arena_str(&j->arena, place->region);
	return open_at(j, e);
}

void judge_close(struct judge *j)
{
	arena_release(&j->arena);
	*j = (struct judge){ 0 };
}

static enum code drop_type(struct judge *j, struct str type, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_DROP_TYPE);

	stmt_str(&st, judge_drop_type__type, type);
	return stmt_run(&st, e);
}

static enum code load_now(struct judge *j, struct str type, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_LOAD_TYPE);

	stmt_str(&st, judge_load_type__account, j->account);
	stmt_str(&st, judge_load_type__region, j->region);
	stmt_str(&st, judge_load_type__type, type);
	return stmt_run(&st, e);
}

static enum code load_past(struct judge *j, struct str type, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_LOAD_PAST);

	stmt_str(&st, judge_load_past__account, j->account);
	stmt_str(&st, judge_load_past__region, j->region);
	stmt_str(&st, judge_load_past__type, type);
	stmt_int(&st, judge_load_past__at, j->at_ms);
	stmt_int(&st, judge_load_past__from, j->from_ms == JUDGE_NOW ? j->at_ms : j->from_ms);
	return stmt_run(&st, e);
}

static enum code note_loaded(struct judge *j, struct str type, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_NOTE_LOADED);

	stmt_str(&st, judge_note_loaded__type, type);
	return stmt_run(&st, e);
}

/* Some of it may be there already, as it was a moment before. */
static enum code load_type(struct judge *j, struct str type, struct err *e)
{
	enum code c = drop_type(j, type, e);

	if (!c)
		c = j->at_ms == JUDGE_NOW ? load_now(j, type, e) : load_past(j, type, e);
	return c ? c : note_loaded(j, type, e);
}

/* The name is copied, as the statement that told it must end before another one writes. */
static enum code next_missing(struct judge *j, struct str types, struct str *type, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_MISSING_TYPES);
	enum code c;

	stmt_str(&st, judge_missing_types__types, types);
	c = stmt_step(&st, e);
	if (!c)
		*type = arena_str(&j->arena, stmt_col_str(&st, judge_missing_types_type));
	stmt_end(&st);
	return c ? c : arena_ok(&j->arena) ? E_OK : err_nomem(e);
}

static enum code load_types(struct judge *j, struct str types, struct err *e)
{
	struct str type;
	enum code c = E_OK;

	while (!j->everything && types.p && !c && (c = next_missing(j, types, &type, e)) == E_OK)
		c = load_type(j, type, e);
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code load_all_now(struct judge *j, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_LOAD_ALL);

	stmt_str(&st, judge_load_all__account, j->account);
	stmt_str(&st, judge_load_all__region, j->region);
	return stmt_run(&st, e);
}

static enum code load_all_past(struct judge *j, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_LOAD_PAST_ALL);

	stmt_str(&st, judge_load_past_all__account, j->account);
	stmt_str(&st, judge_load_past_all__region, j->region);
	stmt_int(&st, judge_load_past_all__at, j->at_ms);
	stmt_int(&st, judge_load_past_all__from, j->from_ms == JUDGE_NOW ? j->at_ms : j->from_ms);
	return stmt_run(&st, e);
}

static enum code load_everything(struct judge *j, struct err *e)
{
	enum code c;

	if (j->everything)
		return E_OK;
	c = run_alone(j->db, SQL_JUDGE_CLEAR_DOCUMENTS, e);
	if (!c)
		c = j->at_ms == JUDGE_NOW ? load_all_now(j, e) : load_all_past(j, e);
	j->everything = !c;
	return c;
}

static enum code load_touched(struct judge *j, struct str types, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_LOAD_TOUCHED);

	stmt_str(&st, judge_load_touched__account, j->account);
	stmt_str(&st, judge_load_touched__region, j->region);
	stmt_str(&st, judge_load_touched__types, types);
	return stmt_run(&st, e);
}

/* What the trial needs: what it judges, and what it compares that with. */
struct need {
	struct str types, reads; /* JSON */
	unsigned looks_at;       /* a set of enum judge_reads */
	bool asks;               /* there is a statement to be run */
};

/* Who looks around without saying at what sees everything. */
static bool looks_around(const struct need *n)
{
	return !n->reads.p && (n->looks_at & (JUDGE_READS_ESTATE | JUDGE_READS_LINK));
}

static enum code load(
	struct judge *j, const struct judge_trial *t, const struct need *n, struct err *e)
{
	bool alone = t->touched && !n->reads.p;

	if (t->proposed && !looks_around(n))
		return load_types(j, n->reads, e);
	if (looks_around(n) || (!n->types.p && !alone))
		return load_everything(j, e);
	if (alone)
		return j->everything ? E_OK : load_touched(j, n->types, e);
	if (load_types(j, n->types, e))
		return e->code;
	return load_types(j, n->reads, e);
}

static enum code scope_types(
	struct judge *j, const struct judge_scope *s, struct str types, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_SCOPE_TYPES);

	stmt_str(&st, judge_scope_types__types, types);
	stmt_str(&st, judge_scope_types__id, s->id);
	stmt_str(&st, judge_scope_types__tag_key, s->tag_key);
	stmt_str(&st, judge_scope_types__tag_value, s->tag_value);
	return stmt_run(&st, e);
}

static enum code scope_all(struct judge *j, const struct judge_scope *s, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_SCOPE_ALL);

	stmt_str(&st, judge_scope_all__tag_key, s->tag_key);
	stmt_str(&st, judge_scope_all__tag_value, s->tag_value);
	return stmt_run(&st, e);
}

static enum code scope_touched(
	struct judge *j, const struct judge_scope *s, struct str types, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_SCOPE_TOUCHED);

	stmt_str(&st, judge_scope_touched__types, types);
	stmt_str(&st, judge_scope_touched__id, s->id);
	stmt_str(&st, judge_scope_touched__tag_key, s->tag_key);
	stmt_str(&st, judge_scope_touched__tag_value, s->tag_value);
	return stmt_run(&st, e);
}

static enum code propose(struct judge *j, const struct judge_proposal *p, struct err *e)
{
	struct stmt st;

	if (run_alone(j->db, SQL_JUDGE_FORGET_PROPOSED, e))
		return e->code;
	st = stmt_begin(j->db, SQL_JUDGE_PROPOSE);
	stmt_str(&st, judge_propose__type, p->type);
	stmt_str(&st, judge_propose__id, p->id);
	stmt_str(&st, judge_propose__account, j->account);
	stmt_str(&st, judge_propose__region, j->region);
	stmt_int(&st, judge_propose__now, j->now_ms);
	stmt_str(&st, judge_propose__configuration, p->configuration);
	stmt_str(&st, judge_propose__tags, p->tags);
	return stmt_run(&st, e);
}

static enum code scope_proposed(
	struct judge *j, const struct judge_trial *t, struct str types, struct err *e)
{
	const struct judge_scope *s = &t->scope;
	struct stmt st;

	if (propose(j, t->proposed, e))
		return e->code;
	st = stmt_begin(j->db, SQL_JUDGE_SCOPE_PROPOSED);
	stmt_str(&st, judge_scope_proposed__types, types);
	stmt_str(&st, judge_scope_proposed__id, s->id);
	stmt_str(&st, judge_scope_proposed__tag_key, s->tag_key);
	stmt_str(&st, judge_scope_proposed__tag_value, s->tag_value);
	return stmt_run(&st, e);
}

static enum code count_items(struct judge *j, struct judge_sum *sum, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_COUNT_ITEMS);
	enum code c = stmt_step(&st, e);

	if (!c)
		sum->judged = stmt_col_int(&st, judge_count_items_n);
	stmt_end(&st);
	return c;
}

static enum code narrow(struct judge *j, const struct judge_trial *t, const struct need *n,
	struct judge_sum *sum, struct err *e)
{
	enum code c = run_alone(j->db, SQL_JUDGE_CLEAR_ITEMS, e);

	if (c)
		return c;
	if (t->proposed)
		c = scope_proposed(j, t, n->types, e);
	else if (t->touched)
		c = scope_touched(j, &t->scope, n->types, e);
	else if (n->types.p)
		c = scope_types(j, &t->scope, n->types, e);
	else
		c = scope_all(j, &t->scope, e);
	return c ? c : count_items(j, sum, e);
}

/* E_NOTFOUND: all of them were listed. */
static enum code unlisted(struct judge *j, struct str types, struct str *type, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_UNLISTED);
	enum code c;

	stmt_str(&st, judge_unlisted__types, types);
	stmt_str(&st, judge_unlisted__account, j->account);
	stmt_str(&st, judge_unlisted__region, j->region);
	stmt_int(&st, judge_unlisted__at, j->at_ms);
	c = stmt_step(&st, e);
	if (!c)
		*type = arena_str(&j->arena, stmt_col_str(&st, judge_unlisted_type));
	stmt_end(&st);
	return c;
}

static enum code answer_unlisted(struct judge *j, struct str type, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_ANSWER_ALL);
	struct str why = arena_printf(&j->arena,
		"%.*s, which this looks at, has never been listed completely here", STR_ARG(type));

	stmt_str(&st, judge_answer_all__result, STR("INSUFFICIENT_DATA"));
	stmt_str(&st, judge_answer_all__annotation, why);
	return stmt_run(&st, e);
}

static enum code ask(
	struct judge *j, const struct judge_trial *t, const struct need *n, struct err *e)
{
	struct str type = STR_NONE;
	enum code c = E_NOTFOUND;

	if (n->reads.p && !t->trusting)
		c = unlisted(j, n->reads, &type, e);
	if (!c)
		return answer_unlisted(j, type, e);
	return c == E_NOTFOUND ? judge_answers_take(j, t, e) : c;
}

enum code judge_count(struct judge *j, struct judge_sum *sum, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_COUNT_ANSWERS);
	enum code c = stmt_step(&st, e);

	if (!c) {
		sum->compliant = stmt_col_int(&st, judge_count_answers_compliant);
		sum->non_compliant = stmt_col_int(&st, judge_count_answers_non_compliant);
		sum->not_applicable = stmt_col_int(&st, judge_count_answers_not_applicable);
		sum->insufficient = stmt_col_int(&st, judge_count_answers_insufficient);
	}
	stmt_end(&st);
	return c;
}

/* Only temporary tables are written; in a transaction, so that no row is one by itself. */
static enum code together(struct judge *j, const struct judge_trial *t, const struct need *n,
	struct judge_sum *sum, struct err *e)
{
	struct err ignored = { 0 };
	enum code c = db_script(j->db, "judge", "BEGIN", e);

	if (c)
		return c;
	c = load(j, t, n, e);
	if (!c)
		c = narrow(j, t, n, sum, e);
	if (!c && n->asks)
		c = ask(j, t, n, e);
	if (!c && n->asks)
		c = judge_count(j, sum, e);
	if (!c)
		return db_script(j->db, "judge", "COMMIT", e);
	/* What was loaded is gone with it. */
	db_script(j->db, "judge", "ROLLBACK", &ignored);
	j->everything = false;
	return c;
}

static enum code prepare(struct judge *j, const struct judge_trial *t, struct need *n,
	struct judge_sum *sum, struct err *e)
{
	struct judge_sum made = { 0 };
	enum code c = run_alone(j->db, SQL_JUDGE_CLEAR_ANSWERS, e);

	n->types = rule_text_json(&j->arena, t->scope.types);
	n->reads = rule_text_json(&j->arena, t->text->reads);
	if (!c && !arena_ok(&j->arena))
		c = err_nomem(e);
	if (!c)
		c = together(j, t, n, &made, e);
	if (!c)
		*sum = made;
	return c;
}

enum code judge_run(
	struct judge *j, const struct judge_trial *t, struct judge_sum *sum, struct err *e)
{
	struct need n = { .asks = true };
	enum code c = judge_reads(j->db, t->text->sql, &n.looks_at, e);

	return c ? c : prepare(j, t, &n, sum, e);
}

enum code judge_gather(
	struct judge *j, const struct judge_trial *t, struct judge_sum *sum, struct err *e)
{
	struct need n = { .asks = false };

	return prepare(j, t, &n, sum, e);
}

enum code judge_walk(struct judge *j, judge_answer_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(j->db, SQL_JUDGE_ANSWERS);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		struct judge_answer a = { .item_id = stmt_col_int(&st, judge_answers_item_id),
			.rid = stmt_col_int(&st, judge_answers_rid),
			.version = stmt_col_int(&st, judge_answers_version),
			.captured_ms = stmt_col_int(&st, judge_answers_captured_ms),
			.until_ms = stmt_col_int(&st, judge_answers_until_ms),
			.type = stmt_col_str(&st, judge_answers_type),
			.id = stmt_col_str(&st, judge_answers_id),
			.name = stmt_col_str(&st, judge_answers_name),
			.region = stmt_col_str(&st, judge_answers_region),
			.result = stmt_col_str(&st, judge_answers_result),
			.annotation = stmt_col_str(&st, judge_answers_annotation) };

		c = fn(ctx, &a, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}
