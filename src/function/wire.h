/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"

/**
 * HTTP/1.1 as a function speaks it (RFC 9112): one request at the beginning of what was read, with a body of a given
 * length or in chunks. The peer is a child of ours that may be anything: what is not plain is refused.
 */
struct wire_request {
	struct str method, path; /* slices of what was read */
	struct str target;       /* X-Amz-Target */
	struct str error_type;   /* Lambda-Runtime-Function-Error-Type */
	struct str region;       /* that a signature of version 4 is made for; nobody checks it */
	struct str body;         /* chunks are put together where they stand */
	size_t bytes;            /* of the whole of it */
	bool close;              /* the connection ends behind it */
};

#define WIRE_HEAD_MAX (16 << 10)

enum { WIRE_MORE = -1, WIRE_CONTINUE = -2 };

/**
 * 0: complete. WIRE_MORE: there is more to come; WIRE_CONTINUE: as well, and whoever asks waits to be told so. Otherwise
 * the HTTP status to refuse it with. @in is changed only when it is complete.
 */
int wire_read(struct buf *in, size_t body_max, struct wire_request *out);

struct wire_header {
	const char *name, *value;
};
/** Append an answer to @out. */
void wire_answer(struct buf *out, int status, const char *type, const struct wire_header *headers,
	size_t n, struct str body);
