/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/aws.h"

#include "aws/answer.h"
#include "aws/fault.h"
#include "aws/identity.h"
#include "aws/lane.h"
#include "aws/send.h"
#include "base/failpoint.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/sha256.h"
#include "base/time.h"

#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum {
	ATTEMPTS = 5,
	THROTTLED_MORE = 3,
	TEXTS_MAX_BYTES = 64 << 10,
	REQUEST_MAX_BYTES = 4 << 20,
	BACKOFF_MS = 100,
	BACKOFF_MAX_MS = 20000,
	ASKED_MAX_MS = 60000,
	SLICE_MS = 100
};

struct aws {
	struct http *http;
	struct arena texts;
	const char *profile, *endpoint, *partition;
	int attempts;
	struct lanes lanes;
	struct identity identity;
	atomic_llong requests;
};

/* One call on its way. Either the tables describe it, or the caller does. */
struct trip {
	struct aws *aws;
	const struct api_op *op;
	const struct json *params;
	const struct aws_request *request; /* when there is no op */
	struct http_response *answer;      /* where its answer goes */
	struct lane *lane;
	struct limit *limit;
	struct wire wire;
	struct arena *a; /* of the request */
	struct aws_fault *fault;
	bool moved, renewed;
	int64_t asked_ms; /* how long the last answer asks us to wait; 0: it does not */
};

static const char *copied(struct arena *a, const char *s)
{
	return s ? arena_text(a, str_of(s)) : NULL;
}

enum code aws_open(struct aws **out, const struct aws_options *options,
	const struct credentials *keys, struct err *e)
{
	struct aws *aws = mem_alloc(sizeof(*aws));

	if (!aws)
		return err_nomem(e);
	aws->http = options->http;
	aws->texts = (struct arena)ARENA_INIT(TEXTS_MAX_BYTES);
	aws->profile = copied(&aws->texts, options->profile);
	aws->endpoint = copied(&aws->texts, options->endpoint);
	aws->partition = copied(&aws->texts, options->partition);
	aws->attempts = options->attempts > 0 ? options->attempts : ATTEMPTS;
	lanes_init(&aws->lanes);
	atomic_init(&aws->requests, 0);
	if (identity_init(&aws->identity, keys, e) == E_OK && !arena_ok(&aws->texts))
		err_nomem(e);
	if (e->code != E_OK) {
		aws_close(aws);
		return e->code;
	}
	*out = aws;
	return E_OK;
}

void aws_close(struct aws *aws)
{
	if (!aws)
		return;
	lanes_release(&aws->lanes);
	identity_release(&aws->identity);
	arena_release(&aws->texts);
	mem_free(aws);
}

void aws_on_expiry(struct aws *aws, aws_refresh_fn *fn, void *ctx)
{
	identity_on_expiry(&aws->identity, fn, ctx);
}

int64_t aws_requests(const struct aws *aws)
{
	return atomic_load(&aws->requests);
}

/* Sleeps, but no longer than until the transport is canceled. */
static enum code wait_ms(const struct aws *aws, int64_t ms, struct err *e)
{
	for (; ms > 0 && !http_canceled(aws->http); ms -= SLICE_MS) {
		int64_t slice_ms = ms < SLICE_MS ? ms : SLICE_MS;
		struct timespec t = { .tv_nsec = slice_ms * 1000000 };

		nanosleep(&t, NULL);
	}
	return ms > 0 ? err_set(e, E_CANCELED, "stopped") : E_OK;
}

/* rand(0, min(20 s, 0.1 s * 2^n)) */
static int64_t pause_ms(int n)
{
	int64_t first = failpoint_number("SILTSTONE_BACKOFF_MS", BACKOFF_MS);
	int64_t most = n < 8 ? first << n : BACKOFF_MAX_MS;
	uint32_t random = 0;

	if (getentropy(&random, sizeof(random)) != 0)
		random = UINT32_MAX / 2;
	return (int64_t)((double)random / UINT32_MAX * (double)most);
}

static int64_t longer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

enum { SIGNED_HEADERS = 5, HEADERS_MAX = WIRE_HEADERS_MAX + SIGNED_HEADERS };

static enum code sign(const struct trip *t, const struct address *to, const struct credentials *k,
	struct signature *s, struct err *e)
{
	struct sign_request q = { .method = t->wire.method,
		.host = str_of(to->host),
		.path = to->path,
		.query = t->wire.query,
		.headers = t->wire.headers,
		.n_headers = t->wire.n_headers };
	struct sign_scope scope = { t->lane->at.region, api_text(t->lane->service->signing_name),
		time_now_ms() };
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];

	if (t->request)
		q.payload_hash = t->request->payload_hash;
	else if (sha256_of(t->wire.body, digest))
		q.payload_hash = sha256_hex(digest, hex);
	else
		return err_set(e, E_NOMEM, "could not hash the request");
	return sign_v4(&q, &scope, k, s, e);
}

