/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include "base/must.h"
#include "base/time.h"
#include "lib/evil_http.h"
#include "lib/unit.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct evil_route routes[] = {
	{ .path = "/ok", .body = "fine", .headers = "X-Odd:  spaced \r\nX-Empty:\r\n" },
	{ .path = "/echo", .mode = EVIL_ECHO },
	{ .path = "/a/../b//c%2f:", .mode = EVIL_ECHO },
	{ .path = "/missing", .status = 404, .body = "gone" },
	{ .path = "/moved", .status = 307, .headers = "Location: /ok\r\n" },
	{ .path = "/stall", .mode = EVIL_STALL },
	{ .path = "/close", .mode = EVIL_CLOSE },
	{ .path = "/reset", .mode = EVIL_RESET },
	{ .path = "/cut", .mode = EVIL_CUT, .body = "half of it" },
	{ .path = "/headless", .mode = EVIL_RAW, .body = "HTTP/1.1 200 OK\r\nETag: \"1" },
	{ .path = "/statusless", .mode = EVIL_RAW, .body = "HTTP/1.1 200 O" },
	{ .path = "/interim", .mode = EVIL_RAW, .body = "HTTP/1.1 100 Continue\r\n\r\n" },
	{ .path = "/garbage", .mode = EVIL_RAW, .body = "\x01\xff what is this\r\n\r\n" },
	{ .path = "/freeze", .mode = EVIL_FREEZE, .body = "half of it" },
	{ .path = "/huge", .mode = EVIL_HUGE },
	{ .path = "/drip", .mode = EVIL_DRIP, .body = "slowly", .drip_ms = 120 },
	{ .path = "/gate", .mode = EVIL_GATE, .body = "through" },
	{ .path = "/full", .mode = EVIL_REFUSE_READING, .status = 503 },
	{ 0 },
};

struct world {
	struct evil_http *evil;
	struct http *http;
	struct http_response r;
	struct err e;
};

static struct world *world_open(const struct http_options *options)
{
	static struct world w;
	struct err e = { 0 };

	w = (struct world){ .r = HTTP_RESPONSE_INIT };
	w.evil = evil_http_open(routes);
	must(http_open(&w.http, options, &e) == E_OK);
	return &w;
}

static void world_close(struct world *w)
{
	http_close(w->http);
	evil_http_close(w->evil);
	http_response_release(&w->r);
}

static enum code get(struct world *w, const char *path)
{
	struct http_request q = {
		.method = "GET", .url = evil_http_url(w->evil, path), .body_fd = -1
	};

	memset(&w->e, 0, sizeof(w->e));
	return http_perform(w->http, &q, &w->r, &w->e);
}

static void an_answer_has_status_headers_and_body(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	assert_int_equal(get(w, "/ok"), E_OK);
	assert_int_equal(w->r.status, 200);
	assert_string_equal(w->r.body.p, "fine");
	assert_true(str_is(http_response_header(&w->r, "x-odd"), "spaced"));
	assert_true(str_is(http_response_header(&w->r, "content-length"), "4"));
	assert_non_null(http_response_header(&w->r, "x-empty").p);
	assert_int_equal(http_response_header(&w->r, "x-empty").n, 0);
	assert_null(http_response_header(&w->r, "x-od").p);
	assert_int_equal(get(w, "/missing"), E_OK);
	assert_int_equal(w->r.status, 404);
	assert_string_equal(w->r.body.p, "gone");
	assert_null(http_response_header(&w->r, "x-odd").p);
	world_close(w);
}

static void a_redirect_is_given_back_and_not_followed(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	assert_int_equal(get(w, "/moved"), E_OK);
	assert_int_equal(w->r.status, 307);
	assert_true(str_is(http_response_header(&w->r, "location"), "/ok"));
	assert_int_equal(evil_http_requests(w->evil), 1);
	world_close(w);
}

