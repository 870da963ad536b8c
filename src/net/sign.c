/* SPDX-License-Identifier: Apache-2.0 */
#include "net/sign.h"

#include "base/mem.h"
#include "base/time.h"
#include "net/canonical.h"
#include <string.h>
#include <strings.h>

/* Ours are at most four: host, date, payload hash, token. */
#define OUR_HEADERS 4

static void wipe_free(char *s)
{
	if (s)
		explicit_bzero(s, strlen(s));
	mem_free(s);
}

void credentials_release(struct credentials *k)
{
	if (!k)
		return;
	wipe_free(k->access_key);
	wipe_free(k->secret_key);
	wipe_free(k->session_token);
	*k = (struct credentials){ 0 };
}

static bool dup_text(char **to, const char *s)
{
	if (!s)
		return true;
	*to = mem_alloc(strlen(s) + 1);
	if (*to)
		memcpy(*to, s, strlen(s) + 1);
	return *to != NULL;
}

enum code credentials_copy(struct credentials *to, const struct credentials *from, struct err *e)
{
	struct credentials copy = { .expires_ms = from->expires_ms };

	if (!dup_text(&copy.access_key, from->access_key) ||
		!dup_text(&copy.secret_key, from->secret_key) ||
		!dup_text(&copy.session_token, from->session_token)) {
		credentials_release(&copy);
		return err_nomem(e);
	}
	*to = copy;
	return E_OK;
}

/* Headers whose value is decided here, whatever the caller has. */
static bool is_ours(const char *name)
{
	static const char *const ours[] = { "host", "authorization", "x-amz-date",
		"x-amz-content-sha256", "x-amz-security-token" };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++)
		if (strcasecmp(name, ours[i]) == 0)
			return true;
	return false;
}

/* The headers that are signed, in the arena. */
static struct http_header *gather(
	struct arena *a, const struct sign_request *q, const struct signature *s, size_t *n)
{
	struct http_header *h = arena_alloc(a, (q->n_headers + OUR_HEADERS) * sizeof(*h));

	if (!h)
		return NULL;
	*n = 0;
	h[(*n)++] = (struct http_header){ "host", arena_text(a, q->host) };
	h[(*n)++] = (struct http_header){ "x-amz-date", s->amz_date };
	h[(*n)++] = (struct http_header){ "x-amz-content-sha256", s->payload_hash };
	if (s->session_token)
		h[(*n)++] = (struct http_header){ "x-amz-security-token", s->session_token };
	for (size_t i = 0; i < q->n_headers; i++)
		if (!is_ours(q->headers[i].name))
			h[(*n)++] = q->headers[i];
	return h;
}

static enum code sign_in(struct arena *a, const struct sign_request *q,
	const struct sign_scope *scope, const struct credentials *k, struct signature *s,
	struct err *e)
{
	struct canonical_scope cs = { scope->region, scope->service, s->amz_date };
	struct canonical_request cr = { .method = q->method,
		.path = q->path,
		.query = q->query,
		.s3 = strcmp(scope->service, "s3") == 0,
		.payload_hash = s->payload_hash };
	struct canonical canonical = { STR_NONE, STR_NONE };
	char hex[SHA256_HEX_BYTES] = "";
	enum code c;

	cr.headers = gather(a, q, s, &cr.n_headers);
	if (!cr.headers)
		return err_nomem(e);
	c = canonical_of(a, &cr, &canonical, e);
	if (!c)
		c = canonical_sign(str_of(k->secret_key), &cs, canonical.text, hex, e);
	if (c)
		return c;
	buf_printf(&s->authorization,
		"AWS4-HMAC-SHA256 Credential=%s/%.8s/%s/%s/aws4_request, SignedHeaders=%.*s, "
		"Signature=%s",
		k->access_key, s->amz_date, scope->region, scope->service, STR_ARG(canonical.names),
		hex);
	if (s->authorization.full)
		return err_set(e, E_TOOBIG, "the signature's header is over %zu bytes",
			s->authorization.max);
	return buf_ok(&s->authorization) ? E_OK : err_nomem(e);
}

enum code sign_v4(const struct sign_request *q, const struct sign_scope *scope,
	const struct credentials *k, struct signature *s, struct err *e)
{
	struct arena a = ARENA_INIT((size_t)8 << 20);
	char stamp[TIME_ISO_BYTES];
	enum code c;

	if (!k->access_key || !k->secret_key)
		return err_set(e, E_INVALID, "there are no credentials to sign with");
	if (!q->payload_hash || strlen(q->payload_hash) >= sizeof(s->payload_hash))
		return err_set(e, E_INVALID, "the request has no payload hash to sign");
	buf_clear(&s->authorization);
	time_stamp(scope->now_ms, stamp);
	memcpy(s->amz_date, stamp, strlen(stamp) + 1);
	memcpy(s->payload_hash, q->payload_hash, strlen(q->payload_hash) + 1);
	s->session_token = k->session_token;
	c = sign_in(&a, q, scope, k, s, e);
	arena_release(&a);
	return c;
}

void signature_release(struct signature *s)
{
	if (s)
		buf_release(&s->authorization);
}
