/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include <stdbool.h>

/**
 * The text of a rule
 * ==================
 *
 * A rule is one SELECT, and comments in front of it say what it is:
 *
 *     -- rules: S3_BUCKET_VERSIONING_ENABLED, ...   identifiers of managed rules that it evaluates; a rule of one's own has none
 *     -- types: AWS::S3::Bucket, ...                what it judges
 *     -- reads: AWS::EC2::FlowLog, ...              what it looks at besides
 *     -- text: one line for people
 *
 * A line may be there more than once: what it lists is put together. Those of managed rules are files of
 * schema/rules, built into the program; the file is called like the first of its rules.
 */
struct rule_text {
	const char *sql; /* all of it, NUL-terminated */
	struct str name; /* of the file, without ".sql"; STR_NONE: it is no file of ours */
	struct str
		rules; /* identifiers: "A,B", without blanks; STR_NONE: the header has no such line */
	struct str types; /* likewise; STR_NONE: whatever the rule is said to judge */
	struct str reads; /* likewise; STR_NONE */
	struct str text;  /* STR_NONE */
};

/** Reads the header of @sql, which is borrowed for as long as @out; lists are put into @a. E_INVALID: a
 * list that is empty, or has what is no name; E_NOMEM. */
enum code rule_text_read(struct arena *a, const char *sql, struct rule_text *out, struct err *e);

typedef enum code rule_text_fn(void *ctx, const struct rule_text *text, struct err *e);
/** Every file of ours, by name. Texts besides sql and name are borrowed for the call. */
enum code rule_text_walk(rule_text_fn *fn, void *ctx, struct err *e);

/** The file that evaluates the managed rule of this identifier ("S3_BUCKET_VERSIONING_ENABLED"). E_NOTFOUND, @e left
 * alone: there is none. */
enum code rule_text_find(
	struct arena *a, struct str identifier, struct rule_text *out, struct err *e);

/** Whether the list "A,B" has @one. */
bool rule_text_lists(struct str list, struct str one);

/** "A,B" as a list in JSON; STR_NONE stays. Names have nothing that JSON would escape. */
struct str rule_text_json(struct arena *a, struct str list);
