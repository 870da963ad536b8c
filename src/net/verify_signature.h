/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/sha256.h"
#include "net/http.h"
#include <stdbool.h>
#include <stdint.h>

/**
 * Whether a request that came in is signed: AWS Signature Version 4, the other direction of net/sign.h
 * ===================================================================================================
 *
 * Pure: what it needs to know of keys it is told. Both forms are understood, the Authorization header and the
 * presigned URL (GET and HEAD only, since whoever sees it can ask again until it expires).
 *
 * Stricter than AWS where lenience has no use: whatever says "x-amz-" or "x-siltstone-" must be signed; what is signed, and what
 * speaks about signing, may be said only once; the body's hash is always over the body, but for a
 * presigned URL, which has none and may say UNSIGNED-PAYLOAD. Session tokens are nobody's here. An unknown key takes
 * as long as a wrong signature. What cannot be believed yet is not quoted, but for dates.
 */
#define VERIFY_SECRET_BYTES 129
#define VERIFY_SKEW_MS      INT64_C(900000)

struct verify_request {
	const char *method;
	struct str target; /* as it came: path, '?', query */
	const struct http_header *headers;
	size_t n_headers;
	struct str body;
	int64_t now_ms;
};

struct verify_keys {
	/** Fill @secret for a key that may be used; false: none such. */
	bool (*find)(void *ctx, struct str key_id, char secret[VERIFY_SECRET_BYTES]);
	void *ctx;
	const char *service; /* that signatures are for: "config" */
};

struct verified {
	char key_id[33];
	char region[33];
	unsigned char digest[SHA256_BYTES]; /* of the signature */
	int64_t until_ms;                   /* for so long it could come again */
	bool presigned;
};

/** How AWS's JSON services say it. */
struct verify_refusal {
	const char *type;
	char message[512];
	bool unknown_key; /* nothing but that the key is not known was found wrong so far */
};

/** Whether a request says anything in this manner. */
bool verify_is_signed(const struct verify_request *q);
/** E_OK: *@out says by whom. E_DENIED: *@why says why not; of an unknown key @out->key_id and region are set, too.
 * E_NOMEM, E_IO: it could not be found out. */
enum code verify_signature(const struct verify_request *q, const struct verify_keys *keys,
	struct verified *out, struct verify_refusal *why, struct err *e);
/** The same but for the signature and the body, which may still be to come. */
enum code verify_claim(const struct verify_request *q, const struct verify_keys *keys,
	struct verified *out, struct verify_refusal *why, struct err *e);
