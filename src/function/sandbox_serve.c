/* SPDX-License-Identifier: Apache-2.0 */
#include "function/sandbox.h"

#include "base/time.h"
#include "json/read.h"
#include "json/write.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define RUNTIME     "/2018-06-01/runtime"
#define JSON_TYPE   "application/json"
#define CONFIG_TYPE "application/x-amz-json-1.1"
#define TARGET      "StarlingDoveService."
#define IN_MAX      (FUNCTION_ANSWER_MAX + (1 << 20))
/* A rule that judges a hundred thousand resources sends a thousand slices. */
#define ASKED_MAX   5000
#define ERROR_MAX   (256 << 10)
#define CONFIG_MAX  (64 << 20)

void connection_close(struct connection *c)
{
	if (c->fd >= 0)
		close(c->fd);
	buf_release(&c->in);
	buf_release(&c->out);
	*c = (struct connection){ .fd = -1, .in = BUF_INIT(0), .out = BUF_INIT(0) };
}

void connection_flush(struct connection *c)
{
	while (c->fd >= 0 && c->sent < c->out.n) {
		ssize_t n = send(
			c->fd, c->out.p + c->sent, c->out.n - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			connection_close(c);
			return;
		}
		c->sent += (size_t)n;
	}
	buf_clear(&c->out);
	c->sent = 0;
	if (c->closing)
		connection_close(c);
}

static void answer(struct connection *c, int status, const char *type, struct str body)
{
	wire_answer(&c->out, status, type, NULL, 0, body);
	connection_flush(c);
}

static void accepted(struct connection *c)
{
	answer(c, 202, JSON_TYPE, STR("{\"status\":\"OK\"}"));
}

static void refuse(struct connection *c, int status, const char *type)
{
	struct buf body = BUF_INIT(512);

	buf_printf(&body, "{\"errorType\":\"%s\",\"errorMessage\":\"refused\"}", type);
	answer(c, status, JSON_TYPE, buf_slice(&body));
	buf_release(&body);
}

/* The event */

void sandbox_deliver(struct sandbox *s)
{
	struct connection *c = NULL;
	char deadline[32];
	struct wire_header headers[4];

	for (size_t i = 0; i < CONNECTIONS_MAX && !c; i++)
		if (s->connections[i].fd >= 0 && s->connections[i].waits)
			c = &s->connections[i];
	if (!c || !s->work || s->delivered)
		return;
	if (!s->done)
		s->init_ms = time_ticks_ms() - s->born_ms;
	s->delivered = true;
	s->due_ms = time_ticks_ms() + s->spec.timeout_ms;
	s->work->result.init_ms = s->done ? 0 : s->init_ms;
	s->work->result.started_ms = time_now_ms();
	snprintf(deadline, sizeof(deadline), "%" PRId64, time_now_ms() + s->spec.timeout_ms);
	headers[0] =
		(struct wire_header){ "Lambda-Runtime-Aws-Request-Id", s->work->result.request_id };
	headers[1] = (struct wire_header){ "Lambda-Runtime-Deadline-Ms", deadline };
	headers[2] = (struct wire_header){ "Lambda-Runtime-Invoked-Function-Arn", s->work->arn.p };
	headers[3] = (struct wire_header){ "Lambda-Runtime-Trace-Id",
		"Root=1-00000000-000000000000000000000000;Sampled=0" };
	c->waits = false;
	wire_answer(&c->out, 200, JSON_TYPE, headers, 4, buf_slice(&s->work->event));
	connection_flush(c);
}

static void next_event(struct sandbox *s, struct connection *c)
{
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		s->connections[i].waits = false;
	c->waits = true;
	sandbox_deliver(s);
}

/* What a function says of its error: its own type where it is a name. */
static void finish_error(struct sandbox *s, const struct wire_request *q)
{
	struct arena a = ARENA_INIT((size_t)4 * ERROR_MAX);
	struct json *v = NULL;
	struct err none = { 0 };
	struct str type = q->error_type, message = STR_NONE;

	if (q->body.n <= ERROR_MAX && json_read(&a, q->body, &v, &none) == E_OK) {
		if (json_get_text(v, "errorType").n)
			type = json_get_text(v, "errorType");
		message = json_get_text(v, "errorMessage");
	}
	sandbox_finish(s, type.n ? arena_text(&a, type) : "Unhandled",
		message.n ? arena_text(&a, message) : "the function failed", q->body);
	arena_release(&a);
}

