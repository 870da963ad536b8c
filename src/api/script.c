/* SPDX-License-Identifier: Apache-2.0 */
#include "api/script.h"

#include "base/must.h"
#include "db/sql_text.h"
#include <stdio.h>

#define PREFIX "op_"

static void add(struct script_parts *parts, const char *name, const char *part, enum sql_id id)
{
	char expected[32];

	/* They stand in the file in the order of their numbers. */
	if (parts->n)
		snprintf(expected, sizeof(expected), "%s_%zu", name, parts->n + 1);
	else
		snprintf(expected, sizeof(expected), "%s", name);
	must(strcmp(part, expected) == 0 && parts->n < SCRIPT_PARTS_MAX);
	parts->ids[parts->n++] = id;
}

static void take(struct script *out, const char *part, enum sql_id id)
{
	const struct sql_text *t = &sql_text[id];
	const struct {
		const char *name;
		enum sql_id *id;
		int columns, columns_max;
	} reads[] = { { "answer", &out->answer, 1, 1 }, { "list", &out->list, 2, 100 } };

	if (strncmp(part, "refuse", 6) == 0) {
		must(t->readonly && t->columns == 2);
		add(&out->refuses, "refuse", part, id);
		return;
	}
	for (size_t i = 0; i < sizeof(reads) / sizeof(*reads); i++) {
		if (strcmp(part, reads[i].name) != 0)
			continue;
		must(t->readonly && t->columns >= reads[i].columns &&
			t->columns <= reads[i].columns_max);
		*reads[i].id = id;
		if (!strstr(t->text, ":at_ms"))
			out->past = false;
		return;
	}
	add(&out->writes, "write", part, id);
}

void script_find(struct script *out, const char *operation)
{
	size_t n = strlen(operation);

	*out = (struct script){ .answer = SQL_COUNT, .list = SQL_COUNT, .past = true };
	for (unsigned i = 0; i < SQL_COUNT; i++) {
		const char *name = sql_text[i].name;

		if (strncmp(name, PREFIX, sizeof(PREFIX) - 1) != 0)
			continue;
		name += sizeof(PREFIX) - 1;
		if (strncmp(name, operation, n) == 0 && name[n] == '_')
			take(out, name + n + 1, (enum sql_id)i);
	}
}

bool script_any(const struct script *s)
{
	return s->writes.n || s->refuses.n || s->answer != SQL_COUNT || s->list != SQL_COUNT;
}

enum code script_refuse_by(enum sql_id id, struct operation *op)
{
	struct stmt st = stmt_begin(op->db, id);
	enum code c;

	operation_bind(op, &st);
	c = stmt_step(&st, op->e);
	if (!c) {
		const char *error = arena_text(op->arena, stmt_col_str(&st, 0));
		struct str message = stmt_col_str(&st, 1);

		c = message.p ? api_refuse(op, error, "%.*s", STR_ARG(message))
			      : api_refuse(op, error, NULL);
	}
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

enum code script_refuse(const struct script *s, struct operation *op)
{
	enum code c = E_OK;

	for (size_t i = 0; i < s->refuses.n && !c; i++)
		c = script_refuse_by(s->refuses.ids[i], op);
	return c;
}

enum code script_write(const struct script *s, struct operation *op)
{
	enum code c = E_OK;

	for (size_t i = 0; i < s->writes.n && !c; i++) {
		struct stmt st = stmt_begin(op->db, s->writes.ids[i]);

		operation_bind(op, &st);
		c = stmt_run(&st, op->e);
	}
	return c;
}

enum code script_merge(struct operation *op, struct str text)
{
	struct json *made = operation_json(op, text);

	if (!made)
		return op->e->code;
	if (made->kind != JSON_OBJECT)
		return err_set(op->e, E_INVALID, "the answer of %s is no object", op->model->name);
	for (struct json *v = made->first, *next; v; v = next) {
		next = v->next;
		json_remove(made, v);
		json_set(op->output, v->key, v);
	}
	return E_OK;
}

static enum code answer(enum sql_id id, struct operation *op)
{
	struct stmt st = stmt_begin(op->db, id);
	enum code c;

	operation_bind(op, &st);
	c = stmt_step(&st, op->e);
	if (!c && !stmt_is_null(&st, 0))
		c = script_merge(op, stmt_col_str(&st, 0));
	stmt_end(&st);
	return c == E_NOTFOUND ? E_OK : c;
}

static enum code list(enum sql_id id, struct operation *op)
{
	struct stmt st = stmt_begin(op->db, id);
	struct json *elements = json_new(op->arena, JSON_ARRAY);
	struct str behind = STR_NONE;
	enum code c;

	if (!op->model->list || !elements) {
		stmt_end(&st);
		return elements ? err_set(op->e, E_INVALID, "%s gives no list", op->model->name)
				: err_nomem(op->e);
	}
	operation_bind(op, &st);
	while (!(c = stmt_step(&st, op->e))) {
		struct json *v;

		if ((int64_t)elements->n >= op->limit) {
			op->next = behind;
			break;
		}
		v = operation_json(op, stmt_col_str(&st, 0));
		if (!v) {
			c = op->e->code;
			break;
		}
		json_push(elements, v);
		behind = arena_str(op->arena, stmt_col_str(&st, 1));
	}
	stmt_end(&st);
	json_add(op->output, str_of(op->model->list), elements);
	return c == E_NOTFOUND ? E_OK : c;
}

enum code script_answer(const struct script *s, struct operation *op)
{
	enum code c = E_OK;

	if (s->answer != SQL_COUNT)
		c = answer(s->answer, op);
	if (!c && s->list != SQL_COUNT)
		c = list(s->list, op);
	return c;
}
