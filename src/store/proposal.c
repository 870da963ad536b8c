/* SPDX-License-Identifier: Apache-2.0 */
#include "store/proposal.h"

#include "db/stmt.h"
#include "json/read.h"
#include "json/write.h"

#define TEXT_MAX ((size_t)4 << 20)

static bool is_kept(struct db *db, struct str type, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PROPOSAL_KEPT);
	bool kept;

	stmt_str(&st, proposal_kept__type, type);
	kept = stmt_step(&st, e) == E_OK;
	stmt_end(&st);
	return kept;
}

static struct str small(struct arena *a, struct str name)
{
	char *p;

	if (!name.n || name.p[0] < 'A' || name.p[0] > 'Z')
		return name;
	p = arena_alloc(a, name.n + 1);
	if (!p)
		return name;
	memcpy(p, name.p, name.n);
	p[0] = (char)(p[0] + ('a' - 'A'));
	return (struct str){ p, name.n };
}

/* Names that people gave (of variables, of tags) are theirs. */
static bool is_theirs(const struct json *v)
{
	return str_is(v->key, "Variables") || str_is(v->key, "variables") ||
	       str_is(v->key, "Tags") || str_is(v->key, "tags");
}

// NOLINTNEXTLINE(misc-no-recursion): to JSON_DEPTH_MAX
static void make_small(struct arena *a, struct json *v)
{
	bool theirs = v->kind == JSON_OBJECT && v->key.p && is_theirs(v);

	for (struct json *k = v->first; k; k = k->next) {
		make_small(a, k);
		if (v->kind == JSON_OBJECT && !theirs)
			k->key = small(a, k->key);
	}
}

static struct str first_text(const struct json *v, const char *one, const char *other)
{
	struct str found = json_get_text(v, one);

	return found.p ? found : json_get_text(v, other);
}

/* A list of {Key, Value}, or an object. */
static struct json *tags_of(struct arena *a, const struct json *cfg)
{
	const struct json *given = json_get(cfg, "Tags");
	struct json *tags = json_new(a, JSON_OBJECT);

	if (json_is(given, JSON_OBJECT))
		return json_copy(a, given);
	for (const struct json *k = given && tags ? given->first : NULL; k; k = k->next) {
		struct str key = first_text(k, "Key", "key");

		if (key.p)
			json_set(tags, key, json_string(a, first_text(k, "Value", "value")));
	}
	return tags;
}

static struct str text_of(struct arena *a, const struct json *v)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	struct str text;

	if (v)
		json_write(&b, v);
	a->failed |= !buf_ok(&b);
	text = arena_str(a, buf_slice(&b));
	buf_release(&b);
	return text;
}

enum code proposal_make(struct arena *a, struct db *db, const struct judge_proposal *given,
	struct judge_proposal *out, struct err *e)
{
	struct json *cfg = NULL, *tags;
	bool kept = is_kept(db, given->type, e);
	struct judge_proposal made = { .type = given->type, .id = given->id };

	if (e->code || json_read(a, given->configuration, &cfg, e))
		return e->code;
	if (!json_is(cfg, JSON_OBJECT))
		return err_set(e, E_INVALID, "the resource's configuration is no object");
	tags = tags_of(a, cfg);
	if (!kept)
		make_small(a, cfg);
	made.configuration = text_of(a, cfg);
	made.tags = text_of(a, tags);
	if (!arena_ok(a))
		return err_nomem(e);
	*out = made;
	return E_OK;
}

enum code proposal_next(
	struct db *db, int64_t now_ms, struct arena *a, struct proposal *out, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PROPOSAL_NEXT);
	enum code c;

	stmt_int(&st, proposal_next__now, now_ms);
	c = stmt_step(&st, e);
	if (!c) {
		out->account = arena_str(a, stmt_col_str(&st, proposal_next_account));
		out->region = arena_str(a, stmt_col_str(&st, proposal_next_region));
		out->evaluation = arena_str(a, stmt_col_str(&st, proposal_next_evaluation_id));
		out->type = arena_str(a, stmt_col_str(&st, proposal_next_type));
		out->id = arena_str(a, stmt_col_str(&st, proposal_next_id));
		out->configuration = arena_str(a, stmt_col_str(&st, proposal_next_configuration));
	}
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code proposal_result(
	struct db *db, struct arena *a, struct str *result, struct str *annotation, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PROPOSAL_RESULT);
	enum code c = stmt_step(&st, e);

	if (!c) {
		*result = arena_str(a, stmt_col_str(&st, proposal_result_result));
		*annotation = arena_str(a, stmt_col_str(&st, proposal_result_annotation));
	}
	stmt_end(&st);
	return c ? c : arena_ok(a) ? E_OK : err_nomem(e);
}

enum code proposal_done(struct db *db, const struct proposal *p, struct str results,
	const char *reason, struct err *e)
{
	struct stmt st = stmt_begin(db, SQL_PROPOSAL_DONE);

	stmt_str(&st, proposal_done__account, p->account);
	stmt_str(&st, proposal_done__region, p->region);
	stmt_str(&st, proposal_done__evaluation, p->evaluation);
	stmt_str(&st, proposal_done__results, results);
	stmt_text(&st, proposal_done__reason, reason);
	return stmt_run(&st, e);
}
