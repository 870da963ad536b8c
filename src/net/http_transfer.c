/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http_transfer.h"

#include "base/time.h"
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define ANSWER_MAX ((size_t)64 << 20)

static size_t take_body(char *p, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct buf *body = &t->r->body;

	n *= size;
	if (n > body->max - body->n) {
		t->too_big = true;
		return 0;
	}
	buf_add(body, p, n);
	t->no_memory = !buf_ok(body);
	return t->no_memory ? 0 : n;
}

static char lower_char(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* One header line, its name in lower case. A continuation joins the line before it. */
static void keep_header(struct buf *b, struct str line)
{
	size_t colon = str_find(line, ':');
	struct str value = str_from(line, colon + 1);

	if (line.p[0] == ' ' || line.p[0] == '\t') {
		if (!b->n)
			return;
		b->n--;
		value = line;
	} else {
		for (size_t i = 0; i < colon; i++)
			buf_char(b, lower_char(line.p[i]));
		buf_char(b, ':');
	}
	buf_char(b, ' ');
	buf_str(b, str_trim(value));
	buf_char(b, '\n');
}

/* The type is libcurl's. */
// NOLINTNEXTLINE(readability-non-const-parameter)
static size_t take_header(char *p, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct buf *headers = &t->r->headers;
	struct str line = { p, n * size };

	n *= size;
	t->moved_ms = time_ticks_ms();
	while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
		line.n--;
	if (str_starts(line, STR("HTTP/"))) {
		/* A new status line: what an interim answer (100 Continue) said is void. */
		buf_clear(headers);
		t->headed = false;
		return n;
	}
	if (line.n)
		keep_header(headers, line);
	else
		t->headed = true;
	t->too_big = headers->full;
	t->no_memory = !buf_ok(headers) && !headers->full;
	return buf_ok(headers) ? n : 0;
}

static size_t give_body(char *p, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	int64_t left = t->q->body_bytes - t->body_at;
	ssize_t got;

	n *= size;
	if ((int64_t)n > left)
		n = (size_t)left;
	if (!n)
		return 0;
	do {
		got = pread(t->q->body_fd, p, n, t->q->body_offset + t->body_at);
	} while (got < 0 && errno == EINTR);
	if (got <= 0) {
		t->read_errno = got < 0 ? errno : ENODATA;
		return CURL_READFUNC_ABORT;
	}
	t->body_at += got;
	return (size_t)got;
}

static int rewind_body(void *ctx, curl_off_t offset, int origin)
{
	struct transfer *t = ctx;

	if (origin != SEEK_SET)
		return CURL_SEEKFUNC_CANTSEEK;
	t->body_at = offset;
	return CURL_SEEKFUNC_OK;
}

static int note_progress(
	void *ctx, curl_off_t down_max, curl_off_t down, curl_off_t up_max, curl_off_t up)
{
	struct transfer *t = ctx;

	(void)down_max;
	(void)up_max;
	if (down + up != t->moved_bytes) {
		t->moved_bytes = down + up;
		t->moved_ms = time_ticks_ms();
	}
	return 0;
}

/* The authority of @url: between "//" and the next of "/?#", behind any "user@". */
static struct str authority(const char *url)
{
	const char *p = strstr(url, "//");
	struct str s = { p ? p + 2 : url, 0 };
	const char *at;

	s.n = strcspn(s.p, "/?#");
	at = s.n ? memrchr(s.p, '@', s.n) : NULL;
	return at ? str_from(s, (size_t)(at - s.p) + 1) : s;
}

/* Addresses of this machine and of its link (metadata services) are nobody else's business. */
static bool is_local(struct str host)
{
	char name[64];
	struct in_addr v4;
	struct in6_addr v6;

	if (host.n && host.p[0] == '[') {
		host = str_from(host, 1);
		host.n = str_find(host, ']');
	} else {
		host.n = str_find(host, ':');
	}
	if (host.n >= sizeof(name))
		return false;
	memcpy(name, host.p, host.n);
	name[host.n] = '\0';
	if (inet_pton(AF_INET, name, &v4) == 1) {
		uint32_t a = ntohl(v4.s_addr);

		return a >> 24 == 127 || a >> 16 == 0xa9fe; /* 127/8, 169.254/16 */
	}
	if (inet_pton(AF_INET6, name, &v6) == 1)
		return IN6_IS_ADDR_LOOPBACK(&v6) || IN6_IS_ADDR_LINKLOCAL(&v6) ||
		       memcmp(v6.s6_addr, "\xfd\x00\x0e\xc2", 4) == 0; /* EC2's own */
	return strcasecmp(name, "localhost") == 0;
}

static bool printable(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' && *s != '\t')
			return false;
	return true;
}

/* An empty value sends an empty header, which libcurl is told by "name;". NULL leaves out
 * the header libcurl would have added. */
static enum code add_header(struct transfer *t, const char *name, const char *value, struct err *e)
{
	struct buf line = BUF_INIT(256 << 10);
	bool too_big;
	struct curl_slist *list = NULL;

	buf_text(&line, name);
	buf_text(&line, !value ? ":" : *value ? ": " : ";");
	buf_text(&line, value ? value : "");
	too_big = line.full;
	if (buf_ok(&line))
		list = curl_slist_append(t->headers, line.p);
	/* It may be a token. */
	explicit_bzero(line.p, line.n);
	buf_release(&line);
	if (too_big)
		return err_set(e, E_TOOBIG, "header \"%s\" is too large to be sent", name);
	if (!list)
		return err_nomem(e);
	t->headers = list;
	return E_OK;
}

static enum code set_headers(struct transfer *t, struct err *e)
{
	bool typed = false, agent = false;
	enum code c = E_OK;

	for (size_t i = 0; !c && i < t->q->n_headers; i++) {
		const struct http_header *h = &t->q->headers[i];

		if (!*h->name || strpbrk(h->name, ":; \t") || !printable(h->name) ||
			!printable(h->value))
			return err_set(e, E_INVALID,
				"header \"%.60s\" has characters a header cannot have", h->name);
		typed = typed || strcasecmp(h->name, "content-type") == 0;
		agent = agent || strcasecmp(h->name, "user-agent") == 0;
		c = add_header(t, h->name, h->value, e);
	}
	if (!c && !typed)
		c = add_header(t, "Content-Type", NULL, e);
	if (!c)
		c = add_header(t, "Expect", NULL, e);
	if (!c && !agent)
		curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "siltstone/" SILTSTONE_VERSION);
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	return c;
}

