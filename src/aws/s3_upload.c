/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3_upload.h"

#include "aws/xml.h"
#include "base/must.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	PATH_BYTES = 8 << 10,       /* S3's keys have at most 1024 bytes, encoded 3072 */
	COMPLETION_BYTES = 4 << 20, /* 10,000 parts of some 200 bytes */
	ANSWER_BYTES = 1 << 20,
	HEADERS_MAX = 8,
	PARTS_MAX = 10000, /* "Amazon S3 multipart upload limits", S3 user guide */
	BASE64_BYTES = 4 * ((SHA256_BYTES + 2) / 3) + 1
};

/** One object on its way in parts. */
struct upload {
	struct s3_store *s;
	const struct object *o;
	struct str path;
	struct str id; /* percent-encoded */
	struct arena texts;
	struct buf list; /* what CompleteMultipartUpload says of the parts */
};

struct headers {
	struct http_header h[HEADERS_MAX];
	size_t n;
};

static void add(struct headers *h, const char *name, const char *value)
{
	must(h->n < HEADERS_MAX);
	h->h[h->n++] = (struct http_header){ name, value };
}

/* RFC 4648, for a digest. */
static const char *base64(const unsigned char d[SHA256_BYTES], char out[BASE64_BYTES])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t n = 0;

	for (size_t i = 0; i < SHA256_BYTES; i += 3) {
		unsigned int v = (unsigned int)d[i] << 16;

		v |= i + 1 < SHA256_BYTES ? (unsigned int)d[i + 1] << 8 : 0;
		v |= i + 2 < SHA256_BYTES ? d[i + 2] : 0;
		for (int shift = 18; shift >= 0; shift -= 6)
			out[n++] = digits[v >> shift & 63];
	}
	for (size_t i = 0; i < 3 - SHA256_BYTES % 3; i++)
		out[n - 1 - i] = '=';
	out[n] = '\0';
	return out;
}

/* What an object is, told once: with the PUT or with the beginning of its parts. */
static void describe(struct headers *h, const struct s3_store *s, const struct object *o)
{
	add(h, "x-amz-acl", "bucket-owner-full-control");
	add(h, "content-type", o->content_type);
	if (o->content_encoding)
		add(h, "content-encoding", o->content_encoding);
	if (s->kms_key) {
		add(h, "x-amz-server-side-encryption", "aws:kms");
		add(h, "x-amz-server-side-encryption-aws-kms-key-id", s->kms_key);
	}
}

static enum code send_and_forget(struct s3_store *s, struct aws_request *q, struct err *e)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	struct aws_fault fault;
	enum code c = s3_send(s, q, &r, &fault, e);

	http_response_release(&r);
	return c;
}

/* A service that keeps checksums answers with the one of what it stored. */
static enum code check_stored(const struct http_response *r, const char *sum, struct err *e)
{
	struct str told = http_response_header(r, "x-amz-checksum-sha256");

	if (!told.n || str_is(told, sum))
		return E_OK;
	return err_set(
		e, E_REMOTE, "what was stored is not what was sent: its checksum is another");
}

static enum code put_whole(struct upload *u, struct err *e)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	char hex[SHA256_HEX_BYTES], sum[BASE64_BYTES];
	struct aws_fault fault;
	struct headers h = { .n = 0 };
	struct aws_request q = { .method = "PUT",
		.path = u->path,
		.body_fd = u->o->fd,
		.body_bytes = u->o->bytes,
		.payload_hash = sha256_hex(u->o->sha256, hex) };

	describe(&h, u->s, u->o);
	add(&h, "x-amz-checksum-sha256", base64(u->o->sha256, sum));
	q.headers = h.h;
	q.n_headers = h.n;
	if (s3_send(u->s, &q, &r, &fault, e) == E_OK)
		check_stored(&r, sum, e);
	http_response_release(&r);
	return e->code;
}

static enum code read_id(struct upload *u, const struct http_response *r, struct err *e)
{
	struct buf encoded = BUF_INIT(PATH_BYTES / 2);
	struct arena a = ARENA_INIT(ANSWER_BYTES);
	struct err why = { 0 };
	struct xml *root = NULL;
	struct str id = STR_NONE;

	if (xml_read(&a, buf_slice(&r->body), &root, &why) == E_OK)
		id = xml_child_text(root, "UploadId");
	uri_encode(&encoded, id, false);
	u->id = arena_str(&u->texts, buf_slice(&encoded));
	if (!buf_ok(&encoded) || !u->id.n)
		err_set(e, E_CORRUPT,
			"the beginning of an upload in parts was answered without its id");
	buf_release(&encoded);
	arena_release(&a);
	return e->code;
}

static enum code begin(struct upload *u, struct err *e)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	struct headers h = { .n = 0 };
	struct aws_request q = { .method = "POST",
		.path = u->path,
		.query = STR("uploads="),
		.body_fd = -1,
		.payload_hash = S3_EMPTY_HASH };
	struct aws_fault fault;

	describe(&h, u->s, u->o);
	add(&h, "x-amz-checksum-algorithm", "SHA256");
	q.headers = h.h;
	q.n_headers = h.n;
	if (s3_send(u->s, &q, &r, &fault, e) == E_OK)
		read_id(u, &r, e);
	http_response_release(&r);
	return e->code;
}

