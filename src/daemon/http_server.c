/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/http_server.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/time.h"
#include "daemon/http_screen.h"
#include "daemon/listener.h"
#include <errno.h>
#include <microhttpd.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 64
#define BODY_MAX        65536
#define HEAD_MS         10000
#define WHOLE_MS        30000
/* A head that comes in pieces is looked at again so often: the socket stays readable, so waiting for that
 * would spin. */
#define PEEK_MS         20
#define ROUTES_MAX      16
#define STATUSES_MAX    24
#define INACTIVE_S      10u
#define HEAD_MEMORY     (HTTP_HEAD_MAX + 16384)

/* From accept() on. While `peeking` it is ours; then libmicrohttpd's, which closes the descriptor. */
struct peer {
	struct http_server *server;
	int fd;
	bool used, peeking, closing;
	int64_t since_ms;
	uv_poll_t poll;
	bool polling; /* the poll handle is initialised */
	struct loop_timer timer;
	size_t seen;
	int handles; /* still to be closed by the loop */
};

/* A request within libmicrohttpd. */
struct exchange {
	struct http_query q;
	struct MHD_Connection *connection;
	const struct http_route *route; /* NULL: none such */
	int64_t body_bytes;
	bool routed, suspended, answered;
	int status;
	const char *content_type;
	struct buf body;
	struct buf request;
	char method[16];
};

struct http_server {
	struct loop *loop;
	struct listener listener;
	struct MHD_Daemon *mhd;
	uv_poll_t accepting, epoll;
	struct loop_timer timer;
	const struct http_route *routes;
	bool local, quiet;
	struct peer peers[CONNECTIONS_MAX];
	int64_t counts[ROUTES_MAX + 1][STATUSES_MAX];
};

static const int statuses[STATUSES_MAX] = { 200, 202, 400, 401, 404, 405, 408, 411, 413, 421, 431,
	500, 501, 503, 505 };

static void count(struct http_server *s, const struct http_route *route, int status)
{
	size_t r = route ? (size_t)(route - s->routes) : ROUTES_MAX;

	for (size_t i = 0; i < STATUSES_MAX && statuses[i]; i++)
		if (statuses[i] == status)
			s->counts[r][i]++;
}

void http_server_figures(const struct http_server *s, struct buf *out)
{
	for (size_t r = 0; r <= ROUTES_MAX; r++)
		for (size_t i = 0; i < STATUSES_MAX && statuses[i]; i++)
			if (s->counts[r][i])
				buf_printf(out,
					"siltstone_http_requests_total{route=\"%s\",code=\"%d\"} %lld\n",
					r < ROUTES_MAX ? s->routes[r].path : "other", statuses[i],
					(long long)s->counts[r][i]);
}

static void pump(void *arg)
{
	struct http_server *s = arg;
	MHD_UNSIGNED_LONG_LONG ms;

	MHD_run(s->mhd);
	if (MHD_get_timeout(s->mhd, &ms) == MHD_YES)
		loop_timer_once(&s->timer, ms > INT32_MAX ? INT32_MAX : (int64_t)ms);
	else
		loop_timer_stop(&s->timer);
}

static void on_epoll(uv_poll_t *handle, int status, int events)
{
	(void)status;
	(void)events;
	pump(handle->data);
}

static void handle_closed(uv_handle_t *handle)
{
	struct peer *p = handle->data;

	if (--p->handles == 0)
		p->used = false;
}

static void timer_closed(uv_handle_t *handle)
{
	struct loop_timer *timer = handle->data;
	struct peer *p = timer->ctx;

	if (--p->handles == 0)
		p->used = false;
}

/* Give the place back; the descriptor is somebody else's, or closed already. */
static void forget(struct peer *p)
{
	if (p->closing)
		return;
	p->closing = true;
	uv_close((uv_handle_t *)&p->timer.uv, timer_closed);
	if (p->polling)
		uv_close((uv_handle_t *)&p->poll, handle_closed);
	p->polling = false;
}

