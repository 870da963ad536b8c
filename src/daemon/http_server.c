/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/http_server.h"

#include "base/mem.h"
#include "base/time.h"
#include "daemon/http_connection.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define ADDRESS_MAX 64
#define SWEEP_MS    1000
/* Large bodies that are held at the same time: of all, and of one address that is not this machine's. */
#define BODIES_ALL  ((size_t)32 << 20)
#define BODIES_EACH ((size_t)8 << 20)
/* Large answers that wait to be read: twice the largest there can be. */
#define ANSWERS_ALL ((size_t)130 << 20)

static const int statuses[HTTP_STATUSES_MAX] = { 200, 202, 206, 304, 400, 401, 403, 404, 405, 408,
	409, 411, 413, 416, 417, 421, 429, 431, 500, 501, 502, 503, 505, 507 };

void http_server_count(struct http_server *s, const struct http_route *route, int status)
{
	size_t r = route ? (size_t)(route - s->routes) : HTTP_ROUTES_MAX;

	for (size_t i = 0; r <= HTTP_ROUTES_MAX && i < HTTP_STATUSES_MAX && statuses[i]; i++)
		if (statuses[i] == status)
			s->counts[r][i]++;
}

/* One path can be two routes: to be read, and to be posted to. */
static int64_t count_of(const struct http_server *s, size_t r, size_t status)
{
	int64_t n = s->counts[r][status];

	for (size_t i = r + 1; r < HTTP_ROUTES_MAX && i < HTTP_ROUTES_MAX && s->routes[i].path; i++)
		if (strcmp(s->routes[i].path, s->routes[r].path) == 0)
			n += s->counts[i][status];
	return n;
}

static bool is_repeated(const struct http_server *s, size_t r)
{
	for (size_t i = 0; i < r; i++)
		if (strcmp(s->routes[i].path, s->routes[r].path) == 0)
			return true;
	return false;
}

static void write_figures(const struct http_server *s, size_t r, struct buf *out)
{
	const char *path = r < HTTP_ROUTES_MAX ? s->routes[r].path : "other";

	for (size_t i = 0; i < HTTP_STATUSES_MAX && statuses[i]; i++) {
		int64_t n = count_of(s, r, i);

		if (n)
			buf_printf(out,
				"siltstone_http_requests_total{route=\"%s\",code=\"%d\"} %lld\n",
				path, statuses[i], (long long)n);
	}
}

void http_server_figures(const struct http_server *s, struct buf *out)
{
	for (size_t r = 0; r < HTTP_ROUTES_MAX && s->routes[r].path; r++)
		if (!is_repeated(s, r))
			write_figures(s, r, out);
	write_figures(s, HTTP_ROUTES_MAX, out);
}

const char *http_server_date(struct http_server *s)
{
	static const char days[][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
		"Sep", "Oct", "Nov", "Dec" };
	int64_t now_ms = time_now_ms();
	struct time_fields f;

	if (now_ms / 1000 == s->date_s && s->date[0])
		return s->date;
	s->date_s = now_ms / 1000;
	f = time_split(now_ms);
	/* 1970 began on a Thursday. */
	snprintf(s->date, sizeof(s->date), "%s, %02d %s %04d %02d:%02d:%02d GMT",
		days[s->date_s / 86400 % 7], f.day, months[f.month - 1], f.year, f.hour, f.minute,
		f.second);
	return s->date;
}

static void on_sweep(void *arg);

static void keep_sweeping(struct http_server *s)
{
	if (s->sweeping)
		return;
	s->sweeping = true;
	loop_timer_every(&s->sweep, SWEEP_MS);
}

static void on_accept(uv_poll_t *handle, int status, int events);

/* Only while there is somebody connected, so that a daemon nobody asks is not woken. */
static void on_sweep(void *arg)
{
	struct http_server *s = arg;
	int64_t now_ms = time_ticks_ms();
	struct http_connection *next;

	for (struct http_connection *c = s->connections; c; c = next) {
		next = c->next;
		http_connection_check(c, now_ms);
	}
	if (!s->quiet)
		uv_poll_start(&s->accepting, UV_READABLE, on_accept);
	if (!s->connections) {
		s->sweeping = false;
		loop_timer_stop(&s->sweep);
	}
}

static size_t large_bodies(const struct http_connection *list, const char *group)
{
	size_t bytes = 0;

	for (const struct http_connection *c = list; c; c = c->next) {
		size_t n = c->whole_bytes - c->head_bytes;

		if (n > HTTP_LARGE_BYTES && (!group || strcmp(c->peer.group, group) == 0))
			bytes += n;
	}
	return bytes;
}

/* What is announced has its place before it comes; what is not large always has. */
bool http_server_has_room(const struct http_connection *c)
{
	const struct http_server *s = c->server;
	const char *group = c->peer.group;

	if (c->whole_bytes - c->head_bytes <= HTTP_LARGE_BYTES)
		return true;
	return large_bodies(s->connections, NULL) + large_bodies(s->gone, NULL) <= BODIES_ALL &&
	       (!s->anywhere ||
		       large_bodies(s->connections, group) + large_bodies(s->gone, group) <=
			       BODIES_EACH);
}