static enum code hash_part(const struct upload *u, int64_t from, int64_t bytes,
	unsigned char digest[SHA256_BYTES], struct err *e)
{
	unsigned char piece[32 << 10];
	struct sha256 h;
	enum code c = E_OK;

	sha256_init(&h);
	for (int64_t at = from; !c && at < from + bytes;) {
		int64_t left = from + bytes - at;
		size_t n = left < (int64_t)sizeof(piece) ? (size_t)left : sizeof(piece);
		ssize_t got = pread(u->o->fd, piece, n, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			c = err_sys(e, E_IO, got ? errno : ENODATA,
				"could not read the file to be sent");
			break;
		}
		sha256_add(&h, piece, (size_t)got);
		at += got;
	}
	return !sha256_finish(&h, digest) && !c ? err_nomem(e) : c;
}

/* An entity tag is quoted and goes into XML as it came: nothing may be in it that means something there. */
static enum code list_part(
	struct upload *u, int number, const char *sum, struct str tag, struct err *e)
{
	for (size_t i = 0; i < tag.n; i++)
		if (strchr("<>&", tag.p[i]) || (unsigned char)tag.p[i] < ' ')
			tag.n = 0;
	if (!tag.n)
		return err_set(e, E_CORRUPT, "part %d was answered without an entity tag", number);
	buf_printf(&u->list,
		"<Part><ChecksumSHA256>%s</ChecksumSHA256><ETag>%.*s</ETag>"
		"<PartNumber>%d</PartNumber></Part>",
		sum, STR_ARG(tag), number);
	return E_OK;
}

static enum code put_part(struct upload *u, int number, int64_t from, int64_t bytes, struct err *e)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	char hex[SHA256_HEX_BYTES], sum[BASE64_BYTES], query[PATH_BYTES];
	unsigned char digest[SHA256_BYTES];
	struct http_header checksum = { "x-amz-checksum-sha256", sum };
	struct aws_request q = { .method = "PUT",
		.path = u->path,
		.headers = &checksum,
		.n_headers = 1,
		.body_fd = u->o->fd,
		.body_offset = from,
		.body_bytes = bytes,
		.payload_hash = hex };
	struct aws_fault fault;

	snprintf(query, sizeof(query), "partNumber=%d&uploadId=%.*s", number, STR_ARG(u->id));
	q.query = str_of(query);
	if (hash_part(u, from, bytes, digest, e) != E_OK)
		return e->code;
	sha256_hex(digest, hex);
	base64(digest, sum);
	if (s3_send(u->s, &q, &r, &fault, e) == E_OK && check_stored(&r, sum, e) == E_OK)
		list_part(u, number, sum, http_response_header(&r, "etag"), e);
	http_response_release(&r);
	return e->code;
}

static struct str id_query(struct upload *u)
{
	return arena_printf(&u->texts, "uploadId=%.*s", STR_ARG(u->id));
}

static enum code complete(struct upload *u, struct err *e)
{
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];
	struct http_header xml = { "content-type", "application/xml" };
	struct aws_request q = { .method = "POST",
		.path = u->path,
		.query = id_query(u),
		.headers = &xml,
		.n_headers = 1,
		.body_fd = -1,
		.payload_hash = hex };

	buf_text(&u->list, "</CompleteMultipartUpload>");
	if (!buf_ok(&u->list) || !arena_ok(&u->texts) || !sha256_of(buf_slice(&u->list), digest))
		return err_nomem(e);
	sha256_hex(digest, hex);
	q.body = buf_slice(&u->list);
	return send_and_forget(u->s, &q, e);
}

/* What cannot be aborted the bucket's own lifecycle rules have to sweep up; the error to be told is
 * the one that led here. */
static void abandon(struct upload *u)
{
	struct err ignored = { 0 };
	struct aws_request q = { .method = "DELETE",
		.path = u->path,
		.query = id_query(u),
		.body_fd = -1,
		.payload_hash = S3_EMPTY_HASH };

	send_and_forget(u->s, &q, &ignored);
}

static struct str full_key(struct upload *u)
{
	const char *prefix = u->s->prefix;

	return prefix ? arena_printf(&u->texts, "%s/%s", prefix, u->o->key) : str_of(u->o->key);
}

static enum code put_parts(struct upload *u, struct err *e)
{
	int64_t bytes = u->o->bytes, size = u->s->part_bytes;
	int number = 1;
	enum code c;

	s3_abort_orphans(u->s, full_key(u), u->path);
	c = begin(u, e);
	if (c)
		return c;
	if (bytes / size >= PARTS_MAX)
		size = bytes / PARTS_MAX + 1;
	buf_text(&u->list,
		"<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
	for (int64_t at = 0; !c && at < bytes; at += size, number++) {
		c = put_part(u, number, at, bytes - at < size ? bytes - at : size, e);
		if (c)
			err_add(e, "part %d", number);
	}
	if (!c)
		c = complete(u, e);
	if (c)
		abandon(u);
	return c;
}

enum code s3_upload(struct s3_store *s, const struct object *o, struct err *e)
{
	struct upload u = { .s = s,
		.o = o,
		.texts = ARENA_INIT(ANSWER_BYTES),
		.list = BUF_INIT(COMPLETION_BYTES) };
	struct buf path = BUF_INIT(PATH_BYTES);

	buf_char(&path, '/');
	if (s->prefix) {
		uri_encode(&path, str_of(s->prefix), true);
		buf_char(&path, '/');
	}
	uri_encode(&path, str_of(o->key), true);
	u.path = buf_slice(&path);
	if (path.full)
		err_set(e, E_TOOBIG, "the key is too long");
	else if (!buf_ok(&path))
		err_nomem(e);
	else if (o->bytes > s->part_bytes)
		put_parts(&u, e);
	else
		put_whole(&u, e);
	buf_release(&path);
	buf_release(&u.list);
	arena_release(&u.texts);
	return e->code;
}