static bool takes_body(const char *method)
{
	return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 ||
	       strcmp(method, "PATCH") == 0;
}

static void set_method(struct transfer *t)
{
	const struct http_request *q = t->q;

	if (q->body_fd >= 0 && q->body_bytes > 0) {
		curl_easy_setopt(t->easy, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(t->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)q->body_bytes);
		curl_easy_setopt(t->easy, CURLOPT_READFUNCTION, give_body);
		curl_easy_setopt(t->easy, CURLOPT_READDATA, t);
		curl_easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, rewind_body);
		curl_easy_setopt(t->easy, CURLOPT_SEEKDATA, t);
	} else if (q->body.n || takes_body(q->method)) {
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)q->body.n);
		curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, q->body.n ? q->body.p : "");
	} else if (strcmp(q->method, "HEAD") == 0) {
		curl_easy_setopt(t->easy, CURLOPT_NOBODY, 1L);
	}
	if (strcmp(q->method, "HEAD") != 0)
		curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, q->method);
}

static void set_rules(struct transfer *t, const struct transfer_limits *limits)
{
	CURL *easy = t->easy;

	curl_easy_setopt(easy, CURLOPT_URL, t->q->url);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, NULL);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* A name that is being resolved must not hold up http_cancel(). */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_ms);
	curl_easy_setopt(easy, CURLOPT_SHARE, limits->share);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->said);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, note_progress);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	if (limits->ca_bundle)
		curl_easy_setopt(easy, CURLOPT_CAINFO, limits->ca_bundle);
	if (is_local(authority(t->q->url)))
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

enum code transfer_prepare(struct transfer *t, const struct transfer_limits *limits, struct err *e)
{
	struct str peer = authority(t->q->url);
	size_t n = peer.n < sizeof(t->peer) - 1 ? peer.n : sizeof(t->peer) - 1;

	memcpy(t->peer, peer.p, n);
	t->r->body.max = t->q->answer_max ? t->q->answer_max : ANSWER_MAX;
	t->due_ms = t->q->deadline_ms > 0 ? time_ticks_ms() + t->q->deadline_ms : INT64_MAX;
	if (!printable(t->q->url) || !*t->q->method || strpbrk(t->q->method, " \t\r\n"))
		return err_set(e, E_INVALID, "the request to \"%s\" has a malformed line", t->peer);
	t->easy = curl_easy_init();
	if (!t->easy)
		return err_nomem(e);
	set_rules(t, limits);
	set_method(t);
	return set_headers(t, e);
}

