/* SPDX-License-Identifier: Apache-2.0 */
#include "net/verify_signature.h"

#include "base/time.h"
#include "net/canonical.h"
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define ALGORITHM   "AWS4-HMAC-SHA256"
#define SIGNED_MAX  100
#define MEMORY_MAX  ((size_t)8 << 20)
#define PRESIGNED_S 604800
#define PART_MAX    2048

static const char incomplete[] = "IncompleteSignatureException";
static const char invalid[] = "InvalidSignatureException";
static const char unrecognized[] = "UnrecognizedClientException";

/* What a signature says of itself, however it came. */
struct claim {
	struct str credential, signed_headers, signature, date;
	struct str key, day, region, service; /* of the credential */
	int64_t date_ms, expires_ms;
	bool presigned;
};

struct verifying {
	const struct verify_request *q;
	const struct verify_keys *keys;
	struct verify_refusal *why;
	struct arena arena;
	struct claim claim;
	bool early; /* there is no body yet */
	struct http_header signed_of[SIGNED_MAX];
	size_t n_signed;
	struct err *e;
};

__attribute__((format(printf, 3, 4))) static enum code refuse(
	struct verifying *v, const char *type, const char *fmt, ...)
{
	va_list ap;

	v->why->type = type;
	va_start(ap, fmt);
	vsnprintf(v->why->message, sizeof(v->why->message), fmt, ap);
	va_end(ap);
	return E_DENIED;
}

static bool named(struct str s, const char *name)
{
	return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

/* Headers */

static const char *header(const struct verify_request *q, const char *name)
{
	for (size_t i = 0; i < q->n_headers; i++)
		if (strcasecmp(q->headers[i].name, name) == 0)
			return q->headers[i].value;
	return NULL;
}

static size_t times(const struct verify_request *q, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < q->n_headers; i++)
		n += strcasecmp(q->headers[i].name, name) == 0;
	return n;
}

static bool is_ours(const char *name)
{
	return strncasecmp(name, "x-amz-", 6) == 0 || strncasecmp(name, "x-siltstone-", 12) == 0;
}

/* The query's parameters */

static struct str query_of(struct str target)
{
	return str_from(target, str_find(target, '?') + 1);
}

/* The next one of @query, which moves on; false: no more. */
static bool next_pair(struct str *query, struct str *whole)
{
	if (!query->n)
		return false;
	*whole = (struct str){ query->p, str_find(*query, '&') };
	*query = str_from(*query, whole->n + 1);
	return true;
}

static struct str pair_name(struct str pair)
{
	return (struct str){ pair.p, str_find(pair, '=') };
}

/* Percent-escapes decoded; a parameter of a signature has no others than well-formed ones. */
static struct str decoded(struct verifying *v, struct str s)
{
	char *out = s.n <= PART_MAX ? arena_alloc(&v->arena, s.n + 1) : NULL;
	size_t n = 0;

	for (size_t i = 0; out && i < s.n; i++) {
		int hi = s.p[i] == '%' && i + 2 < s.n ? str_hex(s.p[i + 1]) : -1;
		int lo = hi >= 0 ? str_hex(s.p[i + 2]) : -1;

		if (s.p[i] == '%' && lo < 0)
			return STR_NONE;
		out[n++] = (char)(lo >= 0 ? hi << 4 | lo : s.p[i]);
		i += lo >= 0 ? 2 : 0;
	}
	return out ? (struct str){ out, n } : STR_NONE;
}

/* STR_NONE: it is not there, or not readable. *@n: how often it is. */
static struct str parameter(struct verifying *v, const char *name, size_t *n)
{
	struct str query = query_of(v->q->target), pair, found = STR_NONE;

	*n = 0;
	while (next_pair(&query, &pair)) {
		struct str its = pair_name(pair);

		if (!named(its, name))
			continue;
		(*n)++;
		found = decoded(v, str_from(pair, its.n + 1));
	}
	return found;
}

static bool has_parameter(const struct verify_request *q, const char *name)
{
	struct str query = query_of(q->target), pair;

	while (next_pair(&query, &pair))
		if (named(pair_name(pair), name))
			return true;
	return false;
}

