/* SPDX-License-Identifier: Apache-2.0 */
#include "api/operation.h"
#include "json/read.h"

/*
 * Rules and packs of an organization are made in each of its accounts by the operations that anybody would use there, within
 * one transaction. One account's refusal is noted as its status; a request that no account would take is refused.
 */
#define PRINCIPAL "config-multiaccountsetup.amazonaws.com"

struct kind {
	const char *name, *key; /* the request's member with the object's name */
	const char *put, *delete, *delete_key;
	enum sql_id input, lock;
	const char *invalid; /* as this operation calls a template that is none */
};

static const struct kind rules = { "rule", "OrganizationConfigRuleName", "PutConfigRule",
	"DeleteConfigRule", "ConfigRuleName", SQL_ORGANIZATION_RULE, SQL_ORGANIZATION_LOCK_RULE,
	NULL };
static const struct kind packs = { "pack", "OrganizationConformancePackName", "PutConformancePack",
	"DeleteConformancePack", "ConformancePackName", SQL_ORGANIZATION_PACK,
	SQL_ORGANIZATION_LOCK_PACK, "OrganizationConformancePackTemplateValidationException" };

struct member {
	const struct kind *kind;
	struct str name, made, accounts;
	const char *account;   /* the member's */
	const char *principal; /* or NULL */
	const char *error;     /* or NULL: it went well */
	struct str message;
	bool gone;
};

static void bind_str(struct stmt *st, const char *name, struct str v)
{
	int at = stmt_param(st, name);

	if (at && v.p)
		stmt_str(st, at, v);
	else if (at)
		stmt_null(st, at);
}

static struct stmt begin(struct operation *op, const struct member *m, enum sql_id id)
{
	struct stmt st = stmt_begin(op->db, id);

	operation_bind(op, &st);
	bind_str(&st, ":kind", str_of(m->kind->name));
	bind_str(&st, ":name", m->name);
	bind_str(&st, ":made", m->made);
	bind_str(&st, ":accounts", m->accounts);
	bind_str(&st, ":member", str_of(m->account));
	bind_str(&st, ":principal", str_of(m->principal));
	bind_str(&st, ":status", m->error ? STR("FAILED") : STR("SUCCESSFUL"));
	bind_str(&st, ":error_code", str_of(m->error));
	bind_str(&st, ":error", m->error ? m->message : STR_NONE);
	if (stmt_param(&st, ":gone"))
		stmt_int(&st, stmt_param(&st, ":gone"), m->gone);
	return st;
}

static enum code run(struct operation *op, const struct member *m, enum sql_id id)
{
	struct stmt st = begin(op, m, id);

	return stmt_run(&st, op->e);
}

/* The first column of its one row. */
static enum code get(struct operation *op, const struct member *m, enum sql_id id, struct str *out)
{
	struct stmt st = begin(op, m, id);
	enum code c = stmt_step(&st, op->e);

	if (!c)
		*out = arena_str(op->arena, stmt_col_str(&st, 0));
	stmt_end(&st);
	return !c && !arena_ok(op->arena) ? err_nomem(op->e) : c;
}

static enum code get_json(
	struct operation *op, const struct member *m, enum sql_id id, struct json **out)
{
	struct str text = STR_NONE;
	enum code c = get(op, m, id, &text);

	if (c)
		return c;
	*out = operation_json(op, text);
	return *out ? E_OK : op->e->code;
}

static enum code lock(struct operation *op, struct member *m, const char *principal)
{
	m->principal = principal;
	return run(op, m, m->kind->lock);
}

/* A pack that failed says so itself. */
static enum code check_pack(struct operation *op, struct member *m)
{
	struct stmt st = stmt_begin(op->db, SQL_PACK_GET);
	enum code c;

	stmt_text(&st, pack_get__account, m->account);
	stmt_text(&st, pack_get__region, op->region);
	stmt_str(&st, pack_get__name, m->made);
	c = stmt_step(&st, op->e);
	if (!c && str_is(stmt_col_str(&st, pack_get_state), "CREATE_FAILED")) {
		m->error = "CREATE_FAILED";
		m->message = arena_str(op->arena, stmt_col_str(&st, pack_get_reason));
	}
	stmt_end(&st);
	return c;
}

/* What no account would take. */
static bool is_the_request(const char *error)
{
	static const char *const errors[] = { "InvalidParameterValueException",
		"ValidationException", "InsufficientPermissionsException", "SerializationException",
		"ConformancePackTemplateValidationException" };

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (str_is(str_of(error), errors[i]))
			return true;
	return false;
}

