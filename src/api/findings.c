/* SPDX-License-Identifier: Apache-2.0 */
#include "api/findings.h"

#include "api/ask.h"
#include "base/time.h"
#include "db/sql_text.h"
#include "db/stmt.h"

static enum code ask(struct reader *r, enum sql_id id, const struct select_value *values, size_t n,
	const struct rows *rows, struct err *e)
{
	struct select_query q = {
		.sql = sql_text[id].text,
		.values = values,
		.n_values = n,
		.open_values = true,
		.timeout_ms = r->timeout_ms,
		.stop = r->stop,
	};

	return select_run(r->db, &q, rows, NULL, e);
}

enum code findings_rules(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	enum sql_id id = f->types ? SQL_FINDINGS_RULES_OF_TYPES : SQL_FINDINGS_RULES;

	return ask_filtered(r, sql_text[id].text, f, rows, e);
}

enum code findings_resources(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	return ask_filtered(r, sql_text[SQL_FINDINGS_RESOURCES].text, f, rows, e);
}

enum code findings_history(
	struct reader *r, const struct read_filter *f, const struct rows *rows, struct err *e)
{
	struct select_value values[] = {
		{ "types", cell_text(f->types) },
		{ "account", cell_text(f->account) },
		{ "region", cell_text(f->region) },
		{ "rule", cell_text(f->rule) },
		{ "result", cell_text(f->result) },
		{ "rid", f->rid ? cell_int(f->rid) : cell_null() },
		{ "since", cell_int(f->since_ms / 1000) },
		{ "until", cell_int((f->until_ms ? f->until_ms : TIME_FOREVER_MS) / 1000) },
		{ "now_ms", cell_int(r->at_ms) },
	};

	return ask(r, SQL_FINDINGS_HISTORY, values, sizeof(values) / sizeof(*values), rows, e);
}

enum code findings_of(
	struct reader *r, int64_t rid, int64_t version, const struct rows *rows, struct err *e)
{
	struct select_value values[] = { { "rid", cell_int(rid) }, { "version", cell_int(version) },
		{ "at_ms", cell_int(r->at_ms) } };

	return ask(r, SQL_FINDINGS_OF, values, 3, rows, e);
}

enum code findings_managed(
	struct reader *r, const struct findings_managed *f, const struct rows *rows, struct err *e)
{
	struct select_value values[] = {
		{ "here", cell_text(f->here) },
		{ "pattern", cell_text(f->pattern) },
		{ "evaluated", f->evaluated < 0 ? cell_null() : cell_int(f->evaluated) },
	};

	return ask(r, SQL_FINDINGS_MANAGED, values, 3, rows, e);
}

enum code findings_want(struct db *db, const struct read_filter *f, int64_t now_ms, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FINDINGS_WANT);

	stmt_text(&st, findings_want__name, f->rule);
	stmt_text(&st, findings_want__account, f->account);
	stmt_text(&st, findings_want__region, f->region);
	stmt_int(&st, findings_want__now_ms, now_ms);
	if (stmt_run(&st, e))
		return e->code;
	if (!f->rule || db_changes(db))
		return E_OK;
	err_set(e, E_NOTFOUND, "there is no rule \"%s\" that could run", f->rule);
	return err_hint(e, "siltstone rule list");
}

enum code findings_place(struct db *db, const struct read_filter *f, struct arena *a,
	const char **account, const char **region, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FINDINGS_RULE_PLACES);
	int n = 0;
	enum code c;

	stmt_text(&st, findings_rule_places__name, f->rule);
	stmt_text(&st, findings_rule_places__account, f->account);
	stmt_text(&st, findings_rule_places__region, f->region);
	while (!(c = stmt_step(&st, e)) && ++n == 1) {
		*account = arena_text(a, stmt_col_str(&st, findings_rule_places_account));
		*region = arena_text(a, stmt_col_str(&st, findings_rule_places_region));
	}
	stmt_end(&st);
	if (c && c != E_NOTFOUND)
		return c;
	if (n == 1)
		return arena_ok(a) ? E_OK : err_nomem(e);
	if (n) {
		err_set(e, E_AMBIGUOUS, "there is a rule \"%s\" in several places", f->rule);
		return err_hint(e, "--account and --region say which");
	}
	err_set(e, E_NOTFOUND, "there is no rule \"%s\"", f->rule);
	return err_hint(e, "siltstone rule list");
}

static enum code ask_packs(struct reader *r, enum sql_id id, const char *pack,
	const struct read_filter *f, const struct rows *rows, struct err *e)
{
	struct select_value values[] = {
		{ "pack", cell_text(pack) },
		{ "account", cell_text(f->account) },
		{ "region", cell_text(f->region) },
	};

	return ask(r, id, values, 3, rows, e);
}

enum code findings_packs(struct reader *r, const char *pack, const struct read_filter *f,
	const struct rows *rows, struct err *e)
{
	return ask_packs(r, SQL_FINDINGS_PACKS, pack, f, rows, e);
}

enum code findings_pack_rules(struct reader *r, const char *pack, const struct read_filter *f,
	const struct rows *rows, struct err *e)
{
	return ask_packs(r, SQL_FINDINGS_PACK_RULES, pack, f, rows, e);
}

enum code findings_default_place(
	struct db *db, struct arena *a, const char **account, const char **region, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_DEFAULT_PLACE);
	enum code c;

	stmt_text(&st, default_place__account, *account);
	c = stmt_step(&st, e);
	if (!c && !*account)
		*account = arena_text(a, stmt_col_str(&st, default_place_account));
	if (!c && !*region)
		*region = arena_text(a, stmt_col_str(&st, default_place_region));
	stmt_end(&st);
	if (c == E_NOTFOUND) {
		err_set(e, E_NOTFOUND, "whose rules are meant cannot be told: nothing is recorded");
		return err_hint(e, "--account 123456789012 --region eu-west-1");
	}
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code findings_names(struct db *db, const struct read_filter *f, struct arena *a,
	struct findings_name *out, size_t room, size_t *n, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_FINDINGS_NAMES);
	enum code c;

	stmt_text(&st, findings_names__rule, f->rule);
	stmt_text(&st, findings_names__account, f->account);
	stmt_text(&st, findings_names__region, f->region);
	*n = 0;
	while (!(c = stmt_step(&st, e)) && *n < room)
		out[(*n)++] = (struct findings_name){
			arena_text(a, stmt_col_str(&st, findings_names_account)),
			arena_text(a, stmt_col_str(&st, findings_names_region)),
			arena_text(a, stmt_col_str(&st, findings_names_name)),
		};
	stmt_end(&st);
	if (c && c != E_NOTFOUND)
		return c;
	return arena_ok(a) ? E_OK : err_nomem(e);
}
