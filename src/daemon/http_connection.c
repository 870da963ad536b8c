/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/http_connection.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/time.h"
#include <errno.h>
#include <stdio.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_MS    10000
#define WHOLE_MS   30000
#define IDLE_MS    60000
#define LINGER_MS  2000
#define IN_MAX     ((size_t)32 << 20)
#define OUT_MAX    ((size_t)65 << 20)
/* So much is kept between two requests; a buffer that grew beyond is given back. */
#define KEPT_BYTES 8192

/* Life and death */

static void destroy(struct http_connection *c)
{
	buf_release(&c->in);
	buf_release(&c->out);
	mem_free(c);
}

static void enter(struct http_connection **list, struct http_connection *c)
{
	c->next = *list;
	c->at = list;
	if (c->next)
		c->next->at = &c->next;
	*list = c;
}

static void leave(struct http_connection *c)
{
	*c->at = c->next;
	if (c->next)
		c->next->at = c->at;
}

static void on_released(uv_handle_t *handle)
{
	struct http_connection *c = handle->data;

	c->released = true;
	if (!c->asked)
		destroy(c);
}

void http_connection_close(struct http_connection *c)
{
	bool streaming = c->state == HTTP_STREAM && !c->finished;

	if (c->state == HTTP_CLOSED)
		return;
	c->state = HTTP_CLOSED;
	leave(c);
	if (c->asked)
		enter(&c->server->gone, c);
	else
		c->server->n_connections--;
	uv_poll_stop(&c->poll);
	tls_session_free(c->tls);
	c->tls = NULL;
	close(c->fd);
	uv_close((uv_handle_t *)&c->poll, on_released);
	if (streaming)
		c->stream.gone(c->stream.ctx);
}

bool http_connection_idle(const struct http_connection *c)
{
	return c->state == HTTP_HEAD && !c->in.n;
}

/* Bytes */

static ssize_t receive(struct http_connection *c, char *out, size_t n)
{
	return c->tls ? tls_session_read(c->tls, out, n) : recv(c->fd, out, n, MSG_DONTWAIT);
}