static void a_path_goes_out_as_it_was_given(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	assert_int_equal(get(w, "/a/../b//c%2f:?x&b=%3a&a"), E_OK);
	assert_true(str_starts(
		buf_slice(&w->r.body), STR("GET /a/../b//c%2f:?x&b=%3a&a HTTP/1.1\r\n")));
	world_close(w);
}

static void only_the_headers_that_were_asked_for_go_out(void **state)
{
	struct http_header headers[] = { { "X-Mine", "1" }, { "x-empty", "" },
		{ "User-Agent", "me" } };
	struct world *w = world_open(NULL);
	struct http_request q = { .method = "POST",
		.url = evil_http_url(w->evil, "/echo"),
		.headers = headers,
		.n_headers = 3,
		.body = STR("a=b"),
		.body_fd = -1 };

	(void)state;
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_OK);
	assert_non_null(strstr(w->r.body.p, "X-Mine: 1\r\n"));
	assert_non_null(strstr(w->r.body.p, "x-empty:\r\n"));
	assert_non_null(strstr(w->r.body.p, "User-Agent: me\r\n"));
	assert_non_null(strstr(w->r.body.p, "Content-Length: 3\r\n"));
	assert_non_null(strstr(w->r.body.p, "\r\n\r\na=b"));
	assert_null(strstr(w->r.body.p, "Expect"));
	assert_null(strstr(w->r.body.p, "Content-Type"));
	assert_null(strstr(w->r.body.p, "Accept-Encoding"));
	world_close(w);
}

static void every_method_arrives_with_the_body_it_has(void **state)
{
	static const struct {
		const char *method, *body, *line;
	} cases[] = { { "GET", "", "GET /echo" }, { "GET", "{}", "GET /echo" },
		{ "PUT", "", "PUT /echo" }, { "PUT", "x", "PUT /echo" },
		{ "DELETE", "", "DELETE /echo" }, { "DELETE", "y", "DELETE /echo" },
		{ "PATCH", "z", "PATCH /echo" }, { "POST", "", "POST /echo" } };
	struct world *w = world_open(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct http_request q = { .method = cases[i].method,
			.url = evil_http_url(w->evil, "/echo"),
			.body = str_of(cases[i].body),
			.body_fd = -1 };
		const char *body;

		assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_OK);
		assert_true(str_starts(buf_slice(&w->r.body), str_of(cases[i].line)));
		body = strstr(w->r.body.p, "\r\n\r\n");
		assert_string_equal(body + 4, cases[i].body);
		if (strcmp(cases[i].method, "PUT") == 0 || strcmp(cases[i].method, "POST") == 0)
			assert_non_null(strstr(w->r.body.p, "Content-Length:"));
	}
	assert_int_equal(evil_http_connections(w->evil), 1);
	world_close(w);
}

static void head_waits_for_no_body(void **state)
{
	struct world *w = world_open(NULL);
	struct http_request q = { .method = "HEAD",
		.url = evil_http_url(w->evil, "/ok"),
		.body_fd = -1,
		.answer_max = 2 };

	(void)state;
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_OK);
	assert_int_equal(w->r.status, 200);
	assert_int_equal(w->r.body.n, 0);
	assert_true(str_is(http_response_header(&w->r, "content-length"), "4"));
	world_close(w);
}

static int file_of(size_t n)
{
	int fd = memfd_create("upload", 0);
	char piece[4096];

	must(fd >= 0);
	for (size_t i = 0; i < n; i += sizeof(piece)) {
		size_t k = n - i < sizeof(piece) ? n - i : sizeof(piece);

		for (size_t j = 0; j < k; j++)
			piece[j] = (char)('a' + (i + j) % 23);
		must(write(fd, piece, k) == (ssize_t)k);
	}
	return fd;
}

