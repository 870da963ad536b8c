/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "net/http.h"
#include <stdbool.h>

/**
 * The canonical form of a request, and the signature over it
 * ==========================================================
 *
 * The pure half of Signature Version 4 ("Create a signed AWS API request" in the IAM user
 * guide): no clock, no choice of headers. sign_v4() builds on it, and so can whoever checks
 * a request that came in.
 *
 * Path and query are canonicalised from what is on the wire: percent-escapes are decoded
 * and encoded again in one spelling, so a raw ':' and "%3a" sign alike. For services other
 * than S3 the path is instead cleaned of dot segments and doubled slashes and encoded once
 * more as it stands.
 */
struct canonical_request {
	const char *method;
	struct str path;                   /* raw, percent-encoded as sent; empty means "/" */
	struct str query;                  /* raw, without '?' */
	bool s3;                           /* S3's rule for the path */
	const struct http_header *headers; /* exactly those that are signed, in any order */
	size_t n_headers;
	const char *payload_hash;
};

/** What is left after canonicalising; both live in the arena. */
struct canonical {
	struct str text;  /* the canonical request */
	struct str names; /* "host;x-amz-date" */
};

/** E_TOOBIG: over the arena's limit. */
enum code canonical_of(
	struct arena *a, const struct canonical_request *q, struct canonical *out, struct err *e);

struct canonical_scope {
	const char *region, *service;
	const char *stamp; /* "20150830T123600Z" */
};

/** The signature in hexadecimal. E_IO when the cryptography library fails. */
enum code canonical_sign(struct str secret_key, const struct canonical_scope *scope,
	struct str canonical_text, char hex[SHA256_HEX_BYTES], struct err *e);
