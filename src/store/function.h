/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "db/db.h"
#include <stdbool.h>

/**
 * Functions that are run here, and what they said
 * ===============================================
 *
 * A row says what a function is; whoever runs it reads the row each time, so that a change holds from the next call on.
 * Its variables are JSON, name to value; null is a value that is not kept here but taken from the environment of whoever runs it.
 */
struct function {
	const char *name, *runtime, *handler;
	const char *code; /* a folder, whole path */
	const char *environment;
	int64_t timeout_ms, memory_mb, concurrency;
	int64_t created_ms, changed_ms;
};

/** Made or changed, in a transaction of its own. E_INVALID: what Lambda would not take either. */
enum code function_put(struct db *db, const struct function *f, int64_t now_ms, struct err *e);
/** Whether it would be taken; its code is not looked at. */
enum code function_check(const struct function *f, struct err *e);
/** Texts in @a. E_NOTFOUND. */
enum code function_get(
	struct db *db, struct arena *a, const char *name, struct function *out, struct err *e);
/** With what it said. E_NOTFOUND. */
enum code function_remove(struct db *db, const char *name, struct err *e);

/** The function's name in an ARN, "arn:aws:lambda:REGION:ACCOUNT:function:NAME", with or without a qualifier; STR_NONE: it is
 * none. @region, @account may be NULL. */
struct str function_of_arn(struct str arn, struct str *region, struct str *account);

struct function_run {
	const char *name, *request_id;
	struct str rule; /* or STR_NONE */
	int64_t started_ms, took_ms;
	const char *outcome, *error; /* error: NULL with "ok" */
	struct str log;
};

#define FUNCTION_RUNS_KEPT 50

/** Part of the caller's transaction; what is older than the last FUNCTION_RUNS_KEPT is forgotten. */
enum code function_run_add(struct db *db, const struct function_run *run, struct err *e);
