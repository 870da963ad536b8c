/* SPDX-License-Identifier: Apache-2.0 */
#include "store/verdict.h"

#include "db/stmt.h"
#include "store/event.h"
#include <stdio.h>

struct taking {
	struct db *db;
	const struct verdict *v;
	int64_t rid;
	int64_t open; /* the verdict in force, or 0 */
	int64_t open_ordering_ms;
	bool same;      /* it says the same */
	int64_t told;   /* the last one of which people were told, or 0 */
	bool told_same; /* that says the same */
};

static enum code note_resource(struct taking *t, struct err *e)
{
	struct stmt st = stmt_begin(t->db, SQL_VERDICT_NOTE_RESOURCE);
	enum code c;

	stmt_str(&st, verdict_note_resource__account, t->v->account);
	stmt_str(&st, verdict_note_resource__region, t->v->region);
	stmt_str(&st, verdict_note_resource__type, t->v->type);
	stmt_str(&st, verdict_note_resource__id, t->v->id);
	c = stmt_run(&st, e);
	if (!c)
		t->rid = db_last_rowid(t->db);
	return c;
}

static enum code find_resource(struct taking *t, struct err *e)
{
	struct stmt st = stmt_begin(t->db, SQL_VERDICT_RESOURCE);
	enum code c;

	stmt_str(&st, verdict_resource__account, t->v->account);
	stmt_str(&st, verdict_resource__region, t->v->region);
	stmt_str(&st, verdict_resource__type, t->v->type);
	stmt_str(&st, verdict_resource__id, t->v->id);
	c = stmt_step(&st, e);
	if (!c)
		t->rid = stmt_col_int(&st, verdict_resource_rid);
	stmt_end(&st);
	return c == E_NOTFOUND ? note_resource(t, e) : c;
}

static enum code find_open(struct taking *t, struct err *e)
{
	struct stmt st = stmt_begin(t->db, SQL_VERDICT_OPEN);
	enum code c;

	stmt_str(&st, verdict_open__account, t->v->account);
	stmt_str(&st, verdict_open__region, t->v->region);
	stmt_str(&st, verdict_open__rule, t->v->rule);
	stmt_int(&st, verdict_open__rid, t->rid);
	c = stmt_step(&st, e);
	if (!c) {
		t->open = stmt_col_int(&st, verdict_open_verdict_id);
		t->open_ordering_ms = stmt_col_int(&st, verdict_open_ordering_ms);
		t->same = str_eq(stmt_col_str(&st, verdict_open_result), t->v->result);
		t->told = stmt_col_int(&st, verdict_open_told);
		t->told_same = str_eq(stmt_col_str(&st, verdict_open_told_result), t->v->result);
	}
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code renew(const struct taking *t, struct err *e)
{
	struct stmt st = stmt_begin(t->db, SQL_VERDICT_RENEW);

	stmt_int(&st, verdict_renew__verdict, t->open);
	stmt_str(&st, verdict_renew__annotation, t->v->annotation);
	stmt_int(&st, verdict_renew__ordering, t->v->ordering_ms);
	stmt_int(&st, verdict_renew__invoked, t->v->invoked_ms);
	stmt_int(&st, verdict_renew__now, t->v->now_ms);
	return stmt_run(&st, e);
}

/* While the one before is still as it was. */
static enum code tell(const struct taking *t, struct err *e)
{
	struct stmt st = stmt_begin(t->db, SQL_VERDICT_NOTICE);
	enum code c;

