/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3_upload.h"

#include "aws/xml.h"

enum { ANSWER_BYTES = 8 << 20, QUERY_BYTES = 8 << 10 };

static void abort_upload(struct s3_store *s, struct str path, struct str id)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	struct buf query = BUF_INIT(QUERY_BYTES);
	struct aws_fault fault;
	struct err ignored = { 0 };
	struct aws_request q = {
		.method = "DELETE", .path = path, .body_fd = -1, .payload_hash = S3_EMPTY_HASH
	};

	buf_text(&query, "uploadId=");
	uri_encode(&query, id, false);
	q.query = buf_slice(&query);
	if (id.n && buf_ok(&query))
		s3_send(s, &q, &r, &fault, &ignored);
	http_response_release(&r);
	buf_release(&query);
}

static enum code list_uploads(
	struct s3_store *s, struct str key, struct http_response *r, struct err *e)
{
	struct buf query = BUF_INIT(QUERY_BYTES);
	struct aws_fault fault;
	struct aws_request q = {
		.method = "GET", .path = STR("/"), .body_fd = -1, .payload_hash = S3_EMPTY_HASH
	};

	buf_text(&query, "prefix=");
	uri_encode(&query, key, false);
	buf_text(&query, "&uploads=");
	q.query = buf_slice(&query);
	if (!buf_ok(&query))
		err_nomem(e);
	else
		s3_send(s, &q, r, &fault, e);
	buf_release(&query);
	return e->code;
}

void s3_abort_orphans(struct s3_store *s, struct str key, struct str path)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	struct arena a = ARENA_INIT(ANSWER_BYTES);
	struct err ignored = { 0 };
	struct xml *root = NULL;

	if (key.n && !list_uploads(s, key, &r, &ignored) &&
		!xml_read(&a, buf_slice(&r.body), &root, &ignored))
		for (const struct xml *x = root->first; x; x = x->next)
			if (str_is(x->name, "Upload") && str_eq(xml_child_text(x, "Key"), key))
				abort_upload(s, path, xml_child_text(x, "UploadId"));
	http_response_release(&r);
	arena_release(&a);
}