static ssize_t send_some(struct http_connection *c, const char *p, size_t n)
{
	return c->tls ? tls_session_write(c->tls, p, n)
		      : send(c->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* False: there is nothing more to be had now. */
static bool take_bytes(struct http_connection *c)
{
	char *scratch = c->server->scratch;
	ssize_t n = receive(c, scratch, HTTP_SCRATCH_BYTES);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0) {
		c->ended = true;
		return false;
	}
	if (c->state == HTTP_LINGER || c->state == HTTP_STREAM)
		return true;
	if (!c->in.n && c->state == HTTP_HEAD && !c->fresh)
		c->since_ms = time_ticks_ms();
	c->fresh = false;
	buf_add(&c->in, scratch, (size_t)n);
	if (!buf_ok(&c->in))
		http_connection_close(c);
	return c->state != HTTP_CLOSED;
}

static void linger(struct http_connection *c)
{
	if (c->tls)
		tls_session_end(c->tls);
	shutdown(c->fd, SHUT_WR);
	c->state = HTTP_LINGER;
	c->since_ms = time_ticks_ms();
	buf_release(&c->in);
	c->in = (struct buf)BUF_INIT(IN_MAX);
	c->whole_bytes = c->head_bytes = 0;
}

/* The request is done with: what came behind it moves to the front. */
static void begin_anew(struct http_connection *c)
{
	size_t left = c->in.n - c->whole_bytes;

	if (!left && c->in.cap > KEPT_BYTES) {
		buf_release(&c->in);
		c->in = (struct buf)BUF_INIT(IN_MAX);
	} else {
		memmove(c->in.p, c->in.p + c->whole_bytes, left);
		c->in.n = left;
	}
	if (c->out.cap > KEPT_BYTES) {
		buf_release(&c->out);
		c->out = (struct buf)BUF_INIT(OUT_MAX);
	}
	c->judged = c->head_bytes = c->whole_bytes = 0;
	c->route = NULL;
	c->held = false;
	c->state = HTTP_HEAD;
	c->since_ms = time_ticks_ms();
}

/* False: it waits for the socket, or the connection ends. */
static bool flush(struct http_connection *c)
{
	while (c->sent < c->out.n) {
		ssize_t n = send_some(c, c->out.p + c->sent, c->out.n - c->sent);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return false;
		if (n <= 0) {
			http_connection_close(c);
			return false;
		}
		c->sent += (size_t)n;
		if (c->state == HTTP_STREAM)
			c->since_ms = time_ticks_ms();
	}
	buf_clear(&c->out);
	c->sent = 0;
	return true;
}

/* Answers */

static void begin_answer(
	struct http_connection *c, int status, const char *content_type, int64_t body_bytes)
{
	struct http_server *s = c->server;
	static const struct {
		int status;
		const char *text;
	} reasons[] = { { 200, "OK" }, { 202, "Accepted" }, { 206, "Partial Content" },
		{ 304, "Not Modified" }, { 400, "Bad Request" }, { 401, "Unauthorized" },
		{ 403, "Forbidden" }, { 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 500, "Internal Server Error" }, { 503, "Service Unavailable" } };
	const char *reason = "Answered";

	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			reason = reasons[i].text;
	buf_printf(&c->out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, reason, http_server_date(s));
	if (body_bytes < 0 && c->modern)
		buf_text(&c->out, "Transfer-Encoding: chunked\r\n");
	else if (body_bytes >= 0 && status != 304)
		buf_printf(&c->out, "Content-Length: %lld\r\n", (long long)body_bytes);
	if (content_type)
		buf_printf(&c->out, "Content-Type: %s\r\n", content_type);
	if (!c->keep || s->quiet) {
		c->keep = false;
		buf_text(&c->out, "Connection: close\r\n");
	}
	buf_text(&c->out, "X-Content-Type-Options: nosniff\r\n");
}

static void refuse(struct http_connection *c, int status)
{
	http_server_count(c->server, c->route, status);
	log_write(EV_HTTP_REFUSED, NULL, log_int("status", status));
	c->keep = false;
	begin_answer(c, status, NULL, 0);
	buf_text(&c->out, "\r\n");
	c->state = HTTP_WRITING;
}

static void write_answer(struct http_connection *c, int status, const char *content_type,
	const struct http_header *headers, size_t n, struct str body)
{
	begin_answer(c, status, content_type, (int64_t)body.n);
	if (status == 405)
		buf_printf(&c->out, "Allow: %s\r\n",
			c->route && c->route->post ? "POST" : "GET, HEAD");
	for (size_t i = 0; i < n; i++)
		buf_printf(&c->out, "%s: %s\r\n", headers[i].name, headers[i].value);
	buf_text(&c->out, "\r\n");
	if (!c->no_body)
		buf_str(&c->out, body);
}

static void settle(struct http_connection *c);
static bool conclude(struct http_connection *c);

void http_answer_headers(struct http_query *q, int status, const char *content_type,
	const struct http_header *headers, size_t n_headers, struct str body)
{
	struct http_connection *c = (struct http_connection *)q;
	bool waits = http_server_may_hold(c, body.n);

	must(c->asked);
	c->asked = false;
	if (c->state == HTTP_CLOSED) {
		leave(c);
		c->server->n_connections--;
		if (c->released)
			destroy(c);
		return;
	}
	if (waits)
		write_answer(c, status, content_type, headers, n_headers, body);
	if (!waits || !buf_ok(&c->out)) {
		status = waits ? 500 : 503;
		buf_release(&c->out);
		c->out = (struct buf)BUF_INIT(OUT_MAX);
		c->sent = 0;
		c->keep = false;
		write_answer(c, status, NULL, NULL, 0, STR(""));
	}
	http_server_count(c->server, c->route, status);
	c->state = HTTP_WRITING;
	if (c->serving)
		return;
	/* What came behind the request waits for the next turn of the loop: its answer may be given by who gave this one. */
	(void)conclude(c);
	settle(c);
}

void http_answer(struct http_query *q, int status, const char *content_type, struct str body)
{
	http_answer_headers(q, status, content_type, NULL, 0, body);
}

/* Streams */

/* What there is has been taken, or waits for the socket. True: the stream has ended. */
static bool pour(struct http_connection *c)
{
	if (!flush(c))
		return false;
	if (c->finished)
		return conclude(c);
	/* Most of its time it waits. */
	if (c->out.cap > KEPT_BYTES) {
		buf_release(&c->out);
		c->out = (struct buf)BUF_INIT(OUT_MAX);
	}
	if (c->stream.drained)
		c->stream.drained(c->stream.ctx);
	return false;
}

static void pour_now(struct http_connection *c)
{
	if (c->serving)
		return;
	(void)pour(c);
	settle(c);
}

bool http_stream_begin(struct http_query *q, const struct http_stream *stream)
{
	struct http_connection *c = (struct http_connection *)q;

	must(c->asked);
	c->asked = false;
	if (c->state == HTTP_CLOSED) {
		leave(c);
		c->server->n_connections--;
		if (c->released)
			destroy(c);
		return false;
	}
	c->keep = false;
	c->stream = *stream;
	c->left = stream->length;
	begin_answer(c, stream->status, stream->content_type, stream->length);
	for (size_t i = 0; i < stream->n_headers; i++)
		buf_printf(
			&c->out, "%s: %s\r\n", stream->headers[i].name, stream->headers[i].value);
	buf_text(&c->out, "\r\n");
	http_server_count(c->server, c->route, stream->status);
	c->state = HTTP_STREAM;
	c->finished = false;
	c->since_ms = time_ticks_ms();
	return true;
}

void http_stream_send(struct http_query *q, struct str bytes)
{
	struct http_connection *c = (struct http_connection *)q;

	must(c->state == HTTP_STREAM && !c->finished);
	if (c->sent == c->out.n)
		c->since_ms = time_ticks_ms();
	if (!c->no_body && bytes.n) {
		if (c->left < 0 && c->modern)
			buf_printf(&c->out, "%zx\r\n", bytes.n);
		buf_str(&c->out, bytes);
		if (c->left < 0 && c->modern)
			buf_text(&c->out, "\r\n");
	}
	if (c->left >= 0)
		c->left -= (int64_t)bytes.n;
	if (buf_ok(&c->out) && http_server_may_hold(c, c->out.n))
		pour_now(c);
	else
		http_connection_close(c);
}

void http_stream_end(struct http_query *q)
{
	struct http_connection *c = (struct http_connection *)q;

	must(c->state == HTTP_STREAM && !c->finished);
	c->finished = true;
	if (c->left > 0 && !c->no_body) {
		http_connection_close(c);
		return;
	}
	if (c->left < 0 && c->modern && !c->no_body)
		buf_text(&c->out, "0\r\n\r\n");
	pour_now(c);
}

const char *http_query_header(const struct http_query *q, const char *name)
{
	for (size_t i = 0; i < q->n_headers; i++)
		if (strcasecmp(q->headers[i].name, name) == 0)
			return q->headers[i].value;
	return NULL;
}

/* Requests */

static bool suits(const struct http_route *r, struct str method)
{
	if (r->preflight && str_is(method, "OPTIONS"))
		return true;
	if (r->post)
		return str_is(method, "POST");
	return str_is(method, "GET") || str_is(method, "HEAD");
}

static bool leads_to(const struct http_route *r, struct str path)
{
	size_t n = strlen(r->path);

	return str_is(path, r->path) ||
	       (r->below && path.n > n && memcmp(path.p, r->path, n) == 0 &&
		       (path.p[n] == '.' || path.p[n] == '/'));
}

static const struct http_route *route_of(const struct http_server *s, const struct http_head *head)
{
	struct str path = { head->target.p, str_find(head->target, '?') };
	const struct http_route *found = NULL;

	/* One path can be two routes: to be read, and to be posted to. */
	for (const struct http_route *r = s->routes; r->path; r++)
		if (leads_to(r, path) && (!found || suits(r, head->method)))
			found = r;
	return found;
}

/* @text begins with the head, which is taken apart there. */
static void fill_query(struct http_connection *c, char *text, struct str body)
{
	struct http_head *head = &c->server->head;

	/* It was read before. */
	must(http_head_read((struct str){ text, c->head_bytes }, c->server->local, head) == 0);
	http_head_terminate(head, text);
	for (size_t i = 0; i < head->n_fields; i++)
		c->headers[i] =
			(struct http_header){ head->fields[i].name.p, head->fields[i].value.p };
	c->q = (struct http_query){ .method = head->method.p,
		.target = head->target.p,
		.server = c->server,
		.body = body,
		.headers = c->headers,
		.n_headers = head->n_fields,
		.local = c->server->local || c->server->listener.path[0],
		.peer = c->peer.name };
	c->q.authorization = http_query_header(&c->q, "authorization");
	c->q.content_type = http_query_header(&c->q, "content-type");
}

/* Nothing moves any more. */
static void serve(struct http_connection *c)
{
	fill_query(c, c->in.p, str_from(buf_slice(&c->in), c->head_bytes));
	c->q.body.n = c->whole_bytes - c->head_bytes;
	c->state = HTTP_ASKED;
	c->asked = c->serving = true;
	if (!c->route)
		http_answer(&c->q, 404, "text/plain", STR("there is no such page\n"));
	else if (!suits(c->route, str_of(c->q.method)))
		http_answer(&c->q, 405, "text/plain",
			c->route->post ? STR("this is posted to\n")
				       : STR("this is read with GET\n"));
	else
		c->route->serve(c->route->ctx, &c->q);
	c->serving = false;
}

/* The head is there and its body is not: is that to be waited for? Otherwise the answer has been written, and what
 * comes is thrown away. */
static bool is_worth_it(struct http_connection *c, bool suited)
{
	char *text = c->server->head_text;
	bool keep = c->keep;

	c->keep = false;
	if (!http_server_has_room(c)) {
		refuse(c, 503);
		return false;
	}
	if (!suited) {
		serve(c);
		return false;
	}
	c->keep = keep;
	if (!c->route->admit)
		return true;
	/* In a copy, since the head is read once more when the body is there. */
	memcpy(text, c->in.p, c->head_bytes);
	fill_query(c, text, STR_NONE);
	c->keep = false;
	c->asked = c->serving = true;
	if (!c->route->admit(c->route->ctx, &c->q)) {
		must(!c->asked);
		c->serving = false;
		return false;
	}
	c->asked = c->serving = false;
	c->keep = keep;
	return true;
}

/* The head is complete: what of the body is to come? False: more must be read. */
static bool judge(struct http_connection *c)
{
	struct http_head *head = &c->server->head;
	struct str fresh = str_from(buf_slice(&c->in), c->judged);
	bool expects;
	int verdict;

	/* Judged at the end of lines only, so that a byte now and then is not all read again each time. */
	c->judged = c->in.n;
	if (fresh.n && c->in.n < HTTP_HEAD_MAX && str_find(fresh, '\n') == fresh.n &&
		str_find(fresh, '\0') == fresh.n)
		return false;
	verdict = http_head_read(buf_slice(&c->in), c->server->local, head);
	if (verdict < 0)
		return false;
	c->keep = false;
	c->no_body = false;
	if (verdict > 0) {
		refuse(c, verdict);
		return true;
	}
	c->route = route_of(c->server, head);
	c->head_bytes = head->bytes;
	if (head->length >
		(int64_t)(c->route && c->route->body_max ? c->route->body_max : HTTP_LARGE_BYTES)) {
		refuse(c, 413);
		return true;
	}
	c->whole_bytes = head->bytes + (size_t)head->length;
	c->keep = head->keep;
	c->modern = head->modern;
	c->no_body = str_is(head->method, "HEAD");
	c->state = HTTP_BODY;
	expects = head->expects;
	if (c->in.n < c->whole_bytes && is_worth_it(c, c->route && suits(c->route, head->method)) &&
		expects)
		buf_text(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
	return true;
}

/* The answer has been written? On to what comes next. */
static bool conclude(struct http_connection *c)
{
	if (!flush(c))
		return false;
	if (c->keep)
		begin_anew(c);
	else
		linger(c);
	return true;
}

/* One step of what can be done without reading. False: there is none. */
static bool step(struct http_connection *c)
{
	switch (c->state) {
	case HTTP_HEAD: return c->in.n && judge(c);
	case HTTP_BODY:
		if (c->in.n < c->whole_bytes) {
			(void)flush(c);
			return false;
		}
		serve(c);
		return true;
	case HTTP_WRITING: return conclude(c);
	case HTTP_STREAM: return pour(c);
	case HTTP_ASKED:
	case HTTP_LINGER:
	case HTTP_CLOSED: break;
	}
	return false;
}

static bool reads(const struct http_connection *c)
{
	return c->state == HTTP_HEAD || c->state == HTTP_BODY || c->state == HTTP_LINGER ||
	       c->state == HTTP_STREAM;
}

/* There is something that the socket will not tell of. */
static bool has_more(const struct http_connection *c)
{
	return c->state == HTTP_HEAD &&
	       ((c->in.n && !c->judged) || (c->tls && tls_session_pending(c->tls)));
}

/* Wait for what is missing. */
static void on_poll(uv_poll_t *handle, int status, int events);

static void settle(struct http_connection *c)
{
	int events = 0;

	if (c->state == HTTP_CLOSED)
		return;
	if (c->ended && reads(c) && !has_more(c)) {
		http_connection_close(c);
		return;
	}
	/* A socket can nearly always be written to: that is the next turn. */
	if ((c->sent < c->out.n && c->state != HTTP_ASKED) || has_more(c))
		events |= UV_WRITABLE;
	if (!c->ended && (reads(c) || !c->held))
		events |= UV_READABLE;
	if (c->tls && reads(c) && tls_session_waits_to_write(c->tls))
		events |= UV_WRITABLE;
	/* What a session waits for when it writes may be something to be read. */
	if (c->tls && c->state == HTTP_WRITING && !c->held)
		events |= UV_READABLE;
	if (events == c->events)
		return;
	c->events = events;
	if (events)
		uv_poll_start(&c->poll, events, on_poll);
	else
		uv_poll_stop(&c->poll);
}

static void proceed(struct http_connection *c)
{
	do {
		while (step(c))
			;
		/* What a session has decrypted already is not told by the socket. */
	} while (c->tls && reads(c) && !c->ended && tls_session_pending(c->tls) && take_bytes(c));
	settle(c);
}

static void on_poll(uv_poll_t *handle, int status, int events)
{
	struct http_connection *c = handle->data;

	if (status < 0) {
		http_connection_close(c);
		return;
	}
	if (reads(c) && !c->ended)
		(void)take_bytes(c);
	else if (events & UV_READABLE)
		c->held = true;
	if (c->state != HTTP_CLOSED)
		proceed(c);
}

void http_connection_open(struct http_server *s, int fd, const struct http_peer *peer)
{
	struct http_connection *c = mem_alloc(sizeof(*c));

	if (!c || uv_poll_init(&s->loop->uv, &c->poll, fd) != 0) {
		mem_free(c);
		close(fd);
		return;
	}
	c->server = s;
	c->fd = fd;
	c->poll.data = c;
	c->in = (struct buf)BUF_INIT(IN_MAX);
	c->out = (struct buf)BUF_INIT(OUT_MAX);
	c->since_ms = time_ticks_ms();
	c->fresh = true;
	c->peer = *peer;
	enter(&s->connections, c);
	s->n_connections++;
	if (s->tls) {
		c->tls = tls_session_new(s->tls, fd);
		if (!c->tls) {
			http_connection_close(c);
			return;
		}
	}
	settle(c);
}

/* For how long it may be as it is. */
static int64_t patience_ms(const struct http_connection *c)
{
	if (c->state == HTTP_LINGER)
		return LINGER_MS;
	if (c->state != HTTP_HEAD)
		return WHOLE_MS;
	return c->in.n || c->fresh ? HEAD_MS : IDLE_MS;
}

void http_connection_check(struct http_connection *c, int64_t now_ms)
{
	bool rests = c->state == HTTP_STREAM && c->sent == c->out.n;

	if (rests || now_ms - c->since_ms < patience_ms(c))
		return;
	if ((c->state == HTTP_HEAD && c->in.n) || c->state == HTTP_BODY) {
		refuse(c, 408);
		proceed(c);
	} else {
		http_connection_close(c);
	}
}