static void end_init(struct sandbox *s, struct connection *c, const struct wire_request *q)
{
	if (s->delivered || s->done) {
		refuse(c, 403, "InvalidStateTransition");
		return;
	}
	/* What was asked lies in the connection, which answering may close. */
	s->over = true;
	if (s->work)
		finish_error(s, q);
	accepted(c);
}

/* ".../invocation/{id}/response" or ".../error" */
static void end_call(
	struct sandbox *s, struct connection *c, const struct wire_request *q, struct str rest)
{
	const struct str id = { rest.p, str_find(rest, '/') }, what = str_from(rest, id.n);

	if (!s->work || !s->delivered || !str_is(id, s->work->result.request_id)) {
		refuse(c, 400, "InvalidRequestID");
		return;
	}
	if (str_is(what, "/response")) {
		sandbox_finish(s, "ok", NULL, q->body);
		accepted(c);
	} else if (str_is(what, "/error")) {
		finish_error(s, q);
		accepted(c);
	} else {
		refuse(c, 404, "InvalidPath");
	}
}

/* AWS Config */

static void config_fault(struct connection *c, int status, const char *type, const char *message)
{
	struct buf body = BUF_INIT(2048);

	buf_printf(&body, "{\"__type\":\"%s\",\"message\":", type);
	json_write_string(&body, str_of(message));
	buf_char(&body, '}');
	answer(c, status, CONFIG_TYPE, buf_slice(&body));
	buf_release(&body);
}

static void ask_config(struct sandbox *s, struct connection *c, const struct wire_request *q)
{
	const struct function_host_options *host = s->o.host;
	struct function_question ask = { s->spec.name, s->o.account, s->o.region, STR_NONE,
		q->body };
	struct buf body = BUF_INIT(CONFIG_MAX);
	char region[64];
	struct err e = { 0 };
	int status = 500;

	if (!str_starts(q->target, STR(TARGET))) {
		config_fault(c, 400, "UnknownOperationException", "there is no such operation");
		return;
	}
	if (++s->asked > ASKED_MAX) {
		config_fault(c, 400, "ThrottlingException", "Rate exceeded");
		return;
	}
	/* A function may ask about another region than its own. */
	if (q->region.n && q->region.n < sizeof(region)) {
		snprintf(region, sizeof(region), "%.*s", STR_ARG(q->region));
		ask.region = region;
	}
	ask.operation = str_from(q->target, sizeof(TARGET) - 1);
	if (!host->config || host->config(host->ctx, &ask, &status, &body, &e))
		config_fault(c, 500, "InternalFailure", "AWS Config cannot be asked here now");
	else
		answer(c, status, CONFIG_TYPE, buf_slice(&body));
	buf_release(&body);
}

static void route(
	struct sandbox *s, struct connection *c, const struct wire_request *q, struct str path)
{
	const bool get = str_is(q->method, "GET");

	if (!get && !str_is(q->method, "POST"))
		refuse(c, 400, "InvalidMethod");
	else if (get && str_is(path, RUNTIME "/invocation/next"))
		next_event(s, c);
	else if (!get && str_starts(path, STR(RUNTIME "/invocation/")))
		end_call(s, c, q, str_from(path, sizeof(RUNTIME "/invocation/") - 1));
	else if (!get && str_is(path, RUNTIME "/init/error"))
		end_init(s, c, q);
	else if (!get && (str_is(path, "/config") || str_is(path, "/config/")))
		ask_config(s, c, q);
	else
		refuse(c, 404, "InvalidPath");
}

