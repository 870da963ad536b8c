/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "db/db.h"
#include <signal.h>

/**
 * A case file
 * ===========
 *
 * A store that holds a part of another: chosen resources, and what was in force of them in a time. It answers
 * as the store would have at the end of that time, and proves what it holds: the whole chain of seals comes with
 * it, and of every item that is left out its digest, as if retention had removed it. Nothing else of what is left out
 * goes along.
 */
struct case_query {
	const char *account, *region,
		*types;             /* exact; a glob; globs with commas between them; NULL: any */
	int64_t rid;                /* 0: any */
	int64_t since_ms, until_ms; /* both inclusive; TIME_FOREVER_MS: still */
	const char *scope;          /* the same in words, for who reads the file */
	const volatile sig_atomic_t *stop; /* or NULL */
};
struct case_sum {
	int64_t items, resources, left_out;
};

/** Write it to @path, an empty file. E_NOTFOUND: nothing is chosen. */
enum code case_file_write(struct db *db, const char *path, const struct case_query *q,
	int64_t now_ms, struct case_sum *sum, struct err *e);
