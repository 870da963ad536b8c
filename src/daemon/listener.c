/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/listener.h"

#include "base/str.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 64

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
};

static enum code cannot_mean(const char *where, struct err *e)
{
	err_set(e, E_INVALID, "http.listen cannot be \"%s\"", where);
	return err_hint(e, "it is 127.0.0.1:8470, [::1]:8470, unix:PATH or off");
}

static enum code is_too_far(const char *where, struct err *e)
{
	err_set(e, E_INVALID, "http.listen cannot be \"%s\": that is not this machine alone",
		where);
	return err_hint(e,
		"beyond loopback it takes http.tls_cert and http.tls_key, a key file that "
		"siltstone access init makes (access.key_file), and no access.anonymous");
}

static enum code parse_port(struct str s, in_port_t *port)
{
	unsigned n = 0;

	for (size_t i = 0; i < s.n && n < 65536; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return E_INVALID;
		n = n * 10 + (unsigned)(s.p[i] - '0');
	}
	*port = htons((in_port_t)n);
	return s.n && n < 65536 ? E_OK : E_INVALID;
}

static bool is_loopback(const union address *a)
{
	return a->any.sa_family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK(&a->v6.sin6_addr)
					    : (ntohl(a->v4.sin_addr.s_addr) >> 24) == 127;
}

static enum code parse_tcp(const char *where, union address *a, socklen_t *n, struct err *e)
{
	struct str s = str_of(where);
	const char *colon = strrchr(where, ':');
	char host[64];
	size_t host_n = colon ? (size_t)(colon - where) : 0;
	bool six = s.n && s.p[0] == '[' && host_n > 2 && where[host_n - 1] == ']';
	in_port_t port;

	if (!colon || host_n >= sizeof(host) || parse_port(str_from(s, host_n + 1), &port))
		return cannot_mean(where, e);
	memcpy(host, where + six, host_n);
	host[six ? host_n - 2 : host_n] = '\0';
	if (strcmp(host, "localhost") == 0)
		memcpy(host, "127.0.0.1", 10);
	*a = (union address){ 0 };
	if (six && inet_pton(AF_INET6, host, &a->v6.sin6_addr) == 1) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = port;
		*n = sizeof(a->v6);
		return E_OK;
	}
	if (!six && inet_pton(AF_INET, host, &a->v4.sin_addr) == 1) {
		a->v4.sin_family = AF_INET;
		a->v4.sin_port = port;
		*n = sizeof(a->v4);
		return E_OK;
	}
	return cannot_mean(where, e);
}

/* A socket file that a process left behind when it was killed: nobody answers. */
static bool left_behind(const union address *a, socklen_t n)
{
	struct stat sb;
	int fd = -1;
	bool left;

	if (lstat(a->local.sun_path, &sb) != 0 || !S_ISSOCK(sb.st_mode))
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	left = fd >= 0 && connect(fd, &a->any, n) != 0 && errno == ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	return left;
}

static enum code start(
	struct listener *l, const union address *a, socklen_t n, const char *where, struct err *e)
{
	int on = 1;

	l->fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return err_sys(e, E_IO, errno, "make a socket for %s", where);
	if (a->any.sa_family == AF_UNIX && left_behind(a, n))
		unlink(a->local.sun_path);
	else if (a->any.sa_family != AF_UNIX)
		setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Before anybody can connect. */
	if (bind(l->fd, &a->any, n) != 0 ||
		(a->any.sa_family == AF_UNIX && chmod(a->local.sun_path, 0660) != 0) ||
		listen(l->fd, BACKLOG) != 0) {
		err_sys(e, errno == EADDRINUSE ? E_CONFLICT : E_IO, errno, "listen at %s", where);
		return err_hint(e, "name another place with --listen or http.listen");
	}
	return E_OK;
}

static enum code open_unix(struct listener *l, const char *where, struct err *e)
{
	union address a = { 0 };
	const char *path = where + 5;
	size_t n = strlen(path);
	enum code c;

	if (!n || n >= sizeof(a.local.sun_path)) {
		err_set(e, E_INVALID, "the path of %s is empty or too long", where);
		return err_hint(e, "a unix socket's path has at most 107 bytes");
	}
	a.local.sun_family = AF_UNIX;
	memcpy(a.local.sun_path, path, n + 1);
	c = start(l, &a, sizeof(a.local), where, e);
	if (c)
		return c;
	memcpy(l->path, path, n + 1);
	snprintf(l->address, sizeof(l->address), "unix:%s", path);
	return E_OK;
}

static enum code open_tcp(struct listener *l, const char *where, bool anywhere, struct err *e)
{
	union address a = { .any = { .sa_family = AF_UNSPEC } };
	socklen_t n = 0;
	char host[INET6_ADDRSTRLEN];
	enum code c = parse_tcp(where, &a, &n, e);

	l->loopback = !c && is_loopback(&a);
	if (!c && !anywhere && !l->loopback)
		c = is_too_far(where, e);
	if (!c)
		c = start(l, &a, n, where, e);
	if (c)
		return c;
	if (getsockname(l->fd, &a.any, &n) != 0)
		return err_sys(e, E_IO, errno, "ask where %s is", where);
	if (a.any.sa_family == AF_INET6)
		snprintf(l->address, sizeof(l->address), "[%s]:%d",
			inet_ntop(AF_INET6, &a.v6.sin6_addr, host, sizeof(host)),
			ntohs(a.v6.sin6_port));
	else
		snprintf(l->address, sizeof(l->address), "%s:%d",
			inet_ntop(AF_INET, &a.v4.sin_addr, host, sizeof(host)),
			ntohs(a.v4.sin_port));
	return E_OK;
}

enum code listener_open(struct listener *l, const char *where, bool anywhere, struct err *e)
{
	enum code c;

	*l = (struct listener){ .fd = -1 };
	c = strncmp(where, "unix:", 5) == 0 ? open_unix(l, where, e)
					    : open_tcp(l, where, anywhere, e);
	if (c)
		listener_close(l);
	return c;
}

void listener_close(struct listener *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	if (l->path[0])
		unlink(l->path);
	l->path[0] = '\0';
}
