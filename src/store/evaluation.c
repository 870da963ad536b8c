/* SPDX-License-Identifier: Apache-2.0 */
#include "store/evaluation.h"

#include "db/stmt.h"

enum code evaluation_any(struct db *db, int64_t now_ms, struct evaluation_any *any, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_ANY);
	enum code c;

	stmt_int(&st, evaluation_any__now, now_ms);
	c = stmt_step(&st, e);
	if (!c)
		*any = (struct evaluation_any){
			.cursor = stmt_col_int(&st, evaluation_any_cursor),
			.event_cursor = stmt_col_int(&st, evaluation_any_event_cursor),
			.look_cursor = stmt_col_int(&st, evaluation_any_look_cursor),
			.wanted = stmt_col_int(&st, evaluation_any_wanted),
			.change = stmt_col_int(&st, evaluation_any_change),
			.periodic = stmt_col_int(&st, evaluation_any_periodic),
			.snapshot = stmt_col_int(&st, evaluation_any_snapshot),
			.proactive = stmt_col_int(&st, evaluation_any_proactive),
		};
	stmt_end(&st);
	return c;
}

static struct evaluation_rule read_rule(const struct stmt *st)
{
	return (struct evaluation_rule){
		.rule_id = stmt_col_str(st, evaluation_rules_rule_id),
		.account = stmt_col_str(st, evaluation_rules_account),
		.region = stmt_col_str(st, evaluation_rules_region),
		.name = stmt_col_str(st, evaluation_rules_name),
		.arn = stmt_col_str(st, evaluation_rules_arn),
		.owner = stmt_col_str(st, evaluation_rules_owner),
		.identifier = stmt_col_str(st, evaluation_rules_identifier),
		.runtime = stmt_col_str(st, evaluation_rules_runtime),
		.policy = stmt_col_str(st, evaluation_rules_policy),
		.parameters = stmt_col_str(st, evaluation_rules_parameters),
		.types = stmt_col_str(st, evaluation_rules_types),
		.scope_types = stmt_col_str(st, evaluation_rules_scope_types),
		.scope_id = stmt_col_str(st, evaluation_rules_scope_id),
		.tag_key = stmt_col_str(st, evaluation_rules_tag_key),
		.tag_value = stmt_col_str(st, evaluation_rules_tag_value),
		.managed = stmt_col_int(st, evaluation_rules_managed),
		.on_change = stmt_col_int(st, evaluation_rules_on_change),
		.on_time = stmt_col_int(st, evaluation_rules_on_time),
		.on_snapshot = stmt_col_int(st, evaluation_rules_on_snapshot),
		.not_when_new = stmt_col_int(st, evaluation_rules_not_when_new),
		.detective = stmt_col_int(st, evaluation_rules_detective),
		.proactive = stmt_col_int(st, evaluation_rules_proactive),
		.every_ms = stmt_col_int(st, evaluation_rules_every_ms),
		.revision = stmt_col_int(st, evaluation_rules_revision),
		.wanted_ms = stmt_col_int(st, evaluation_rules_wanted_ms),
		.periodic_ms = stmt_col_int(st, evaluation_rules_periodic_ms),
		.changed_ms = stmt_col_int(st, evaluation_rules_changed_ms),
	};
}

enum code evaluation_rules(struct db *db, const char *cause, int64_t now_ms, evaluation_rule_fn *fn,
	void *ctx, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_RULES);
	enum code c;

	stmt_text(&st, evaluation_rules__cause, cause);
	stmt_int(&st, evaluation_rules__now, now_ms);
	while ((c = stmt_step(&st, e)) == E_OK) {
		struct evaluation_rule rule = read_rule(&st);

		c = fn(ctx, &rule, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static void copy(struct arena *a, struct str *s)
{
	if (s->p)
		*s = arena_str(a, *s);
}

enum code evaluation_rule_copy(struct arena *a, const struct evaluation_rule *from,
	struct evaluation_rule *out, struct err *e)
{
	struct evaluation_rule r = *from;
	struct str *const texts[] = { &r.rule_id, &r.account, &r.region, &r.name, &r.arn, &r.owner,
		&r.identifier, &r.runtime, &r.policy, &r.parameters, &r.types, &r.scope_types,
		&r.scope_id, &r.tag_key, &r.tag_value, NULL };

	for (size_t i = 0; texts[i]; i++)
		copy(a, texts[i]);
	if (!arena_ok(a))
		return err_nomem(e);
	*out = r;
	return E_OK;
}

enum code evaluation_rule_get(struct db *db, struct arena *a, const struct evaluation_name *name,
	struct evaluation_rule *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_RULES);
	enum code c;

	stmt_text(&st, evaluation_rules__cause, "");
	stmt_int(&st, evaluation_rules__now, 0);
	stmt_str(&st, evaluation_rules__account, name->account);
	stmt_str(&st, evaluation_rules__region, name->region);
	stmt_str(&st, evaluation_rules__rule, name->rule);
	c = stmt_step(&st, e);
	if (!c) {
		struct evaluation_rule rule = read_rule(&st);

		c = evaluation_rule_copy(a, &rule, out, e);
	}
	stmt_end(&st);
	return c;
}

enum code evaluation_managed(struct db *db, struct arena *a, struct str identifier,
	struct str parameters, struct evaluation_rule *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_MANAGED);
	enum code c;

	stmt_str(&st, evaluation_managed__identifier, identifier);
	stmt_str(&st, evaluation_managed__parameters, parameters);
	c = stmt_step(&st, e);
	if (!c) {
		struct evaluation_rule rule = { .owner = STR("AWS"),
			.identifier = identifier,
			.managed = true,
			.types = stmt_col_str(&st, evaluation_managed_types),
			.parameters = stmt_col_str(&st, evaluation_managed_parameters) };

		c = evaluation_rule_copy(a, &rule, out, e);
	}
	stmt_end(&st);
	return c;
}

