/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdint.h>

/**
 * A request's head, judged and taken apart in one reading
 * =======================================================
 *
 * What lets two programs disagree about where a request ends is refused (RFC 9112, sections 2.2, 3, 5 and 6):
 * Content-Length together with Transfer-Encoding or twice, a blank before the colon, lines that end in a bare CR
 * or LF, a line that goes on with the one before it, a NUL. There is no second parser behind this one: what was
 * judged is what is acted on, on every request of a connection.
 */
#define HTTP_HEAD_MAX   16384
#define HTTP_FIELDS_MAX 100

struct http_field {
	struct str name, value; /* without the blanks around it */
};

/** Slices of what was read. */
struct http_head {
	struct str method, target, host;
	struct http_field fields[HTTP_FIELDS_MAX];
	size_t n_fields;
	size_t bytes;   /* of the head, with the empty line */
	int64_t length; /* of the body */
	bool modern;    /* HTTP/1.1 */
	bool keep;      /* the connection may be used again */
	bool expects;   /* whoever asks waits to be told to go on with the body */
};

/** 0: complete and well-formed. -1: there must be more to come. Otherwise the HTTP status to refuse it with.
 * @local: the Host must be this machine's (421), so that a page in somebody's browser cannot ask by a name of
 * its own. */
int http_head_read(struct str text, bool local, struct http_head *out);
/** Put a NUL behind each slice of @head, which was read from @text. */
void http_head_terminate(const struct http_head *head, char *text);
