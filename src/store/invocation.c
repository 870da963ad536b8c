/* SPDX-License-Identifier: Apache-2.0 */
#include "store/evaluation.h"

#include "db/stmt.h"

/* What these statements take, each in an order of its own. */
static void bind(struct stmt *st, const struct evaluation_rule *rule, struct str types)
{
	const struct {
		const char *name;
		struct str value;
	} texts[] = { { ":rule_id", rule->rule_id }, { ":account", rule->account },
		{ ":region", rule->region }, { ":rule", rule->name }, { ":types", types },
		{ ":id", rule->scope_id }, { ":tag_key", rule->tag_key },
		{ ":tag_value", rule->tag_value } };

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		int at = stmt_param(st, texts[i].name);

		if (at)
			stmt_str(st, at, texts[i].value);
	}
}

static enum code leave(struct stmt *st, int64_t now_ms, int64_t *n, struct err *e)
{
	enum code c;

	stmt_int(st, stmt_param(st, ":now"), now_ms);
	c = stmt_run(st, e);
	if (!c)
		*n += db_changes(st->d);
	return c;
}

enum code evaluation_invoke_all(struct db *db, const struct evaluation_rule *rule, struct str types,
	int64_t now_ms, int64_t *n, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_INVOKE_ALL);

	bind(&st, rule, types);
	if (leave(&st, now_ms, n, e))
		return e->code;
	st = stmt_begin(db, SQL_EVALUATION_INVOKE_LEFT);
	bind(&st, rule, types);
	return leave(&st, now_ms, n, e);
}

enum code evaluation_invoke_touched(struct db *db, const struct evaluation_rule *rule,
	struct str types, int64_t now_ms, int64_t *n, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_EVALUATION_INVOKE_TOUCHED);

	bind(&st, rule, types);
	return leave(&st, now_ms, n, e);
}

enum code evaluation_invoke(struct db *db, const struct evaluation_rule *rule, const char *kind,
	struct str body, int64_t now_ms, struct err *e)
{
	int64_t n = 0;
	struct stmt st = stmt_begin(db, SQL_EVALUATION_INVOKE);

	stmt_str(&st, evaluation_invoke__rule_id, rule->rule_id);
	stmt_text(&st, evaluation_invoke__kind, kind);
	stmt_str(&st, evaluation_invoke__body, body);
	return leave(&st, now_ms, &n, e);
}
