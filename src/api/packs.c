/* SPDX-License-Identifier: Apache-2.0 */
#include "api/operation.h"
#include "api/pack_template.h"
#include "json/read.h"
#include "json/write.h"
#include <stdio.h>

/*
 * A pack and what it makes are written in one transaction. Its rules go through PutConfigRule like anybody's; when one of them
 * is refused the pack stays as a row that says why, and what it made before stays as it was.
 */
#define TEXT_MAX_BYTES ((size_t)8 << 20)

struct pack {
	struct str name;
	const char *id, *arn;
	struct pack_template made;
	struct str rules, remediations, controls; /* as JSON */
};

/* What the statements of src/api/packs.sql name. */
static void bind(const struct operation *op, const struct pack *p, struct stmt *st)
{
	const struct {
		const char *name;
		struct str value;
	} own[] = { { ":name", p->name }, { ":rules", p->rules },
		{ ":remediations", p->remediations }, { ":controls", p->controls } };

	operation_bind(op, st);
	for (size_t i = 0; i < sizeof(own) / sizeof(*own); i++)
		if (stmt_param(st, own[i].name))
			stmt_str(st, stmt_param(st, own[i].name), own[i].value);
}

static enum code run(struct operation *op, const struct pack *p, const enum sql_id *ids, size_t n)
{
	enum code c = E_OK;

	for (size_t i = 0; i < n && !c; i++) {
		struct stmt st = stmt_begin(op->db, ids[i]);

		bind(op, p, &st);
		c = stmt_run(&st, op->e);
	}
	return c;
}

static enum code find(struct operation *op, struct pack *p)
{
	struct stmt st = stmt_begin(op->db, SQL_PACK_GET);
	enum code c;

	bind(op, p, &st);
	c = stmt_step(&st, op->e);
	if (!c) {
		p->id = arena_text(op->arena, stmt_col_str(&st, pack_get_pack_id));
		p->arn = arena_text(op->arena, stmt_col_str(&st, pack_get_arn));
	}
	stmt_end(&st);
	return !c && !arena_ok(op->arena) ? err_nomem(op->e) : c;
}

static struct str text_of(struct operation *op, const struct json *v)
{
	struct buf b = BUF_INIT(TEXT_MAX_BYTES);
	struct str text;

	json_write(&b, v);
	text = buf_ok(&b) ? arena_str(op->arena, buf_slice(&b)) : STR_NONE;
	buf_release(&b);
	return text;
}

static enum code read_template(struct operation *op, struct pack *p)
{
	const struct pack_scope scope = { .account = op->account,
		.region = op->region,
		.name = arena_text(op->arena, p->name),
		.arn = p->arn,
		.pack_id = p->id,
		.inputs = json_get(op->input, "ConformancePackInputParameters") };
	enum code c = pack_template_read(
		op->arena, json_get_text(op->input, "TemplateBody"), &scope, &p->made, op->e);

	if (c == E_INVALID || c == E_TOOBIG) {
		struct str why = arena_str(op->arena, str_of(op->e->msg));

		*op->e = (struct err){ 0 };
		return api_refuse(op, "ConformancePackTemplateValidationException", "%.*s",
			(int)utf8_span(why), why.p);
	}
	if (c)
		return c;
	p->rules = text_of(op, p->made.rules);
	p->remediations = text_of(op, p->made.remediations);
	p->controls = text_of(op, p->made.controls);
	return p->rules.p && p->remediations.p && p->controls.p ? E_OK : err_nomem(op->e);
}

/* Each of @list through @operation, as its member @member. E_DENIED: *@why says which was refused, and why. */
static enum code put_each(struct operation *op, const struct json *list, const char *operation,
	const char *member, struct str *why)
{
	for (const struct json *v = list->first; v; v = v->next) {
		struct json *input = json_new(op->arena, JSON_OBJECT);
		struct json *own = json_copy(op->arena, v), *all = own;
		struct operation sub;
		enum code c;

		if (str_is(str_of(operation), "PutRemediationConfigurations")) {
			all = json_new(op->arena, JSON_ARRAY);
			if (all)
				json_push(all, own);
		}
		if (!input || !own || !all)
			return err_nomem(op->e);
		json_add(input, str_of(member), all);
		c = operation_within(op, operation, op->account, input, &sub);
		if (c == E_DENIED)
			*why = arena_printf(op->arena, "%.*s: %s: %.*s", STR_ARG(v->key), sub.error,
				STR_ARG(sub.message));
		if (c)
			return c;
	}
	return E_OK;
}

static enum code make(struct operation *op, struct pack *p, struct str *why)
{
	static const enum sql_id before[] = { SQL_PACK_FREE_RULES };
	static const enum sql_id after[] = { SQL_PACK_DROP_REMEDIATIONS, SQL_PACK_DROP_RULES,
		SQL_PACK_DROP_RULES_END, SQL_PACK_FORGET_RULES, SQL_PACK_NOTE_RULES,
		SQL_PACK_LOCK_RULES, SQL_PACK_LOCK_REMEDIATIONS };
	enum code c = run(op, p, before, sizeof(before) / sizeof(*before));

	if (!c)
		c = put_each(op, p->made.rules, "PutConfigRule", "ConfigRule", why);
	if (!c)
		c = put_each(op, p->made.remediations, "PutRemediationConfigurations",
			"RemediationConfigurations", why);
	return c ? c : run(op, p, after, sizeof(after) / sizeof(*after));
}

static enum code conclude(struct operation *op, const struct pack *p, struct str why)
{
	struct stmt st = stmt_begin(op->db, SQL_PACK_END);

	bind(op, p, &st);
	stmt_text(&st, pack_end__state, why.p ? "CREATE_FAILED" : "CREATE_COMPLETE");
	if (why.p)
		stmt_str(&st, pack_end__reason, why);
	else
		stmt_null(&st, pack_end__reason);
	return stmt_run(&st, op->e);
}

enum code api_put_conformance_pack(struct operation *op)
{
	static const enum sql_id put[] = { SQL_PACK_PUT }, begin[] = { SQL_WITHIN_BEGIN },
				 back[] = { SQL_WITHIN_BACK }, end[] = { SQL_WITHIN_END };
	struct pack p = { .name = json_get_text(op->input, "ConformancePackName") };
	struct str why = STR_NONE;
	enum code c = run(op, &p, put, 1);

	if (!c)
		c = find(op, &p);
	if (!c)
		c = read_template(op, &p);
	if (!c)
		c = run(op, &p, begin, 1);
	if (c)
		return c;
	c = make(op, &p, &why);
	if (c == E_DENIED)
		c = run(op, &p, back, 1);
	if (!c)
		c = run(op, &p, end, 1);
	return c ? c : conclude(op, &p, why);
}
