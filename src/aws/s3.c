/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3.h"

#include "aws/s3_upload.h"
#include "aws/xml.h"
#include "base/failpoint.h"
#include "base/mem.h"
#include "base/must.h"

#include <string.h>

enum { TEXTS_BYTES = 16 << 10, WHERE_BYTES = 8 << 10, ANSWER_BYTES = 1 << 20 };

/* Where the search for a bucket begins: every partition's first region knows of all its buckets. */
static const char any_region[] = "aws-global";

static const char *copied(struct arena *a, const char *s)
{
	return s && *s ? arena_text(a, str_of(s)) : NULL;
}

/* The bucket's region as an answer tells it, in a header or (AuthorizationHeaderMalformed) in the
 * body; in @a, or NULL. */
static const char *told_region(struct arena *a, const struct http_response *r)
{
	struct arena scratch = ARENA_INIT(ANSWER_BYTES);
	struct str region = http_response_header(r, "x-amz-bucket-region");
	struct err ignored = { 0 };
	struct xml *root = NULL;
	const char *text = NULL;

	if (!region.n && r->body.n && !xml_read(&scratch, buf_slice(&r->body), &root, &ignored))
		region = xml_child_text(root, "Region");
	if (region.n)
		text = arena_text(a, region);
	arena_release(&scratch);
	return text;
}

static bool points_elsewhere(const struct http_response *r)
{
	return r->status == 301 || r->status == 307 || r->status == 400;
}

/* The HEAD is refused (403) where listing is not allowed, and tells the region all the same. */
static enum code look_for_bucket(struct s3_store *s, struct err *e)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	struct aws_fault fault;
	struct err why = { 0 };
	struct aws_request q = { .service = "s3",
		.region = any_region,
		.method = "HEAD",
		.bucket = s->bucket,
		.path = STR("/"),
		.body_fd = -1,
		.payload_hash = S3_EMPTY_HASH };
	const char *region;

	aws_send(s->aws, &q, &r, &fault, &why);
	region = told_region(&s->texts, &r);
	if (region)
		s->region = region;
	else if (fault.status == 404)
		s3_absent(s, e);
	else if (!fault.status || why.code == E_THROTTLED ||
		 (why.code == E_REMOTE && fault.status >= 400))
		*e = why;
	else
		/* Servers other than AWS say nothing of regions, and take any. */
		s->region = any_region;
	http_response_release(&r);
	return e->code;
}

/* True when @s has another region than it had: the request is worth sending again. */
static bool move(struct s3_store *s, const struct http_response *r, const char *from)
{
	struct err ignored = { 0 };
	const char *region;

	if (s->moved || !points_elsewhere(r))
		return false;
	region = told_region(&s->texts, r);
	if (!region && r->status != 400) {
		look_for_bucket(s, &ignored);
		region = s->region;
	}
	s->region = region ? region : from;
	s->moved = strcmp(s->region, from) != 0;
	return s->moved;
}

enum code s3_absent(const struct s3_store *s, struct err *e)
{
	err_set(e, E_NOTFOUND, "there is no bucket \"%s\"", s->bucket);
	err_remote(e, "NoSuchBucket");
	return err_hint(e, "create it (aws s3 mb s3://%s), or name another", s->bucket);
}

/* What the service's own words leave out. */
static enum code explain(const struct s3_store *s, const struct aws_fault *fault, struct err *e)
{
	if (strcmp(fault->code, "NoSuchBucket") == 0) {
		*e = (struct err){ 0 };
		return s3_absent(s, e);
	}
	/* Whatever code it comes with, an answer that names the key speaks of the key. */
	if (s->kms_key && strstr(e->msg, s->kms_key)) {
		e->hint[0] = '\0';
		return err_hint(
			e, "the server does not let these credentials encrypt with %s", s->kms_key);
	}
	/* Some servers refuse without a code. */
	if (strcmp(fault->code, "AccessDenied") == 0 || (fault->status == 403 && !e->hint[0])) {
		e->hint[0] = '\0';
		err_hint(e,
			"s3:PutObject on bucket %s must be allowed to these credentials, by "
			"their own policies and by the bucket's%s",
			s->bucket, s->kms_key ? "; the key must allow kms:GenerateDataKey" : "");
	}
	return e->code;
}

enum code s3_send(struct s3_store *s, struct aws_request *q, struct http_response *r,
	struct aws_fault *fault, struct err *e)
{
	struct err why = { 0 };

	if (!s->region && look_for_bucket(s, e) != E_OK)
		return e->code;
	must(s->region);
	q->service = "s3";
	q->bucket = s->bucket;
	q->region = s->region;
	if (aws_send(s->aws, q, r, fault, &why) == E_OK)
		return E_OK;
	if (move(s, r, q->region)) {
		http_response_release(r);
		*r = (struct http_response)HTTP_RESPONSE_INIT;
		why = (struct err){ 0 };
		q->region = s->region;
		if (aws_send(s->aws, q, r, fault, &why) == E_OK)
			return E_OK;
	}
	*e = why;
	return explain(s, fault, e);
}

static enum code put(struct object_store *port, const struct object *o, struct err *e)
{
	struct s3_store *s = (struct s3_store *)port;

	if (s3_upload(s, o, e) != E_OK)
		err_add(e, "put \"%s\"", port->where(port, o->key));
	return e->code;
}

static const char *where(struct object_store *port, const char *key)
{
	struct s3_store *s = (struct s3_store *)port;

	buf_clear(&s->where);
	buf_printf(&s->where, "s3://%s/%s%s%s", s->bucket, s->prefix ? s->prefix : "",
		s->prefix ? "/" : "", key);
	return s->where.p;
}

static void free_store(struct object_store *port)
{
	struct s3_store *s = (struct s3_store *)port;

	if (!s)
		return;
	arena_release(&s->texts);
	buf_release(&s->where);
	mem_free(s);
}

enum code s3_store_open(
	struct object_store **out, struct aws *aws, const struct s3_bucket *b, struct err *e)
{
	struct s3_store *s;

	if (!b->bucket || !*b->bucket || strpbrk(b->bucket, "/?# "))
		return err_set(
			e, E_INVALID, "\"%s\" cannot be a bucket", b->bucket ? b->bucket : "");
	s = mem_alloc(sizeof(*s));
	if (!s)
		return err_nomem(e);
	*s = (struct s3_store){ .port = { put, where, free_store },
		.texts = ARENA_INIT(TEXTS_BYTES),
		.where = BUF_INIT(WHERE_BYTES),
		.aws = aws,
		.part_bytes = b->part_bytes > 0
				      ? b->part_bytes
				      : failpoint_number("SILTSTONE_PART_BYTES", S3_PART_BYTES) };
	s->bucket = copied(&s->texts, b->bucket);
	s->prefix = copied(&s->texts, b->prefix);
	s->region = copied(&s->texts, b->region);
	s->kms_key = copied(&s->texts, b->kms_key);
	if (s->texts.full)
		err_set(e, E_TOOBIG, "the names of bucket, prefix and key are too long");
	else if (!arena_ok(&s->texts))
		err_nomem(e);
	if (e->code) {
		free_store(&s->port);
		return e->code;
	}
	*out = &s->port;
	return E_OK;
}
