/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdint.h>

/**
 * What a request's head must look like, judged on the bytes as they came
 * =====================================================================
 *
 * libmicrohttpd forgives where forgiving lets two programs disagree about where a request ends:
 * Content-Length together with Transfer-Encoding or twice, a blank before the colon, lines that end in a bare
 * CR or LF, a NUL. RFC 9112 (sections 2.2, 3, 5, 6) has such a request refused. So heads are looked at here before
 * libmicrohttpd reads them, and one request is answered on a connection, so that each is looked at.
 */
#define HTTP_HEAD_MAX 16384

/** 0: complete and well-formed. -1: there must be more to come. Otherwise the HTTP status to refuse it with.
 * @body_max: 413 when the length announced is over it. @local: the Host must be this machine's (421), so
 * that a page in somebody's browser cannot ask by a name of its own. */
int http_screen(struct str head, int64_t body_max, bool local);