bool verify_is_signed(const struct verify_request *q)
{
	const char *authorization = header(q, "authorization");

	return (authorization && strncmp(authorization, "AWS4-", 5) == 0) ||
	       has_parameter(q, "X-Amz-Algorithm") || has_parameter(q, "X-Amz-Signature");
}

/* The two forms */

static enum code read_part(struct verifying *v, struct str part)
{
	static const struct {
		const char *name;
		size_t at;
	} parts[] = { { "Credential", offsetof(struct claim, credential) },
		{ "SignedHeaders", offsetof(struct claim, signed_headers) },
		{ "Signature", offsetof(struct claim, signature) } };
	struct str name = { part.p, str_find(part, '=') };

	for (size_t i = 0; name.n < part.n && i < sizeof(parts) / sizeof(*parts); i++) {
		struct str *to = (struct str *)((char *)&v->claim + parts[i].at);

		if (!str_is(name, parts[i].name))
			continue;
		if (to->p)
			break;
		*to = str_from(part, name.n + 1);
		return E_OK;
	}
	return refuse(
		v, incomplete, "Authorization header has a part that is none, or is there twice.");
}

static enum code read_header(struct verifying *v, const char *authorization)
{
	struct str left = str_of(authorization), algorithm;

	algorithm = (struct str){ left.p, str_find(left, ' ') };
	left = str_trim(str_from(left, algorithm.n));
	if (!str_is(algorithm, ALGORITHM))
		return refuse(v, incomplete, "Unsupported AWS 'algorithm'.");
	while (left.n) {
		struct str part = { left.p, str_find(left, ',') };

		left = str_from(left, part.n + 1);
		if (read_part(v, str_trim(part)))
			return E_DENIED;
	}
	v->claim.date = str_of(header(v->q, "x-amz-date"));
	if (v->claim.credential.n && v->claim.signed_headers.n && v->claim.signature.n &&
		v->claim.date.n)
		return E_OK;
	return refuse(v, incomplete, "%s%s%s%s",
		v->claim.credential.n ? ""
				      : "Authorization header requires 'Credential' parameter. ",
		v->claim.signature.n ? "" : "Authorization header requires 'Signature' parameter. ",
		v->claim.signed_headers.n
			? ""
			: "Authorization header requires 'SignedHeaders' parameter. ",
		v->claim.date.n
			? ""
			: "Authorization header requires existence of a 'X-Amz-Date' header.");
}

static bool number(struct str s, int64_t *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || i > 7)
			return false;
		*out = *out * 10 + (s.p[i] - '0');
	}
	return s.n > 0;
}

static enum code read_query(struct verifying *v)
{
	static const char *const names[] = { "X-Amz-Algorithm", "X-Amz-Credential",
		"X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Date", "X-Amz-Expires" };
	struct str said[6];
	int64_t seconds;

	for (size_t i = 0; i < 6; i++) {
		size_t n;

		said[i] = parameter(v, names[i], &n);
		if (n != 1 || !said[i].n)
			return refuse(v, incomplete,
				"AWS query-string parameters must include '%s', once.", names[i]);
	}
	if (!str_is(said[0], ALGORITHM))
		return refuse(v, incomplete, "Unsupported AWS 'algorithm'.");
	if (!number(said[5], &seconds) || seconds < 1 || seconds > PRESIGNED_S)
		return refuse(v, incomplete, "X-Amz-Expires must be 1 to %d seconds.", PRESIGNED_S);
	if (strcmp(v->q->method, "GET") != 0 && strcmp(v->q->method, "HEAD") != 0)
		return refuse(v, incomplete, "Only GET and HEAD can be presigned.");
	v->claim.presigned = true;
	v->claim.credential = said[1];
	v->claim.signed_headers = said[2];
	v->claim.signature = said[3];
	v->claim.date = said[4];
	v->claim.expires_ms = seconds * 1000;
	return E_OK;
}

static enum code read_claim(struct verifying *v)
{
	const char *authorization = header(v->q, "authorization");
	bool query =
		has_parameter(v->q, "X-Amz-Algorithm") || has_parameter(v->q, "X-Amz-Signature");

