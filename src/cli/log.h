/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "cli/person.h"

/** Versions and what changed in them, as people read it: rows of read_log() and read_follow(). */
struct teller {
	struct cli *c;
	struct columns k;
	int64_t limit; /* versions to show; 0: all */
	int64_t shown;
	int64_t rid, version; /* of the row before */
	size_t indent;        /* where changes begin */
	bool more;
};
struct rows teller_rows(struct teller *t);

/** Print what happens as it is written, until it is stopped (or -n versions were shown). */
enum code log_follow(struct cli *c, struct read_filter *f, struct err *e);