static void refuse(struct peer *p, int status)
{
	char text[128], rest[4096];
	int n = snprintf(text, sizeof(text),
		"HTTP/1.1 %d Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status);

	count(p->server, NULL, status);
	log_write(EV_HTTP_REFUSED, NULL, log_int("status", status));
	/* What was not read would make the kernel send a reset instead of the answer. */
	while (recv(p->fd, rest, sizeof(rest), MSG_DONTWAIT) > 0)
		;
	/* It is small and first: it fits into the socket's buffer, or the peer does not read. */
	if (send(p->fd, text, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL) == n)
		shutdown(p->fd, SHUT_WR);
	uv_poll_stop(&p->poll);
	close(p->fd);
	forget(p);
}

static void on_deadline(struct peer *p)
{
	if (p->peeking)
		refuse(p, 408);
	else
		/* libmicrohttpd sees the end of it and closes. */
		shutdown(p->fd, SHUT_RDWR);
}

static void hand_over(struct peer *p)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	uv_poll_stop(&p->poll);
	p->polling = false;
	p->peeking = false;
	uv_close((uv_handle_t *)&p->poll, handle_closed);
	loop_timer_once(&p->timer, WHOLE_MS - (time_ticks_ms() - p->since_ms));
	/* On failure it has closed the descriptor and told nobody. */
	if (MHD_add_connection(p->server->mhd, p->fd, &none, sizeof(none)) != MHD_YES)
		forget(p);
	pump(p->server);
}

static void look(struct peer *p)
{
	char head[HTTP_HEAD_MAX];
	ssize_t n = recv(p->fd, head, sizeof(head), MSG_PEEK | MSG_DONTWAIT);
	int verdict;

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		uv_poll_stop(&p->poll);
		close(p->fd);
		forget(p);
		return;
	}
	verdict = http_screen(
		(struct str){ head, n > 0 ? (size_t)n : 0 }, BODY_MAX, p->server->local);
	if (verdict == 0) {
		hand_over(p);
	} else if (verdict > 0) {
		refuse(p, verdict);
	} else if (n > 0) {
		uv_poll_stop(&p->poll);
		loop_timer_once(&p->timer, PEEK_MS);
	}
}

static void on_peer(uv_poll_t *handle, int status, int events)
{
	(void)status;
	(void)events;
	look(handle->data);
}

static void on_peer_timer(void *arg)
{
	struct peer *p = arg;
	int64_t left = HEAD_MS - (time_ticks_ms() - p->since_ms);

	if (!p->peeking || left <= 0) {
		on_deadline(p);
		return;
	}
	loop_timer_once(&p->timer, left);
	look(p);
}

static struct peer *free_place(struct http_server *s)
{
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (!s->peers[i].used)
			return &s->peers[i];
	return NULL;
}

static void welcome(struct http_server *s, int fd)
{
	struct peer *p = free_place(s);

	if (!p) {
		close(fd);
		return;
	}
	*p = (struct peer){ .server = s, .fd = fd, .since_ms = time_ticks_ms() };
	if (uv_poll_init(&s->loop->uv, &p->poll, fd) != 0) {
		close(fd);
		return;
	}
	p->used = p->peeking = p->polling = true;
	p->poll.data = p;
	p->handles = 2;
	loop_timer_init(s->loop, &p->timer, on_peer_timer, p);
	loop_timer_once(&p->timer, HEAD_MS);
	uv_poll_start(&p->poll, UV_READABLE, on_peer);
}

static void on_accept(uv_poll_t *handle, int status, int events)
{
	struct http_server *s = handle->data;

	(void)status;
	(void)events;
	for (int i = 0; i < CONNECTIONS_MAX && !s->quiet; i++) {
		int fd = accept4(s->listener.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd < 0)
			return;
		welcome(s, fd);
	}
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **ctx,
	enum MHD_ConnectionNotificationCode what)
{
	struct http_server *s = arg;
	const union MHD_ConnectionInfo *at;