	if (authorization && query)
		return refuse(v, incomplete,
			"Only one of an Authorization header and query-string parameters can sign.");
	if (query)
		return read_query(v);
	if (!authorization)
		return refuse(
			v, "MissingAuthenticationTokenException", "Missing Authentication Token");
	return read_header(v, authorization);
}

/* What it says */

/* Each part of KEY/20260213/REGION/SERVICE/aws4_request. */
static bool split_credential(struct claim *c)
{
	struct str left = c->credential;
	struct str *to[] = { &c->key, &c->day, &c->region, &c->service };

	for (size_t i = 0; i < 4; i++) {
		*to[i] = (struct str){ left.p, str_find(left, '/') };
		if (!to[i]->n || to[i]->n == left.n)
			return false;
		left = str_from(left, to[i]->n + 1);
	}
	return str_is(left, "aws4_request");
}

static bool plain(struct str s, size_t max)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && !(s.p[i] >= 'A' && s.p[i] <= 'Z') &&
			!(s.p[i] >= '0' && s.p[i] <= '9') && s.p[i] != '-' && s.p[i] != '_')
			return false;
	return s.n > 0 && s.n <= max;
}

/* "20150830T123600Z" */
static bool read_date(struct str s, int64_t *ms)
{
	static const int widths[] = { 4, 2, 2, 2, 2, 2 };
	char again[TIME_ISO_BYTES];
	int fields[6];
	size_t at = 0;

	if (s.n != 16 || s.p[8] != 'T' || s.p[15] != 'Z')
		return false;
	for (size_t i = 0; i < 6; i++) {
		at += i == 3;
		fields[i] = 0;
		for (int k = 0; k < widths[i]; k++, at++) {
			if (s.p[at] < '0' || s.p[at] > '9')
				return false;
			fields[i] = fields[i] * 10 + (s.p[at] - '0');
		}
	}
	*ms = time_join((struct time_fields){
		fields[0], fields[1], fields[2], fields[3], fields[4], fields[5], 0 });
	/* The 31st of February would have been carried over. */
	return str_is(s, time_stamp(*ms, again));
}

static enum code check_time(struct verifying *v)
{
	struct claim *c = &v->claim;
	char date[TIME_ISO_BYTES], edge[TIME_ISO_BYTES], now[TIME_ISO_BYTES];
	int64_t now_ms = v->q->now_ms, behind_ms = now_ms - VERIFY_SKEW_MS;

	time_stamp(c->date_ms, date);
	time_stamp(now_ms, now);
	if (c->date_ms > now_ms + VERIFY_SKEW_MS)
		return refuse(v, invalid,
			"Signature not yet current: %s is still later than %s (%s + 15 min.)", date,
			time_stamp(now_ms + VERIFY_SKEW_MS, edge), now);
	if (c->presigned && c->date_ms + c->expires_ms < now_ms)
		return refuse(v, invalid, "Signature expired: %s is now earlier than %s",
			time_stamp(c->date_ms + c->expires_ms, edge), now);
	if (!c->presigned && c->date_ms < behind_ms)
		return refuse(v, invalid,
			"Signature expired: %s is now earlier than %s (%s - 15 min.)", date,
			time_stamp(behind_ms, edge), now);
	return E_OK;
}

static enum code check_claim(struct verifying *v)
{
	struct claim *c = &v->claim;

	if (!split_credential(c) || !plain(c->key, 32))
		return refuse(v, incomplete,
			"Credential must have exactly 5 slash-delimited elements, e.g. "
			"keyid/date/region/service/term.");
	if (!plain(c->region, 32))
		return refuse(v, invalid, "Credential should be scoped to a valid region.");
	if (!str_is(c->service, v->keys->service))
		return refuse(v, invalid, "Credential should be scoped to correct service: '%s'.",
			v->keys->service);
	if (!read_date(c->date, &c->date_ms))
		return refuse(v, incomplete,
			"Date must be in ISO-8601 'basic format', such as 20150830T123600Z.");
	if (!str_starts(c->date, c->day) || c->day.n != 8)
		return refuse(v, invalid,
			"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of "
			"date from HTTP.");
	if (c->signature.n != 2 * (size_t)SHA256_BYTES)
		return refuse(v, invalid, "A signature has 64 hexadecimal digits.");
	return check_time(v);
}

