/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "daemon/web.h"

/**
 * The published copy over HTTP
 * ============================
 *
 * GET /store.db gives the file that publish.path names, whole or one range of bytes (RFC 9110, section 14), for programs
 * that read SQLite's pages from afar. It is one edition from the first byte to the last, whatever is published meanwhile; its
 * ETag tells editions apart, and If-Range or If-None-Match with another one's are as they are to be. It is never the
 * store itself. The file is read in a lane, a piece at a time, and the next when the piece before was taken.
 */
void flat_file_serve(struct web *w, struct http_query *q);
