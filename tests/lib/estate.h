/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "core/record.h"
#include "db/db.h"

/**
 * A small estate for tests: a store in a scratch file or memory, and sweeps written as
 * JSON texts. Everything must()s: a test that cannot set up its world is broken.
 */
struct estate {
	struct db db;
	struct record record;
	struct record_sum sum;
	int64_t now_ms;
};

/** A new store with the program's catalogue. */
void estate_open(struct estate *w, const char *path);
void estate_close(struct estate *w);
/** Leave only the catalogue's EC2 and IAM in a closed store: for those who copy it thousands of times. */
void estate_thin(const char *path);

/** Start a sweep @at_ms. */
void estate_begin(struct estate *w, int64_t at_ms);
/** See a resource of account 123456789012 in us-east-1 ("global" for IAM). @tags may be NULL. */
void estate_see(struct estate *w, const char *type, const char *id, const char *name,
	const char *configuration, const char *tags);
/** See one with supplementary parts. */
void estate_see_parts(struct estate *w, const char *type, const char *id, const char *configuration,
	const char *parts);
/** Confirm as gone whatever of @type was not seen. */
void estate_gone(struct estate *w, const char *type);
/** Settle; the sum is in w->sum. */
void estate_settle(struct estate *w);

/** All rows of a query, "a|b\n" each; "-" for NULL. Borrowed until the next call. */
const char *estate_rows(struct estate *w, const char *sql);
