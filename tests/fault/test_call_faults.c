/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of AWS over a real transport while memory runs out, at one allocation after the other:
 * the code says so, or the answer is right all the same. The server is another process, so that
 * its own memory is none of this. */
#include "aws/aws.h"
#include "base/must.h"
#include "base/time.h"
#include "lib/evil_http.h"
#include "lib/scarce.h"
#include "lib/tree.h"
#include "lib/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const char buckets[] =
	"<ListAllMyBucketsResult><Owner><ID>o</ID></Owner><Buckets>"
	"<Bucket><Name>a</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate></Bucket>"
	"<Bucket><Name>b</Name></Bucket></Buckets></ListAllMyBucketsResult>";

static const struct evil_route routes[] = {
	{ .path = "/", .method = "GET", .body = buckets },
	{ .path = "/", .method = "POST", .body = "{\"TableNames\":[\"t\",\"u\"]}" },
	{ .path = "/gone",
		.method = "HEAD",
		.status = 404,
		.headers = "x-amz-request-id: 1\r\nx-amz-bucket-region: eu-west-1\r\n" },
	{ .path = "/echo", .mode = EVIL_ECHO },
	{ 0 },
};

static char endpoint[64];

/* Serves until its standard input, held by us, is closed. */
static pid_t serve(int *hold)
{
	int say[2], wait[2];
	char port[16] = "";
	pid_t child;

	must(!pipe(say) && !pipe(wait));
	child = fork();
	must(child >= 0);
	if (!child) {
		struct evil_http *h = evil_http_open(routes);
		char c;

		close(wait[1]);
		snprintf(port, sizeof(port), "%d", evil_http_port(h));
		must(write(say[1], port, sizeof(port)) == (ssize_t)sizeof(port));
		must(read(wait[0], &c, 1) == 0);
		_exit(0);
	}
	must(read(say[0], port, sizeof(port)) == (ssize_t)sizeof(port));
	close(say[0]);
	close(say[1]);
	close(wait[0]);
	*hold = wait[1];
	snprintf(endpoint, sizeof(endpoint), "http://127.0.0.1:%s", port);
	return child;
}

struct wish {
	const char *service, *op, *params;
	enum code code; /* when there is enough memory */
	const char *want;
};

static enum code call(struct http *http, const struct wish *wish, struct arena *a,
	struct json **out, struct err *e)
{
	static char access_key[] = "AKID", secret_key[] = "SECRET", token[] = "TOKEN";
	const struct credentials keys = { access_key, secret_key, token, TIME_FOREVER_MS };
	struct aws_options options = { .http = http, .endpoint = endpoint, .profile = "p" };
	struct aws_call c = { wish->service, wish->op, "eu-west-1", NULL };
	struct json *params = NULL;
	struct aws_fault fault;
	struct aws *aws = NULL;

	if (json_read(a, str_of(wish->params), &params, e) || aws_open(&aws, &options, &keys, e))
		return e->code;
	c.params = params;
	(void)aws_call(aws, &c, a, out, &fault, e);
	aws_close(aws);
	return e->code;
}

static enum code scenario(
	const struct wish *wish, struct arena *a, struct json **out, struct err *e)
{
	struct http *http = NULL;
	enum code c = http_open(&http, NULL, e);

	if (!c)
		c = call(http, wish, a, out, e);
	http_close(http);
	return c;
}

static int try_all(const struct wish *wish, bool for_ever)
{
	int n = 0;

	for (bool refused = true; refused; n++) {
		struct arena a = ARENA_INIT(1 << 20);
		struct json *out = NULL;
		struct err e = { 0 };
		enum code c;

		scarce_begin(n, for_ever);
		c = scenario(wish, &a, &out, &e);
		refused = scarce_end();
		if (c != wish->code || (for_ever && refused)) {
			if (c != E_NOMEM)
				fail_msg("%s %s, allocation %d: %s: %s", wish->service, wish->op, n,
					code_name(c), e.msg);
			assert_true(refused);
		} else if (!c) {
			assert_string_equal(text_of(&a, out), wish->want);
		}
		arena_release(&a);
		assert_in_range(n, 0, 1000);
	}
	return n;
}

static void a_call_without_memory_says_so(void **state)
{
	static const struct wish wishes[] = {
		{ "dynamodb", "ListTables", "{\"Limit\":7}", E_OK,
			"{\"TableNames\":[\"t\",\"u\"]}" },
		{ "s3", "ListBuckets", "{}", E_OK,
			"{\"Buckets\":[{\"Name\":\"a\",\"CreationDate\":\"2026-01-02T03:04:05.000Z\"},"
			"{\"Name\":\"b\"}],\"Owner\":{\"ID\":\"o\"}}" },
		{ "s3", "GetBucketLocation", "{\"Bucket\":\"gone\"}", E_NOTFOUND, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wishes) / sizeof(*wishes); i++) {
		assert_in_range(try_all(&wishes[i], false), 10, 1000);
		assert_in_range(try_all(&wishes[i], true), 10, 1000);
	}
}

static enum code ask(const char *header, struct http_response *r, struct err *e)
{
	struct http_header h = { "x-long", header };
	char url[80];
	struct http_request q = {
		.method = "GET", .url = url, .headers = &h, .n_headers = 1, .body_fd = -1
	};
	struct http *http = NULL;
	enum code c = http_open(&http, NULL, e);

	snprintf(url, sizeof(url), "%s/echo", endpoint);
	if (!c)
		c = http_perform(http, &q, r, e);
	http_close(http);
	return c;
}

static void a_request_without_memory_says_so(void **state)
{
	char header[4000];
	int n = 0;

	(void)state;
	memset(header, 'h', sizeof(header) - 1);
	header[sizeof(header) - 1] = '\0';
	for (bool refused = true; refused; n++) {
		struct http_response r = HTTP_RESPONSE_INIT;
		struct err e = { 0 };
		enum code c;

		scarce_begin(n, false);
		c = ask(header, &r, &e);
		refused = scarce_end();
		if (refused ? c != E_NOMEM : c != E_OK)
			fail_msg("allocation %d: %s: %s", n, code_name(c), e.msg);
		if (!c)
			assert_non_null(strstr(r.body.p, header));
		http_response_release(&r);
		assert_in_range(n, 0, 100);
	}
	assert_in_range(n, 5, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_without_memory_says_so),
		cmocka_unit_test(a_call_without_memory_says_so),
	};
	int hold, failed;
	pid_t server = serve(&hold);

	failed = cmocka_run_group_tests(tests, NULL, NULL);
	close(hold);
	must(waitpid(server, NULL, 0) == server);
	return failed;
}