	(void)ctx;
	if (what != MHD_CONNECTION_NOTIFY_CLOSED)
		return;
	at = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	for (size_t i = 0; at && i < CONNECTIONS_MAX; i++)
		if (s->peers[i].used && !s->peers[i].closing && !s->peers[i].peeking &&
			s->peers[i].fd == at->connect_fd)
			forget(&s->peers[i]);
}

static enum MHD_Result send_answer(struct exchange *x)
{
	struct MHD_Response *r =
		MHD_create_response_from_buffer(x->body.n, x->body.p, MHD_RESPMEM_MUST_COPY);
	enum MHD_Result sent;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, x->content_type);
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONNECTION, "close");
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	if (x->status == 405)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW,
			x->route && x->route->post ? "POST" : "GET, HEAD");
	sent = MHD_queue_response(x->connection, (unsigned)x->status, r);
	MHD_destroy_response(r);
	count(x->q.server, x->route, x->status);
	return sent;
}

void http_answer(struct http_query *q, int status, const char *content_type, struct str body)
{
	struct exchange *x = (struct exchange *)q;

	must(!x->answered);
	x->answered = true;
	x->status = status;
	x->content_type = content_type;
	buf_str(&x->body, body);
	if (!buf_ok(&x->body)) {
		x->status = 500;
		buf_release(&x->body);
		x->body = (struct buf)BUF_INIT(64);
	}
	if (!x->suspended)
		return;
	x->suspended = false;
	MHD_resume_connection(x->connection);
	/* Not from here: whoever answers may be called by pump() itself. */
	loop_timer_once(&q->server->timer, 0);
}

