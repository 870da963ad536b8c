/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "discover/heed.h"
#include "store/trail.h"

/**
 * Change events out of CloudTrail's log files
 * ===========================================
 *
 * A trail writes a file every few minutes for each account and region, at
 * PREFIX/AWSLogs/[ORGANIZATION/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHMMZ_ID.json.gz
 * ("CloudTrail log file names" in its user guide). A round lists, for each account and region, the days that may have
 * something new, and reads what it has not read: what is behind the last key, and for six hours what comes late with a
 * smaller one. Each record is heeded like one out of a queue. A file that cannot be read is a row, tried again later, and
 * holds up no other.
 */
struct trail_options {
	const char *place; /* s3://BUCKET/PREFIX */
	const char *since; /* ISO 8601; NULL: from the first round on */
	/* What came of some of a file's events; or NULL. */
	void (*told)(void *ctx, const struct hints *hints, const struct heed_sum *sum);
	void *ctx;
};

struct trail_sum {
	int64_t files, failed; /* read; of which not to the end, or not heeded in full */
	int64_t events;
	struct err why; /* the first failure */
};

/**
 * One round. E_NOTFOUND without a message: it is not due (but with @at_once it always is). Otherwise what the bucket's
 * listing says; what single files say is in @sum.
 */
enum code trail_round(struct db *db, const struct sweep_options *options,
	const struct trail_options *trail, bool at_once, struct trail_sum *sum, struct err *e);

/* For the two files of it. */

struct aws;

/** A round under way. */
struct trail_reading {
	struct db *db;
	const struct sweep_options *options;
	const struct trail_options *trail;
	struct trail_sum *sum;
	struct aws *aws;
	const char *bucket, *region;
	int64_t source_id;
};

/** Read it, heed what is in it, and note how that went. An error is one of the round: the store's, or it was stopped. */
enum code trail_read_file(
	struct trail_reading *r, const struct trail_folder *folder, const char *key, struct err *e);
