/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "port/function_runner.h"

/**
 * What a function's child is given: a program, its words, an environment made from nothing
 * ========================================================================================
 *
 * Variables are those of AWS Lambda, a PATH, a private HOME, and what the function's settings say. Credentials are
 * made up unless the settings have some: they are what an SDK wants to see before it asks us.
 */
struct environment {
	const char *path;        /* of the program */
	const char *const *argv; /* NULL-terminated, as envp */
	const char *const *envp;
};

struct environment_facts {
	const struct function_spec *spec;
	const char *account, *region;
	const char *scratch;       /* its folder */
	const char *api;           /* "127.0.0.1:4711/secret" */
	const char *stream;        /* the log stream's name */
	const char *python, *node; /* interpreters; NULL: looked for in PATH */
};

/** Everything in @a. E_INVALID: a runtime nobody knows, settings that are none. E_NOTFOUND: no interpreter. E_NOMEM. */
enum code environment_make(
	struct arena *a, const struct environment_facts *f, struct environment *out, struct err *e);

/** The file of the bootstrap that the runtime needs in the scratch folder; NULL: none. E_INVALID. */
enum code environment_bootstrap(const char *runtime, const char **name, struct err *e);

/** Whether a function's settings may name this variable: those that its runtime needs are ours. */
bool environment_is_reserved(struct str name);
