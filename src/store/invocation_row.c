/* SPDX-License-Identifier: Apache-2.0 */
#include "store/invocation_row.h"

#include "db/stmt.h"
#include <stdio.h>

enum code invocation_due(struct db *db, struct str busy, int64_t now_ms, size_t limit,
	struct invocation_claims *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_INVOCATION_DUE);

	out->n = 0;
	if (limit > INVOCATIONS_CLAIMED)
		limit = INVOCATIONS_CLAIMED;
	stmt_int(&st, invocation_due__now, now_ms);
	stmt_int(&st, invocation_due__lease, now_ms + INVOCATION_LEASE_MS);
	stmt_str(&st, invocation_due__busy, busy);
	stmt_int(&st, invocation_due__limit, (int64_t)limit);
	while (out->n < limit && stmt_step(&st, e) == E_OK) {
		struct invocation_claim *i = &out->list[out->n++];

		i->invocation_id = stmt_col_int(&st, invocation_due_invocation_id);
		i->created_ms = stmt_col_int(&st, invocation_due_created_ms);
		snprintf(i->rule_id, sizeof(i->rule_id), "%.*s",
			STR_ARG(stmt_col_str(&st, invocation_due_rule_id)));
	}
	stmt_end(&st);
	return e->code;
}

enum code invocation_lease(struct db *db, int64_t invocation_id, int64_t lease_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_INVOCATION_LEASE);

	stmt_int(&st, invocation_lease__id, invocation_id);
	stmt_int(&st, invocation_lease__lease, lease_ms);
	return stmt_run(&st, e);
}

static void read_row(const struct stmt *st, struct arena *a, struct invocation *out)
{
	out->kind = arena_str(a, stmt_col_str(st, invocation_get_kind));
	out->item_id = stmt_col_int(st, invocation_get_item_id);
	out->left_scope = stmt_col_int(st, invocation_get_left_scope) != 0;
	out->compared = stmt_col_int(st, invocation_get_compared) != 0;
	if (!stmt_is_null(st, invocation_get_body))
		out->body = arena_str(a, stmt_col_str(st, invocation_get_body));
	out->created_ms = stmt_col_int(st, invocation_get_created_ms);
	out->tries = stmt_col_int(st, invocation_get_tries);
	out->rule_id = arena_text(a, stmt_col_str(st, invocation_get_rule_id));
	out->account = arena_text(a, stmt_col_str(st, invocation_get_account));
	out->region = arena_text(a, stmt_col_str(st, invocation_get_region));
	out->name = arena_text(a, stmt_col_str(st, invocation_get_name));
	out->arn = arena_text(a, stmt_col_str(st, invocation_get_arn));
	out->function = arena_text(a, stmt_col_str(st, invocation_get_identifier));
	if (!stmt_is_null(st, invocation_get_parameters))
		out->parameters = arena_str(a, stmt_col_str(st, invocation_get_parameters));
	out->role = arena_text(a, stmt_col_str(st, invocation_get_role));
	out->wanted = stmt_col_int(st, invocation_get_wanted) != 0;
}

enum code invocation_get(struct db *db, struct arena *a, int64_t invocation_id,
	struct invocation *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_INVOCATION_GET);
	enum code c;

	stmt_int(&st, invocation_get__id, invocation_id);
	c = stmt_step(&st, e);
	if (!c) {
		*out = (struct invocation){ .invocation_id = invocation_id };
		read_row(&st, a, out);
	}
	stmt_end(&st);
	return c || arena_ok(a) ? c : err_nomem(e);
}

enum code invocation_done(struct db *db, const struct invocation_key *key, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_INVOCATION_DONE);

	stmt_int(&st, invocation_done__id, key->invocation_id);
	stmt_text(&st, invocation_done__rule_id, key->rule_id);
	stmt_int(&st, invocation_done__created, key->created_ms);
	return stmt_run(&st, e);
}

enum code invocation_free(struct db *db, const struct invocation_key *key, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_INVOCATION_FREE);

	stmt_int(&st, invocation_free__id, key->invocation_id);
	stmt_text(&st, invocation_free__rule_id, key->rule_id);
	stmt_int(&st, invocation_free__created, key->created_ms);
	return stmt_run(&st, e);
}

enum code invocation_again(
	struct db *db, const struct invocation_key *key, int64_t due_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_INVOCATION_AGAIN);

	stmt_int(&st, invocation_again__id, key->invocation_id);
	stmt_text(&st, invocation_again__rule_id, key->rule_id);
	stmt_int(&st, invocation_again__created, key->created_ms);
	stmt_int(&st, invocation_again__due, due_ms);
	return stmt_run(&st, e);
}

static enum code started(struct db *db, const char *rule_id, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_INVOCATION_RULE_STARTED);

	stmt_text(&st, invocation_rule_started__rule_id, rule_id);
	stmt_int(&st, invocation_rule_started__now, now_ms);
	return stmt_run(&st, e);
}

static enum code failed(
	struct db *db, const char *rule_id, const struct invocation_status *s, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_INVOCATION_RULE_FAILED);

	stmt_text(&st, invocation_rule_failed__rule_id, rule_id);
	stmt_text(&st, invocation_rule_failed__code, s->code);
	stmt_text(&st, invocation_rule_failed__error, s->error);
	stmt_int(&st, invocation_rule_failed__now, s->now_ms);
	return stmt_run(&st, e);
}

static enum code not_started(
	struct db *db, const char *rule_id, const struct invocation_status *s, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_INVOCATION_RULE_NOT_STARTED);

	stmt_text(&st, invocation_rule_not_started__rule_id, rule_id);
	stmt_text(&st, invocation_rule_not_started__code, s->code);
	stmt_text(&st, invocation_rule_not_started__error, s->error);
	stmt_int(&st, invocation_rule_not_started__now, s->now_ms);
	return stmt_run(&st, e);
}

enum code invocation_rule(
	struct db *db, const char *rule_id, const struct invocation_status *s, struct err *e)
{
	switch (s->fate) {
	case INVOCATION_STARTED: return started(db, rule_id, s->now_ms, e);
	case INVOCATION_FAILED: return failed(db, rule_id, s, e);
	case INVOCATION_NOT_STARTED: break;
	}
	return not_started(db, rule_id, s, e);
}

enum code invocation_free_leases(struct db *db, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_INVOCATION_FREE_LEASES);

	return stmt_run(&st, e);
}
