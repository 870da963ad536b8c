/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "json/json.h"

/**
 * Binding a JSON object to a struct by a table: what each member is called, which form it must
 * have, where it goes. A member in no table, or of another form, is an error with its name.
 */
enum field_form {
	FIELD_TEXT,   /* const char * */
	FIELD_PATH,   /* const char *, begins with '$' */
	FIELD_COUNT,  /* int, 0 or more */
	FIELD_FLAG,   /* bool: true, false, 1, 0 */
	FIELD_TEXTS,  /* struct json *: array of strings */
	FIELD_PATHS,  /* struct json *: array of strings that begin with '$' */
	FIELD_OBJECT, /* struct json * */
	FIELD_LIST,   /* struct json *: array of objects */
	FIELD_ANY,    /* struct json * */
	FIELD_SKIP,   /* read by somebody else */
};

struct field {
	const char *name; /* NULL ends the table */
	enum field_form form;
	size_t at; /* offset in the struct */
};

/** What is being bound, for messages: "AWS::EC2::VPC", "list". */
struct field_place {
	const char *type;
	const char *where; /* "" at the top */
};

/** Fill @into. A member that is null counts as missing. */
enum code field_bind(struct arena *a, const struct field_place *at, const struct json *object,
	const struct field *fields, void *into, struct err *e);

/** "TYPE: field WHERE.NAME: WHAT" as E_INVALID. */
enum code field_fault(
	const struct field_place *at, struct str name, const char *what, struct err *e);