static enum code refused(struct operation *op, struct member *m, const struct operation *sub)
{
	const bool is_template =
		str_is(str_of(sub->error), "ConformancePackTemplateValidationException");

	if (!m->gone && is_the_request(sub->error))
		return api_refuse(op, is_template ? m->kind->invalid : sub->error, "%.*s",
			STR_ARG(sub->message));
	m->error = arena_text(op->arena, str_of(sub->error));
	m->message = sub->message;
	return arena_ok(op->arena) ? E_OK : err_nomem(op->e);
}

static enum code put_member(struct operation *op, struct member *m)
{
	struct json *input = NULL;
	struct operation sub;
	enum code c = get_json(op, m, m->kind->input, &input);

	if (!c)
		c = lock(op, m, NULL);
	if (c)
		return c;
	c = operation_within(op, m->kind->put, m->account, input, &sub);
	if (c == E_DENIED)
		c = refused(op, m, &sub);
	else if (!c && m->kind == &packs)
		c = check_pack(op, m);
	if (!c)
		c = lock(op, m, PRINCIPAL);
	return c ? c : run(op, m, SQL_ORGANIZATION_NOTE);
}

static enum code delete_member(struct operation *op, struct member *m)
{
	struct json *input = json_new(op->arena, JSON_OBJECT);
	struct operation sub;
	enum code c = input ? lock(op, m, NULL) : err_nomem(op->e);

	if (c)
		return c;
	m->gone = true;
	json_add(input, str_of(m->kind->delete_key), json_string(op->arena, m->made));
	c = operation_within(op, m->kind->delete, m->account, input, &sub);
	/* It was never made there. */
	if (c == E_DENIED && str_starts(str_of(sub.error), STR("NoSuch")))
		return run(op, m, SQL_ORGANIZATION_FORGET);
	if (c == E_DENIED)
		c = refused(op, m, &sub);
	else if (!c)
		return run(op, m, SQL_ORGANIZATION_FORGET);
	if (!c)
		c = lock(op, m, PRINCIPAL);
	return c ? c : run(op, m, SQL_ORGANIZATION_NOTE);
}

typedef enum code member_fn(struct operation *op, struct member *m);

static enum code each(struct operation *op, const struct member *whole, const struct json *accounts,
	member_fn *fn)
{
	for (const struct json *v = accounts->first; v; v = v->next) {
		struct member m = *whole;
		enum code c;

		m.account = arena_text(op->arena, v->text);
		c = arena_ok(op->arena) ? fn(op, &m) : err_nomem(op->e);
		if (c)
			return c;
	}
	return E_OK;
}

static enum code put(struct operation *op, const struct kind *kind)
{
	struct member m = { .kind = kind, .name = json_get_text(op->input, kind->key) };
	struct json *accounts = NULL, *others = NULL;
	enum code c = run(op, &m, SQL_ORGANIZATION_PUT);

	if (!c)
		c = get(op, &m, SQL_ORGANIZATION_MADE, &m.made);
	if (!c)
		c = get(op, &m, SQL_ORGANIZATION_ACCOUNTS, &m.accounts);
	if (!c)
		c = (accounts = operation_json(op, m.accounts)) ? E_OK : op->e->code;
	if (!c)
		c = each(op, &m, accounts, put_member);
	if (!c)
		c = get_json(op, &m, SQL_ORGANIZATION_OTHERS, &others);
	return c ? c : each(op, &m, others, delete_member);
}

/* Where one of them cannot go now, none goes. */
static enum code delete_or_refuse(struct operation *op, struct member *m)
{
	enum code c = delete_member(op, m);

	if (!c && m->error)
		return api_refuse(op, "ResourceInUseException", "%s of the account %s: %.*s",
			m->error, m->account, STR_ARG(m->message));
	return c;
}

static enum code take_away(struct operation *op, const struct kind *kind)
{
	struct member m = {
		.kind = kind, .name = json_get_text(op->input, kind->key), .accounts = STR("[]")
	};
	struct json *all = NULL;
	enum code c = get(op, &m, SQL_ORGANIZATION_MADE, &m.made);

	if (!c)
		c = get_json(op, &m, SQL_ORGANIZATION_OTHERS, &all);
	return c ? c : each(op, &m, all, delete_or_refuse);
}

enum code api_put_organization_config_rule(struct operation *op)
{
	return put(op, &rules);
}

enum code api_delete_organization_config_rule(struct operation *op)
{
	return take_away(op, &rules);
}

enum code api_put_organization_conformance_pack(struct operation *op)
{
	return put(op, &packs);
}

enum code api_delete_organization_conformance_pack(struct operation *op)
{
	return take_away(op, &packs);
}