void transfer_release(struct transfer *t)
{
	if (t->easy)
		curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	t->easy = NULL;
	t->headers = NULL;
}

static const char *words(const struct transfer *t)
{
	return t->said[0] ? t->said : curl_easy_strerror(t->result);
}

/* Failures of TLS are many; what they have in common is what to check. */
static bool is_tls(CURLcode code)
{
	static const CURLcode codes[] = { CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION,
		CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
		CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS };

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

static enum code tell_refused_answer(const struct transfer *t, struct err *e)
{
	if (t->no_memory)
		return err_nomem(e);
	if (t->too_big)
		return err_set(e, E_TOOBIG, "the answer of \"%s\" is over %zu bytes", t->peer,
			t->r->headers.failed ? t->r->headers.max : t->r->body.max);
	if (t->read_errno == ENODATA)
		return err_set(e, E_IO, "the file sent to \"%s\" is shorter than %" PRId64 " bytes",
			t->peer, t->q->body_bytes);
	return err_sys(e, E_IO, t->read_errno, "could not read the file sent to \"%s\"", t->peer);
}

static enum code tell_unreached(struct transfer *t, struct err *e)
{
	if (t->result == CURLE_COULDNT_RESOLVE_HOST || t->result == CURLE_COULDNT_RESOLVE_PROXY) {
		err_set(e, E_REMOTE, "could not resolve \"%s\": %s", t->peer, words(t));
		return err_hint(e, "check the region or endpoint, and this machine's name service");
	}
	if (is_tls(t->result)) {
		err_set(e, E_REMOTE, "no TLS connection to \"%s\": %s", t->peer, words(t));
		return err_hint(e,
			"where a proxy or endpoint has a certificate authority of its own, name "
			"its PEM file in AWS_CA_BUNDLE; check the clock too");
	}
	err_set(e, E_REMOTE, "no connection to \"%s\": %s", t->peer, words(t));
	return err_hint(
		e, "is the service running there, and does a firewall or proxy let us pass");
}

static bool never_connected(const struct transfer *t)
{
	curl_off_t us = 0;

	curl_easy_getinfo(t->easy, CURLINFO_PRETRANSFER_TIME_T, &us);
	return us == 0;
}

static enum code tell_failed(struct transfer *t, struct err *e)
{
	if (t->too_big || t->no_memory || t->read_errno)
		return tell_refused_answer(t, e);
	if (t->result == CURLE_OUT_OF_MEMORY)
		return err_nomem(e);
	/* An answer that is no HTTP is an unsupported protocol to libcurl, too. */
	if (t->result == CURLE_URL_MALFORMAT || t->result == CURLE_LOGIN_DENIED ||
		(t->result == CURLE_UNSUPPORTED_PROTOCOL && never_connected(t)))
		return err_set(e, E_INVALID, "cannot use the URL of a request to \"%s\": %s",
			t->peer, words(t));
	if (t->result == CURLE_COULDNT_RESOLVE_HOST || t->result == CURLE_COULDNT_RESOLVE_PROXY ||
		t->result == CURLE_COULDNT_CONNECT || is_tls(t->result) ||
		(t->result == CURLE_OPERATION_TIMEDOUT && never_connected(t)))
		return tell_unreached(t, e);
	if (t->result == CURLE_PARTIAL_FILE)
		return err_set(
			e, E_REMOTE, "the answer of \"%s\" was cut off: %s", t->peer, words(t));
	return err_set(e, E_REMOTE, "no answer from \"%s\": %s", t->peer, words(t));
}

enum code transfer_tell(struct transfer *t, const struct transfer_limits *limits, struct err *e)
{
	long status = 0;

	switch (t->end) {
	case TRANSFER_CANCELED:
		return err_set(e, E_CANCELED, "the request to \"%s\" was stopped", t->peer);
	case TRANSFER_STALLED:
		return err_set(e, E_REMOTE, "\"%s\" stalled: nothing moved for %" PRId64 " ms",
			t->peer, limits->stall_ms);
	case TRANSFER_LATE:
		return err_set(e, E_REMOTE, "\"%s\" did not answer within %" PRId64 " ms", t->peer,
			t->q->deadline_ms);
	case TRANSFER_RAN: break;
	}
	if (t->result != CURLE_OK)
		return tell_failed(t, e);
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	/* libcurl takes a connection that ends there for an answer without a body. */
	if (!t->headed || status < 200)
		return err_set(e, E_REMOTE, "the answer of \"%s\" was cut off: its head has no end",
			t->peer);
	t->r->status = (int)status;
	return E_OK;
}