static void a_file_is_sent_from_its_beginning(void **state)
{
	const size_t n = 300000;
	struct world *w = world_open(NULL);
	int fd = file_of(n);
	struct http_request q = { .method = "PUT",
		.url = evil_http_url(w->evil, "/echo"),
		.body_fd = fd,
		.body_bytes = (int64_t)n };
	const char *body;

	(void)state;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_OK);
		body = strstr(w->r.body.p, "\r\n\r\n") + 4;
		assert_int_equal(w->r.body.n - (size_t)(body - w->r.body.p), n);
		for (size_t j = 0; j < n; j++)
			if (body[j] != (char)('a' + j % 23))
				fail_msg("byte %zu differs", j);
	}
	close(fd);
	world_close(w);
}

static void a_file_shorter_than_promised_is_our_error(void **state)
{
	struct world *w = world_open(NULL);
	int fd = file_of(1000);
	struct http_request q = { .method = "PUT",
		.url = evil_http_url(w->evil, "/echo"),
		.body_fd = fd,
		.body_bytes = 2000 };

	(void)state;
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_IO);
	assert_non_null(strstr(w->e.msg, "shorter than 2000"));
	close(fd);
	world_close(w);
}

static void an_answer_that_comes_before_the_body_is_read_is_an_answer(void **state)
{
	struct world *w = world_open(NULL);
	int fd = file_of(1000);
	struct http_request q = { .method = "PUT",
		.url = evil_http_url(w->evil, "/full"),
		.body_fd = fd,
		.body_bytes = 1000 };

	(void)state;
	/* Either the answer gets through or the connection breaks; it never hangs or succeeds. */
	if (http_perform(w->http, &q, &w->r, &w->e) == E_OK)
		assert_int_equal(w->r.status, 503);
	else
		assert_int_equal(w->e.code, E_REMOTE);
	close(fd);
	world_close(w);
}

static void nobody_listening_is_told_with_host_and_hint(void **state)
{
	struct world *w = world_open(NULL);
	char url[64], peer[64];
	struct http_request q = { .method = "GET", .url = url, .body_fd = -1 };
	int port = evil_http_closed_port();

	(void)state;
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x?token=hush", port);
	snprintf(peer, sizeof(peer), "\"127.0.0.1:%d\"", port);
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_REMOTE);
	assert_non_null(strstr(w->e.msg, peer));
	assert_null(strstr(w->e.msg, "hush"));
	assert_true(w->e.hint[0]);
	world_close(w);
}

static void a_name_nobody_can_know_is_told_with_a_hint(void **state)
{
	struct world *w = world_open(NULL);
	/* A label has 63 bytes at most: no name server is asked for this one. */
	struct http_request q = { .method = "GET",
		.url = "http://0123456789012345678901234567890123456789012345678901234567890123.invalid/",
		.body_fd = -1 };

	(void)state;
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_REMOTE);
	assert_non_null(strstr(w->e.msg, "could not resolve \"0123"));
	assert_non_null(strstr(w->e.hint, "region"));
	world_close(w);
}

static void a_handshake_that_never_ends_is_no_connection(void **state)
{
	struct http_options o = { .connect_ms = 200 };
	struct world *w = world_open(&o);
	char url[64];
	struct http_request q = { .method = "GET", .url = url, .body_fd = -1 };
	int64_t began = time_ticks_ms();

	(void)state;
	/* The server takes the TLS hello for the beginning of a head and waits for the rest. */
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/ok", evil_http_port(w->evil));
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_REMOTE);
	assert_non_null(strstr(w->e.msg, "no connection to"));
	assert_true(w->e.hint[0]);
	assert_in_range(time_ticks_ms() - began, 200, 3000);
	world_close(w);
}

static void a_missing_ca_bundle_is_told_with_what_to_set(void **state)
{
	struct http_options o = { .ca_bundle = "/nonexistent/ca.pem" };
	struct world *w = world_open(&o);
	char url[64];
	struct http_request q = { .method = "GET", .url = url, .body_fd = -1 };

	(void)state;
	snprintf(url, sizeof(url), "https://127.0.0.1:%d/ok", evil_http_port(w->evil));
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_REMOTE);
	assert_non_null(strstr(w->e.hint, "AWS_CA_BUNDLE"));
	world_close(w);
}

