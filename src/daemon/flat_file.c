/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/flat_file.h"

#include "base/log.h"
#include "base/mem.h"
#include "store/publication.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)256 << 10)
#define PATH_BYTES  ((size_t)16 << 10)
#define TYPE        "application/vnd.sqlite3"

struct download {
	struct job job;
	struct web *web;
	struct http_query *q;
	char if_range[80], if_none_match[256], range[80];
	bool begun; /* the head has been told */
	bool gone, reading;
	int fd;
	int64_t size, at, left; /* of the file; what is to be sent */
	int status;
	char etag[80];
	char piece[PIECE_BYTES];
	size_t n;
};

static void release(struct download *d)
{
	if (d->fd >= 0)
		close(d->fd);
	mem_free(d);
}

/* On a worker */

static enum code open_copy(struct download *d, struct db *db, struct err *e)
{
	struct arena a = ARENA_INIT(PATH_BYTES);
	struct publication p = { .path = NULL };
	enum code c = publication_get(db, &a, &p, e);

	if (!c && p.path)
		d->fd = open(p.path, O_RDONLY | O_CLOEXEC);
	arena_release(&a);
	if (c && c != E_NOTFOUND)
		return c;
	if (d->fd >= 0)
		return E_OK;
	if (!c && p.path && errno != ENOENT)
		return err_sys(e, E_IO, errno, "open the copy that is published");
	err_set(e, E_NOTFOUND, c ? "nothing is published" : "nothing has been published yet");
	return err_hint(e, "path = FILE in [publish] of the configuration has a flat copy kept");
}

/* A whole number in digits alone. */
static bool number(struct str s, int64_t *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || i > 15)
			return false;
		*out = (i ? *out : 0) * 10 + (s.p[i] - '0');
	}
	return s.n > 0;
}

/* "bytes=0-4095", "bytes=-100". What is none of these is passed over, as is more than one range. 416: it is beyond the end. */
static int take_range(struct download *d)
{
	struct str s = str_of(d->range), from, to;
	int64_t first = 0, last = d->size - 1;

	if (!str_starts(s, STR("bytes=")))
		return 200;
	s = str_from(s, 6);
	from = str_trim((struct str){ s.p, str_find(s, '-') });
	to = str_trim(str_from(s, str_find(s, '-') + 1));
	if (str_find(s, '-') == s.n || (!from.n && !to.n) || (from.n && !number(from, &first)) ||
		(to.n && !number(to, &last)) || (from.n && to.n && last < first))
		return 200;
	if (!from.n) {
		first = last < d->size ? d->size - last : 0;
		first = last ? first : d->size;
		last = d->size - 1;
	}
	if (last >= d->size)
		last = d->size - 1;
	if (first >= d->size)
		return 416;
	d->at = first;
	d->left = last - first + 1;
	return 206;
}

static enum code judge(struct download *d, struct err *e)
{
	struct stat sb;

	if (fstat(d->fd, &sb) != 0)
		return err_sys(e, E_IO, errno, "look at the copy that is published");
	d->size = d->left = sb.st_size;
	snprintf(d->etag, sizeof(d->etag), "\"%llx-%llx-%llx\"", (long long)sb.st_ino,
		(long long)sb.st_size,
		(long long)sb.st_mtim.tv_sec * 1000000000 + sb.st_mtim.tv_nsec);
	d->status = 200;
	if (strcmp(d->if_none_match, "*") == 0 || strstr(d->if_none_match, d->etag))
		d->status = 304;
	else if (d->range[0] && (!d->if_range[0] || strcmp(d->if_range, d->etag) == 0))
		d->status = take_range(d);
	return E_OK;
}

static enum code read_piece(struct download *d, struct err *e)
{
	size_t want = d->left < (int64_t)PIECE_BYTES ? (size_t)d->left : PIECE_BYTES;

	for (d->n = 0; d->n < want;) {
		ssize_t n = pread(d->fd, d->piece + d->n, want - d->n, (off_t)d->at + (off_t)d->n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, E_IO, errno, "read the copy that is published");
		if (n == 0)
			return err_set(e, E_IO, "the copy that is published was cut short");
		d->n += (size_t)n;
	}
	d->at += (int64_t)d->n;
	d->left -= (int64_t)d->n;
	return E_OK;
}

static enum code work(struct job *job, struct db *db, struct err *e)
{
	struct download *d = (struct download *)job;

