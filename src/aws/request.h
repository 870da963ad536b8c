/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "aws/shape.h"
#include "base/arena.h"
#include "net/http.h"
#include "json/json.h"

/**
 * Writing requests
 * ================
 *
 * From an operation and its parameters (an object with the API's member names) to what goes
 * over the wire, without host and signature. Parameters may be written as the catalogue has
 * them: a number or boolean as text is sent as the operation wants it; null is not sent.
 */
enum { WIRE_HEADERS_MAX = 24 };

struct wire {
	const struct api_op *op;   /* or NULL: written by the caller */
	const struct json *params; /* as given, or NULL */
	const char *method;
	struct str path;  /* percent-encoded, begins with '/' */
	struct str query; /* percent-encoded, without '?'; may be empty */
	struct str body;
	struct str bucket; /* S3: what the path begins with, or none */
	struct http_header headers[WIRE_HEADERS_MAX];
	size_t n_headers;
};

/**
 * Everything lives in @a or in the tables, or is borrowed from @params. @params may be NULL.
 * E_INVALID: a parameter that the tables do not have, of the wrong kind, or one that the path
 * needs and that is not given. E_TOOBIG: over 1 MiB or too many headers.
 */
enum code request_write(struct arena *a, const struct api_op *op, const struct json *params,
	struct wire *out, struct err *e);

/** Appends the form body of the ec2 and query protocols. */
enum code request_form(
	struct buf *b, const struct api_op *op, const struct json *params, struct err *e);
/** The JSON object of those members of @shape that go into a body, in @a. */
enum code request_json(struct arena *a, const struct api_shape *shape, const struct json *params,
	struct json **out, struct err *e);
/** Fails for the first member of @params that @shape does not have. */
enum code request_check(const struct api_shape *shape, const struct json *params, struct err *e);
