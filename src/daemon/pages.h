/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/config.h"
#include "daemon/http_server.h"
#include "ui/ui.h"

/**
 * The web pages over HTTP
 * =======================
 *
 * Every page's path is answered with index.html, which is asked for anew each time; what it loads lies below
 * /ui/EDITION/ and is kept for good, as the edition is another one when a file is. Below /ui/ alone the same files
 * are asked for with their ETag. They are the same for everybody and tell nothing: what they show they ask of /api, as
 * whoever looks at them.
 *
 * A browser is told to load nothing from elsewhere, to run nothing that stands in a page, and to show pages in those of
 * http.embed_origins only. Pages of http.cors_origins may load /embed.js and its modules: parts of ours, shown in theirs.
 */
#define PAGES_ROUTES_MAX    (UI_PAGES_MAX + 4)
#define PAGES_ORIGINS_BYTES ((size_t)16384)

struct pages {
	const char *dir;    /* read from there each time; NULL: as built in */
	struct buf policy;  /* Content-Security-Policy */
	struct buf origins; /* of http.cors_origins: pages from there may load modules */
	struct buf index;   /* with the edition in its links; empty with @dir */
	char edition[UI_EDITION_BYTES];
};

/** @dir is borrowed. E_INVALID: http.embed_origins cannot be meant. Release it in every case. */
enum code pages_open(struct pages *p, const struct config *config, const char *dir, struct err *e);
void pages_close(struct pages *p);
/** At most PAGES_ROUTES_MAX. */
size_t pages_http_routes(struct pages *p, struct http_route *out);

/** "https://a.example, https://b.example" of @key in [http] into " https://a.example https://b.example ". E_INVALID. */
enum code pages_origins(
	const struct config *config, const char *key, struct buf *out, struct err *e);
/** Where @q comes from, if that is one of @origins; or NULL. */
const char *pages_origin(const struct buf *origins, const struct http_query *q);
