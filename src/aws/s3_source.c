/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3_source.h"

#include "aws/s3_upload.h"
#include "aws/xml.h"
#include "base/mem.h"
#include "base/must.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PATH_BYTES = 16 << 10, QUERY_BYTES = 32 << 10, RANGE_BYTES = 8 << 20 };
#define PAGE_BYTES ((size_t)64 << 20)

struct s3_source {
	struct object_source port; /* first, so that one pointer is both */
	struct s3_store *store;
	struct s3_place place; /* texts in memory */
	struct arena texts;
	s3_folder_fn *folder; /* folders are asked for, not objects; or NULL */
};

/* A range at a time. */
struct s3_stream {
	struct object_stream port;
	struct s3_store *store; /* its own: where a bucket is may turn out at any request */
	const struct object_entry *o;
	struct http_response piece;
	size_t given; /* of the piece */
	int64_t offset;
	bool ended;
};

/* What reading needs is not what delivering needs. */
static enum code explain(const struct s3_store *s, const struct aws_fault *fault, struct err *e)
{
	if (e->code == E_DENIED || fault->status == 403) {
		e->hint[0] = '\0';
		err_hint(e,
			"s3:ListBucket and s3:GetObject on bucket %s must be allowed to these "
			"credentials, by their own policies and by the bucket's",
			s->bucket);
	}
	return e->code;
}

static enum code open_store(
	struct s3_store **out, struct aws *aws, const struct s3_place *at, struct err *e)
{
	const struct s3_bucket b = { .bucket = at->bucket, .region = at->region };
	struct object_store *store = NULL;

	if (s3_store_open(&store, aws, &b, e))
		return e->code;
	*out = (struct s3_store *)store;
	return E_OK;
}

static enum code get_page(
	struct s3_source *s, struct str token, struct http_response *r, struct err *e)
{
	struct buf query = BUF_INIT(QUERY_BYTES);
	struct aws_fault fault = { 0 };
	struct aws_request q = {
		.method = "GET", .path = STR("/"), .body_fd = -1, .payload_hash = S3_EMPTY_HASH
	};

	if (token.n) {
		buf_text(&query, "continuation-token=");
		uri_encode(&query, token, false);
		buf_char(&query, '&');
	}
	/* In the order of their names, as signing wants them. */
	if (s->folder)
		buf_text(&query, "delimiter=%2F&");
	buf_text(&query, "list-type=2&prefix=");
	uri_encode(&query, str_of(s->place.prefix), false);
	if (s->place.after) {
		buf_text(&query, "&start-after=");
		uri_encode(&query, str_of(s->place.after), false);
	}
	q.query = buf_slice(&query);
	if (!buf_ok(&query))
		err_nomem(e);
	else if (s3_send(s->store, &q, r, &fault, e))
		explain(s->store, &fault, e);
	buf_release(&query);
	return e->code;
}

/* -1: it is none. */
static int64_t number(struct str s)
{
	int64_t v = 0;

	if (!s.n || s.n > 18)
		return -1;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v = v * 10 + (s.p[i] - '0');
	}
	return v;
}

static enum code tell(struct s3_source *s, struct arena *a, const struct xml *x,
	object_entry_fn *fn, void *ctx, struct err *e)
{
	struct str key = xml_child_text(x, "Key");
	struct object_entry o = { .key = arena_text(a, key),
		.stamp = arena_text(a, xml_child_text(x, "ETag")),
		.bytes = -1 };
	struct str size = xml_child_text(x, "Size");

	o.name = arena_printf(a, "s3://%s/%s", s->place.bucket, o.key).p;
	o.bytes = number(size);
	if (!arena_ok(a))
		return err_nomem(e);
	/* Folders that consoles make, and the check that a bucket can be written to. */
	if (!key.n || o.bytes == 0 || key.p[key.n - 1] == '/')
		return E_OK;
	if (strcmp(o.key, s->place.prefix) != 0 && s->place.wants && !s->place.wants(o.key))
		return E_OK;
	return fn(ctx, &o, e);
}

/* @next becomes the token of the page behind it, in @texts; empty: there is none. */
static enum code read_page(struct s3_source *s, const struct http_response *r, struct buf *next,
	object_entry_fn *fn, void *ctx, struct err *e)
{
	struct arena a = ARENA_INIT(PAGE_BYTES * 2);
	struct xml *root = NULL;
	struct str token;
	bool more;

	if (xml_read(&a, buf_slice(&r->body), &root, e)) {
		arena_release(&a);
		return err_add(e, "what lies in the bucket");
	}
	more = str_is(xml_child_text(root, "IsTruncated"), "true");
	token = xml_child_text(root, "NextContinuationToken");
	for (const struct xml *x = root->first; !e->code && x; x = x->next)
		if (s->folder && str_is(x->name, "CommonPrefixes"))
			s->folder(ctx, xml_child_text(x, "Prefix"), e);
		else if (!s->folder && str_is(x->name, "Contents"))
			tell(s, &a, x, fn, ctx, e);
	if (!e->code && more && (!token.n || str_eq(token, buf_slice(next))))
		err_set(e, E_CORRUPT, "the list of the bucket goes on, but does not say with what");
	buf_clear(next);
	if (more)
		buf_str(next, token);
	if (!e->code && !buf_ok(next))
		err_nomem(e);
	arena_release(&a);
	return e->code;
}

