/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/err.h"
#include "base/sha256.h"
#include "base/str.h"
#include <stdbool.h>

/**
 * Ed25519 keys (RFC 8032) in PEM files (RFC 8410), by libcrypto. A private key is only ever read where
 * nobody else may read it, and never leaves this module.
 */
struct sign_key {
	void *key;                 /* EVP_PKEY */
	char id[SHA256_HEX_BYTES]; /* SHA-256 of the 32 bytes of the public key, in hex */
};

#define SIGNATURE_BYTES 64

/** Make a new pair: the private key in the new file @path (mode 0600), the public one in "@path.pub".
 * E_CONFLICT: one of them is there already. E_DENIED, E_NOTFOUND, E_IO, E_FULL. */
enum code sign_key_make(const char *path, char id[SHA256_HEX_BYTES], struct err *e);
/** E_DENIED: others may read or change the file. E_INVALID: not an Ed25519 key. */
enum code sign_key_read(struct sign_key *key, const char *path, struct err *e);
/** A public key; that of a private one, when @path is one. */
enum code sign_key_read_public(struct sign_key *key, const char *path, struct err *e);
/** Safe on a zeroed struct. */
void sign_key_release(struct sign_key *key);

/** False: no memory, or the key is a public one. */
bool sign_key_sign(
	const struct sign_key *key, struct str text, unsigned char signature[SIGNATURE_BYTES]);
bool sign_key_verify(const struct sign_key *key, struct str text, struct str signature);
