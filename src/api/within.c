/* SPDX-License-Identifier: Apache-2.0 */
#include "api/operation.h"
#include "api/script.h"
#include "base/must.h"
#include "json/write.h"

#define INPUT_MAX_BYTES ((size_t)4 << 20)

static enum code run(struct db *db, enum sql_id id, struct err *e)
{
	struct stmt st = stmt_begin(db, id);

	return stmt_run(&st, e);
}

static enum code check(struct operation *op)
{
	struct buf message = BUF_INIT(MODEL_MESSAGE_MAX_BYTES), text = BUF_INIT(INPUT_MAX_BYTES);
	const char *error = NULL;
	enum code c = model_check(op->model, op->input, op->arena, &error, &message, op->e);

	if (c == E_INVALID && error) {
		*op->e = (struct err){ 0 };
		c = api_refuse(op, error, "%.*s", STR_ARG(buf_slice(&message)));
	}
	if (!c) {
		json_write(&text, op->input);
		op->text = arena_str(op->arena, buf_slice(&text));
		if (!buf_ok(&text) || !arena_ok(op->arena))
			c = err_nomem(op->e);
	}
	buf_release(&message);
	buf_release(&text);
	return c;
}

static enum code run_parts(struct operation *op)
{
	const struct operation_entry *entry = operation_entry(op->model->name);
	struct script script;
	enum code c;

	script_find(&script, op->model->name);
	must(!entry || !entry->alone);
	c = script_refuse(&script, op);
	if (!c && entry)
		c = entry->fn(op);
	if (!c)
		c = script_write(&script, op);
	return c ? c : script_answer(&script, op);
}

enum code operation_within(struct operation *op, const char *name, const char *account,
	struct json *input, struct operation *sub)
{
	enum code c;

	*sub = *op;
	sub->model = model_find(str_of(name));
	must(sub->model);
	sub->account = account;
	sub->input = input;
	sub->output = json_new(op->arena, JSON_OBJECT);
	sub->after = sub->next = sub->message = STR_NONE;
	sub->error[0] = '\0';
	if (!sub->output)
		return err_nomem(op->e);
	c = run(op->db, SQL_WITHIN_BEGIN, op->e);
	if (c)
		return c;
	c = check(sub);
	if (!c)
		c = run_parts(sub);
	if (c == E_DENIED && sub->error[0] && run(op->db, SQL_WITHIN_BACK, op->e))
		return op->e->code;
	if ((!c || c == E_DENIED) && run(op->db, SQL_WITHIN_END, op->e))
		return op->e->code;
	return c;
}
