/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"
#include "port/object_source.h"

/**
 * A bucket as a source: every object whose key begins with a prefix, as ListObjectsV2 tells of them.
 * Objects are read in ranges, each only as long as the object still has the ETag it was listed
 * with. s3:ListBucket and s3:GetObject are needed (and kms:Decrypt where a key of one's own is used).
 */
struct s3_place {
	const char *bucket;
	const char *prefix; /* of keys, as it is; or NULL */
	const char *region; /* NULL: found out by asking */
	const char *after;  /* only keys behind this one; or NULL */
	/** Which keys are told of; NULL: all. The key that is the prefix is always told of. */
	bool (*wants)(const char *key);
};
/** Strings are copied; @aws is borrowed. Nothing is asked before list(). */
enum code s3_source_open(
	struct object_source **out, struct aws *aws, const struct s3_place *at, struct err *e);

/** The folders right below a prefix, which ends with a slash: each up to and with its own. Anything but E_OK from
 * @fn ends it. */
typedef enum code s3_folder_fn(void *ctx, struct str folder, struct err *e);
enum code s3_folders(
	struct aws *aws, const struct s3_place *at, s3_folder_fn *fn, void *ctx, struct err *e);