	if (d->fd < 0 && (open_copy(d, db, e) || judge(d, e)))
		return e->code;
	if (d->status == 304 || d->status == 416)
		return E_OK;
	return read_piece(d, e);
}

/* On the loop */

static void read_on(struct download *d)
{
	d->reading = true;
	lanes_submit(d->web->lanes, LANE_READ, &d->job);
}

static void on_drained(void *ctx)
{
	struct download *d = ctx;

	if (!d->reading && d->left)
		read_on(d);
}

static void on_gone(void *ctx)
{
	struct download *d = ctx;

	d->gone = true;
	if (!d->reading)
		release(d);
}

static void write_headers(struct download *d, struct web_headers *h, char range[96])
{
	web_headers_of(d->web, d->q, h);
	web_header(h, "Accept-Ranges", "bytes");
	web_header(h, "ETag", d->etag);
	web_header(h, "Cache-Control", "no-cache");
	if (d->status == 206)
		snprintf(range, 96, "bytes %lld-%lld/%lld", (long long)(d->at - (int64_t)d->n),
			(long long)(d->at + d->left - 1), (long long)d->size);
	else
		snprintf(range, 96, "bytes */%lld", (long long)d->size);
	if (d->status == 206 || d->status == 416)
		web_header(h, "Content-Range", range);
}

/* What one piece holds is an answer like others, on a connection that is kept. */
static void begin(struct download *d)
{
	struct web_headers h = { .n = 0 };
	char range[96];
	bool brief = d->status == 304 || d->status == 416 || !d->left;
	struct http_stream stream = { .status = d->status,
		.content_type = TYPE,
		.length = d->left + (int64_t)d->n,
		.drained = on_drained,
		.gone = on_gone,
		.ctx = d };

	write_headers(d, &h, range);
	if (brief) {
		http_answer_headers(d->q, d->status, d->n ? TYPE : NULL, h.list, h.n,
			(struct str){ d->piece, d->n });
		release(d);
		return;
	}
	stream.headers = h.list;
	stream.n_headers = h.n;
	if (!http_stream_begin(d->q, &stream)) {
		release(d);
		return;
	}
	if (strcmp(d->q->method, "HEAD") == 0) {
		http_stream_end(d->q);
		release(d);
		return;
	}
	d->begun = true;
	http_stream_send(d->q, (struct str){ d->piece, d->n });
}

static void fail(struct download *d, const struct err *e)
{
	if (code_http_status(e->code) >= 500 && e->code != E_CANCELED)
		log_write(EV_HTTP_FAILED, e, log_text("page", "store.db"));
	if (d->begun)
		http_stream_end(d->q);
	else
		web_answer_error(d->web, d->q, code_http_status(e->code), e);
	release(d);
}

static void worked(struct job *job, const struct err *e)
{
	struct download *d = (struct download *)job;

	d->reading = false;
	if (d->gone) {
		release(d);
	} else if (e->code) {
		fail(d, e);
	} else if (!d->begun) {
		begin(d);
	} else if (d->left) {
		http_stream_send(d->q, (struct str){ d->piece, d->n });
	} else {
		struct http_query *q = d->q;

		/* It may go with what is sent; then nobody is to be told of an end. */
		d->reading = true;
		http_stream_send(q, (struct str){ d->piece, d->n });
		if (!d->gone)
			http_stream_end(q);
		release(d);
	}
}

static void copy_header(const struct http_query *q, const char *name, char *out, size_t size)
{
	const char *value = http_query_header(q, name);

	/* Cut off, it would be another one. */
	snprintf(out, size, "%s", value && strlen(value) < size ? value : "");
}

void flat_file_serve(struct web *w, struct http_query *q)
{
	struct download *d = mem_alloc(sizeof(*d));
	struct err e = { 0 };

	if (!d) {
		err_nomem(&e);
		web_answer_error(w, q, 503, &e);
		return;
	}
	d->job = (struct job){ .run = work, .done = worked };
	d->web = w;
	d->q = q;
	d->fd = -1;
	copy_header(q, "range", d->range, sizeof(d->range));
	copy_header(q, "if-range", d->if_range, sizeof(d->if_range));
	copy_header(q, "if-none-match", d->if_none_match, sizeof(d->if_none_match));
	if (http_query_header(q, "if-range") && !d->if_range[0])
		d->range[0] = '\0';
	read_on(d);
}
