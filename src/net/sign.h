/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "net/http.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * AWS Signature Version 4 (the public signing specification, "AWS4-HMAC-SHA256")
 * ==============================================================================
 *
 * One canonicalisation for both directions: what signs our requests will verify those
 * that others send to us.
 */

/** What proves who asks. Strings belong to the struct; secrets are wiped on release. */
struct credentials {
	char *access_key;
	char *secret_key;
	char *session_token; /* or NULL */
	int64_t expires_ms;  /* TIME_FOREVER_MS when they do not */
};
void credentials_release(struct credentials *k);
enum code credentials_copy(struct credentials *to, const struct credentials *from, struct err *e);

struct sign_scope {
	const char *region;
	const char *service; /* the signing name: "ec2", "s3" */
	int64_t now_ms;
};

/** A request as it will go over the wire. */
struct sign_request {
	const char *method;
	struct str host;  /* with the port when it is not the scheme's own */
	struct str path;  /* raw, percent-encoded as sent */
	struct str query; /* raw, without '?', may be unsorted, may have names without '=' */
	const struct http_header *headers; /* those to be signed besides host and x-amz-* of ours */
	size_t n_headers;
	const char *payload_hash; /* lower-case hex SHA-256 of the body, or "UNSIGNED-PAYLOAD" */
};

/** The headers a signature adds. Values live in the struct. */
struct signature {
	char amz_date[20];
	char payload_hash[65];
	struct buf authorization;
	const char *session_token; /* borrowed from the credentials, or NULL */
};
#define SIGNATURE_INIT                                                                             \
	{                                                                                          \
		"", "", BUF_INIT(4096), NULL                                                       \
	}

/**
 * Sign. The path is encoded once more before it is hashed, except for service "s3".
 * x-amz-date, x-amz-content-sha256 and, with a token, x-amz-security-token are signed too;
 * the caller sends them with the values found in @s.
 */
enum code sign_v4(const struct sign_request *q, const struct sign_scope *scope,
	const struct credentials *k, struct signature *s, struct err *e);
void signature_release(struct signature *s);

/** Percent-encode by the rules of RFC 3986 (unreserved stay; '/' stays when @keep_slash). */
void uri_encode(struct buf *b, struct str s, bool keep_slash);
