/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/operation.h"

/** The statements op_<Operation>_* of one operation, found by name among all of schema/api. */
#define SCRIPT_WRITES_MAX 12

struct script {
	enum sql_id refuse, answer, list; /* SQL_COUNT: there is none */
	enum sql_id writes[SCRIPT_WRITES_MAX];
	size_t n_writes;
	bool past; /* answer and list name :at_ms: they see to that moment by themselves */
};

/** must()s what is not as api/answer.h says: a part that is called otherwise, a wrong number of columns. */
void script_find(struct script *out, const char *operation);
/** There is something. */
bool script_any(const struct script *s);

/** The first reason, if there is one: api_refuse(). */
enum code script_refuse(const struct script *s, struct operation *op);
enum code script_write(const struct script *s, struct operation *op);
/** Into op->output; a list sets op->next. */
enum code script_answer(const struct script *s, struct operation *op);
