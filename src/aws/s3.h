/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"
#include "port/object_store.h"

/**
 * A bucket as an object store. Small objects go in one PUT signed over their SHA-256;
 * larger ones than 64 MiB in parts (which are completed or aborted, never left). Every object
 * is sent with `x-amz-acl: bucket-owner-full-control`, its content headers and, when given,
 * SSE-KMS (spec section 3.3). A 301/307 for another region is followed once, re-signed.
 *
 * Custom endpoints and buckets with a dot in their name are addressed by path, others by host.
 */
struct s3_bucket {
	const char *bucket;
	const char *prefix;  /* without slashes at its ends; or NULL */
	const char *region;  /* of the bucket; NULL: found out by asking */
	const char *kms_key; /* ARN, or NULL */
	int64_t part_bytes;  /* larger objects go in parts of this size; 0: 64 MiB */
};
/** All strings are copied. The bucket is not looked at before the first put. */
enum code s3_store_open(
	struct object_store **out, struct aws *aws, const struct s3_bucket *b, struct err *e);
