/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include <stdint.h>

/**
 * Bytes out of a file that may be gzip
 * ====================================
 *
 * What begins as gzip (RFC 1952) is inflated, one member after the other, with zeros behind the
 * last as tape blocks have them; all else comes out as it goes in. Memory stays the same.
 */
struct gunzip {
	int64_t in_bytes, out_bytes; /* so far */
	struct arena memory;
	struct gunzip_stream *stream;
};
typedef enum code gunzip_fn(void *ctx, struct str piece, struct err *e);

enum code gunzip_open(struct gunzip *g, struct err *e);
/** Takes all of @in; @fn may be called several times or not at all. E_CORRUPT: not what gzip wrote, at
 * which byte. Otherwise what @fn says. */
enum code gunzip_add(struct gunzip *g, struct str in, gunzip_fn *fn, void *ctx, struct err *e);
/** There is no more. E_CORRUPT: it ends in the middle. */
enum code gunzip_finish(struct gunzip *g, gunzip_fn *fn, void *ctx, struct err *e);
/** Safe after a failed open. */
void gunzip_close(struct gunzip *g);
