/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "base/sha256.h"
#include "base/str.h"
#include <stdint.h>

/**
 * A gzip file in the making
 * =========================
 *
 * What is added goes through deflate (core/press) and SHA-256 into a file without a name, which
 * is gone when it is closed, however the process ends. Memory does not grow with what is
 * added. The same bytes give the same file: the headers (RFC 1952) carry no time and no name.
 *
 * The struct stays where it was opened in memory. The file lies in $TMPDIR, else in /var/tmp, else in /tmp.
 */
struct gzip_file {
	int fd;
	int64_t plain_bytes; /* added so far */
	int64_t bytes;       /* written so far; some of what was added is still under way */
	unsigned char sha256[SHA256_BYTES]; /* of the compressed bytes, after gzip_file_finish() */
	struct press *press;                /* until then */
	struct sha256 hash;
};

/** On failure there is nothing to close. E_IO, E_FULL, E_DENIED: no file could be made, the hint
 * says what to set. E_NOMEM. */
enum code gzip_file_open(struct gzip_file *f, struct err *e);
/** E_FULL: no space left. E_IO. */
enum code gzip_file_add(struct gzip_file *f, struct str s, struct err *e);
/** The file is complete and can be read from offset 0 of `fd`; nothing can be added any more. */
enum code gzip_file_finish(struct gzip_file *f, struct err *e);
/** Safe after a failed open and when called twice. */
void gzip_file_close(struct gzip_file *f);
