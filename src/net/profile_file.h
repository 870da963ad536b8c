/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"

/**
 * The files ~/.aws/credentials and ~/.aws/config
 * ==============================================
 *
 * Sections in brackets, `name = value` below them; '#' or ';' begin a comment, at the start
 * of a line or (but for credential_process, whose commands may need them) behind white
 * space. A name without value followed by lines that are further indented is a group: its
 * members are found as "group.name". Other indented lines continue the value before them.
 * Names are kept in lower case. Of several equal names the last counts. ("Shared config and
 * credentials files", AWS SDKs and Tools Reference Guide.)
 *
 * The file's text holds secrets: values borrow from it and it is wiped on release.
 */
struct profile_file {
	struct profile_entry *first; /* in the order of the file */
	struct profile_entry *last;
	char *text;
	size_t n;
	struct arena arena;
};

struct profile_entry {
	struct str section; /* "default", "profile prod", white space squeezed, quotes gone */
	struct str name;    /* "" for the section's own line */
	struct str value;
	struct profile_entry *next;
};

#define PROFILE_FILE_INIT                                                                          \
	{                                                                                          \
		NULL, NULL, NULL, 0, ARENA_INIT((size_t)8 << 20)                                   \
	}

/** Release it in every case. E_NOTFOUND: no such file. E_DENIED: it may not be read.
 * E_INVALID: a line that is none of the above; @e has file and line, never the text.
 * E_TOOBIG: over 1 MiB. */
enum code profile_file_read(struct profile_file *f, const char *path, struct err *e);
/** As profile_file_read() from memory; @path is for messages. */
enum code profile_file_parse(
	struct profile_file *f, struct str text, const char *path, struct err *e);
void profile_file_release(struct profile_file *f);

bool profile_file_has(const struct profile_file *f, struct str section);
/** The value, or STR_NONE when it is not there or empty. */
struct str profile_file_get(const struct profile_file *f, struct str section, const char *name);
