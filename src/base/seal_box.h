/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/buf.h"
#include "base/err.h"
#include "base/sha256.h"

/**
 * Secrets at rest: AES-256-GCM (NIST SP 800-38D) under the key of a file
 * ======================================================================
 *
 * The file holds 32 random bytes, and is only ever read where nobody else may read it. A sealed
 * text is a version byte, a nonce of 12 random bytes, the ciphertext and a tag of 16 bytes; what it belongs to
 * is authenticated with it, so that it opens nowhere else.
 */
struct seal_box {
	unsigned char key[32];
	bool full; /* there is a key in it */
};

/** Make a new file (mode 0600) with a new key. E_CONFLICT: it is there already. E_DENIED, E_NOTFOUND, E_IO, E_FULL. */
enum code seal_box_make(const char *path, struct err *e);
/** E_DENIED: others may read or change the file. E_INVALID: it holds no such key. E_NOTFOUND, E_IO. */
enum code seal_box_read(struct seal_box *box, const char *path, struct err *e);
/** Wipes the key. */
void seal_box_release(struct seal_box *box);

enum code seal_box_seal(const struct seal_box *box, struct str text, struct str belongs_to,
	struct buf *out, struct err *e);
/** E_CORRUPT: altered, sealed under another key, or for something else. */
enum code seal_box_open(const struct seal_box *box, struct str sealed, struct str belongs_to,
	struct buf *out, struct err *e);
/** HMAC-SHA-256 of both under a key that is derived from the file's. */
bool seal_box_hash(const struct seal_box *box, struct str text, struct str belongs_to,
	unsigned char out[SHA256_BYTES]);

/** @n bytes that nobody can guess. False: the system has none. */
bool random_bytes(void *out, size_t n);