static size_t add(struct http_header *headers, size_t n, const char *name, const char *value)
{
	headers[n] = (struct http_header){ name, value };
	return n + 1;
}

static enum code send_signed(
	const struct trip *t, const struct credentials *k, struct http_response *r, struct err *e)
{
	struct http_header headers[HEADERS_MAX];
	struct signature s = SIGNATURE_INIT;
	struct address to;
	size_t n = 0;
	enum code c = endpoint_address(t->a, &t->lane->at, &t->wire, &to, e);

	for (; n < t->wire.n_headers; n++)
		headers[n] = t->wire.headers[n];
	n = add(headers, n, "user-agent", "siltstone/" SILTSTONE_VERSION);
	/* Without a key the request goes unsigned, as a web identity's must. */
	if (c == E_OK && k->access_key && *k->access_key) {
		c = sign(t, &to, k, &s, e);
		n = add(headers, n, "x-amz-date", s.amz_date);
		n = add(headers, n, "x-amz-content-sha256", s.payload_hash);
		n = add(headers, n, "authorization", s.authorization.p);
		if (s.session_token)
			n = add(headers, n, "x-amz-security-token", s.session_token);
	}
	if (c == E_OK) {
		struct http_request q = { .method = t->wire.method,
			.url = to.url,
			.headers = headers,
			.n_headers = n,
			.body = t->wire.body,
			.body_fd = -1 };

		if (t->request) {
			q.body_fd = t->request->body_fd;
			q.body_offset = t->request->body_offset;
			q.body_bytes = t->request->body_bytes;
		}
		atomic_fetch_add(&t->aws->requests, 1);
		c = http_perform(t->aws->http, &q, r, e);
	}
	signature_release(&s);
	return c;
}

static const char *op_name(const struct trip *t)
{
	if (t->op)
		return api_text(t->op->name);
	return t->request ? t->request->op : NULL;
}

static enum code enter(struct trip *t, const struct endpoint_query *q, struct err *e)
{
	enum code c = lanes_get(&t->aws->lanes, q, &t->lane, e);

	return c ? c : lanes_limit(&t->aws->lanes, t->lane, op_name(t), &t->limit, e);
}

/* S3 says where a bucket is when it is somewhere else. */
static bool moved(struct trip *t, const struct http_response *r)
{
	struct str region = http_response_header(r, "x-amz-bucket-region");
	struct endpoint_query q = { t->aws->endpoint, t->aws->profile, t->aws->partition,
		t->lane->service, NULL };
	struct err ignored = { 0 };

	if (t->moved || !region.n || (r->status != 301 && r->status != 307 && r->status != 400))
		return false;
	q.region = arena_text(t->a, region);
	t->moved = true;
	return strcmp(q.region, t->lane->region) != 0 && enter(t, &q, &ignored) == E_OK;
}

static bool renewed(struct trip *t, int64_t version)
{
	if (t->renewed || !fault_is_expiry(t->fault))
		return false;
	t->renewed = true;
	return identity_renew(&t->aws->identity, version);
}

static enum code read_answer(struct trip *t, const struct http_response *r, struct arena *a,
	struct json **out, struct err *e)
{
	enum code c = fault_read(t->op, r, time_now_ms(), t->fault, e);

	if (c != E_OK || !t->op)
		return c;
	c = answer_read(t->op, r, a, out, e);
	if (c == E_CORRUPT)
		err_hint(e,
			"the answer is not what the service sends: is it cut off, or is a proxy in "
			"between?");
	return c;
}

/* Retry-After in seconds (RFC 9110, section 10.2.3); its other form, a date, is not what AWS sends. */
static int64_t asked_wait_ms(const struct http_response *r)
{
	struct str text = http_response_header(r, "retry-after");
	int64_t seconds = 0;

	if (r->status != 429 && r->status < 500)
		return 0;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return 0;
		if (seconds < ASKED_MAX_MS)
			seconds = seconds * 10 + (text.p[i] - '0');
	}
	return seconds * 1000;
}

/* One request and its answer. E_BUSY: to be sent again at once, to the place where the bucket
 * is or with keys that have been renewed; each happens at most once. */
static enum code attempt(struct trip *t, struct arena *a, struct json **out, struct err *e)
{
	struct http_response r = HTTP_RESPONSE_INIT;
	struct credentials keys = { 0 };
	int64_t version = 0;
	enum code c;

	c = wait_ms(t->aws, limit_take(t->limit, time_ticks_ms()), e);
	if (c == E_OK)
		c = identity_get(&t->aws->identity, time_now_ms(), &keys, &version, e);
	if (c == E_OK)
		c = send_signed(t, &keys, &r, e);
	credentials_release(&keys);
	t->asked_ms = c == E_OK ? asked_wait_ms(&r) : 0;
	if (c == E_OK && moved(t, &r))
		c = E_BUSY;
	if (c == E_OK)
		c = read_answer(t, &r, a, out, e);
	if (c == E_DENIED && renewed(t, version))
		c = E_BUSY;
	if (t->answer) {
		http_response_release(t->answer);
		*t->answer = r;
	} else {
		http_response_release(&r);
	}
	return c;
}

