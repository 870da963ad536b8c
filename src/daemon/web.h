/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "api/web.h"
#include "base/config.h"
#include "daemon/gate.h"
#include "daemon/histogram.h"
#include "daemon/lane.h"

/**
 * Our own JSON over HTTP
 * ======================
 *
 * GET /api and what it lists (api/web.h), each answered in the read lane; /api/events (daemon/live.h) and /store.db
 * (daemon/flat_file.h) as streams. Who may ask is the gate's to say; a key's lists name them
 * WebRead, WebQuery (what is posted), WebEvents and WebStore. Refusals are JSON: 401 for who is not known, 403 for what is not allowed.
 *
 * A page from elsewhere is told only where http.cors_origins names its origin.
 */
#define WEB_ROUTES_MAX  48
#define WEB_ORIGINS_MAX ((size_t)16384)

struct web {
	struct gate *gate;
	struct lanes *lanes;
	struct live *live; /* or NULL: no events are told */
	const volatile sig_atomic_t *stop;
	struct histogram *took;
	struct buf origins; /* " https://a.example https://b.example " */
	struct web_point {
		struct web *web;
		const struct web_route *route; /* NULL: the list of them */
	} points[WEB_ROUTES_MAX];
};

/** Reads http.cors_origins; the rest of @w is the caller's to fill in. E_INVALID. */
enum code web_open(struct web *w, const struct config *config, struct err *e);
void web_close(struct web *w);
/** The routes, behind which the table goes on: at most WEB_ROUTES_MAX. */
size_t web_http_routes(struct web *w, struct http_route *out);

/* What its parts share. */

#define WEB_HEADERS_MAX 12
struct web_headers {
	struct http_header list[WEB_HEADERS_MAX];
	size_t n;
};
void web_header(struct web_headers *h, const char *name, const char *value);
/** Those of every answer. */
void web_headers_of(const struct web *w, const struct http_query *q, struct web_headers *out);
void web_answer_error(struct web *w, struct http_query *q, int status, const struct err *why);
