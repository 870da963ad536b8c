/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/**
 * Files of sections and values
 * ============================
 *
 * Our own configuration file, and ~/.aws/credentials and ~/.aws/config, which set the rules:
 * sections in brackets, `name = value` below them; '#' or ';' begin a comment, at the start
 * of a line or behind white space. A name without value followed by lines that are further
 * indented is a group: its members are found as "group.name". Other indented lines continue the
 * value before them. Names are kept in lower case. Of several equal names the last counts.
 * ("Shared config and credentials files", AWS SDKs and Tools Reference Guide.)
 *
 * The file's text may hold secrets: values borrow from it and it is wiped on release.
 */
struct ini {
	struct ini_entry *first; /* in the order of the file */
	struct ini_entry *last;
	char *text;
	size_t n;
	struct arena arena;
	const char *verbatim; /* a name whose values have no comments behind them, or NULL */
};

struct ini_entry {
	struct str section; /* "default", "profile prod", white space squeezed, quotes gone */
	struct str name;    /* "" for the section's own line */
	struct str value;
	int line; /* where it stands, from 1 */
	struct ini_entry *next;
};

#define INI_INIT                                                                                   \
	{                                                                                          \
		NULL, NULL, NULL, 0, ARENA_INIT((size_t)8 << 20), NULL                             \
	}

/** Release it in every case. E_NOTFOUND: no such file. E_DENIED: it may not be read.
 * E_INVALID: a line that is none of the above; @e has file and line, never the text.
 * E_TOOBIG: over 1 MiB. */
enum code ini_read(struct ini *f, const char *path, struct err *e);
/** As ini_read() from memory; @path is for messages. */
enum code ini_parse(struct ini *f, struct str text, const char *path, struct err *e);
void ini_release(struct ini *f);

bool ini_has(const struct ini *f, struct str section);
/** The value, or STR_NONE when it is not there or empty. */
struct str ini_get(const struct ini *f, struct str section, const char *name);