static void other_schemes_and_users_in_urls_are_refused(void **state)
{
	static const char *const urls[] = { "file:///etc/passwd", "ftp://127.0.0.1/x",
		"gopher://127.0.0.1/", "http://", "http://me:secret@127.0.0.1/", "http://a b/",
		"http://127.0.0.1/\r\nX: y" };
	struct world *w = world_open(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		struct http_request q = { .method = "GET", .url = urls[i], .body_fd = -1 };

		memset(&w->e, 0, sizeof(w->e));
		assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_INVALID);
		assert_null(strstr(w->e.msg, "secret"));
	}
	world_close(w);
}

static void a_header_cannot_smuggle_another(void **state)
{
	static const struct http_header bad[] = { { "X", "a\r\nY: b" }, { "X\r\nY", "b" },
		{ "", "b" }, { "X:", "b" }, { "X Y", "b" } };
	struct world *w = world_open(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct http_request q = { .method = "GET",
			.url = evil_http_url(w->evil, "/ok"),
			.headers = &bad[i],
			.n_headers = 1,
			.body_fd = -1 };

		memset(&w->e, 0, sizeof(w->e));
		assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_INVALID);
	}
	assert_int_equal(evil_http_requests(w->evil), 0);
	world_close(w);
}

static void a_server_that_falls_silent_is_given_up(void **state)
{
	static const char *const paths[] = { "/stall", "/freeze" };
	struct http_options o = { .stall_ms = 200 };
	struct world *w = world_open(&o);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		int64_t began = time_ticks_ms();

		assert_int_equal(get(w, paths[i]), E_REMOTE);
		assert_non_null(strstr(w->e.msg, "stalled"));
		assert_in_range(time_ticks_ms() - began, 200, 3000);
	}
	world_close(w);
}

static void a_slow_answer_is_not_a_stalled_one(void **state)
{
	struct http_options o = { .stall_ms = 400 };
	struct world *w = world_open(&o);

	(void)state;
	/* Six times 120 ms: longer than the stall timeout in all, shorter between bytes. */
	assert_int_equal(get(w, "/drip"), E_OK);
	assert_string_equal(w->r.body.p, "slowly");
	world_close(w);
}

static void a_deadline_ends_what_still_moves(void **state)
{
	struct world *w = world_open(NULL);
	struct http_request q = { .method = "GET",
		.url = evil_http_url(w->evil, "/drip"),
		.body_fd = -1,
		.deadline_ms = 250 };
	int64_t began = time_ticks_ms();

	(void)state;
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_REMOTE);
	assert_non_null(strstr(w->e.msg, "within 250 ms"));
	assert_in_range(time_ticks_ms() - began, 250, 3000);
	world_close(w);
}

static void a_broken_answer_is_no_answer(void **state)
{
	static const char *const paths[] = { "/cut", "/close", "/reset", "/headless", "/statusless",
		"/interim", "/garbage" };
	struct world *w = world_open(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		assert_int_equal(get(w, paths[i]), E_REMOTE);
		assert_non_null(strstr(w->e.msg, "127.0.0.1:"));
	}
	assert_int_equal(get(w, "/cut"), E_REMOTE);
	assert_non_null(strstr(w->e.msg, "cut off"));
	assert_int_equal(get(w, "/ok"), E_OK);
	world_close(w);
}

static void an_answer_over_its_bound_is_dropped(void **state)
{
	struct world *w = world_open(NULL);
	struct http_request q = { .method = "GET",
		.url = evil_http_url(w->evil, "/huge"),
		.body_fd = -1,
		.answer_max = 1000000 };

	(void)state;
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_TOOBIG);
	assert_non_null(strstr(w->e.msg, "over 1000000 bytes"));
	assert_true(w->r.body.n <= 1000000);
	assert_int_equal(get(w, "/ok"), E_OK);
	world_close(w);
}