/* Headers that are signed */

static enum code add_signed(struct verifying *v, struct str name)
{
	const struct verify_request *q = v->q;
	size_t found = q->n_headers;

	for (size_t i = 0; i < q->n_headers; i++) {
		if (!named(name, q->headers[i].name))
			continue;
		if (found < q->n_headers)
			return refuse(v, invalid, "A signed header is there twice.");
		found = i;
	}
	if (found == q->n_headers || v->n_signed == SIGNED_MAX)
		return refuse(v, invalid, "A signed header is not there.");
	v->signed_of[v->n_signed++] = q->headers[found];
	return E_OK;
}

static bool is_signed(const struct verifying *v, const char *name)
{
	for (size_t i = 0; i < v->n_signed; i++)
		if (strcasecmp(v->signed_of[i].name, name) == 0)
			return true;
	return false;
}

static enum code gather(struct verifying *v)
{
	static const char *const once[] = { "host", "authorization", "content-type",
		"content-length" };
	struct str left = v->claim.signed_headers;

	for (size_t i = 0; i < sizeof(once) / sizeof(*once); i++)
		if (times(v->q, once[i]) > 1)
			return refuse(v, invalid, "Header '%s' is there twice.", once[i]);
	while (left.n) {
		struct str name = { left.p, str_find(left, ';') };

		left = str_from(left, name.n + 1);
		if (add_signed(v, name))
			return E_DENIED;
	}
	if (!is_signed(v, "host"))
		return refuse(v, invalid,
			"'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
	for (size_t i = 0; i < v->q->n_headers; i++)
		if (is_ours(v->q->headers[i].name) && !is_signed(v, v->q->headers[i].name))
			return refuse(v, invalid,
				"There were headers present in the request which were not signed.");
	return E_OK;
}

static enum code check_tokens(struct verifying *v)
{
	if (!header(v->q, "x-amz-security-token") && !has_parameter(v->q, "X-Amz-Security-Token"))
		return E_OK;
	return refuse(v, unrecognized, "The security token included in the request is invalid.");
}

/* The body */

static enum code hash_body(struct verifying *v, char hex[SHA256_HEX_BYTES], bool *unsigned_too)
{
	unsigned char digest[SHA256_BYTES];
	const char *said = header(v->q, "x-amz-content-sha256");

	if (!sha256_of(v->q->body, digest))
		return err_set(v->e, E_IO, "could not hash a body");
	sha256_hex(digest, hex);
	*unsigned_too = v->claim.presigned && !v->q->body.n;
	if (!said || strcasecmp(said, hex) == 0 ||
		(*unsigned_too && strcmp(said, "UNSIGNED-PAYLOAD") == 0))
		return E_OK;
	return refuse(v, invalid,
		"The value of the header 'x-amz-content-sha256' is not the hash of the body.");
}

/* The query without the signature itself. */
static struct str signed_query(struct verifying *v)
{
	struct str query = query_of(v->q->target), pair;
	struct buf out = BUF_INIT(MEMORY_MAX);
	struct str kept;

	if (!v->claim.presigned)
		return query;
	while (next_pair(&query, &pair)) {
		if (named(pair_name(pair), "X-Amz-Signature"))
			continue;
		if (out.n)
			buf_char(&out, '&');
		buf_str(&out, pair);
	}
	if (!buf_ok(&out))
		v->arena.failed = true;
	kept = arena_str(&v->arena, buf_slice(&out));
	buf_release(&out);
	return kept;
}

static enum code sign_as_claimed(
	struct verifying *v, const char *hash, struct str secret, char hex[SHA256_HEX_BYTES])
{
	struct claim *c = &v->claim;
	struct canonical canonical = { STR_NONE, STR_NONE };
	struct canonical_request cr = { .method = v->q->method,
		.path = { v->q->target.p, str_find(v->q->target, '?') },
		.query = signed_query(v),
		.headers = v->signed_of,
		.n_headers = v->n_signed,
		.payload_hash = hash };
	struct canonical_scope scope = { arena_text(&v->arena, c->region),
		arena_text(&v->arena, c->service), arena_text(&v->arena, c->date) };

