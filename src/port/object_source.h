/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include <stdint.h>

/**
 * Where files are read from: S3 (aws/s3_source), a directory or file (net/file_source). Nothing
 * is ever changed there.
 */
struct object_entry {
	const char *name; /* for people, and for ever: a path, "s3://bucket/key" */
	const char *key;  /* what open() wants */
	const char
		*stamp; /* another one when the content is another: ETag, size and time of change;
			      "": read it whenever it is named */
	int64_t bytes;  /* as stored; -1: not known */
};
typedef enum code object_entry_fn(void *ctx, const struct object_entry *o, struct err *e);

/** One object being read, by one thread. */
struct object_stream {
	/** Put up to @n bytes more into @out (emptied first); none: that was the end. E_CONFLICT: it is no
	 * longer the object that was listed. */
	enum code (*read)(struct object_stream *s, size_t n, struct buf *out, struct err *e);
	void (*close)(struct object_stream *s);
};

struct object_source {
	/** Tell of every file, in any order. E_NOTFOUND: no such place. */
	enum code (*list)(struct object_source *s, object_entry_fn *fn, void *ctx, struct err *e);
	/** May be called by several threads. @o is borrowed until the stream is closed. */
	enum code (*open)(struct object_source *s, const struct object_entry *o,
		struct object_stream **out, struct err *e);
	void (*free)(struct object_source *s);
};
