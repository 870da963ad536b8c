/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests per second: http_load PORT PATH CONNECTIONS SECONDS. Every connection asks again when it has its answer.
 */
#include "base/must.h"
#include "base/time.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024

static char request[1024];

/* How long the answer in @text is; 0: it is not complete. */
static size_t answer_bytes(const char *text)
{
	const char *end = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
	size_t n;

	if (!end || !length)
		return 0;
	n = (size_t)(end - text) + 4 + strtoul(length + 16, NULL, 10);
	return strlen(text) >= n ? n : 0;
}

static int open_one(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	must(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void ask(int fd)
{
	must(send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request));
}

int main(int argc, char **argv)
{
	static char in[CONNECTIONS_MAX][8192];
	static size_t have[CONNECTIONS_MAX];
	static int fds[CONNECTIONS_MAX];
	int epoll = epoll_create1(0), n;
	int64_t began_us, until_us, answers = 0;

	must(argc == 5 && (n = (int)strtol(argv[3], NULL, 10)) > 0 && n <= CONNECTIONS_MAX);
	snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", argv[2]);
	for (int i = 0; i < n; i++) {
		struct epoll_event ev = { .events = EPOLLIN, .data.u32 = (uint32_t)i };

		fds[i] = open_one((int)strtol(argv[1], NULL, 10));
		must(epoll_ctl(epoll, EPOLL_CTL_ADD, fds[i], &ev) == 0);
		ask(fds[i]);
	}
	began_us = time_ticks_us();
	until_us = began_us + strtol(argv[4], NULL, 10) * 1000000;
	while (time_ticks_us() < until_us) {
		struct epoll_event evs[256];
		int k = epoll_wait(epoll, evs, 256, 100);

		for (int j = 0; j < k; j++) {
			uint32_t i = evs[j].data.u32;
			ssize_t got = recv(fds[i], in[i] + have[i], sizeof(in[i]) - 1 - have[i], 0);

			must(got > 0);
			have[i] += (size_t)got;
			in[i][have[i]] = '\0';
			if (!answer_bytes(in[i]))
				continue;
			answers++;
			have[i] = 0;
			ask(fds[i]);
		}
	}
	printf("%.0f answers a second over %d connections\n",
		(double)answers * 1e6 / (double)(time_ticks_us() - began_us), n);
	return 0;
}