static enum code run_plain(struct db *db, enum sql_id id, struct err *e)
{
	struct stmt st = stmt_begin(db, id);

	return stmt_run(&st, e);
}

enum code evaluation_tell_started(struct db *db, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_STARTED);
	enum code c;

	while ((c = stmt_step(&st, e)) == E_OK) {
		struct event event = { .at_ms = now_ms,
			.kind = STR("ConfigRulesEvaluationStarted"),
			.account = stmt_col_str(&st, evaluation_started_account),
			.region = stmt_col_str(&st, evaluation_started_region),
			.payload = stmt_col_str(&st, evaluation_started_payload) };

		c = event_add(db, &event, e);
		if (c)
			break;
	}
	stmt_end(&st);
	return c != E_NOTFOUND ? c : run_plain(db, SQL_EVALUATION_NOTE_STARTED, e);
}

static enum code newest(struct db *db, int64_t after, int64_t limit, int64_t *upto, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_NEWEST);
	enum code c;

	stmt_int(&st, evaluation_newest__after, after);
	stmt_int(&st, evaluation_newest__limit, limit);
	c = stmt_step(&st, e);
	if (!c)
		*upto = stmt_col_int(
			&st, limit ? evaluation_newest_item_id : evaluation_newest_last);
	stmt_end(&st);
	return c;
}

enum code evaluation_touch(
	struct db *db, int64_t after, int64_t limit, int64_t *upto, struct err *e)
{
	struct stmt st;
	enum code c = newest(db, after, limit, upto, e);

	if (c || !limit)
		return c;
	c = run_plain(db, SQL_JUDGE_CLEAR_TOUCHED, e);
	if (c)
		return c;
	st = stmt_begin(db, SQL_EVALUATION_TOUCH);
	stmt_int(&st, evaluation_touch__after, after);
	stmt_int(&st, evaluation_touch__upto, *upto);
	return stmt_run(&st, e);
}

enum code evaluation_list(struct db *db, int64_t after, int64_t *upto, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_NEWEST_LOOK);
	enum code c = stmt_step(&st, e);

	if (!c)
		*upto = stmt_col_int(&st, evaluation_newest_look_coverage_id);
	stmt_end(&st);
	if (!c)
		c = run_plain(db, SQL_JUDGE_CLEAR_LISTED, e);
	if (c)
		return c;
	st = stmt_begin(db, SQL_EVALUATION_LIST);
	stmt_int(&st, evaluation_list__after, after);
	stmt_int(&st, evaluation_list__upto, *upto);
	return stmt_run(&st, e);
}

enum code evaluation_lists(struct db *db, const struct evaluation_rule *rule, struct str types,
	bool *yes, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_LISTS);
	enum code c;

	stmt_str(&st, evaluation_lists__types, types);
	stmt_str(&st, evaluation_lists__account, rule->account);
	stmt_str(&st, evaluation_lists__region, rule->region);
	c = stmt_step(&st, e);
	if (!c)
		*yes = stmt_col_int(&st, evaluation_lists_yes);
	stmt_end(&st);
	return c;
}

enum code evaluation_touches(struct db *db, const struct evaluation_rule *rule, struct str types,
	bool *yes, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_TOUCHES);
	enum code c;

	stmt_str(&st, evaluation_touches__types, types);
	stmt_str(&st, evaluation_touches__account, rule->account);
	stmt_str(&st, evaluation_touches__region, rule->region);
	c = stmt_step(&st, e);
	if (!c)
		*yes = stmt_col_int(&st, evaluation_touches_yes);
	stmt_end(&st);
	return c;
}

