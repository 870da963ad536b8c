/* SPDX-License-Identifier: Apache-2.0 */
#include "net/webhook.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "net/crew.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A receiver answers when it has taken the message, not when it has worked on it. */
#define DEADLINE_MS      INT64_C(30000)
/* POSTs at a time. */
#define AT_ONCE          20
#define ANSWER_MAX_BYTES (1 << 20)
#define BODY_MAX_BYTES   (256u << 20)

struct webhook {
	struct publisher port; /* first, so that one pointer is both */
	struct http *http;
	struct crew *crew; /* NULL until several are told at a time */
	char *url, *key;   /* key NULL: none */
	size_t key_bytes;
};

static struct webhook *mine(struct publisher *p)
{
	return (struct webhook *)p;
}

static enum code sign(const struct webhook *w, const char *stamp, struct str body,
	char out[SHA256_HEX_BYTES], struct err *e)
{
	struct buf text = BUF_INIT(BODY_MAX_BYTES);
	unsigned char mac[SHA256_BYTES];
	bool ok;

	buf_text(&text, stamp);
	buf_char(&text, '.');
	buf_str(&text, body);
	ok = buf_ok(&text) &&
	     hmac_sha256((struct str){ w->key, w->key_bytes }, buf_slice(&text), mac);
	buf_release(&text);
	if (!ok)
		return err_nomem(e);
	sha256_hex(mac, out);
	return E_OK;
}

static enum code code_of(int status)
{
	switch (status) {
	case 400:
	case 422: return E_INVALID;
	case 401:
	case 403: return E_DENIED;
	case 404:
	case 410: return E_NOTFOUND;
	case 413: return E_TOOBIG;
	case 429: return E_THROTTLED;
	default: return E_REMOTE;
	}
}

/* Scheme, host and path: what stands behind '?' is often a password. */
static struct str shown(const char *url)
{
	struct str s = str_of(url);

	s.n = str_find(s, '?');
	return s;
}

static enum code judge(const struct webhook *w, const struct http_response *r, struct err *e)
{
	if (r->status >= 200 && r->status < 300)
		return E_OK;
	return err_set(
		e, code_of(r->status), "\"%.*s\" answered %d", STR_ARG(shown(w->url)), r->status);
}

static enum code publish(struct publisher *port, const struct message *m, struct err *e)
{
	const struct webhook *w = mine(port);
	struct http_response r = HTTP_RESPONSE_INIT;
	char stamp[24], event[24], signature[8 + SHA256_HEX_BYTES] = "sha256=";
	const struct http_header headers[] = {
		{ "Content-Type", "application/json" },
		{ "X-Siltstone-Event", event },
		{ "X-Siltstone-Type", m->type },
		{ "X-Siltstone-Timestamp", stamp },
		{ "X-Siltstone-Signature", signature },
	};
	const struct http_request q = { .method = "POST",
		.url = w->url,
		.headers = headers,
		.n_headers = w->key ? 5 : 4,
		.body = m->body,
		.body_fd = -1,
		.deadline_ms = DEADLINE_MS,
		.answer_max = ANSWER_MAX_BYTES };
	enum code c = E_OK;

	snprintf(stamp, sizeof(stamp), "%" PRId64, m->at_ms / 1000);
	snprintf(event, sizeof(event), "%" PRId64, m->event_id);
	if (w->key)
		c = sign(w, stamp, m->body, signature + 7, e);
	if (!c)
		c = http_perform(w->http, &q, &r, e);
	/* Too large an answer says nothing of the message. */
	if (c == E_TOOBIG)
		c = e->code = E_REMOTE;
	if (!c)
		c = judge(w, &r, e);
	http_response_release(&r);
	return c;
}

struct several {
	struct publisher *port;
	const struct message *messages;
	struct err *each;
};

static void publish_one(void *ctx, size_t i)
{
	const struct several *s = ctx;

	(void)publish(s->port, &s->messages[i], &s->each[i]);
}

static void publish_many(
	struct publisher *port, const struct message *m, size_t n, struct err *each)
{
	struct several s = { port, m, each };

	crew_each(&mine(port)->crew, AT_ONCE, n, publish_one, &s);
}

static void free_webhook(struct publisher *port)
{
	struct webhook *w = mine(port);

	crew_close(w->crew, NULL);
	if (w->key)
		explicit_bzero(w->key, w->key_bytes);
	mem_free(w->key);
	mem_free(w->url);
	mem_free(w);
}

static char *copy(struct str s)
{
	char *p = mem_alloc(s.n + 1);

	if (p)
		memcpy(p, s.p, s.n);
	return p;
}

enum code webhook_open(
	struct publisher **out, struct http *http, const char *url, struct str key, struct err *e)
{
	struct webhook *w = mem_alloc(sizeof(*w));

	if (!w)
		return err_nomem(e);
	w->port = (struct publisher){ publish, free_webhook, publish_many };
	w->http = http;
	w->url = copy(str_of(url));
	w->key = key.p ? copy(key) : NULL;
	w->key_bytes = key.n;
	if (!w->url || (key.p && !w->key)) {
		free_webhook(&w->port);
		return err_nomem(e);
	}
	*out = &w->port;
	return E_OK;
}