/* Whoever reads slowly holds an answer: there is an end to what all of them can. */
bool http_server_may_hold(const struct http_connection *c, size_t bytes)
{
	size_t all = bytes;

	for (const struct http_connection *o = c->server->connections; o; o = o->next)
		if (o != c)
			all += o->out.cap;
	return bytes <= HTTP_LARGE_BYTES || all <= ANSWERS_ALL;
}

static int count(const struct http_connection *list, const char *group)
{
	int n = 0;

	for (const struct http_connection *c = list; c; c = c->next)
		n += strcmp(c->peer.group, group) == 0;
	return n;
}

static bool is_crowd(const struct http_server *s, const struct http_peer *peer)
{
	return s->anywhere &&
	       count(s->connections, peer->group) + count(s->gone, peer->group) >= ADDRESS_MAX;
}

/* The one that has been idle longest makes room for whoever has something to ask. */
static bool make_room(struct http_server *s)
{
	struct http_connection *oldest = NULL;

	for (struct http_connection *c = s->connections; c; c = c->next)
		if (http_connection_idle(c) && !c->fresh &&
			(!oldest || c->since_ms < oldest->since_ms))
			oldest = c;
	if (oldest)
		http_connection_close(oldest);
	return oldest != NULL;
}

union peer {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Whoever has one IPv6 address has as many as a /64 holds. */
static struct http_peer name_peer(const union peer *from)
{
	struct http_peer p = { .name = "unix" };
	struct in6_addr group = from->v6.sin6_addr;

	if (from->any.sa_family == AF_INET)
		inet_ntop(AF_INET, &from->v4.sin_addr, p.name, sizeof(p.name));
	else if (from->any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &from->v6.sin6_addr, p.name, sizeof(p.name));
	memcpy(p.group, p.name, sizeof(p.group));
	if (from->any.sa_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(&group)) {
		memset(group.s6_addr + 8, 0, 8);
		inet_ntop(AF_INET6, &group, p.group, sizeof(p.group));
	}
	return p;
}

static void welcome(struct http_server *s, int fd, const union peer *from)
{
	const struct http_peer peer = name_peer(from);
	int on = 1;

	if (is_crowd(s, &peer) || (s->n_connections >= HTTP_CONNECTIONS_MAX && !make_room(s))) {
		close(fd);
		return;
	}
	if (from->any.sa_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	http_connection_open(s, fd, &peer);
	keep_sweeping(s);
}

static void on_accept(uv_poll_t *handle, int status, int events)
{
	struct http_server *s = handle->data;

	(void)status;
	(void)events;
	for (int i = 0; i < HTTP_CONNECTIONS_MAX && !s->quiet; i++) {
		union peer from = { .any = { .sa_family = AF_UNIX } };
		socklen_t n = sizeof(from);
		int fd = accept4(s->listener.fd, &from.any, &n, SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (fd >= 0) {
			welcome(s, fd, &from);
			continue;
		}
		/* Without descriptors it would be told again and again: the next sweep tries. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			uv_poll_stop(&s->accepting);
			keep_sweeping(s);
		}
		if (errno != ECONNABORTED && errno != EINTR)
			return;
	}
}

enum code http_server_open(struct http_server **out, struct loop *loop,
	const struct http_server_options *options, struct err *e)
{
	struct http_server *s = mem_alloc(sizeof(*s));

	if (!s) {
		tls_close(options->tls);
		return err_nomem(e);
	}
	s->loop = loop;
	s->routes = options->routes;
	s->tls = options->tls;
	if (!listener_open(&s->listener, options->listen, options->anywhere, e) &&
		uv_poll_init(&loop->uv, &s->accepting, s->listener.fd) != 0)
		err_set(e, E_NOMEM, "could not start the HTTP server");
	if (e->code) {
		listener_close(&s->listener);
		tls_close(s->tls);
		mem_free(s);
		return e->code;
	}
	s->local = s->listener.loopback;
	s->anywhere = !s->local && !s->listener.path[0];
	s->accepting.data = s;
	loop_timer_init(loop, &s->sweep, on_sweep, s);
	uv_poll_start(&s->accepting, UV_READABLE, on_accept);
	*out = s;
	return E_OK;
}

bool http_server_has_tls(const struct http_server *s)
{
	return s->tls != NULL;
}

bool http_server_tls(struct http_server *s, struct tls *tls)
{
	if (!s->tls)
		return false;
	tls_close(s->tls);
	s->tls = tls;
	return true;
}

const char *http_server_address(const struct http_server *s)
{
	return s->listener.address;
}

void http_server_quiet(struct http_server *s)
{
	struct http_connection *next;

	if (s->quiet)
		return;
	s->quiet = true;
	uv_poll_stop(&s->accepting);
	listener_close(&s->listener);
	for (struct http_connection *c = s->connections; c; c = next) {
		next = c->next;
		if (http_connection_idle(c))
			http_connection_close(c);
	}
}

/* The loop is about to be released, which closes what is open on it. */
void http_server_close(struct http_server *s)
{
	if (!s)
		return;
	http_server_quiet(s);
	while (s->connections)
		http_connection_close(s->connections);
	uv_close((uv_handle_t *)&s->accepting, NULL);
	loop_timer_stop(&s->sweep);
	uv_close((uv_handle_t *)&s->sweep.uv, NULL);
	/* The handles are in these structs: the loop has to let go of them first. */
	uv_run(&s->loop->uv, UV_RUN_NOWAIT);
	tls_close(s->tls);
	mem_free(s);
}
