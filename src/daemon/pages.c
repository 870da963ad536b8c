/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/pages.h"

#include "base/sha256.h"
#include "core/gunzip.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_MAX   ((size_t)1 << 20)
#define PATH_BYTES 4096
#define POLICY_MAX (PAGES_ORIGINS_BYTES + 512)
#define INDEX      "index.html"
#define EMBED      "embed.js"
#define BELOW      "/ui/"
#define ETAG_BYTES (16 + 3)

/* Origins */

static bool is_origin(struct str one)
{
	bool scheme = str_starts(one, STR("https://")) || str_starts(one, STR("http://"));

	if (!scheme || one.p[one.n - 1] == '/')
		return false;
	/* It goes into a header, and into a list with blanks between. */
	for (size_t i = 0; i < one.n; i++)
		if (one.p[i] <= ' ' || one.p[i] == ';' || one.p[i] == 0x7f ||
			(i >= 8 && one.p[i] == '/'))
			return false;
	return true;
}

enum code pages_origins(
	const struct config *config, const char *key, struct buf *out, struct err *e)
{
	const char *origins = config_get(config, "http", "", key);
	struct str left = str_of(origins ? origins : "");

	while (left.n) {
		struct str one = str_trim((struct str){ left.p, str_find(left, ',') });

		left = str_from(left, str_find(left, ',') + 1);
		if (!is_origin(one)) {
			err_set(e, E_INVALID, "http.%s cannot name \"%.*s\"", key, STR_ARG(one));
			return err_hint(e, "https://HOST or https://HOST:PORT, with commas between "
					   "them");
		}
		buf_text(out, out->n ? "" : " ");
		buf_str(out, one);
		buf_char(out, ' ');
	}
	return buf_ok(out) ? E_OK : err_set(e, E_TOOBIG, "http.%s is too long", key);
}

static bool is_named(const struct buf *origins, const char *origin)
{
	size_t n = strlen(origin);

	for (const char *at = strstr(origins->p, origin); n && at; at = strstr(at + 1, origin))
		if (at > origins->p && at[-1] == ' ' && at[n] == ' ')
			return true;
	return false;
}

const char *pages_origin(const struct buf *origins, const struct http_query *q)
{
	const char *origin = origins->n ? http_query_header(q, "origin") : NULL;

	return origin && !strchr(origin, ' ') && is_named(origins, origin) ? origin : NULL;
}

/* Files */

static enum code keep(void *ctx, struct str piece, struct err *e)
{
	struct buf *out = ctx;

	buf_str(out, piece);
	return buf_ok(out) ? E_OK : err_nomem(e);
}

static enum code inflate_file(struct str gzip, struct buf *out, struct err *e)
{
	struct gunzip g;

	if (!gunzip_open(&g, e) && !gunzip_add(&g, gzip, keep, out, e))
		(void)gunzip_finish(&g, keep, out, e);
	gunzip_close(&g);
	return e->code;
}

static bool is_plain(struct str path)
{
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];
		bool letter =
			(c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';

		if (!letter && !((c == '/' || c == '.') && i && path.p[i - 1] != '/' &&
				       path.p[i - 1] != '.'))
			return false;
	}
	return path.n > 0;
}

/* For whoever writes pages: small files, read while everybody waits. */
static bool read_file(const struct pages *p, struct str path, struct buf *out)
{
	char name[PATH_BYTES], piece[4096];
	ssize_t n;
	int fd;

	if (!is_plain(path) || (size_t)snprintf(name, sizeof(name), "%s/%.*s", p->dir,
				       STR_ARG(path)) >= sizeof(name))
		return false;
	fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	while ((n = read(fd, piece, sizeof(piece))) > 0)
		buf_add(out, piece, (size_t)n);
	close(fd);
	return n == 0 && buf_ok(out);
}

static bool etag_of(struct str bytes, char out[ETAG_BYTES])
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];

	if (!sha256_of(bytes, digest))
		return false;
	snprintf(out, ETAG_BYTES, "\"%.16s\"", sha256_hex(digest, hex));
	return true;
}

/* Answers */

struct answer {
	struct http_header headers[8]; /* they borrow, from this too */
	size_t n;
	const char *mime;
	char etag[ETAG_BYTES];
};

static void header(struct answer *a, const char *name, const char *value)
{
	a->headers[a->n++] = (struct http_header){ name, value };
}

static struct answer answer_of(
	const struct pages *p, const struct http_query *q, const char *mime, bool kept)
{
	const char *origin = pages_origin(&p->origins, q);
	struct answer a = { .mime = mime };

	header(&a, "Content-Security-Policy", p->policy.p);
	header(&a, "Referrer-Policy", "no-referrer");
	if (origin)
		header(&a, "Access-Control-Allow-Origin", origin);
	header(&a, "Vary", "Accept-Encoding, Origin");
	header(&a, "Cache-Control", kept ? "public, max-age=31536000, immutable" : "no-cache");
	return a;
}

/* Whether @q has it already. */
static bool has(const struct http_query *q, const char *etag)
{
	const char *known = http_query_header(q, "if-none-match");

	return known && (strcmp(known, "*") == 0 || strstr(known, etag));
}

static void reply(struct http_query *q, struct answer *a, struct str body)
{
	if (etag_of(body, a->etag)) {
		header(a, "ETag", a->etag);
		if (has(q, a->etag)) {
			http_answer_headers(q, 304, NULL, a->headers, a->n, STR(""));
			return;
		}
	}
	http_answer_headers(q, 200, a->mime, a->headers, a->n, body);
}

static void fail(struct http_query *q, int status, const char *why)
{
	http_answer(q, status, "text/plain; charset=utf-8", str_of(why));
}

