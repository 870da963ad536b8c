/* SPDX-License-Identifier: Apache-2.0 */
#include "api/operation.h"

#include "api/script.h"
#include "base/must.h"
#include "core/house.h"
#include "store/recorder_call.h"

/*
 * Recorders: store/recorder_call.h has all of it. There is one recorder of people's for the whole store, whoever asks:
 * each account and region sees it as its own, with an ARN of its own, and what one of them changes is changed
 * for all. It is the one of siltstone recorder.
 */

static enum code refuse(struct operation *op, const struct recorder_answer *answer)
{
	return api_refuse(op, answer->error, "%.*s", STR_ARG(buf_slice(&answer->message)));
}

/* By name, and behind the last one of the page before. */
static enum code cut_page(struct operation *op)
{
	struct json *all = json_get(op->output, op->model->list), *next;
	int64_t n = 0;

	for (struct json *v = all ? all->first : NULL; v; v = next) {
		const struct str name = json_get_text(v, "name");

		next = v->next;
		if (op->after.p && str_cmp(name, op->after) <= 0) {
			json_remove(all, v);
		} else if (n == op->limit) {
			op->next = op->after;
			json_remove(all, v);
		} else if (++n == op->limit && next) {
			op->after = arena_str(op->arena, name);
		}
	}
	return arena_ok(op->arena) ? E_OK : err_nomem(op->e);
}

/* What it was told to do is done when this fails; the next sweep records it then. */
static enum code record(struct operation *op)
{
	struct record_sum sum;

	return house_record(op->db, op->now_ms, &sum, op->e);
}

/* AWS Config writes its check file when it starts. It goes out with everything else that is due. */
static enum code plan_check(struct operation *op)
{
	struct stmt st;

	if (db_begin(op->db, op->e))
		return op->e->code;
	st = stmt_begin(op->db, SQL_CHANNEL_CALL_CHECK);
	operation_bind(op, &st);
	if (stmt_run(&st, op->e) == E_OK)
		return db_commit(op->db, op->e);
	db_rollback(op->db);
	return op->e->code;
}

static enum code answered(
	struct operation *op, enum recorder_operation operation, struct str body, bool writes)
{
	enum code c = writes ? record(op) : E_OK;

	if (!c && operation == RECORDER_START)
		c = plan_check(op);
	if (!c && body.n)
		c = script_merge(op, body);
	return !c && operation == RECORDER_LIST ? cut_page(op) : c;
}

enum code api_recorder(struct operation *op)
{
	struct recorder_call call = { .request = op->text,
		.account = op->account,
		.region = op->region,
		.now_ms = op->now_ms };
	struct recorder_answer answer = RECORDER_ANSWER_INIT;
	const bool writes = operation_entry(op->model->name)->writes;
	enum code c = recorder_operation_find(str_of(op->model->name), &call.operation);

	must(!c);
	c = recorder_call(op->db, &call, &answer, op->e);
	if (!c && answer.error[0])
		c = refuse(op, &answer);
	else if (!c)
		c = answered(op, call.operation, buf_slice(&answer.body), writes);
	recorder_answer_release(&answer);
	return c;
}
