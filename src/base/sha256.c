/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sha256.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

void sha256_init(struct sha256 *h)
{
	h->ctx = EVP_MD_CTX_new();
	h->failed = !h->ctx || EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL) != 1;
}

void sha256_add(struct sha256 *h, const void *p, size_t n)
{
	if (!h->failed && EVP_DigestUpdate(h->ctx, p, n) != 1)
		h->failed = true;
}

bool sha256_finish(struct sha256 *h, unsigned char out[SHA256_BYTES])
{
	if (!h->failed && EVP_DigestFinal_ex(h->ctx, out, NULL) != 1)
		h->failed = true;
	EVP_MD_CTX_free(h->ctx);
	h->ctx = NULL;
	if (h->failed)
		memset(out, 0, SHA256_BYTES);
	return !h->failed;
}

bool sha256_of(struct str s, unsigned char out[SHA256_BYTES])
{
	struct sha256 h;

	sha256_init(&h);
	sha256_add(&h, s.p, s.n);
	return sha256_finish(&h, out);
}

bool hmac_sha256(struct str key, struct str text, unsigned char out[SHA256_BYTES])
{
	return HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)text.p, text.n, out,
		       NULL) != NULL;
}

bool sha256_same(struct str a, struct str b)
{
	unsigned char first[SHA256_BYTES], second[SHA256_BYTES];

	return sha256_of(a, first) && sha256_of(b, second) &&
	       CRYPTO_memcmp(first, second, sizeof(first)) == 0;
}

const char *sha256_hex(const unsigned char digest[SHA256_BYTES], char out[SHA256_HEX_BYTES])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_BYTES; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[SHA256_HEX_BYTES - 1] = '\0';
	return out;
}