	stmt_str(&st, verdict_notice__rule, t->v->rule);
	stmt_str(&st, verdict_notice__arn, t->v->arn);
	stmt_str(&st, verdict_notice__type, t->v->type);
	stmt_str(&st, verdict_notice__id, t->v->id);
	stmt_str(&st, verdict_notice__result, t->v->result);
	stmt_str(&st, verdict_notice__annotation, t->v->annotation);
	stmt_int(&st, verdict_notice__ordering, t->v->ordering_ms);
	stmt_int(&st, verdict_notice__invoked, t->v->invoked_ms);
	stmt_int(&st, verdict_notice__now, t->v->now_ms);
	if (t->told)
		stmt_int(&st, verdict_notice__old, t->told);
	c = stmt_step(&st, e);
	if (!c) {
		struct event event = { .at_ms = t->v->now_ms,
			.kind = STR("ComplianceChangeNotification"),
			.account = t->v->account,
			.region = t->v->region,
			.payload = stmt_col_str(&st, verdict_notice_payload) };

		c = event_add(t->db, &event, e);
	}
	stmt_end(&st);
	return c;
}

static enum code end(const struct taking *t, struct err *e)
{
	struct stmt st;

	if (!t->open)
		return E_OK;
	st = stmt_begin(t->db, SQL_VERDICT_CLOSE);
	stmt_int(&st, verdict_close__verdict, t->open);
	stmt_int(&st, verdict_close__now, t->v->now_ms);
	return stmt_run(&st, e);
}

static enum code begin(const struct taking *t, struct err *e)
{
	struct stmt st = stmt_begin(t->db, SQL_VERDICT_BEGIN);

	stmt_int(&st, verdict_begin__rid, t->rid);
	stmt_str(&st, verdict_begin__rule, t->v->rule);
	stmt_str(&st, verdict_begin__result, t->v->result);
	stmt_str(&st, verdict_begin__annotation, t->v->annotation);
	stmt_str(&st, verdict_begin__account, t->v->account);
	stmt_str(&st, verdict_begin__region, t->v->region);
	stmt_int(&st, verdict_begin__ordering, t->v->ordering_ms);
	stmt_int(&st, verdict_begin__invoked, t->v->invoked_ms);
	stmt_int(&st, verdict_begin__now, t->v->now_ms);
	return stmt_run(&st, e);
}

static bool to_be_told(const struct taking *t)
{
	if (str_is(t->v->result, "INSUFFICIENT_DATA"))
		return false;
	return t->told ? !t->told_same : !str_is(t->v->result, "NOT_APPLICABLE");
}

enum code verdict_take(struct db *db, const struct verdict *v, bool *changed, struct err *e)
{
	struct taking t = { .db = db, .v = v, .rid = v->rid };
	bool matters;
	enum code c = t.rid ? E_OK : find_resource(&t, e);

	if (!c)
		c = find_open(&t, e);
	if (c)
		return c;
	*changed = false;
	if (t.open && v->ordering_ms < t.open_ordering_ms)
		return E_OK;
	if (t.same)
		return renew(&t, e);
	matters = t.open || !str_is(v->result, "NOT_APPLICABLE");
	if (to_be_told(&t))
		c = tell(&t, e);
	if (!c)
		c = end(&t, e);
	if (!c)
		c = begin(&t, e);
	if (!c)
		*changed = matters;
	return c;
}

enum code verdict_rule_get(struct db *db, struct str account, struct str region, struct str rule_id,
	struct verdict_rule *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_VERDICT_RULE);
	enum code c;

	stmt_str(&st, verdict_rule__account, account);
	stmt_str(&st, verdict_rule__region, region);
	stmt_str(&st, verdict_rule__rule_id, rule_id);
	c = stmt_step(&st, e);
	if (!c) {
		snprintf(out->name, sizeof(out->name), "%.*s",
			STR_ARG(stmt_col_str(&st, verdict_rule_name)));
		snprintf(out->arn, sizeof(out->arn), "%.*s",
			STR_ARG(stmt_col_str(&st, verdict_rule_arn)));
		out->going = stmt_col_int(&st, verdict_rule_going);
	}
	stmt_end(&st);
	return c;
}

enum code verdict_rule_answered(struct db *db, struct str rule_id, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_VERDICT_RULE_ANSWERED);

	stmt_str(&st, verdict_rule_answered__rule_id, rule_id);
	stmt_int(&st, verdict_rule_answered__now, now_ms);
	return stmt_run(&st, e);
}
