/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare_server FILE: answers every request with the bytes of FILE, head and all. Prints its port.
 *
 * As little as a server can do on one thread: it looks for the end of a head and for Content-Length, and nothing else.
 */
#include "base/must.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define REQUEST_BYTES   ((size_t)64 << 10)
#define ANSWER_BYTES    ((size_t)1 << 20)

static char in[CONNECTIONS_MAX][REQUEST_BYTES];
static size_t have[CONNECTIONS_MAX];
static char answer[ANSWER_BYTES];
static size_t n_answer;

static int listen_somewhere(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0 && listen(fd, 256) == 0);
	must(getsockname(fd, (struct sockaddr *)&at, &n) == 0);
	printf("%d\n", ntohs(at.sin_port));
	fflush(stdout);
	return fd;
}

static void watch(int epoll, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	must(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &ev) == 0);
}

static void welcome(int epoll, int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC), on = 1;

	must(fd >= 0 && fd < CONNECTIONS_MAX);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	have[fd] = 0;
	watch(epoll, fd);
}

static bool is_whole(const char *text, size_t n)
{
	const char *end = strstr(text, "\r\n\r\n"),
		   *length = strcasestr(text, "\r\nContent-Length:");

	return end && n >= (size_t)(end - text) + 4 +
				      (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
}

static void serve(int fd)
{
	ssize_t got = recv(fd, in[fd] + have[fd], REQUEST_BYTES - 1 - have[fd], 0);

	if (got <= 0) {
		close(fd);
		return;
	}
	have[fd] += (size_t)got;
	in[fd][have[fd]] = '\0';
	if (!is_whole(in[fd], have[fd]))
		return;
	have[fd] = 0;
	for (size_t sent = 0; sent < n_answer;) {
		ssize_t n = send(fd, answer + sent, n_answer - sent, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		sent += (size_t)n;
	}
}

int main(int argc, char **argv)
{
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;
	int listener, epoll = epoll_create1(EPOLL_CLOEXEC);

	must(f && epoll >= 0);
	n_answer = fread(answer, 1, sizeof(answer), f);
	fclose(f);
	must(n_answer && n_answer < sizeof(answer));
	listener = listen_somewhere();
	watch(epoll, listener);
	for (;;) {
		struct epoll_event evs[256];
		int k = epoll_wait(epoll, evs, 256, -1);

		for (int i = 0; i < k; i++)
			if (evs[i].data.fd == listener)
				welcome(epoll, listener);
			else
				serve(evs[i].data.fd);
	}
}