/* Worth another attempt of the same call: not who leads elsewhere, nor who wants us to come much later. */
static bool may_pass(const struct trip *t, enum code c)
{
	bool leads_elsewhere = t->fault->status >= 300 && t->fault->status < 400;
	bool broke = c == E_UNSUPPORTED && t->fault->status == 500;

	return (c == E_THROTTLED || (c == E_REMOTE && !leads_elsewhere) || broke) &&
	       t->asked_ms <= ASKED_MAX_MS;
}

/* Who is told to slow down, and does, gets through in the end: that takes a few more. A page instead of an answer
 * says that there is no such operation; where it comes with a status of 500 it is asked for once more, as it
 * may be a mishap of what is in between. */
static int attempts(const struct trip *t, enum code c)
{
	if (c == E_UNSUPPORTED)
		return 2;
	return c == E_THROTTLED ? t->aws->attempts + THROTTLED_MORE : t->aws->attempts;
}

static enum code travel(struct trip *t, struct arena *a, struct json **out, struct err *e)
{
	struct err last = { 0 }, why = { 0 };
	enum code c;
	int n = 0;

	for (;;) {
		last = (struct err){ 0 };
		*t->fault = (struct aws_fault){ "", 0 };
		c = attempt(t, a, out, &last);
		if (c == E_BUSY)
			continue;
		if (c == E_THROTTLED)
			limit_throttled(t->limit, time_ticks_ms());
		else if (!c || t->fault->status)
			limit_granted(t->limit, time_ticks_ms());
		if (!may_pass(t, c) || ++n >= attempts(t, c))
			break;
		if (wait_ms(t->aws, longer(pause_ms(n - 1), t->asked_ms), &why) != E_OK) {
			last = why;
			c = why.code;
			break;
		}
	}
	if (c)
		*e = last;
	return c;
}

static enum code find_lane(
	struct trip *t, const struct api_service *service, const char *region, struct err *e)
{
	struct endpoint_query q = { t->aws->endpoint, t->aws->profile, t->aws->partition, service,
		region };

	return enter(t, &q, e);
}

static enum code begin(struct trip *t, const char *region, struct err *e)
{
	if (find_lane(t, api_service_of(t->op), region, e) != E_OK)
		return e->code;
	return request_write(t->a, t->op, t->params, &t->wire, e);
}

enum code aws_call(struct aws *aws, const struct aws_call *call, struct arena *a, struct json **out,
	struct aws_fault *fault, struct err *e)
{
	struct arena own = ARENA_INIT(REQUEST_MAX_BYTES);
	struct trip t = { .aws = aws, .params = call->params, .a = &own, .fault = fault };

	*fault = (struct aws_fault){ "", 0 };
	t.op = api_find(call->service, call->op);
	if (!t.op)
		return err_set(
			e, E_INVALID, "%s %s: no such operation is known", call->service, call->op);
	if (begin(&t, call->region, e) == E_OK)
		travel(&t, a, out, e);
	if (e->code != E_OK)
		err_add(e, "%s %s%s%s", call->service, call->op, call->region ? " in " : "",
			call->region ? call->region : "");
	arena_release(&own);
	return e->code;
}

static enum code write_request(struct trip *t, struct err *e)
{
	const struct aws_request *q = t->request;
	struct wire *w = &t->wire;

	must(q->n_headers <= WIRE_HEADERS_MAX);
	*w = (struct wire){ .method = q->method,
		.path = q->path,
		.query = q->query,
		.body = q->body,
		.bucket = str_of(q->bucket),
		.n_headers = q->n_headers };
	for (size_t i = 0; i < q->n_headers; i++)
		w->headers[i] = q->headers[i];
	if (q->bucket)
		w->path = arena_printf(t->a, "/%s%.*s", q->bucket, STR_ARG(q->path));
	return arena_ok(t->a) ? E_OK : err_nomem(e);
}

enum code aws_send(struct aws *aws, const struct aws_request *q, struct http_response *r,
	struct aws_fault *fault, struct err *e)
{
	struct arena own = ARENA_INIT(REQUEST_MAX_BYTES);
	struct trip t = {
		.aws = aws, .request = q, .answer = r, .a = &own, .fault = fault, .moved = true
	};
	const struct api_service *service = api_find_service(q->service);

	must(service);
	*fault = (struct aws_fault){ "", 0 };
	if (find_lane(&t, service, q->region, e) == E_OK && write_request(&t, e) == E_OK)
		travel(&t, NULL, NULL, e);
	arena_release(&own);
	return e->code;
}
