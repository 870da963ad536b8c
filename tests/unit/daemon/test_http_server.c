/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/http_server.h"

#include "base/mem.h"
#include "lib/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The server on a loop of this thread; clients are sockets beside it. */
#define CONNECTIONS 256 /* as the header says */
#define LARGE_BYTES ((size_t)40 << 20)
#define ASK(path)   "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"

struct scene {
	struct loop loop;
	struct http_server *server;
	struct http_query *kept[2 * CONNECTIONS];
	int n_kept, admitted;
	bool admits;
	char *large;
};

static void nothing(void *ctx)
{
	(void)ctx;
}

static void serve_later(void *ctx, struct http_query *q)
{
	struct scene *s = ctx;

	assert_true(s->n_kept < 2 * CONNECTIONS);
	s->kept[s->n_kept++] = q;
}

static void serve_large(void *ctx, struct http_query *q)
{
	struct scene *s = ctx;

	http_answer(q, 200, "text/plain", (struct str){ s->large, LARGE_BYTES });
}

static bool admit(void *ctx, struct http_query *q)
{
	struct scene *s = ctx;

	s->admitted++;
	assert_int_equal(q->body.n, 0);
	assert_string_equal(http_query_header(q, "x-who"), "me");
	if (!s->admits)
		http_answer(q, 403, "text/plain", STR("no"));
	return s->admits;
}

static void serve_posted(void *ctx, struct http_query *q)
{
	(void)ctx;
	assert_string_equal(http_query_header(q, "x-who"), "me");
	http_answer(q, 200, "text/plain", q->body);
}

static int set_up(void **state)
{
	static struct scene scene;
	static struct http_route routes[] = {
		{ .path = "/later", .serve = serve_later, .ctx = &scene },
		{ .path = "/large", .serve = serve_large, .ctx = &scene },
		{ .path = "/post",
			.serve = serve_posted,
			.ctx = &scene,
			.admit = admit,
			.post = true },
		{ .path = NULL }
	};
	const struct loop_calls calls = { nothing, nothing, nothing, NULL };
	const struct http_server_options options = { .listen = "127.0.0.1:0", .routes = routes };
	struct err e = { 0 };

	scene = (struct scene){ .large = mem_alloc(LARGE_BYTES) };
	assert_non_null(scene.large);
	assert_int_equal(loop_init(&scene.loop, &calls, &e), E_OK);
	assert_int_equal(http_server_open(&scene.server, &scene.loop, &options, &e), E_OK);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < s->n_kept; i++)
		http_answer(s->kept[i], 200, "text/plain", STR("late"));
	http_server_close(s->server);
	loop_release(&s->loop);
	mem_free(s->large);
	return 0;
}

static void turn(struct scene *s)
{
	for (int i = 0; i < 20; i++)
		uv_run(&s->loop.uv, UV_RUN_NOWAIT);
}

static int ask(struct scene *s, const char *text)
{
	const char *colon = strrchr(http_server_address(s->server), ':');
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) },
		.sin_port = htons((in_port_t)strtoul(colon + 1, NULL, 10)) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
	turn(s);
	return fd;
}

/* The status that has come; 0: the connection has ended, -1: nothing yet. */
static int status_of(struct scene *s, int fd)
{
	char text[64] = "";
	ssize_t n;

	turn(s);
	n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return -1;
	return n < 12 ? 0 : (int)strtol(text + 9, NULL, 10);
}

/* With a reset, which the server is told of. */
static void break_off(struct scene *s, int fd)
{
	const struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
	turn(s);
}

static void whoever_left_counts_until_the_answer_is_there(void **state)
{
	struct scene *s = *state;
	int fd;

	for (int i = 0; i < CONNECTIONS; i++)
		break_off(s, ask(s, ASK("/later")));
	assert_int_equal(s->n_kept, CONNECTIONS);
	fd = ask(s, ASK("/later"));
	assert_int_equal(status_of(s, fd), 0);
	assert_int_equal(s->n_kept, CONNECTIONS);
	close(fd);
	/* One is answered, and there is room for one. */
	http_answer(s->kept[--s->n_kept], 200, "text/plain", STR("late"));
	fd = ask(s, ASK("/large"));
	assert_int_equal(status_of(s, fd), 200);
	close(fd);
}

static void answers_that_nobody_reads_have_an_end(void **state)
{
	struct scene *s = *state;
	int fds[5], n_held = 0;

	for (int i = 0; i < 5; i++)
		fds[i] = ask(s, ASK("/large"));
	for (int i = 0; i < 5; i++) {
		int status = status_of(s, fds[i]);

		assert_true(status == 200 || status == 503);
		n_held += status == 200;
	}
	assert_in_range(n_held, 2, 3);
	/* Small ones have a place all the same, and large ones have it again. */
	break_off(s, fds[0]);
	fds[0] = ask(s, ASK("/nosuch"));
	assert_int_equal(status_of(s, fds[0]), 404);
	close(fds[0]);
	fds[0] = ask(s, ASK("/large"));
	assert_int_equal(status_of(s, fds[0]), 200);
	for (int i = 0; i < 5; i++)
		break_off(s, fds[i]);
}

#define POST(more) "POST /post HTTP/1.1\r\nHost: localhost\r\nX-Who: me\r\n" more "\r\n"

static void a_head_is_asked_about_before_its_body_is_read(void **state)
{
	struct scene *s = *state;
	int fd;

	fd = ask(s, POST("Content-Length: 5\r\n") "he");
	assert_int_equal(status_of(s, fd), 403);
	assert_int_equal(s->admitted, 1);
	/* What comes then is no request. */
	assert_int_equal(send(fd, "llo" POST("Content-Length: 5\r\n"), 3, MSG_NOSIGNAL), 3);
	turn(s);
	assert_int_equal(s->admitted, 1);
	close(fd);
	s->admits = true;
	fd = ask(s, POST("Content-Length: 5\r\n") "he");
	assert_int_equal(status_of(s, fd), -1);
	assert_int_equal(s->admitted, 2);
	assert_int_equal(send(fd, "llo", 3, MSG_NOSIGNAL), 3);
	assert_int_equal(status_of(s, fd), 200);
	/* All of it at once needs no such question: the route has it. */
	assert_int_equal(send(fd, POST("Content-Length: 2\r\n") "he",
				 sizeof(POST("Content-Length: 2\r\n") "he") - 1, MSG_NOSIGNAL),
		(ssize_t)sizeof(POST("Content-Length: 2\r\n") "he") - 1);
	turn(s);
	assert_int_equal(s->admitted, 2);
	close(fd);
	turn(s);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest cases[] = { CASE(whoever_left_counts_until_the_answer_is_there),
		CASE(answers_that_nobody_reads_have_an_end),
		CASE(a_head_is_asked_about_before_its_body_is_read) };

	return cmocka_run_group_tests(cases, NULL, NULL);
}