	if (!arena_ok(&v->arena))
		return err_nomem(v->e);
	if (canonical_of(&v->arena, &cr, &canonical, v->e))
		return v->e->code;
	/* Names come out sorted and in lower case: whoever named them otherwise has signed something else. */
	if (!str_eq(canonical.names, c->signed_headers))
		return refuse(v, invalid, "SignedHeaders must be in lower case and sorted.");
	return canonical_sign(secret, &scope, canonical.text, hex, v->e);
}

static bool matches(const struct verifying *v, const char *hex)
{
	return CRYPTO_memcmp(hex, v->claim.signature.p, 2 * (size_t)SHA256_BYTES) == 0;
}

static enum code compare(struct verifying *v, struct str secret, bool *same)
{
	char hash[SHA256_HEX_BYTES], hex[SHA256_HEX_BYTES] = "";
	bool unsigned_too = false;
	enum code c = hash_body(v, hash, &unsigned_too);

	if (!c)
		c = sign_as_claimed(v, hash, secret, hex);
	if (c)
		return c;
	*same = matches(v, hex);
	if (*same || !unsigned_too)
		return E_OK;
	c = sign_as_claimed(v, "UNSIGNED-PAYLOAD", secret, hex);
	*same = !c && matches(v, hex);
	return c;
}

static enum code decide(struct verifying *v, struct verified *out)
{
	/* As good as any that nobody knows: an unknown key takes the same way. */
	char secret[VERIFY_SECRET_BYTES] = "0000000000000000000000000000000000000000";
	bool known = v->keys->find(v->keys->ctx, v->claim.key, secret), same = v->early;
	enum code c = v->early ? E_OK : compare(v, str_of(secret), &same);

	explicit_bzero(secret, sizeof(secret));
	memcpy(out->key_id, v->claim.key.p, v->claim.key.n);
	memcpy(out->region, v->claim.region.p, v->claim.region.n);
	if (c)
		return c;
	if (!known) {
		v->why->unknown_key = true;
		return refuse(
			v, unrecognized, "The security token included in the request is invalid.");
	}
	if (!same)
		return refuse(v, invalid,
			"The request signature we calculated does not match the signature you "
			"provided. Check your AWS Secret Access Key and signing method. Consult the "
			"service documentation for details.");
	out->presigned = v->claim.presigned;
	out->until_ms =
		v->claim.date_ms + (v->claim.presigned ? v->claim.expires_ms : VERIFY_SKEW_MS);
	if (!sha256_of(v->claim.signature, out->digest))
		return err_set(v->e, E_IO, "could not hash a signature");
	return E_OK;
}

static enum code verify(const struct verify_request *q, const struct verify_keys *keys, bool early,
	struct verified *out, struct verify_refusal *why, struct err *e)
{
	struct verifying v = { .q = q,
		.keys = keys,
		.why = why,
		.arena = ARENA_INIT(MEMORY_MAX),
		.early = early,
		.e = e };
	enum code c;

	*out = (struct verified){ 0 };
	*why = (struct verify_refusal){ 0 };
	c = read_claim(&v);
	if (!c)
		c = check_claim(&v);
	if (!c)
		c = gather(&v);
	if (!c)
		c = check_tokens(&v);
	if (!c)
		c = decide(&v, out);
	/* Memory that ran out while a parameter was read looks as if it were not there. */
	if (c == E_DENIED && !arena_ok(&v.arena))
		c = err_nomem(e);
	arena_release(&v.arena);
	return c;
}

enum code verify_signature(const struct verify_request *q, const struct verify_keys *keys,
	struct verified *out, struct verify_refusal *why, struct err *e)
{
	return verify(q, keys, false, out, why, e);
}

enum code verify_claim(const struct verify_request *q, const struct verify_keys *keys,
	struct verified *out, struct verify_refusal *why, struct err *e)
{
	return verify(q, keys, true, out, why, e);
}
