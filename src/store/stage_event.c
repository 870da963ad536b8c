/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stage_event.h"

#include "db/stmt.h"

enum code stage_add_cause(
	struct db *db, const struct stage_cause *cause, int64_t *number, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_CAUSE_ADD);
	enum code c;

	stmt_str(&st, stage_cause_add__event_id, cause->event_id);
	stmt_str(&st, stage_cause_add__event_name, cause->event_name);
	stmt_str(&st, stage_cause_add__event_source, cause->event_source);
	stmt_str(&st, stage_cause_add__actor, cause->actor);
	stmt_str(&st, stage_cause_add__source_ip, cause->source_ip);
	stmt_str(&st, stage_cause_add__user_agent, cause->user_agent);
	if (cause->at_ms != INT64_MIN)
		stmt_int(&st, stage_cause_add__at, cause->at_ms);
	stmt_str(&st, stage_cause_add__region, cause->region);
	stmt_str(&st, stage_cause_add__account, cause->account);
	c = stmt_run(&st, e);
	if (!c)
		*number = db_last_rowid(db);
	return c;
}

enum code stage_blame(struct db *db, int64_t cause, const struct stage_named *named, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_BLAME);

	stmt_int(&st, stage_blame__cause, cause);
	stmt_str(&st, stage_blame__type, named->type);
	stmt_str(&st, stage_blame__account, named->account);
	stmt_str(&st, stage_blame__id, named->id);
	stmt_str(&st, stage_blame__name, named->name);
	stmt_str(&st, stage_blame__arn, named->arn);
	return stmt_run(&st, e);
}

enum code stage_keep_cause(struct db *db, int64_t cause, int64_t *cause_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_CAUSE_KEEP);
	enum code c;

	stmt_int(&st, stage_cause_keep__cause, cause);
	c = stmt_run(&st, e);
	if (c)
		return c;
	st = stmt_begin(db, SQL_STAGE_CAUSE_KEPT);
	stmt_int(&st, stage_cause_kept__cause, cause);
	c = stmt_step(&st, e);
	if (!c)
		*cause_id = stmt_col_int(&st, stage_cause_kept_cause_id);
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? err_set(e, E_CORRUPT, "an event was not kept") : c;
}

enum code stage_live(
	struct db *db, const struct stage_named *named, stage_live_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_LIVE);
	enum code c;

	stmt_str(&st, stage_live__type, named->type);
	stmt_str(&st, stage_live__account, named->account);
	stmt_str(&st, stage_live__id, named->id);
	stmt_str(&st, stage_live__name, named->name);
	stmt_str(&st, stage_live__arn, named->arn);
	while ((c = stmt_step(&st, e)) == E_OK) {
		const struct stage_live l = { .rid = stmt_col_int(&st, stage_live_rid),
			.type = named->type,
			.region = stmt_col_str(&st, stage_live_region),
			.id = stmt_col_str(&st, stage_live_id),
			.name = stmt_col_str(&st, stage_live_name),
			.arn = stmt_col_str(&st, stage_live_arn) };

		c = fn(ctx, &l, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code stage_last(struct db *db, int64_t *stage_id, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_LAST);
	enum code c = stmt_step(&st, e);

	if (!c)
		*stage_id = stmt_col_int(&st, stage_last_stage_id);
	stmt_end(&st);
	return c;
}

enum code stage_related(
	struct db *db, int64_t after, bool all, stage_live_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_RELATED);
	enum code c;

	stmt_int(&st, stage_related__after, after);
	stmt_int(&st, stage_related__all, all);
	while ((c = stmt_step(&st, e)) == E_OK) {
		const struct stage_live l = { .rid = stmt_col_int(&st, stage_related_rid),
			.type = stmt_col_str(&st, stage_related_type),
			.region = stmt_col_str(&st, stage_related_region),
			.id = stmt_col_str(&st, stage_related_id),
			.name = stmt_col_str(&st, stage_related_name),
			.arn = stmt_col_str(&st, stage_related_arn),
			.cause = stmt_col_int(&st, stage_related_cause) };

		c = fn(ctx, &l, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

enum code stage_unmet(struct db *db, int64_t after, stage_unmet_fn *fn, void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_STAGE_UNMET);
	enum code c;

	stmt_int(&st, stage_unmet__after, after);
	while ((c = stmt_step(&st, e)) == E_OK) {
		const struct stage_unmet u = { stmt_col_str(&st, stage_unmet_type),
			stmt_col_str(&st, stage_unmet_region), stmt_col_str(&st, stage_unmet_by),
			stmt_col_str(&st, stage_unmet_link), stmt_col_int(&st, stage_unmet_cause) };

		c = fn(ctx, &u, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static enum code run(struct db *db, enum sql_id id, struct err *e)
{
	struct stmt st = stmt_begin(db, id);

	return stmt_run(&st, e);
}

enum code stage_unrelate(struct db *db, struct err *e)
{
	enum code c = run(db, SQL_STAGE_CLEAR_EDGES, e);

	if (!c)
		c = run(db, SQL_STAGE_CLEAR_KNOWN, e);
	return c ? c : run(db, SQL_STAGE_CLEAR_LINKS, e);
}

enum code stage_blame_born(struct db *db, struct err *e)
{
	return run(db, SQL_STAGE_BLAME_BORN, e);
}

enum code stage_forget_looks(struct db *db, struct err *e)
{
	return run(db, SQL_STAGE_CLEAR_LOOKS, e);
}