enum code evaluation_still(
	struct db *db, const struct evaluation_rule *rule, int64_t cursor, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_STILL);
	enum code c;

	stmt_str(&st, evaluation_still__rule_id, rule->rule_id);
	stmt_int(&st, evaluation_still__revision, rule->revision);
	stmt_int(&st, evaluation_still__cursor, cursor);
	c = stmt_step(&st, e);
	stmt_end(&st);
	if (c == E_NOTFOUND)
		return err_set(e, E_CONFLICT,
			"the rule \"%.*s\" was changed, or evaluated by somebody else",
			STR_ARG(rule->name));
	return c;
}

static enum code moved(struct db *db, enum code c, struct err *e)
{
	if (!c && !db_changes(db))
		return err_set(e, E_CONFLICT, "somebody else has evaluated what changed");
	return c;
}

enum code evaluation_advance(
	struct db *db, int64_t after, int64_t upto, int64_t look, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_ADVANCE);

	stmt_int(&st, evaluation_advance__after, after);
	stmt_int(&st, evaluation_advance__upto, upto);
	stmt_int(&st, evaluation_advance__look, look);
	return moved(db, stmt_run(&st, e), e);
}

enum code evaluation_advance_events(struct db *db, int64_t after, int64_t upto, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_ADVANCE_EVENTS);

	stmt_int(&st, evaluation_advance_events__after, after);
	stmt_int(&st, evaluation_advance_events__upto, upto);
	return moved(db, stmt_run(&st, e), e);
}

enum code evaluation_newest_event(struct db *db, int64_t *event_id, struct err *e)
{
	return event_newest(db, event_id, e);
}

enum code evaluation_done(struct db *db, const struct evaluation_rule *rule,
	const struct evaluation_outcome *o, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_DONE);

	stmt_str(&st, evaluation_done__rule_id, rule->rule_id);
	stmt_int(&st, evaluation_done__wanted, rule->wanted_ms);
	stmt_int(&st, evaluation_done__evaluated, o->evaluated);
	stmt_int(&st, evaluation_done__timed, o->timed);
	stmt_int(&st, evaluation_done__now, o->now_ms);
	return stmt_run(&st, e);
}

enum code evaluation_failed(struct db *db, const struct evaluation_rule *rule,
	const struct evaluation_outcome *o, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_FAILED);

	stmt_str(&st, evaluation_failed__rule_id, rule->rule_id);
	if (rule->wanted_ms)
		stmt_int(&st, evaluation_failed__wanted, rule->wanted_ms);
	stmt_int(&st, evaluation_failed__invoked, o->invoked);
	stmt_int(&st, evaluation_failed__timed, o->timed);
	stmt_text(&st, evaluation_failed__error_code, o->error_code);
	stmt_text(&st, evaluation_failed__error, o->error);
	if (o->again_ms)
		stmt_int(&st, evaluation_failed__again_ms, o->again_ms);
	stmt_int(&st, evaluation_failed__now, o->now_ms);
	return stmt_run(&st, e);
}

enum code evaluation_pass_over(struct db *db, const struct evaluation_rule *rule, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_PASS_OVER);

	stmt_str(&st, evaluation_pass_over__rule_id, rule->rule_id);
	stmt_int(&st, evaluation_pass_over__wanted, rule->wanted_ms);
	return stmt_run(&st, e);
}

static enum code not_due(struct db *db, const struct evaluation_rule *rule, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_NOT_DUE);

	stmt_str(&st, evaluation_not_due__rule_id, rule->rule_id);
	return stmt_run(&st, e);
}

enum code evaluation_set_due(
	struct db *db, const struct evaluation_rule *rule, int64_t next_ms, struct err *e)
{
	struct stmt st;

	if (!next_ms)
		return not_due(db, rule, e);
	st = stmt_begin(db, SQL_EVALUATION_SET_DUE);
	stmt_str(&st, evaluation_set_due__rule_id, rule->rule_id);
	stmt_int(&st, evaluation_set_due__next, next_ms);
	return stmt_run(&st, e);
}

enum code evaluation_snapshot(struct db *db, struct arena *a, const struct evaluation_rule *rule,
	int64_t after, struct event *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_SNAPSHOTS);
	enum code c;

	stmt_int(&st, evaluation_snapshots__after, after);
	stmt_str(&st, evaluation_snapshots__account, rule->account);
	stmt_str(&st, evaluation_snapshots__region, rule->region);
	c = stmt_step(&st, e);
	if (!c && stmt_is_null(&st, evaluation_snapshots_event_id))
		c = E_NOTFOUND;
	if (!c)
		*out = (struct event){
			.event_id = stmt_col_int(&st, evaluation_snapshots_event_id),
			.at_ms = stmt_col_int(&st, evaluation_snapshots_at_ms),
			.kind = STR("ConfigurationSnapshotDeliveryCompleted"),
			.account = rule->account,
			.region = rule->region,
			.payload = arena_str(a, stmt_col_str(&st, evaluation_snapshots_payload)),
		};
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}
