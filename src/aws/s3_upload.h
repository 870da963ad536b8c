/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/s3.h"
#include "aws/send.h"

/**
 * Sending one object to S3, whole or in parts. Private to aws/.
 *
 * Each request is signed over the SHA-256 of its body, and carries it as a checksum too:
 * buckets with Object Lock accept nothing without one.
 */

/* The largest PUT in one piece, and the size of a part. */
#define S3_PART_BYTES (INT64_C(64) << 20)
/* SHA-256 of nothing. */
#define S3_EMPTY_HASH "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

struct s3_store {
	struct object_store port; /* first: a struct object_store * is a struct s3_store * */
	struct aws *aws;
	struct arena texts;
	const char *bucket, *prefix, *kms_key;
	const char *region; /* NULL: not known yet */
	bool moved;         /* the region was corrected once */
	int64_t part_bytes;
	struct buf where;
};

/** Send @q (its service, bucket and region are filled in) to where the bucket is. */
enum code s3_send(struct s3_store *s, struct aws_request *q, struct http_response *r,
	struct aws_fault *fault, struct err *e);
/** E_NOTFOUND: the bucket is not there. */
enum code s3_absent(const struct s3_store *s, struct err *e);

/** Abort uploads in parts of @key (with the prefix; @path is the encoded one) that a process which died, or
 * could not reach the service, left behind: nobody else puts under this key. One more request for what is larger than a part;
 * where that is not allowed (s3:ListBucketMultipartUploads) they stay. */
void s3_abort_orphans(struct s3_store *s, struct str key, struct str path);

enum code s3_upload(struct s3_store *s, const struct object *o, struct err *e);