static bool suits(const struct http_route *r, const char *method)
{
	if (r->post)
		return strcmp(method, "POST") == 0;
	return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void serve(struct exchange *x)
{
	x->q.body = buf_slice(&x->request);
	x->q.authorization = MHD_lookup_connection_value(
		x->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
	x->q.content_type = MHD_lookup_connection_value(
		x->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
	x->route->serve(x->route->ctx, &x->q);
}

static void route(struct http_server *s, struct exchange *x)
{
	size_t n = strcspn(x->q.target, "?");

	for (const struct http_route *r = s->routes; r->path; r++)
		if (strlen(r->path) == n && strncmp(r->path, x->q.target, n) == 0)
			x->route = r;
	if (!x->route)
		http_answer(&x->q, 404, "text/plain", STR("there is no such page\n"));
	else if (!suits(x->route, x->method))
		http_answer(&x->q, 405, "text/plain",
			x->route->post ? STR("this is posted to\n")
				       : STR("this is read with GET\n"));
	else if (!buf_ok(&x->request))
		http_answer(&x->q, 503, "text/plain", STR("out of memory\n"));
	else
		serve(x);
}

static void *on_target(void *arg, const char *target, struct MHD_Connection *connection)
{
	struct exchange *x = mem_alloc(sizeof(*x));

	(void)connection;
	if (!x)
		return NULL;
	x->q.server = arg;
	x->q.target = target;
	x->body = (struct buf)BUF_INIT(64 << 20);
	x->request = (struct buf)BUF_INIT(BODY_MAX);
	return x;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
	const char *method, const char *version, const char *body, size_t *body_n, void **ctx)
{
	struct http_server *s = arg;
	struct exchange *x = *ctx;

	(void)url;
	(void)version;
	if (!x)
		return MHD_NO;
	if (!x->connection) {
		x->connection = connection;
		snprintf(x->method, sizeof(x->method), "%s", method);
		x->q.method = x->method;
		return MHD_YES;
	}
	x->body_bytes += (int64_t)*body_n;
	if (x->body_bytes > BODY_MAX)
		return MHD_NO;
	if (*body_n) {
		if (strcmp(x->method, "POST") == 0)
			buf_str(&x->request, (struct str){ body, *body_n });
		*body_n = 0;
		return MHD_YES;
	}
	if (!x->routed) {
		x->routed = true;
		route(s, x);
	}
	if (x->answered)
		return send_answer(x);
	x->suspended = true;
	MHD_suspend_connection(connection);
	return MHD_YES;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **ctx,
	enum MHD_RequestTerminationCode how)
{
	struct exchange *x = *ctx;

	(void)arg;
	(void)connection;
	(void)how;
	if (!x)
		return;
	buf_release(&x->body);
	buf_release(&x->request);
	mem_free(x);
	*ctx = NULL;
}

/* Targets stay as they came: nothing here is escaped, and what is is no page. */
static size_t on_unescape(void *arg, struct MHD_Connection *connection, char *text)
{
	(void)arg;
	(void)connection;
	return strlen(text);
}

static enum code start(struct http_server *s, struct err *e)
{
	const union MHD_DaemonInfo *at;

	s->mhd = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL,
		on_request, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_URI_LOG_CALLBACK,
		on_target, s, MHD_OPTION_UNESCAPE_CALLBACK, on_unescape, s,
		MHD_OPTION_CONNECTION_TIMEOUT, INACTIVE_S, MHD_OPTION_CONNECTION_LIMIT,
		(unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD_MEMORY,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
	at = s->mhd ? MHD_get_daemon_info(s->mhd, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	if (!at || uv_poll_init(&s->loop->uv, &s->epoll, at->epoll_fd) != 0 ||
		uv_poll_init(&s->loop->uv, &s->accepting, s->listener.fd) != 0)
		return err_set(e, E_NOMEM, "could not start the HTTP server");
	s->epoll.data = s->accepting.data = s;
	uv_poll_start(&s->epoll, UV_READABLE, on_epoll);
	uv_poll_start(&s->accepting, UV_READABLE, on_accept);
	loop_timer_init(s->loop, &s->timer, pump, s);
	return E_OK;
}

enum code http_server_open(struct http_server **out, struct loop *loop, const char *listen,
	const struct http_route *routes, struct err *e)
{
	struct http_server *s = mem_alloc(sizeof(*s));

	if (!s)
		return err_nomem(e);
	s->loop = loop;
	s->routes = routes;
	if (listener_open(&s->listener, listen, e)) {
		mem_free(s);
		return e->code;
	}
	s->local = !s->listener.path[0];
	if (start(s, e)) {
		http_server_close(s);
		return e->code;
	}
	*out = s;
	return E_OK;
}

const char *http_server_address(const struct http_server *s)
{
	return s->listener.address;
}

void http_server_quiet(struct http_server *s)
{
	if (s->quiet)
		return;
	s->quiet = true;
	uv_poll_stop(&s->accepting);
	listener_close(&s->listener);
}

/* The loop is about to be released, which closes what is open on it. */
void http_server_close(struct http_server *s)
{
	if (!s)
		return;
	if (s->accepting.data)
		http_server_quiet(s);
	listener_close(&s->listener);
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (s->peers[i].used && s->peers[i].peeking && !s->peers[i].closing) {
			uv_poll_stop(&s->peers[i].poll);
			close(s->peers[i].fd);
			forget(&s->peers[i]);
		}
	if (s->epoll.data) {
		uv_poll_stop(&s->epoll);
		uv_close((uv_handle_t *)&s->epoll, NULL);
		uv_close((uv_handle_t *)&s->accepting, NULL);
		loop_timer_stop(&s->timer);
		uv_close((uv_handle_t *)&s->timer.uv, NULL);
	}
	if (s->mhd)
		MHD_stop_daemon(s->mhd);
	/* The handles are in this struct: the loop has to let go of them first. */
	uv_run(&s->loop->uv, UV_RUN_NOWAIT);
	mem_free(s);
}
