/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/lambda.h"

#include "aws/message.h"
#include "aws/send.h"
#include "base/sha256.h"

#define PATH_BYTES 4096

/* As a single step of a path: everything but RFC 3986's unreserved characters is encoded. */
static void add_step(struct buf *b, const char *s)
{
	for (; *s; s++) {
		const char c = *s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			strchr("-._~", c))
			buf_char(b, c);
		else
			buf_printf(b, "%%%02X", (unsigned int)(unsigned char)c);
	}
}

static enum code send_event(struct aws *aws, struct aws_request *q, const char *hash, struct err *e)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	struct aws_fault fault;

	q->payload_hash = hash;
	(void)aws_send(aws, q, &r, &fault, e);
	http_response_release(&r);
	return e->code;
}

enum code lambda_start(struct aws *aws, const char *arn, struct str event, struct err *e)
{
	const struct http_header headers[] = { { "Content-Type", "application/json" },
		{ "X-Amz-Invocation-Type", "Event" } };
	const struct str region = message_arn_region(arn);
	struct arena a = ARENA_INIT(64 << 10);
	struct buf path = BUF_INIT(PATH_BYTES);
	unsigned char digest[SHA256_BYTES];
	char hash[SHA256_HEX_BYTES];
	struct aws_request q = { .service = "lambda",
		.op = "Invoke",
		.region = arena_text(&a, region),
		.method = "POST",
		.query = STR(""),
		.headers = headers,
		.n_headers = 2,
		.body = event,
		.body_fd = -1 };

	buf_text(&path, "/2015-03-31/functions/");
	add_step(&path, arn);
	buf_text(&path, "/invocations");
	q.path = buf_slice(&path);
	if (!region.n)
		err_set(e, E_INVALID, "\"%s\" is not the ARN of a function", arn);
	else if (!buf_ok(&path) || !arena_ok(&a))
		err_nomem(e);
	else if (!sha256_of(event, digest))
		err_set(e, E_IO, "could not hash an event");
	else if (send_event(aws, &q, sha256_hex(digest, hash), e))
		err_add(e, "start \"%s\"", arn);
	buf_release(&path);
	arena_release(&a);
	return e->code;
}
