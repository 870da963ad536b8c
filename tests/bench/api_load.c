/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api_load PORT CONNECTIONS SECONDS FILE [RATE]: how many requests a second are answered, and how soon.
 *
 * FILE has whole requests as they go over the wire, each behind its length and a line break: so whoever signed them
 * did it before. Every connection asks again when it has its answer, one request of the file after the other. What is printed is
 * a JSON object. With RATE so many are asked each second at even distances, by whichever connection is free, and what is measured
 * begins when it was time to ask, which it looks for every millisecond. A connection that the other side closes is opened again and counted.
 */
#include "base/must.h"
#include "base/time.h"
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
#define ANSWER_BYTES    ((size_t)256 << 10)
#define REQUESTS_MAX    4096
/* Latencies, in steps of 10 us up to ten seconds. */
#define STEP_US         10
#define STEPS           1000000

struct connection {
	int fd;
	size_t have, whole;
	int64_t asked_us;
	struct connection *next; /* of those that are free */
	bool free;
	char in[ANSWER_BYTES];
};

static struct connection connections[CONNECTIONS_MAX];
static struct {
	const char *text;
	size_t n;
} requests[REQUESTS_MAX];
static size_t n_requests, next_request;
static uint32_t latencies[STEPS];
static int64_t answers, failed, reopened;
static int port, epoll;
static int64_t every_us, due_us; /* 0: at once */
static struct connection *idle;

static void read_requests(const char *path)
{
	FILE *f = fopen(path, "rb");
	char line[32];

	must(f);
	while (fgets(line, sizeof(line), f)) {
		size_t n = strtoul(line, NULL, 10);
		char *text = malloc(n + 1);

		must(text && n_requests < REQUESTS_MAX && fread(text, 1, n, f) == n);
		requests[n_requests].text = text;
		requests[n_requests++].n = n;
	}
	fclose(f);
	must(n_requests);
}

static void ask(struct connection *c, int64_t asked_us)
{
	size_t at = next_request++ % n_requests;

	c->have = c->whole = 0;
	c->asked_us = asked_us;
	/* A few hundred bytes fit into any socket that is empty. */
	(void)send(c->fd, requests[at].text, requests[at].n, MSG_NOSIGNAL);
}

/* What is due, as far as there are connections. */
static void ask_what_is_due(void)
{
	for (int64_t now_us = time_ticks_us(); idle && due_us <= now_us; due_us += every_us) {
		struct connection *c = idle;

		idle = c->next;
		c->free = false;
		ask(c, due_us);
	}
}

static void ask_again(struct connection *c)
{
	if (!every_us) {
		ask(c, time_ticks_us());
		return;
	}
	if (c->free)
		return;
	c->free = true;
	c->next = idle;
	idle = c;
}

static void open_one(struct connection *c)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((in_port_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(c->fd >= 0 && connect(c->fd, (struct sockaddr *)&to, sizeof(to)) == 0);
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	must(epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &ev) == 0);
	ask_again(c);
}

/* How long the answer is; 0: its head is not complete. */
static size_t whole_bytes(const char *text)
{
	const char *end = strstr(text, "\r\n\r\n"),
		   *length = strcasestr(text, "\r\nContent-Length:");

	if (!end)
		return 0;
	must(length && length < end);
	return (size_t)(end - text) + 4 + strtoul(length + 17, NULL, 10);
}

static void count(const struct connection *c)
{
	int64_t step = (time_ticks_us() - c->asked_us) / STEP_US;

	latencies[step < STEPS ? step : STEPS - 1]++;
	answers++;
	failed += strncmp(c->in, "HTTP/1.1 200 ", 13) != 0;
}

static void open_anew(struct connection *c)
{
	close(c->fd);
	reopened++;
	open_one(c);
}

/* It answers no more on this connection, whether or not it has closed it yet. */
static bool says_close(const char *text)
{
	const char *close_at = strcasestr(text, "\r\nConnection: close\r\n");

	return close_at && close_at < strstr(text, "\r\n\r\n");
}

static void take(struct connection *c)
{
	ssize_t got = recv(c->fd, c->in + c->have, sizeof(c->in) - 1 - c->have, 0);

	if (got <= 0) {
		open_anew(c);
		return;
	}
	c->have += (size_t)got;
	c->in[c->have] = '\0';
	if (!c->whole)
		c->whole = whole_bytes(c->in);
	must(c->whole < sizeof(c->in));
	if (!c->whole || c->have < c->whole)
		return;
	count(c);
	if (says_close(c->in))
		open_anew(c);
	else
		ask_again(c);
}

/* So many of a thousand were answered within what is returned, in milliseconds. */
static double within_ms(int64_t of_1000)
{
	int64_t n = 0;
	int step = 0;

	while (step < STEPS - 1 && (n += latencies[step]) * 1000 < answers * of_1000)
		step++;
	return (double)(step + 1) * STEP_US / 1000;
}

int main(int argc, char **argv)
{
	int64_t began_us, until_us;
	double seconds;
	int n;

	must(argc == 5 || argc == 6);
	port = (int)strtol(argv[1], NULL, 10);
	n = (int)strtol(argv[2], NULL, 10);
	must(n > 0 && n <= CONNECTIONS_MAX);
	read_requests(argv[4]);
	epoll = epoll_create1(EPOLL_CLOEXEC);
	began_us = due_us = time_ticks_us();
	every_us = argc == 6 ? 1000000 / strtol(argv[5], NULL, 10) : 0;
	until_us = began_us + (int64_t)(strtod(argv[3], NULL) * 1e6);
	for (int i = 0; i < n; i++)
		open_one(&connections[i]);
	while (time_ticks_us() < until_us) {
		struct epoll_event evs[256];
		int k = epoll_wait(epoll, evs, 256, every_us ? 1 : 100);

		for (int j = 0; j < k; j++)
			take(evs[j].data.ptr);
		if (every_us)
			ask_what_is_due();
	}
	seconds = (double)(time_ticks_us() - began_us) / 1e6;
	printf("{\"per_second\":%.1f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"answers\":%lld,\"failed\":%lld,\"reopened\":%lld}\n",
		(double)answers / seconds, within_ms(500), within_ms(990), (long long)answers,
		(long long)failed, (long long)reopened);
	return 0;
}