static void an_answer_of_exactly_its_bound_is_taken(void **state)
{
	struct world *w = world_open(NULL);
	struct http_request q = { .method = "GET",
		.url = evil_http_url(w->evil, "/ok"),
		.body_fd = -1,
		.answer_max = 4 };

	(void)state;
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_OK);
	q.answer_max = 3;
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_TOOBIG);
	world_close(w);
}

static void a_hundred_requests_share_a_connection(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(get(w, "/ok"), E_OK);
		assert_string_equal(w->r.body.p, "fine");
	}
	assert_int_equal(evil_http_requests(w->evil), 100);
	assert_int_equal(evil_http_connections(w->evil), 1);
	world_close(w);
}

/* A thread's own request; asserts stay with the main thread. */
struct caller {
	struct http *http;
	char url[128];
	pthread_t thread;
	enum code code;
	struct err e;
	int status;
	int64_t ended_ms;
};

static void *call(void *ctx)
{
	struct caller *c = ctx;
	struct http_request q = { .method = "GET", .url = c->url, .body_fd = -1 };
	struct http_response r = HTTP_RESPONSE_INIT;

	c->code = http_perform(c->http, &q, &r, &c->e);
	c->status = r.status;
	c->ended_ms = time_ticks_ms();
	http_response_release(&r);
	return NULL;
}

static void start_callers(struct world *w, struct caller *callers, int n, const char *path)
{
	for (int i = 0; i < n; i++) {
		callers[i] = (struct caller){ .http = w->http };
		snprintf(
			callers[i].url, sizeof(callers[i].url), "%s", evil_http_url(w->evil, path));
		must(!pthread_create(&callers[i].thread, NULL, call, &callers[i]));
	}
}

static void join_callers(struct caller *callers, int n)
{
	for (int i = 0; i < n; i++)
		pthread_join(callers[i].thread, NULL);
}

static void transfers_at_once_never_pass_their_bound(void **state)
{
	struct http_options o = { .connections = 5 };
	struct world *w = world_open(&o);
	struct caller callers[40];

	(void)state;
	start_callers(w, callers, 40, "/gate");
	assert_true(evil_http_wait(w->evil, 5));
	evil_http_open_gate(w->evil);
	join_callers(callers, 40);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(callers[i].code, E_OK);
		assert_int_equal(callers[i].status, 200);
	}
	assert_int_equal(evil_http_requests(w->evil), 40);
	assert_int_equal(evil_http_most_at_once(w->evil), 5);
	world_close(w);
}

static void a_deadline_counts_in_the_queue_too(void **state)
{
	struct http_options o = { .connections = 1 };
	struct world *w = world_open(&o);
	struct caller blocker;
	struct http_request q = { .method = "GET", .body_fd = -1, .deadline_ms = 200 };

	(void)state;
	start_callers(w, &blocker, 1, "/gate");
	assert_true(evil_http_wait(w->evil, 1));
	q.url = evil_http_url(w->evil, "/ok");
	assert_int_equal(http_perform(w->http, &q, &w->r, &w->e), E_REMOTE);
	assert_non_null(strstr(w->e.msg, "within 200 ms"));
	evil_http_open_gate(w->evil);
	join_callers(&blocker, 1);
	assert_int_equal(blocker.code, E_OK);
	assert_int_equal(evil_http_requests(w->evil), 1);
	world_close(w);
}

