/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_server FILE: the daemon's HTTP server, which answers every POST with the body that is in FILE. Prints its port.
 */
#include "base/must.h"
#include "base/uuid.h"
#include "daemon/http_server.h"
#include <stdio.h>
#include <string.h>

static char body[1 << 20];
static size_t n_body;

static void serve(void *ctx, struct http_query *q)
{
	char id[UUID_BYTES] = "";
	const struct http_header header = { "x-amzn-RequestId", id };

	(void)ctx;
	(void)uuid_make(id);
	http_answer_headers(
		q, 200, "application/x-amz-json-1.1", &header, 1, (struct str){ body, n_body });
}

static void ignore(void *ctx)
{
	(void)ctx;
}

static struct loop loop;

static void stop(void *ctx)
{
	(void)ctx;
	loop_end(&loop);
}

int main(int argc, char **argv)
{
	static const struct http_route routes[] = { { .path = "/", .serve = serve, .post = true },
		{ .path = NULL } };
	const struct http_server_options options = { .listen = "127.0.0.1:0", .routes = routes };
	const struct loop_calls calls = { ignore, stop, ignore, NULL };
	struct http_server *s = NULL;
	struct err e = { 0 };
	FILE *f = argc == 2 ? fopen(argv[1], "rb") : NULL;

	must(f);
	n_body = fread(body, 1, sizeof(body), f);
	fclose(f);
	must(loop_init(&loop, &calls, &e) == E_OK);
	must(http_server_open(&s, &loop, &options, &e) == E_OK);
	printf("%s\n", strrchr(http_server_address(s), ':') + 1);
	fflush(stdout);
	loop_run(&loop);
	http_server_close(s);
	loop_release(&loop);
	return 0;
}
