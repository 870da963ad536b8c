/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/evil_http.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 4096
#define REQUEST_MAX     ((size_t)80 << 20)

struct connection {
	struct evil_http *h;
	int fd;
	pthread_t thread;
	bool started;
};

struct evil_http {
	const struct evil_route *routes;
	int listener, port;
	int stop[2]; /* a byte is never written: closing the end wakes every poll() */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct connection *connections[CONNECTIONS_MAX];
	int n_connections, requests, at_once, most_at_once;
	bool gate, stopping;
	char last[16384];
	size_t n_last;
	char url[512];
};

static bool send_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t put = send(fd, p, n, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

/* Waits until the server stops, the peer hangs up or @ms are over; true when time is over. */
static bool wait_ms(struct connection *c, int ms)
{
	struct pollfd fds[2] = { { c->h->stop[0], POLLIN, 0 }, { c->fd, POLLRDHUP, 0 } };

	return poll(fds, 2, ms) == 0;
}

/* True when there is something to read. */
static bool wait_readable(struct connection *c)
{
	struct pollfd fds[2] = { { c->h->stop[0], POLLIN, 0 }, { c->fd, POLLIN, 0 } };

	return poll(fds, 2, -1) > 0 && !fds[0].revents;
}

static bool read_some(struct connection *c, struct buf *in)
{
	char piece[65536];
	ssize_t n;

	if (!wait_readable(c))
		return false;
	n = recv(c->fd, piece, sizeof(piece), 0);
	if (n <= 0)
		return false;
	buf_add(in, piece, (size_t)n);
	return buf_ok(in);
}

static size_t promised(const struct buf *in, size_t head)
{
	const char *line = in->p;

	while (line && line < in->p + head) {
		if (strncasecmp(line, "content-length:", 15) == 0)
			return strtoul(line + 15, NULL, 10);
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return 0;
}

/* The head, and where it ends; 0 when the peer went away. */
static size_t read_head(struct connection *c, struct buf *in)
{
	for (;;) {
		const char *end = in->n ? strstr(in->p, "\r\n\r\n") : NULL;

		if (end)
			return (size_t)(end - in->p) + 4;
		if (!read_some(c, in))
			return 0;
	}
}

static const struct evil_route *route_of(struct evil_http *h, const char *head)
{
	const char *path = strchr(head, ' ');
	size_t n;

	if (!path)
		return NULL;
	n = strcspn(++path, "? ");
	for (const struct evil_route *r = h->routes; r->path; r++)
		if (strlen(r->path) == n && memcmp(r->path, path, n) == 0 &&
			(!r->method || strncmp(head, r->method, strlen(r->method)) == 0))
			return r;
	return NULL;
}

static void note_request(struct evil_http *h, const struct buf *in)
{
	pthread_mutex_lock(&h->lock);
	h->requests++;
	if (++h->at_once > h->most_at_once)
		h->most_at_once = h->at_once;
	h->n_last = in->n < sizeof(h->last) - 1 ? in->n : sizeof(h->last) - 1;
	memcpy(h->last, in->p, h->n_last);
	h->last[h->n_last] = '\0';
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

static void note_answered(struct evil_http *h)
{
	pthread_mutex_lock(&h->lock);
	h->at_once--;
	pthread_mutex_unlock(&h->lock);
}

static bool send_head(struct connection *c, const struct evil_route *r, size_t length)
{
	char head[4096];
	int n = snprintf(head, sizeof(head), "HTTP/1.1 %d Evil\r\nContent-Length: %zu\r\n%s\r\n",
		r->status ? r->status : 200, length, r->headers ? r->headers : "");

	must(n > 0 && (size_t)n < sizeof(head));
	return send_all(c->fd, head, (size_t)n);
}

static bool send_huge(struct connection *c)
{
	static const char head[] = "HTTP/1.1 200 Evil\r\nTransfer-Encoding: chunked\r\n\r\n";
	static char chunk[65536];

	if (!send_all(c->fd, head, sizeof(head) - 1))
		return false;
	while (send_all(c->fd, "10000\r\n", 7) && send_all(c->fd, chunk, sizeof(chunk)) &&
		send_all(c->fd, "\r\n", 2))
		;
	return false;
}

static bool drip(struct connection *c, const struct evil_route *r)
{
	size_t n = strlen(r->body);

	if (!send_head(c, r, n))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!wait_ms(c, r->drip_ms) || !send_all(c->fd, r->body + i, 1))
			return false;
	return true;
}

static bool wait_for_gate(struct evil_http *h)
{
	bool open;

	pthread_mutex_lock(&h->lock);
	while (!h->gate && !h->stopping)
		pthread_cond_wait(&h->changed, &h->lock);
	open = h->gate;
	pthread_mutex_unlock(&h->lock);
	return open;
}

static bool send_body(struct connection *c, const struct evil_route *r, const struct buf *in)
{
	const char *body = r->body ? r->body : "";
	size_t n = strlen(body);

	if (r->mode == EVIL_ECHO)
		return send_head(c, r, in->n) && send_all(c->fd, in->p, in->n);
	if (strncmp(in->p, "HEAD ", 5) == 0)
		return send_head(c, r, n);
	return send_head(c, r, n) && send_all(c->fd, body, n);
}

static void reset(struct connection *c)
{
	struct linger now = { 1, 0 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* False: the connection is over. */
static bool answer(struct connection *c, const struct evil_route *r, const struct buf *in)
{
	static const struct evil_route missing = { .status = 404, .body = "no such route" };

	if (!r)
		return send_body(c, &missing, in);
	switch (r->mode) {
	case EVIL_GATE: return wait_for_gate(c->h) && send_body(c, r, in);
	case EVIL_ANSWER:
	case EVIL_ECHO: return send_body(c, r, in);
	case EVIL_STALL: wait_ms(c, -1); return false;
	case EVIL_RESET: reset(c); return false;
	case EVIL_HUGE: return send_huge(c);
	case EVIL_DRIP: return drip(c, r);
	case EVIL_CUT:
	case EVIL_FREEZE:
		if (send_head(c, r, 2 * strlen(r->body)) &&
			send_all(c->fd, r->body, strlen(r->body)) && r->mode == EVIL_FREEZE)
			wait_ms(c, -1);
		return false;
	case EVIL_RAW: send_all(c->fd, r->body, strlen(r->body)); return false;
	case EVIL_REFUSE_READING: send_body(c, r, in); return false;
	case EVIL_CLOSE: break;
	}
	return false;
}

static bool serve_one(struct connection *c, struct buf *in)
{
	size_t head, whole;
	const struct evil_route *r;
	bool on;

	buf_clear(in);
	head = read_head(c, in);
	if (!head)
		return false;
	r = route_of(c->h, in->p);
	whole = head + promised(in, head);
	while (in->n < whole && !(r && r->mode == EVIL_REFUSE_READING))
		if (!read_some(c, in))
			return false;
	note_request(c->h, in);
	on = answer(c, r, in);
	note_answered(c->h);
	return on;
}

static void *serve(void *ctx)
{
	struct connection *c = ctx;
	struct buf in = BUF_INIT(REQUEST_MAX);

	while (serve_one(c, &in))
		;
	buf_release(&in);
	pthread_mutex_lock(&c->h->lock);
	close(c->fd);
	c->fd = -1;
	pthread_mutex_unlock(&c->h->lock);
	return NULL;
}

static void take(struct evil_http *h, int fd)
{
	struct connection *c = mem_alloc(sizeof(*c));

	must(c && h->n_connections < CONNECTIONS_MAX);
	c->h = h;
	c->fd = fd;
	must(!pthread_create(&c->thread, NULL, serve, c));
	pthread_mutex_lock(&h->lock);
	h->connections[h->n_connections++] = c;
	pthread_mutex_unlock(&h->lock);
}

static void *accept_all(void *ctx)
{
	struct evil_http *h = ctx;
	struct pollfd fds[2] = { { h->stop[0], POLLIN, 0 }, { h->listener, POLLIN, 0 } };

	for (;;) {
		int fd;

		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents)
			return NULL;
		fd = accept(h->listener, NULL, NULL);
		if (fd >= 0)
			take(h, fd);
	}
}

static int bind_loopback(int *port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0);
	must(!bind(fd, (struct sockaddr *)&at, sizeof(at)));
	must(!getsockname(fd, (struct sockaddr *)&at, &n));
	*port = ntohs(at.sin_port);
	return fd;
}

struct evil_http *evil_http_open(const struct evil_route *routes)
{
	struct evil_http *h = mem_alloc(sizeof(*h));

	must(h);
	h->routes = routes;
	h->listener = bind_loopback(&h->port);
	must(!listen(h->listener, 512));
	must(!pipe(h->stop));
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	must(!pthread_create(&h->thread, NULL, accept_all, h));
	return h;
}

void evil_http_close(struct evil_http *h)
{
	pthread_mutex_lock(&h->lock);
	h->stopping = true;
	pthread_cond_broadcast(&h->changed);
	for (int i = 0; i < h->n_connections; i++)
		if (h->connections[i]->fd >= 0)
			shutdown(h->connections[i]->fd, SHUT_RDWR);
	pthread_mutex_unlock(&h->lock);
	close(h->stop[1]);
	pthread_join(h->thread, NULL);
	for (int i = 0; i < h->n_connections; i++) {
		pthread_join(h->connections[i]->thread, NULL);
		mem_free(h->connections[i]);
	}
	close(h->stop[0]);
	close(h->listener);
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	mem_free(h);
}

int evil_http_port(const struct evil_http *h)
{
	return h->port;
}

const char *evil_http_url(struct evil_http *h, const char *path)
{
	snprintf(h->url, sizeof(h->url), "http://127.0.0.1:%d%s", h->port, path);
	return h->url;
}

int evil_http_closed_port(void)
{
	int port;

	close(bind_loopback(&port));
	return port;
}

static int number(struct evil_http *h, const int *what)
{
	int n;

	pthread_mutex_lock(&h->lock);
	n = *what;
	pthread_mutex_unlock(&h->lock);
	return n;
}

int evil_http_requests(struct evil_http *h)
{
	return number(h, &h->requests);
}

int evil_http_connections(struct evil_http *h)
{
	return number(h, &h->n_connections);
}

int evil_http_most_at_once(struct evil_http *h)
{
	return number(h, &h->most_at_once);
}

int evil_http_wait(struct evil_http *h, int n)
{
	struct timespec until;
	int late = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 10;
	pthread_mutex_lock(&h->lock);
	while (h->requests < n && !late)
		late = pthread_cond_timedwait(&h->changed, &h->lock, &until);
	pthread_mutex_unlock(&h->lock);
	return !late;
}

void evil_http_open_gate(struct evil_http *h)
{
	pthread_mutex_lock(&h->lock);
	h->gate = true;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

void evil_http_last(struct evil_http *h, char *out, size_t cap)
{
	pthread_mutex_lock(&h->lock);
	must(h->n_last < cap);
	memcpy(out, h->last, h->n_last + 1);
	pthread_mutex_unlock(&h->lock);
}
