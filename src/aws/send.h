/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/aws.h"

/**
 * Calls that no table describes: objects of S3, whose bodies are files. Private to aws/.
 */
struct aws_request {
	const char *service; /* as in struct aws_call */
	const char *region;
	const char *op; /* whose pace it keeps; NULL: that of all that have no name */
	const char *method;
	const char *
		bucket; /* S3: stands in the host or before the path, as endpoint.h says; or NULL */
	struct str path;                   /* percent-encoded, begins with '/' */
	struct str query;                  /* percent-encoded, without '?' */
	const struct http_header *headers; /* all of them are signed */
	size_t n_headers;
	struct str body; /* sent when body_fd is -1 */
	int body_fd;     /* or -1 */
	int64_t body_offset, body_bytes;
	const char *payload_hash; /* lower-case hex SHA-256 of the body */
};

/**
 * Sign, send, repeat as aws_call() does, and judge the answer: errors and @fault as there. @r
 * is the last answer, whatever it says; init it first and release it in every case. Answers
 * that name another region are not followed.
 */
enum code aws_send(struct aws *aws, const struct aws_request *q, struct http_response *r,
	struct aws_fault *fault, struct err *e);
