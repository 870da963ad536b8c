/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/operation.h"

/** The statements op_<Operation>_* of one operation, found by name among all of schema/api. */
#define SCRIPT_PARTS_MAX 12

/** NAME, NAME_2, NAME_3 ... in their order. */
struct script_parts {
	enum sql_id ids[SCRIPT_PARTS_MAX];
	size_t n;
};

struct script {
	struct script_parts refuses, writes;
	enum sql_id answer, list; /* SQL_COUNT: there is none */
	bool past; /* answer and list name :at_ms: they see to that moment by themselves */
};

/** must()s what is not as api/answer.h says: a part that is called otherwise, a wrong number of columns. */
void script_find(struct script *out, const char *operation);
/** There is something. */
bool script_any(const struct script *s);

/** Whatever the statement's first row, (error, message), says: api_refuse(). */
enum code script_refuse_by(enum sql_id id, struct operation *op);
/** The members of the object @text (JSON) into op->output. */
enum code script_merge(struct operation *op, struct str text);
/** The first reason, if there is one: api_refuse(). */
enum code script_refuse(const struct script *s, struct operation *op);
enum code script_write(const struct script *s, struct operation *op);
/** Into op->output; a list sets op->next. */
enum code script_answer(const struct script *s, struct operation *op);
