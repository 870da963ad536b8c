/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/str.h"
#include <stdbool.h>

/** SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), by libcrypto. */
#define SHA256_BYTES     32
#define SHA256_HEX_BYTES 65

/** A digest in the making. A failure is remembered and told by sha256_finish(). */
struct sha256 {
	void *ctx;
	bool failed;
};

void sha256_init(struct sha256 *h);
void sha256_add(struct sha256 *h, const void *p, size_t n);
/** Frees @h. False (and @out zeroed) when anything failed. */
bool sha256_finish(struct sha256 *h, unsigned char out[SHA256_BYTES]);

bool sha256_of(struct str s, unsigned char out[SHA256_BYTES]);
bool hmac_sha256(struct str key, struct str text, unsigned char out[SHA256_BYTES]);
/** Whether two texts are the same, by their hashes: where they differ, in their length too, is not told by the time it
 * takes. False when libcrypto fails. */
bool sha256_same(struct str a, struct str b);
/** Lower-case, NUL-terminated. */
const char *sha256_hex(const unsigned char digest[SHA256_BYTES], char out[SHA256_HEX_BYTES]);
