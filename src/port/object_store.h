/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "base/sha256.h"
#include <stdint.h>

/**
 * Where files are delivered: S3 (aws/s3), a directory (net/dir_store), a fake in tests.
 * Siltstone only ever puts: it never lists, deletes or changes what is there.
 */
struct object {
	const char *key; /* "AWSLogs/1234/Config/..." */
	int fd;          /* open for reading; read from offset 0 */
	int64_t bytes;
	unsigned char sha256[SHA256_BYTES]; /* of the content */
	const char *content_type;           /* "application/json" */
	const char *content_encoding;       /* "gzip", or NULL */
};

struct object_store {
	/**
	 * Put one object, whole or not at all. E_NOTFOUND: no such bucket or directory.
	 * E_DENIED. E_REMOTE, E_THROTTLED, E_IO: may work later.
	 */
	enum code (*put)(struct object_store *s, const struct object *o, struct err *e);
	/** Where @key ends up, for people: "s3://bucket/prefix/key" or a path. Borrowed; valid
	 * until the next call. */
	const char *(*where)(struct object_store *s, const char *key);
	void (*free)(struct object_store *s);
};
