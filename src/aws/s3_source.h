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
	/** Which keys are told of; NULL: all. The key that is the prefix is always told of. */
	bool (*wants)(const char *key);
};
/** Strings are copied; @aws is borrowed. Nothing is asked before list(). */
enum code s3_source_open(
	struct object_source **out, struct aws *aws, const struct s3_place *at, struct err *e);