static void cancelling_ends_what_runs_and_what_waits_within_a_second(void **state)
{
	struct http_options o = { .connections = 4 };
	struct world *w = world_open(&o);
	struct caller callers[12];
	int64_t canceled;

	(void)state;
	start_callers(w, callers, 12, "/stall");
	assert_true(evil_http_wait(w->evil, 4));
	canceled = time_ticks_ms();
	http_cancel(w->http);
	join_callers(callers, 12);
	for (int i = 0; i < 12; i++) {
		assert_int_equal(callers[i].code, E_CANCELED);
		assert_true(callers[i].ended_ms - canceled < 1000);
	}
	assert_int_equal(get(w, "/ok"), E_CANCELED);
	world_close(w);
}

static void *close_it(void *http)
{
	http_close(http);
	return NULL;
}

static void closing_lets_every_caller_go(void **state)
{
	struct world *w = world_open(NULL);
	struct caller callers[8];
	pthread_t closer;

	(void)state;
	start_callers(w, callers, 8, "/stall");
	assert_true(evil_http_wait(w->evil, 8));
	must(!pthread_create(&closer, NULL, close_it, w->http));
	join_callers(callers, 8);
	pthread_join(closer, NULL);
	for (int i = 0; i < 8; i++)
		assert_int_equal(callers[i].code, E_CANCELED);
	w->http = NULL;
	world_close(w);
}

static void a_proxy_is_not_asked_for_this_machine(void **state)
{
	struct world *w;
	char proxy[64];

	(void)state;
	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%d", evil_http_closed_port());
	setenv("http_proxy", proxy, 1);
	w = world_open(NULL);
	assert_int_equal(get(w, "/ok"), E_OK);
	unsetenv("http_proxy");
	world_close(w);
}

static void nothing_is_closed_twice_or_missed(void **state)
{
	(void)state;
	http_close(NULL);
	http_response_release(NULL);
	for (int i = 0; i < 20; i++) {
		struct http *http;
		struct err e = { 0 };

		assert_int_equal(http_open(&http, NULL, &e), E_OK);
		http_close(http);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_has_status_headers_and_body),
		cmocka_unit_test(a_redirect_is_given_back_and_not_followed),
		cmocka_unit_test(a_path_goes_out_as_it_was_given),
		cmocka_unit_test(only_the_headers_that_were_asked_for_go_out),
		cmocka_unit_test(every_method_arrives_with_the_body_it_has),
		cmocka_unit_test(head_waits_for_no_body),
		cmocka_unit_test(a_file_is_sent_from_its_beginning),
		cmocka_unit_test(a_file_shorter_than_promised_is_our_error),
		cmocka_unit_test(an_answer_that_comes_before_the_body_is_read_is_an_answer),
		cmocka_unit_test(nobody_listening_is_told_with_host_and_hint),
		cmocka_unit_test(a_name_nobody_can_know_is_told_with_a_hint),
		cmocka_unit_test(a_handshake_that_never_ends_is_no_connection),
		cmocka_unit_test(a_missing_ca_bundle_is_told_with_what_to_set),
		cmocka_unit_test(other_schemes_and_users_in_urls_are_refused),
		cmocka_unit_test(a_header_cannot_smuggle_another),
		cmocka_unit_test(a_server_that_falls_silent_is_given_up),
		cmocka_unit_test(a_slow_answer_is_not_a_stalled_one),
		cmocka_unit_test(a_deadline_ends_what_still_moves),
		cmocka_unit_test(a_broken_answer_is_no_answer),
		cmocka_unit_test(an_answer_over_its_bound_is_dropped),
		cmocka_unit_test(an_answer_of_exactly_its_bound_is_taken),
		cmocka_unit_test(a_hundred_requests_share_a_connection),
		cmocka_unit_test(transfers_at_once_never_pass_their_bound),
		cmocka_unit_test(a_deadline_counts_in_the_queue_too),
		cmocka_unit_test(cancelling_ends_what_runs_and_what_waits_within_a_second),
		cmocka_unit_test(closing_lets_every_caller_go),
		cmocka_unit_test(a_proxy_is_not_asked_for_this_machine),
		cmocka_unit_test(nothing_is_closed_twice_or_missed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
