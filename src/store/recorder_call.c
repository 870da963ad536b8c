/* SPDX-License-Identifier: Apache-2.0 */
#include "store/recorder_call.h"

#include "base/must.h"
#include "db/stmt.h"
#include <stdio.h>

/* Every statement has the same parameters, in this order. */
enum {
	REQUEST = recorder_put_refuse__request,
	ACCOUNT = recorder_put_refuse__account,
	REGION = recorder_put_refuse__region,
	NOW = recorder_put_refuse__now
};

#define WRITES_MAX 8

/* SQL_COUNT: none. */
static const struct {
	const char *name;
	enum sql_id refuse, answer;
	size_t n_writes;
	enum sql_id writes[WRITES_MAX];
} operations[RECORDER_OPERATIONS] = {
	[RECORDER_PUT] = { "PutConfigurationRecorder", SQL_RECORDER_PUT_REFUSE, SQL_COUNT, 5,
		{ SQL_RECORDER_PUT_ROW, SQL_RECORDER_PUT_DROP_TYPES, SQL_RECORDER_PUT_TYPES,
			SQL_RECORDER_PUT_DROP_OVERRIDES, SQL_RECORDER_PUT_OVERRIDES } },
	[RECORDER_DELETE] = { "DeleteConfigurationRecorder", SQL_RECORDER_NAMED_REFUSE, SQL_COUNT,
		4,
		{ SQL_RECORDER_DELETE_TYPES, SQL_RECORDER_DELETE_OVERRIDES,
			SQL_RECORDER_DELETE_TAGS, SQL_RECORDER_DELETE_ROW } },
	[RECORDER_START] = { "StartConfigurationRecorder", SQL_RECORDER_START_REFUSE, SQL_COUNT, 1,
		{ SQL_RECORDER_START_ROW } },
	[RECORDER_STOP] = { "StopConfigurationRecorder", SQL_RECORDER_NAMED_REFUSE, SQL_COUNT, 1,
		{ SQL_RECORDER_STOP_ROW } },
	[RECORDER_DESCRIBE] = { "DescribeConfigurationRecorders", SQL_RECORDER_DESCRIBE_REFUSE,
		SQL_RECORDER_DESCRIBE_ANSWER, 0, { 0 } },
	[RECORDER_STATUS] = { "DescribeConfigurationRecorderStatus", SQL_RECORDER_DESCRIBE_REFUSE,
		SQL_RECORDER_STATUS_ANSWER, 0, { 0 } },
	[RECORDER_LIST] = { "ListConfigurationRecorders", SQL_COUNT, SQL_RECORDER_LIST_ANSWER, 0,
		{ 0 } },
	[RECORDER_ASSOCIATE] = { "AssociateResourceTypes", SQL_RECORDER_ASSOCIATE_REFUSE,
		SQL_RECORDER_ASSOCIATED_ANSWER, 3,
		{ SQL_RECORDER_ASSOCIATE_ADD, SQL_RECORDER_ASSOCIATE_REMOVE,
			SQL_RECORDER_ASSOCIATE_WAKE } },
	[RECORDER_DISASSOCIATE] = { "DisassociateResourceTypes", SQL_RECORDER_DISASSOCIATE_REFUSE,
		SQL_RECORDER_ASSOCIATED_ANSWER, 3,
		{ SQL_RECORDER_DISASSOCIATE_ADD, SQL_RECORDER_DISASSOCIATE_REMOVE,
			SQL_RECORDER_ASSOCIATE_WAKE } },
	[RECORDER_LINK] = { "PutServiceLinkedConfigurationRecorder", SQL_RECORDER_LINK_REFUSE,
		SQL_RECORDER_LINKED_ANSWER, 1, { SQL_RECORDER_LINK_ROW } },
	/* What is answered is gone afterwards: the answer is made before. */
	[RECORDER_UNLINK] = { "DeleteServiceLinkedConfigurationRecorder",
		SQL_RECORDER_UNLINK_REFUSE, SQL_RECORDER_LINKED_ANSWER, 4,
		{ SQL_RECORDER_UNLINK_TYPES, SQL_RECORDER_UNLINK_OVERRIDES, SQL_RECORDER_UNLINK_ROW,
			SQL_RECORDER_ASSOCIATE_WAKE } },
};

void recorder_answer_release(struct recorder_answer *answer)
{
	buf_release(&answer->message);
	buf_release(&answer->body);
}

enum code recorder_operation_find(struct str name, enum recorder_operation *out)
{
	for (size_t i = 0; i < RECORDER_OPERATIONS; i++)
		if (str_is(name, operations[i].name)) {
			*out = (enum recorder_operation)i;
			return E_OK;
		}
	return E_NOTFOUND;
}

static struct stmt begin(struct db *db, enum sql_id id, const struct recorder_call *call)
{
	struct stmt st = stmt_begin(db, id);

	stmt_str(&st, REQUEST, call->request);
	stmt_text(&st, ACCOUNT, call->account);
	stmt_text(&st, REGION, call->region);
	stmt_int(&st, NOW, call->now_ms);
	return st;
}

/* The first row is the answer. */
static enum code refuse(struct db *db, const struct recorder_call *call,
	struct recorder_answer *answer, struct err *e)
{
	enum sql_id id = operations[call->operation].refuse;
	struct stmt st;
	enum code c;

	if (id == SQL_COUNT)
		return E_OK;
	st = begin(db, id, call);
	c = stmt_step(&st, e);
	if (!c) {
		struct str error = stmt_col_str(&st, recorder_put_refuse_error);

		snprintf(answer->error, sizeof(answer->error), "%.*s", STR_ARG(error));
		buf_str(&answer->message, stmt_col_str(&st, recorder_put_refuse_message));
		if (!buf_ok(&answer->message))
			c = err_nomem(e);
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static enum code tell(struct db *db, const struct recorder_call *call,
	struct recorder_answer *answer, struct err *e)
{
	enum sql_id id = operations[call->operation].answer;
	struct stmt st;
	enum code c;

	if (id == SQL_COUNT)
		return E_OK;
	st = begin(db, id, call);
	c = stmt_step(&st, e);
	if (!c) {
		buf_str(&answer->body, stmt_col_str(&st, recorder_list_answer_body));
		if (!buf_ok(&answer->body))
			c = err_nomem(e);
	}
	stmt_end(&st);
	return c == E_NOTFOUND && !e->code ? E_OK : c;
}

static enum code perform(struct db *db, const struct recorder_call *call,
	struct recorder_answer *answer, struct err *e)
{
	if (refuse(db, call, answer, e) || answer->error[0])
		return e->code;
	if (call->operation == RECORDER_UNLINK && tell(db, call, answer, e))
		return e->code;
	for (size_t i = 0; i < operations[call->operation].n_writes; i++) {
		struct stmt st = begin(db, operations[call->operation].writes[i], call);

		if (stmt_run(&st, e))
			return e->code;
	}
	return call->operation == RECORDER_UNLINK ? E_OK : tell(db, call, answer, e);
}

enum code recorder_call(struct db *db, const struct recorder_call *call,
	struct recorder_answer *answer, struct err *e)
{
	must(call->operation < RECORDER_OPERATIONS);
	if (!operations[call->operation].n_writes)
		return perform(db, call, answer, e);
	if (db_begin(db, e))
		return e->code;
	if (perform(db, call, answer, e) == E_OK)
		return db_commit(db, e);
	db_rollback(db);
	return e->code;
}
