/* SPDX-License-Identifier: Apache-2.0 */
#include "core/token.h"

#include "base/buf.h"
#include "base/netstring.h"
#include <stdio.h>

#define TOKEN_BYTES 8192

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode(struct buf *out, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;

	for (size_t i = 0; i < s.n; i += 3) {
		size_t left = s.n - i;
		unsigned v = (unsigned)p[i] << 16;

		if (left > 1)
			v |= (unsigned)p[i + 1] << 8;
		if (left > 2)
			v |= p[i + 2];
		buf_char(out, digits[v >> 18]);
		buf_char(out, digits[v >> 12 & 63]);
		buf_char(out, (char)(left > 1 ? digits[v >> 6 & 63] : '='));
		buf_char(out, (char)(left > 2 ? digits[v & 63] : '='));
	}
}

/* The reverse; what encode() never makes is caught by comparing. */
static void decode(struct buf *out, struct str s)
{
	unsigned v = 0;
	int bits = 0;

	for (size_t i = 0; i < s.n && s.p[i] != '='; i++) {
		const char *at = s.p[i] ? strchr(digits, s.p[i]) : NULL;

		if (!at)
			return;
		v = v << 6 | (unsigned)(at - digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_char(out, (char)(v >> bits & 255));
		}
	}
}

static bool authenticate(
	const struct token_scope *scope, struct str after, unsigned char out[SHA256_BYTES])
{
	struct buf b = BUF_INIT((size_t)4 * TOKEN_BYTES);
	char at[24];
	bool ok;

	snprintf(at, sizeof(at), "%lld", (long long)scope->at_ms);
	netstring_add(&b, STR("page token 1"));
	netstring_add(&b, str_of(scope->operation));
	netstring_add(&b, str_of(scope->account));
	netstring_add(&b, str_of(scope->region));
	netstring_add(&b, str_of(at));
	netstring_add(&b, (struct str){ (const char *)scope->request, SHA256_BYTES });
	netstring_add(&b, after);
	ok = buf_ok(&b) &&
	     hmac_sha256((struct str){ (const char *)scope->key, 32 }, buf_slice(&b), out);
	buf_release(&b);
	return ok;
}

struct str token_seal(const struct token_scope *scope, struct arena *a, struct str after)
{
	struct buf raw = BUF_INIT(TOKEN_BYTES), text = BUF_INIT((size_t)2 * TOKEN_BYTES);
	unsigned char mac[SHA256_BYTES];
	struct str out = STR_NONE;

	if (authenticate(scope, after, mac)) {
		buf_add(&raw, mac, sizeof(mac));
		buf_str(&raw, after);
		encode(&text, buf_slice(&raw));
	}
	if (buf_ok(&raw) && buf_ok(&text) && text.n)
		out = arena_str(a, buf_slice(&text));
	buf_release(&raw);
	buf_release(&text);
	return out;
}

static bool genuine(const struct token_scope *scope, struct str raw, struct str token)
{
	struct buf again = BUF_INIT((size_t)2 * TOKEN_BYTES);
	unsigned char mac[SHA256_BYTES], differs = 0;
	bool same;

	if (raw.n < SHA256_BYTES || !authenticate(scope, str_from(raw, SHA256_BYTES), mac))
		return false;
	/* Takes as long wherever it is wrong. */
	for (size_t i = 0; i < SHA256_BYTES; i++)
		differs |= (unsigned char)(mac[i] ^ (unsigned char)raw.p[i]);
	encode(&again, raw);
	same = buf_ok(&again) && str_eq(buf_slice(&again), token);
	buf_release(&again);
	return !differs && same;
}

bool token_open(
	const struct token_scope *scope, struct arena *a, struct str token, struct str *after)
{
	struct buf raw = BUF_INIT(TOKEN_BYTES);
	bool ok;

	decode(&raw, token);
	ok = buf_ok(&raw) && genuine(scope, buf_slice(&raw), token);
	if (ok)
		*after = arena_str(a, str_from(buf_slice(&raw), SHA256_BYTES));
	buf_release(&raw);
	return ok;
}