static enum code list(struct object_source *port, object_entry_fn *fn, void *ctx, struct err *e)
{
	struct s3_source *s = (struct s3_source *)port;
	struct buf token = BUF_INIT(QUERY_BYTES / 4);

	do {
		struct http_response r = HTTP_RESPONSE_INIT;

		if (!get_page(s, buf_slice(&token), &r, e))
			read_page(s, &r, &token, fn, ctx, e);
		http_response_release(&r);
	} while (!e->code && token.n);
	buf_release(&token);
	return e->code ? err_add(e, "list s3://%s/%s", s->place.bucket, s->place.prefix) : E_OK;
}

static enum code get_range(struct s3_stream *t, struct err *e)
{
	struct buf path = BUF_INIT(PATH_BYTES);
	char range[64];
	struct http_header headers[2] = { { "range", range }, { "if-match", t->o->stamp } };
	struct aws_fault fault = { 0 };
	struct aws_request q = { .method = "GET",
		.headers = headers,
		.n_headers = t->o->stamp[0] ? 2 : 1,
		.body_fd = -1,
		.payload_hash = S3_EMPTY_HASH };

	snprintf(range, sizeof(range), "bytes=%" PRId64 "-%" PRId64, t->offset,
		t->offset + RANGE_BYTES - 1);
	buf_char(&path, '/');
	uri_encode(&path, str_of(t->o->key), true);
	q.path = buf_slice(&path);
	http_response_release(&t->piece);
	t->piece = (struct http_response)HTTP_RESPONSE_INIT;
	t->given = 0;
	if (!buf_ok(&path)) {
		err_nomem(e);
	} else if (s3_send(t->store, &q, &t->piece, &fault, e)) {
		if (fault.status == 412) {
			*e = (struct err){ 0 };
			err_set(e, E_CONFLICT, "it was written anew since it was listed");
		}
		explain(t->store, &fault, e);
	}
	buf_release(&path);
	return e->code;
}

/* A server that knows no ranges sends the whole. */
static void look_whether_ended(struct s3_stream *t)
{
	const size_t n = t->piece.body.n;

	t->offset += (int64_t)n;
	t->ended = t->piece.status == 200 || n < RANGE_BYTES ||
		   (t->o->bytes >= 0 && t->offset >= t->o->bytes);
}

static enum code read_stream(struct object_stream *port, size_t n, struct buf *out, struct err *e)
{
	struct s3_stream *t = (struct s3_stream *)port;
	struct str left;

	buf_clear(out);
	if (t->given == t->piece.body.n && !t->ended) {
		if (get_range(t, e))
			return err_add(e, "read %s", t->o->name);
		look_whether_ended(t);
	}
	left = str_from(buf_slice(&t->piece.body), t->given);
	if (left.n > n)
		left.n = n;
	buf_str(out, left);
	t->given += left.n;
	return buf_ok(out) ? E_OK : err_nomem(e);
}

static void close_stream(struct object_stream *port)
{
	struct s3_stream *t = (struct s3_stream *)port;

	http_response_release(&t->piece);
	t->store->port.free(&t->store->port);
	mem_free(t);
}

static enum code open_stream(struct object_source *port, const struct object_entry *o,
	struct object_stream **out, struct err *e)
{
	struct s3_source *s = (struct s3_source *)port;
	struct s3_place at = s->place;
	struct s3_stream *t = mem_alloc(sizeof(*t));

	if (!t)
		return err_nomem(e);
	*t = (struct s3_stream){
		.port = { read_stream, close_stream }, .o = o, .piece = HTTP_RESPONSE_INIT
	};
	/* Listing has found out where the bucket is. */
	at.region = s->store->region;
	if (open_store(&t->store, s->store->aws, &at, e)) {
		mem_free(t);
		return e->code;
	}
	*out = &t->port;
	return E_OK;
}

static void free_source(struct object_source *port)
{
	struct s3_source *s = (struct s3_source *)port;

	if (!s)
		return;
	if (s->store)
		s->store->port.free(&s->store->port);
	arena_release(&s->texts);
	mem_free(s);
}

enum code s3_source_open(
	struct object_source **out, struct aws *aws, const struct s3_place *at, struct err *e)
{
	struct s3_source *s = mem_alloc(sizeof(*s));

	if (!s)
		return err_nomem(e);
	*s = (struct s3_source){ .port = { list, open_stream, free_source },
		.place = *at,
		.texts = ARENA_INIT(64 << 10) };
	s->place.bucket = arena_text(&s->texts, str_of(at->bucket));
	s->place.prefix = arena_text(&s->texts, str_of(at->prefix ? at->prefix : ""));
	s->place.after = at->after ? arena_text(&s->texts, str_of(at->after)) : NULL;
	if (!arena_ok(&s->texts))
		err_nomem(e);
	else
		open_store(&s->store, aws, at, e);
	if (e->code) {
		free_source(&s->port);
		return e->code;
	}
	*out = &s->port;
	return E_OK;
}

enum code s3_folders(
	struct aws *aws, const struct s3_place *at, s3_folder_fn *fn, void *ctx, struct err *e)
{
	struct object_source *port = NULL;
	enum code c = s3_source_open(&port, aws, at, e);

	if (c)
		return c;
	must(port);
	((struct s3_source *)port)->folder = fn;
	c = port->list(port, NULL, ctx, e);
	port->free(port);
	return c;
}