static bool takes_gzip(const struct http_query *q)
{
	const char *said = http_query_header(q, "accept-encoding");
	const char *at = said ? strstr(said, "gzip") : NULL;

	return at && strncmp(at + 4, ";q=0", 4) != 0;
}

static void reply_built_in(const struct pages *p, struct http_query *q, struct str path, bool kept)
{
	struct buf plain = BUF_INIT(FILE_MAX);
	struct err e = { 0 };
	struct ui_file file;
	struct answer a;

	if (!ui_find(path, &file)) {
		fail(q, 404, "there is no such file\n");
		return;
	}
	a = answer_of(p, q, file.mime, kept);
	if (takes_gzip(q)) {
		header(&a, "Content-Encoding", "gzip");
		reply(q, &a, file.gzip);
	} else if (inflate_file(file.gzip, &plain, &e)) {
		fail(q, 503, "out of memory\n");
	} else {
		reply(q, &a, buf_slice(&plain));
	}
	buf_release(&plain);
}

static void reply_from_disk(const struct pages *p, struct http_query *q, struct str path)
{
	struct buf bytes = BUF_INIT(FILE_MAX);
	const char *mime = ui_mime(path);
	struct answer a = answer_of(p, q, mime, false);

	if (mime && read_file(p, path, &bytes))
		reply(q, &a, buf_slice(&bytes));
	else
		fail(q, 404, "there is no such file\n");
	buf_release(&bytes);
}

static void serve_index(void *ctx, struct http_query *q)
{
	const struct pages *p = ctx;
	struct answer a = answer_of(p, q, ui_mime(STR(INDEX)), false);

	if (p->dir)
		reply_from_disk(p, q, STR(INDEX));
	else
		reply(q, &a, buf_slice(&p->index));
}

/* Its imports lead below /ui/: where it is asked for is the name people write down. */
static void serve_embed(void *ctx, struct http_query *q)
{
	const struct pages *p = ctx;

	if (p->dir)
		reply_from_disk(p, q, STR(EMBED));
	else
		reply_built_in(p, q, STR(EMBED), false);
}

static bool is_edition(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (str_hex(s.p[i]) < 0)
			return false;
	return s.n == UI_EDITION_BYTES - 1;
}

static void serve_file(void *ctx, struct http_query *q)
{
	const struct pages *p = ctx;
	struct str path = { q->target, str_find(str_of(q->target), '?') };
	struct str first;
	bool kept = false;

	/* "/ui" or "/ui.": the route leads here, too. */
	path = str_starts(path, STR(BELOW)) ? str_from(path, sizeof(BELOW) - 1) : STR("");
	first = (struct str){ path.p, str_find(path, '/') };
	if (is_edition(first)) {
		/* One of before a restart is answered with what there is now, and not kept. */
		kept = str_is(first, p->edition);
		path = str_from(path, first.n + 1);
	}
	if (p->dir)
		reply_from_disk(p, q, path);
	else
		reply_built_in(p, q, path, kept);
}

size_t pages_http_routes(struct pages *p, struct http_route *out)
{
	size_t n = 0;

	for (const struct ui_page *page = ui_pages; page->path; page++)
		out[n++] = (struct http_route){
			.path = page->path, .serve = serve_index, .ctx = p, .below = page->below
		};
	out[n++] =
		(struct http_route){ .path = "/ui", .serve = serve_file, .ctx = p, .below = true };
	out[n++] = (struct http_route){ .path = "/" EMBED, .serve = serve_embed, .ctx = p };
	return n;
}

/* Beginning and end */

/* Its links lead below the edition. */
static enum code write_index(struct pages *p, struct err *e)
{
	struct buf plain = BUF_INIT(FILE_MAX);
	struct ui_file file;
	struct str left;

	if (!ui_find(STR(INDEX), &file))
		return err_set(e, E_CORRUPT, "the program has no " INDEX);
	if (!inflate_file(file.gzip, &plain, e)) {
		left = buf_slice(&plain);
		for (const char *at; (at = strstr(left.p, "\"" BELOW)) != NULL;) {
			size_t n = (size_t)(at - left.p) + sizeof("\"" BELOW) - 1;

			buf_add(&p->index, left.p, n);
			buf_text(&p->index, p->edition);
			buf_char(&p->index, '/');
			left = str_from(left, n);
		}
		buf_str(&p->index, left);
	}
	buf_release(&plain);
	return e->code ? e->code : buf_ok(&p->index) ? E_OK : err_nomem(e);
}

enum code pages_open(struct pages *p, const struct config *config, const char *dir, struct err *e)
{
	struct buf origins = BUF_INIT(PAGES_ORIGINS_BYTES);

	*p = (struct pages){ .dir = dir,
		.policy = BUF_INIT(POLICY_MAX),
		.index = BUF_INIT(FILE_MAX),
		.origins = BUF_INIT(PAGES_ORIGINS_BYTES) };
	if (!pages_origins(config, "cors_origins", &p->origins, e) &&
		!pages_origins(config, "embed_origins", &origins, e))
		buf_printf(&p->policy,
			"default-src 'none'; script-src 'self'; style-src 'self'; connect-src "
			"'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; "
			"frame-ancestors %s",
			origins.n ? origins.p + 1 : "'none'");
	buf_release(&origins);
	if (e->code)
		return e->code;
	if (!buf_ok(&p->policy) || !ui_edition(p->edition))
		return err_nomem(e);
	return dir ? E_OK : write_index(p, e);
}

void pages_close(struct pages *p)
{
	buf_release(&p->policy);
	buf_release(&p->origins);
	buf_release(&p->index);
}