/* Whether what follows the method is our path. How long it takes to tell does not depend on how much is right. */
static bool knows_path(const struct sandbox *s, struct str path)
{
	const size_t n = sizeof(s->secret) - 1;
	unsigned char differs = 0;

	if (path.n <= n + 1 || path.p[0] != '/' || path.p[n + 1] != '/')
		return false;
	for (size_t i = 0; i < n; i++)
		differs |= (unsigned char)(path.p[1 + i] ^ s->secret[i]);
	return !differs;
}

/* As soon as there is enough to tell; then as much may come as a function may say. */
static bool is_ours(const struct sandbox *s, struct connection *c)
{
	const size_t blank = str_find(buf_slice(&c->in), ' ');

	if (c->proven || c->in.n < blank + sizeof(s->secret) + 2)
		return c->in.n < WIRE_HEAD_MAX;
	c->proven = knows_path(s, str_from(buf_slice(&c->in), blank + 1));
	return c->proven;
}

static void too_large(struct sandbox *s, struct connection *c)
{
	/* Only answers are as large as that; the connection is of no more use. */
	c->closing = true;
	s->over = true;
	refuse(c, 413, "RequestEntityTooLarge");
	if (s->work && s->delivered)
		sandbox_finish(s, "Function.ResponseSizeTooLarge",
			"what the function gave back is larger than 6 MB", STR_NONE);
}

/* Requests that are there. While an answer is being sent, the next one waits. */
static void take_requests(struct sandbox *s, struct connection *c)
{
	while (c->fd >= 0 && c->in.n && !c->out.n && !c->waits && !s->over) {
		struct wire_request q;
		int status = wire_read(&c->in, FUNCTION_ANSWER_MAX, &q);
		size_t left;

		if (status == WIRE_MORE)
			return;
		if (status == WIRE_CONTINUE) {
			(void)!send(c->fd, "HTTP/1.1 100 Continue\r\n\r\n", 25,
				MSG_NOSIGNAL | MSG_DONTWAIT);
			return;
		}
		if (status == 413) {
			too_large(s, c);
			return;
		}
		if (status || !knows_path(s, q.path)) {
			connection_close(c);
			return;
		}
		c->closing = q.close;
		route(s, c, &q, str_from(q.path, sizeof(s->secret)));
		if (c->fd < 0)
			return;
		left = c->in.n - q.bytes;
		memmove(c->in.p, c->in.p + q.bytes, left);
		buf_cut(&c->in, left);
	}
}

/* Takes what came; false: no more of it now, or the connection is closed. */
static bool take_piece(struct sandbox *s, struct connection *c)
{
	char piece[64 << 10];
	ssize_t n = recv(c->fd, piece, sizeof(piece), MSG_DONTWAIT);

	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0 && errno == EAGAIN)
		return false;
	if (n > 0)
		buf_add(&c->in, piece, (size_t)n);
	if (n > 0 && c->in.full && c->proven)
		too_large(s, c);
	if (n <= 0 || !buf_ok(&c->in) || (!c->proven && !is_ours(s, c)))
		connection_close(c);
	/* One piece at a time once there is a lot: others are to be served, too. */
	return c->fd >= 0 && c->in.n <= (1 << 20);
}

void sandbox_serve(struct sandbox *s, struct connection *c)
{
	connection_flush(c);
	while (c->fd >= 0 && take_piece(s, c))
		;
	if (c->fd >= 0)
		take_requests(s, c);
}

/* The oldest that has not shown that it is ours gives way. */
static struct connection *place_for_one(struct sandbox *s)
{
	struct connection *old = NULL;

	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		struct connection *c = &s->connections[i];

		if (c->fd < 0)
			return c;
		if (!c->proven && (!old || c->since_ms < old->since_ms))
			old = c;
	}
	if (old)
		connection_close(old);
	return old;
}

void sandbox_accept(struct sandbox *s)
{
	int fd = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct connection *c = fd < 0 ? NULL : place_for_one(s);

	if (!c) {
		if (fd >= 0)
			close(fd);
		return;
	}
	*c = (struct connection){ .fd = fd,
		.in = BUF_INIT(IN_MAX),
		.out = BUF_INIT(CONFIG_MAX + WIRE_HEAD_MAX),
		.since_ms = time_ticks_ms() };
}
